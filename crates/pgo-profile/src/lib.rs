//! pgo-profile
