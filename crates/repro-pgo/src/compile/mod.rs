//! Cargo runs whose result depends on the source, the lock file and the toolchain only: not on the directory, the
//! user, the environment or the time.

pub mod audit_object;
pub mod c_code;
pub mod c_compiler;
pub mod cargo;
pub mod configured;
pub mod debuginfo;
pub mod entropy;
pub mod environment;
mod error;
pub mod flags;
pub mod link_map;
pub mod log;
pub mod messages;
pub mod object;
pub mod project;
pub mod unmatched;

pub use cargo::{CargoBuild, CargoOutcome};
pub use error::BuildError;
pub use project::Project;
pub use unmatched::Unmatched;
