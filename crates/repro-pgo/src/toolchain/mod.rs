//! What the pipeline needs from the machine: the compiler, a profile tool of its LLVM, and an emulator.

mod cc_crate;
pub mod doctor;
mod emulator;
pub mod machine;
pub mod profile_tool;
pub mod rustc;

pub use emulator::{Emulator, EmulatorError, LeftOut, MachineRecord, WholeMachine};
pub use profile_tool::{ProfileTool, ProfileToolError, WeightedProfile};
pub use rustc::{Toolchain, ToolchainError};
