//! What a run did besides counting, as the emulator's record of its system calls tells: threads, children, a look at
//! standard input. None of it can be seen in a profile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::plan::Run;

/// How the call that starts a program begins in the record, up to the program's path.
const EXECUTE: &str = "execve(\"";

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Whether it started a thread.
    pub starts_threads: bool,
    /// Whether it read standard input.
    pub reads_stdin: bool,
    /// The programs that it started, or became: these run outside of the emulator.
    pub children: BTreeSet<String>,
}

impl Observed {
    /// Reads the record of a run; every line is a process id, a system call and its arguments. A child writes into the same
    /// record, so its call may stand behind one of its parent that hasn't returned.
    pub fn read(record: &str) -> Self {
        let mut observed = Self::default();
        for line in record.lines() {
            let started = line.find(EXECUTE).map(|start| &line[start + EXECUTE.len()..]);
            if let Some(rest) = started.filter(|rest| !failed(rest)) {
                observed.children.insert(rest.split('"').next().unwrap_or_default().to_owned());
            }
            let call = line.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start();
            if call.starts_with("clone(") || call.starts_with("clone3(") {
                observed.starts_threads |= call.contains("CLONE_THREAD");
            } else if call.starts_with("read(0,") || call.starts_with("readv(0,") {
                observed.reads_stdin = true;
            }
        }
        observed
    }

    /// Adds what a service of the run did. Its standard input is empty in any case.
    pub fn add_service(&mut self, service: Self) {
        self.starts_threads |= service.starts_threads;
        self.children.extend(service.children);
    }

    /// Whether it started the trained program itself again, which then counts outside of the emulator.
    pub fn starts_itself(&self, binary: &Path) -> bool {
        let is_own = |child: &String| Path::new(child) == binary || child.starts_with("/proc/self/exe");
        self.children.iter().any(is_own)
    }
}

/// Whether the call ended with an error: `= -1 errno=2 (No such file or directory)`. A successful `execve` tells nothing,
/// because the program that called it is gone.
fn failed(call: &str) -> bool {
    call.contains("= -1 ") || call.contains("errno=")
}

/// What a whole training did, in sentences; each names the workloads it is about.
pub fn remarks(runs: &[Run], observed: &BTreeMap<usize, Observed>) -> Vec<String> {
    let workloads = |is: &dyn Fn(&Run, &Observed) -> bool| {
        let found: BTreeSet<&str> = observed
            .iter()
            .filter_map(|(index, observed)| {
                let run = runs.get(*index)?;
                is(run, observed).then_some(run.workload.as_str())
            })
            .collect();
        let told: Vec<String> = found.into_iter().map(|name| format!("`{name}`")).collect();
        (!told.is_empty()).then(|| told.join(", "))
    };
    let silent = workloads(&|run, observed| observed.reads_stdin && run.command.stdin.is_none()).map(|names| {
        format!("{names} read standard input, which is empty: name a file with `stdin`, such as \"{{entry}}\"")
    });
    let children: BTreeSet<&str> =
        observed.values().flat_map(|observed| observed.children.iter().map(String::as_str)).collect();
    let outside = workloads(&|_, observed| !observed.children.is_empty()).map(|names| {
        format!(
            "{names} started {}, outside of the emulator: the profile may depend on what they answer on this machine",
            children.into_iter().collect::<Vec<_>>().join(", ")
        )
    });
    silent.into_iter().chain(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "15581 read(0,0x800cbd,3) = 0\n\
        15581 clone(CLONE_VM|CLONE_VFORK|0x11,child_stack=0x0) = 0\n\
        15585 execve(\"/usr/bin/true\",{\"true\",NULL}) = -1 errno=2 (No such file or directory)\n\
        15585 execve(\"/bin/true\",{\"true\",NULL}) = 15585\n\
        15581 execve(\"/proc/self/exe\",{\"./h\",NULL})";

    #[test]
    fn children_and_a_look_at_standard_input_are_seen() {
        let observed = Observed::read(RECORD);
        assert!(observed.reads_stdin && !observed.starts_threads);
        assert_eq!(observed.children.iter().map(String::as_str).collect::<Vec<_>>(), ["/bin/true", "/proc/self/exe"]);
        assert!(observed.starts_itself(Path::new("/somewhere")));
    }

    #[test]
    fn a_child_is_seen_behind_its_waiting_parent() {
        let observed = Observed::read("28 wait4(29,274921251604,0,0,1,0)29 execve(\"/own\",{\"/own\",NULL}) = 29\n");
        assert!(observed.starts_itself(Path::new("/own")));
    }

    #[test]
    fn a_thread_is_no_child() {
        let observed = Observed::read("7 clone(CLONE_VM|CLONE_FS|CLONE_THREAD|CLONE_SYSVSEM,child_stack=0x1) = 9\n");
        assert!(observed.starts_threads && observed.children.is_empty());
        assert!(!observed.starts_itself(Path::new("/bin/true")));
    }
}
