//! The peak resident set of a program and all processes it starts.
//!
//! What `wait4` reports is no use for a small program: Linux counts the moment before `exec` too, when the child still is a
//! copy of its parent. So every process is stopped just before it ends, where the kernel's own mark for its address space
//! (`VmHWM` in `/proc/<pid>/status`, reset by `exec`) can be read. Tracing costs time: never measure both in one run.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::Instant;

use host::process;
use host::process::Invocation;

/// How often the traced processes are asked whether they stopped.
const INTERVAL: std::time::Duration = std::time::Duration::from_micros(200);

/// What a traced run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traced {
    /// The largest peak among its processes, in bytes.
    pub peak_rss_bytes: u64,
    /// Whether one of its processes started a thread.
    pub starts_threads: bool,
}

/// Runs the invocation once, its output thrown away, and returns the largest peak in bytes among its processes. `None` where
/// the system doesn't let us trace (a container's filter), or the run did not end within its time.
pub fn peak_rss_bytes(invocation: &Invocation<'_>) -> Option<u64> {
    traced(invocation).map(|traced| traced.peak_rss_bytes).filter(|bytes| *bytes > 0)
}

/// Runs the invocation once, its output thrown away, and tells what it did; `None` as for [`peak_rss_bytes`].
pub fn traced(invocation: &Invocation<'_>) -> Option<Traced> {
    let mut command = process::command(invocation);
    command.stdin(process::stdin(invocation).ok()?).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: ptrace is a bare system call: it neither allocates nor takes a lock, as a forked child requires.
    unsafe {
        command.pre_exec(|| match libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
    let leader = i32::try_from(command.spawn().ok()?.id()).ok()?;
    let traced = follow(leader, Instant::now() + invocation.timeout);
    if traced.is_none() {
        // SAFETY: the group is our child's own; it exists, because its leader is not reaped.
        unsafe { libc::kill(-leader, libc::SIGKILL) };
        while next_event(leader).is_some_and(|event| !event.ends(leader)) {}
    }
    traced
}

/// Follows the processes of the group `leader` to the leader's end. `None` when that doesn't come in time.
fn follow(leader: i32, deadline: Instant) -> Option<Traced> {
    let options = libc::PTRACE_O_EXITKILL
        | libc::PTRACE_O_TRACEEXIT
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACECLONE;
    let mut is_set_up = false;
    let mut traced = Traced::default();
    while Instant::now() < deadline {
        let Some(event) = next_event(leader) else {
            std::thread::sleep(INTERVAL);
            continue;
        };
        if event.ends(leader) {
            return Some(traced);
        }
        if !libc::WIFSTOPPED(event.status) {
            continue;
        }
        if !is_set_up && event.pid == leader {
            // SAFETY: the process is our tracee, stopped at its `exec`.
            unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, leader, 0, libc::c_long::from(options)) };
            is_set_up = true;
        } else if event.status >> 16 == libc::PTRACE_EVENT_EXIT {
            traced.peak_rss_bytes = traced.peak_rss_bytes.max(high_water_mark(event.pid));
        } else if event.status >> 16 == libc::PTRACE_EVENT_CLONE {
            // A thread; a process of its own is a fork.
            traced.starts_threads = true;
        }
        // SAFETY: the process is our tracee, stopped by the event just taken.
        unsafe { libc::ptrace(libc::PTRACE_CONT, event.pid, 0, libc::c_long::from(event.signal_to_deliver())) };
    }
    None
}

/// What happened to one of the traced processes.
struct Event {
    pid: i32,
    status: libc::c_int,
}

impl Event {
    fn ends(&self, leader: i32) -> bool {
        self.pid == leader && (libc::WIFEXITED(self.status) || libc::WIFSIGNALED(self.status))
    }

    /// A signal from outside is passed on; those by which tracing speaks are not.
    fn signal_to_deliver(&self) -> libc::c_int {
        match libc::WSTOPSIG(self.status) {
            libc::SIGTRAP | libc::SIGSTOP => 0,
            signal => signal,
        }
    }
}

/// The next event of the group, if there is one now. An error is the end of the leader: nothing is left to wait for.
fn next_event(leader: i32) -> Option<Event> {
    let mut status = 0;
    // SAFETY: the pointer leads to a live integer.
    match unsafe { libc::waitpid(-leader, &mut status, libc::WNOHANG | libc::__WALL) } {
        0 => None,
        -1 => Some(Event { pid: leader, status: 0 }),
        pid => Some(Event { pid, status }),
    }
}

/// The peak resident set of the process's present address space in bytes; 0 where it can't be read.
fn high_water_mark(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;
    use std::time::Duration;

    use super::*;

    fn peak(script: &str, timeout: Duration) -> Option<u64> {
        shell(script, timeout).map(|traced| traced.peak_rss_bytes)
    }

    fn shell(script: &str, timeout: Duration) -> Option<Traced> {
        let args = ["-c".to_owned(), script.to_owned()];
        traced(&Invocation {
            program: Path::new("/bin/sh"),
            argv0: OsStr::new("sh"),
            args: &args,
            directory: Path::new("/"),
            environment: &[("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            stdin: None,
            fixed_addresses: false,
            network: None,
            timeout,
        })
    }

    #[test]
    fn a_small_program_is_small_however_large_its_parent_is() {
        let ballast = vec![1u8; 200_000_000];
        let small = peak("true", Duration::from_secs(30)).expect("tracing is allowed");
        assert!((100_000..20_000_000).contains(&small), "{small} bytes");
        assert_eq!(ballast.last(), Some(&1));
    }

    #[test]
    fn a_child_counts_and_signals_reach_it() {
        let script =
            "trap 'got=1' USR1; kill -USR1 $$; [ \"$got\" = 1 ] && dd if=/dev/zero of=/dev/null bs=64M count=1; true";
        let large = peak(script, Duration::from_secs(30)).expect("tracing is allowed");
        assert!(large > 64_000_000, "dd's buffer is counted: {large} bytes");
        let traced = shell(script, Duration::from_secs(30)).expect("tracing is allowed");
        assert!(!traced.starts_threads, "a process is no thread");
    }

    #[test]
    fn a_hanging_program_has_no_figure() {
        assert_eq!(peak("sleep 600", Duration::from_millis(300)), None);
    }
}
