//! Deterministic git repositories from JSON definitions: the same bytes on every machine, whatever git is installed.
//!
//! No git is run. Objects, pack, index, commit-graph, references and work tree are written by this crate, with fixed
//! people (`Test <test@test.com>`), dates (from 2024-01-01T00:00:00Z, a minute a commit) and compression. Git itself
//! finds nothing wrong with them (`git fsck --strict`, `git commit-graph verify`, `git status`).
//!
//! - [`Definition`] is a definition file's grammar; [`load_definitions`] reads a folder of them.
//! - [`generate()`] makes the repositories of a folder, [`generate_one`] one of them.
//! - [`hash_directory`] and [`hash_set`] say what the bytes are.
//! - [`expectation`] judges a planner's answer by a definition's `expect`.
//!
//! # Example
//! ```json
//! {
//!   "meta": {"name": "small", "description": "one feature since v1.0.0"},
//!   "config": {"content": {"package": [{"name": "app", "path": "."}]}},
//!   "packages": [{"name": "app", "path": ".", "initial_version": "1.0.0", "tag": "v1.0.0"}],
//!   "commits": [{"message": "feat: search", "files": ["src/search.rs"]}],
//!   "expect": {"check_contains": ["1.0.0 → 1.1.0"], "packages_released": 1}
//! }
//! ```

pub mod expectation;

mod build;
mod bulk;
mod definition;
mod explicit;
mod first_commit;
mod generate;
mod object;
mod references;
mod repository;
mod storage;
mod tree;
mod work_tree;

pub use build::BuildError;
pub use definition::{
    Branch, Bulk, Commit, ConfigFile, ConfigFormat, Dates, Definition, DefinitionError, Expect, FolderPath, Hook,
    LoadedDefinition, MergeBack, Meta, PackageFolder, RefName, RepoPath, Storage, Tag, list_definitions,
    load_definition, load_definitions, parse_definition,
};
pub use generate::{GenerateError, Generated, Options, generate, generate_one, hash_directory};
pub use host::tree_hash::{ContentHash, of_set as hash_set};
pub use tree::TreeError;
