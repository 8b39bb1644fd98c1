//! The system calls themselves. All but [`affinity`] may be used between fork and exec: none allocates or takes a lock.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal};
use rustix::thread::CpuSet;

/// The processors this thread may use.
///
/// # Errors
/// The system's.
pub fn affinity() -> io::Result<CpuSet> {
    Ok(rustix::thread::sched_getaffinity(None)?)
}

/// Keeps a thread, or this one, to the processors of `set`.
///
/// # Errors
/// The system's.
pub fn set_affinity(thread: Option<Pid>, set: &CpuSet) -> io::Result<()> {
    Ok(rustix::thread::sched_setaffinity(thread, set)?)
}

/// A handle that becomes readable when the process ends.
///
/// # Errors
/// The system's.
pub fn process_handle(pid: Pid) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

/// Lets this process be killed when its parent ends.
///
/// # Errors
/// The system's.
pub fn die_with_parent() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Switches address space randomisation off, from the next exec on.
///
/// # Errors
/// The system's: containers often forbid it.
pub fn fix_addresses() -> io::Result<()> {
    // SAFETY: personality(2) takes and returns plain numbers.
    checked(unsafe { libc::personality(libc::ADDR_NO_RANDOMIZE as libc::c_ulong) })
}

/// Gives this process, and those it starts, another host name.
///
/// # Errors
/// The system's: it needs privileges.
pub fn rename_host(name: &[u8]) -> io::Result<()> {
    // SAFETY: unshare(2) takes plain numbers; sethostname(2) reads the given number of bytes.
    unsafe {
        checked(libc::unshare(libc::CLONE_NEWUTS))?;
        checked(libc::sethostname(name.as_ptr().cast(), name.len()))
    }
}

pub(super) fn checked(result: libc::c_int) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
