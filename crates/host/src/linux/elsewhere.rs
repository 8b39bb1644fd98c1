//! The same names on other systems: no such thing there.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Pid;

/// A set of processors, always empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuSet;

impl CpuSet {
    /// There are none to name.
    pub const MAX_CPU: usize = 0;

    /// The empty set.
    pub fn new() -> Self {
        Self
    }

    /// Stays empty.
    pub fn set(&mut self, _: usize) {}

    /// Never.
    pub fn is_set(&self, _: usize) -> bool {
        false
    }

    /// None.
    pub fn count(&self) -> u32 {
        0
    }
}

/// A network of one's own, which there is none of.
#[derive(Debug)]
pub enum Network {}

/// The way into one.
#[derive(Debug, Clone, Copy)]
pub enum Door {}

impl Network {
    /// # Errors
    /// Always.
    pub fn alone() -> io::Result<Self> {
        only_linux()
    }

    /// Never.
    pub fn door(&self) -> Door {
        match *self {}
    }

    /// Never.
    pub fn tables(&self) -> PathBuf {
        match *self {}
    }

    /// Never.
    pub fn attempts(&self) -> u64 {
        match *self {}
    }
}

impl Door {
    /// # Errors
    /// Never.
    pub fn enter(self) -> io::Result<()> {
        match self {}
    }

    /// Never.
    pub fn lead(self, _command: &mut Command) {
        match self {}
    }
}

/// Nobody looked.
pub fn has_routes() -> bool {
    true
}

fn only_linux<T>() -> io::Result<T> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// # Errors
/// Always.
pub fn affinity() -> io::Result<CpuSet> {
    only_linux()
}

/// # Errors
/// Always.
pub fn set_affinity(_: Option<Pid>, _: &CpuSet) -> io::Result<()> {
    only_linux()
}

/// # Errors
/// Always.
pub fn process_handle(_: Pid) -> io::Result<OwnedFd> {
    only_linux()
}

/// # Errors
/// Always.
pub fn die_with_parent() -> io::Result<()> {
    only_linux()
}

/// # Errors
/// Always.
pub fn fix_addresses() -> io::Result<()> {
    only_linux()
}

/// # Errors
/// Always.
pub fn rename_host(_: &[u8]) -> io::Result<()> {
    only_linux()
}
