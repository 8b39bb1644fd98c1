//! git-fixtures
