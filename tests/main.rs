//! The program and its library from outside, in one test binary.

mod cli;
mod commands;
mod common;
mod fixtures;
mod fuzz;
mod history;
mod hostile;
mod independence;
mod init;
mod options;
mod release;
mod situations;
