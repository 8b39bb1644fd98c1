//! Runs a program with all of its children and stops before a chosen one of their system calls that write: kills them all
//! there, or lets the disk be full from there on.
//!
//! A seccomp filter stops them at those calls only, so that a run takes hardly longer than without. The numbers of calls and
//! registers are those of x86-64 Linux.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// What happens at the chosen call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// Every process is killed.
    Kill,
    /// From here on, nothing can be written to files any more.
    FullDisk,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The program's exit code; `None` if it was killed.
    pub code: Option<i32>,
    /// The call that was chosen, as `program: call`; `None` if the program came to its end before.
    pub at: Option<String>,
}

/// System calls that write, and whether they only do if their flags (the argument of that index) say so.
const CALLS: [(libc::c_long, &str, Option<usize>); 32] = [
    (libc::SYS_write, "write", None),
    (libc::SYS_writev, "writev", None),
    (libc::SYS_pwrite64, "pwrite", None),
    (libc::SYS_pwritev, "pwritev", None),
    (libc::SYS_copy_file_range, "copy_file_range", None),
    (libc::SYS_sendfile, "sendfile", None),
    (libc::SYS_sendto, "sendto", None),
    (libc::SYS_sendmsg, "sendmsg", None),
    (libc::SYS_open, "open", Some(1)),
    (libc::SYS_openat, "openat", Some(2)),
    (libc::SYS_creat, "creat", None),
    (libc::SYS_truncate, "truncate", None),
    (libc::SYS_ftruncate, "ftruncate", None),
    (libc::SYS_fallocate, "fallocate", None),
    (libc::SYS_rename, "rename", None),
    (libc::SYS_renameat, "rename", None),
    (libc::SYS_renameat2, "rename", None),
    (libc::SYS_link, "link", None),
    (libc::SYS_linkat, "link", None),
    (libc::SYS_symlink, "symlink", None),
    (libc::SYS_symlinkat, "symlink", None),
    (libc::SYS_unlink, "unlink", None),
    (libc::SYS_unlinkat, "unlink", None),
    (libc::SYS_mkdir, "mkdir", None),
    (libc::SYS_mkdirat, "mkdir", None),
    (libc::SYS_rmdir, "rmdir", None),
    (libc::SYS_fsync, "fsync", None),
    (libc::SYS_fdatasync, "fsync", None),
    (libc::SYS_chmod, "chmod", None),
    (libc::SYS_fchmod, "chmod", None),
    (libc::SYS_fchmodat, "chmod", None),
    (libc::SYS_utimensat, "utimensat", None),
];

/// Flags with which opening a file writes.
const WRITING: u32 = (libc::O_CREAT | libc::O_TRUNC) as u32;

/// Calls that take no room, so that they work on a full disk.
const FREE: [&str; 7] = ["unlink", "rmdir", "chmod", "utimensat", "ftruncate", "truncate", "rename"];

/// Runs `command` and strikes at its `number`-th writing call, counted from 1.
pub fn run(command: Command, number: usize, blow: Blow) -> Ended {
    let tracer = follow(command, number, blow);
    Ended { code: tracer.code, at: tracer.at }
}

/// Every writing call of `command`, in order, as `program: call`.
pub fn places(command: Command) -> Vec<String> {
    follow(command, usize::MAX, Blow::Kill).places
}

fn follow(mut command: Command, number: usize, blow: Blow) -> Tracer {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let program = filter();
    // SAFETY: only system calls, on memory that was made before the fork.
    unsafe {
        command.pre_exec(move || {
            let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
            check(libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0))?;
            check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
            check(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter, 0, 0).into())
        });
    }
    #[expect(clippy::zombie_processes, reason = "the tracer waits for it, with all of its children")]
    let child = command.spawn().expect("the program was built, and may be traced here");
    let group = child.id() as libc::pid_t;
    let mut tracer = Tracer { group, number, blow, alive: BTreeSet::new(), places: Vec::new(), at: None, code: None };
    tracer.follow();
    tracer
}

fn check(result: libc::c_long) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A filter that stops at the calls of [`CALLS`], each with its index.
fn filter() -> Vec<libc::sock_filter> {
    const NUMBER: u32 = 0;
    const ARGUMENTS: u32 = 16;
    let load = |offset| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset);
    let result = |value| statement(libc::BPF_RET | libc::BPF_K, value);
    let jump = |test, value, then, otherwise| libc::sock_filter {
        code: (libc::BPF_JMP | test | libc::BPF_K) as u16,
        jt: then,
        jf: otherwise,
        k: value,
    };
    let mut program = vec![load(NUMBER)];
    for (index, (call, _, flags)) in CALLS.iter().enumerate() {
        let stop = result(libc::SECCOMP_RET_TRACE | index as u32);
        match flags {
            None => program.extend([jump(libc::BPF_JEQ, *call as u32, 0, 1), stop]),
            Some(argument) => program.extend([
                jump(libc::BPF_JEQ, *call as u32, 0, 4),
                load(ARGUMENTS + 8 * *argument as u32),
                jump(libc::BPF_JSET, WRITING, 0, 1),
                stop,
                result(libc::SECCOMP_RET_ALLOW),
            ]),
        }
    }
    program.push(result(libc::SECCOMP_RET_ALLOW));
    program
}

fn statement(code: u32, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

struct Tracer {
    group: libc::pid_t,
    number: usize,
    blow: Blow,
    /// The program's processes; hooks have groups of their own.
    alive: BTreeSet<libc::pid_t>,
    /// The calls so far.
    places: Vec<String>,
    at: Option<String>,
    code: Option<i32>,
}

impl Tracer {
    fn follow(&mut self) {
        let mut prepared = false;
        loop {
            let mut status = 0;
            // SAFETY: the status is ours. What this thread has started or traces is waited for, and that is the program alone.
            let pid = unsafe { libc::waitpid(-1, &mut status, libc::__WALL | libc::__WNOTHREAD) };
            if pid < 0 {
                return;
            }
            if libc::WIFEXITED(status) || libc::WIFSIGNALED(status) {
                if pid == self.group && libc::WIFEXITED(status) {
                    self.code = Some(libc::WEXITSTATUS(status));
                }
                self.alive.remove(&pid);
                continue;
            }
            self.alive.insert(pid);
            if !prepared {
                let options = libc::PTRACE_O_TRACESECCOMP
                    | libc::PTRACE_O_TRACEFORK
                    | libc::PTRACE_O_TRACEVFORK
                    | libc::PTRACE_O_TRACECLONE
                    | libc::PTRACE_O_TRACEEXEC
                    | libc::PTRACE_O_EXITKILL;
                // SAFETY: the child is stopped, and ours.
                unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, pid, 0, options) };
                prepared = true;
            }
            let (signal, event) = (libc::WSTOPSIG(status), status >> 16);
            let is_event = event != 0 || signal == libc::SIGTRAP || signal == libc::SIGSTOP;
            if event == libc::PTRACE_EVENT_SECCOMP {
                self.at_call(pid);
            }
            if self.at.is_some() && self.blow == Blow::Kill {
                self.kill();
            }
            // SAFETY: the process is stopped, or was killed just now, which does no harm.
            unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, if is_event { 0 } else { signal }) };
        }
    }

    fn at_call(&mut self, pid: libc::pid_t) {
        let mut index: libc::c_ulong = 0;
        // SAFETY: the process is stopped at the call, whose index is written to our variable.
        unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, pid, 0, &mut index) };
        let call = CALLS[index as usize].1;
        self.places.push(format!("{}: {call}", name(pid)));
        if self.places.len() == self.number {
            self.at = self.places.last().cloned();
        }
        if self.blow == Blow::FullDisk && self.places.len() >= self.number && !FREE.contains(&call) {
            refuse(pid, call);
        }
    }

    /// Kills them all. One that was started just now is not known yet: it stops before it runs, and this comes again.
    fn kill(&self) {
        for &process in &self.alive {
            // SAFETY: it is the program's, and not waited for yet.
            unsafe { libc::kill(process, libc::SIGKILL) };
        }
    }
}

/// Lets a call that would write to a file fail as on a full disk.
fn refuse(pid: libc::pid_t, call: &str) {
    // SAFETY: plain integers.
    let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    // SAFETY: the process is stopped, and the registers are ours.
    unsafe { libc::ptrace(libc::PTRACE_GETREGS, pid, 0, &mut registers) };
    let takes_descriptor = !matches!(call, "open" | "openat" | "creat" | "link" | "symlink" | "mkdir");
    if takes_descriptor {
        let target = fs::read_link(format!("/proc/{pid}/fd/{}", registers.rdi)).unwrap_or_default();
        if !target.starts_with("/") || target.starts_with("/dev") {
            return;
        }
    }
    registers.orig_rax = u64::MAX;
    registers.rax = -i64::from(libc::ENOSPC) as u64;
    // SAFETY: as above.
    unsafe { libc::ptrace(libc::PTRACE_SETREGS, pid, 0, &registers) };
}

/// What a process is: `relplan`, or `git` with its command.
fn name(pid: libc::pid_t) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<String> =
        line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let program = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default().to_owned();
    if program != "git" {
        return program;
    }
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-c" => {
                rest.next();
            }
            command => return format!("git {command}"),
        }
    }
    program
}
