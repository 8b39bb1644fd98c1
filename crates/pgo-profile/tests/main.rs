//! Profiles read, merged and written: as LLVM's own tool does it, and safely whatever the bytes are.

mod against_llvm;
mod golden;
mod hostile;
mod merging;
mod random_text;
mod refusals;
mod show;
mod support;
