//! What the repetitions of a training vary on purpose: conditions that must not matter, and that would otherwise agree
//! by luck. A program whose profile depends on one of them is found out on the machine that trains it.
//!
//! Every second repetition sees files that were made in the opposite order (with other inode numbers), process ids of
//! the other parity, and threads spread over the processors; each begins in a second of its own.

use std::path::Path;
use std::time::{Duration, SystemTime};

use host::copy::Order;
use host::linux;
use host::linux::CpuSet;
use rustix::process::Pid;

/// How often a process is started again to get an id of the wanted parity; ids are given out in turn.
pub const STARTS: u32 = 200;

/// How long a run is left alone between two looks at its threads.
pub const PATIENCE: Duration = Duration::from_millis(1);

/// What one repetition varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Perturbation {
    /// The remainder of every process id by 2.
    pub id_parity: u32,
    /// The order in which the inputs are copied.
    pub order: Order,
    /// Whether threads are taken off the processor that the run was given.
    pub scatters_threads: bool,
    /// Whether the emulator writes down the system calls, which the program can't tell.
    pub records_calls: bool,
}

impl Perturbation {
    /// What the repetition with this number, counted from 1, varies.
    pub fn of_replicate(replicate: u32) -> Self {
        let is_other = replicate.is_multiple_of(2);
        Self {
            id_parity: u32::from(is_other),
            order: if is_other { Order::Reversed } else { Order::ByName },
            scatters_threads: is_other,
            records_calls: is_other,
        }
    }
}

/// Sleeps until the next whole second of the wall clock.
pub fn await_next_second() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    std::thread::sleep(Duration::from_secs(1) - Duration::from_nanos(now.subsec_nanos().into()));
}

/// Gives each thread of the process `pid` but the first a processor of its own and a low priority, so that threads which
/// took turns on one processor now run at the same time, and differently where there is only one.
///
/// NB: the first thread stays where it is; the program sees the same number of processors as ever.
pub fn scatter_threads(pid: Pid, processors: &[usize]) {
    let Ok(threads) = Path::new("/proc").join(pid.as_raw_nonzero().to_string()).join("task").read_dir() else { return };
    let ids = threads.flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    for (place, thread) in ids.filter(|thread| *thread != pid).enumerate() {
        let Some(processor) = processors.get((place + 1) % processors.len().max(1)) else { return };
        let mut set = CpuSet::new();
        set.set(*processor);
        // A thread may have ended meanwhile; then there is nothing to scatter.
        let _ = linux::set_affinity(Some(thread), &set);
        let _ = rustix::process::setpriority_process(Some(thread), 10);
    }
}

/// Whether the file system that `directory` is on lists entries in the order they were made in, or its reverse. Some
/// (ext4) order them by a hash of the name that differs from disk to disk: there the order can't be varied.
///
/// # Errors
/// The system's, when the probe can't be written.
pub fn lists_in_order_of_creation(directory: &Path) -> std::io::Result<bool> {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let listed = |probe: &str, reversed: bool| -> std::io::Result<Vec<std::ffi::OsString>> {
        let path = directory.join(probe);
        std::fs::create_dir(&path)?;
        for index in 0..names.len() {
            let name = names[if reversed { names.len() - 1 - index } else { index }];
            std::fs::write(path.join(name), "")?;
        }
        let listed = path.read_dir()?.map(|entry| Ok(entry?.file_name())).collect();
        std::fs::remove_dir_all(&path)?;
        listed
    };
    Ok(listed("probe-forwards", false)? != listed("probe-backwards", true)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_repetitions_differ_in_everything() {
        let (first, second) = (Perturbation::of_replicate(1), Perturbation::of_replicate(2));
        assert_ne!(first.id_parity, second.id_parity);
        assert_ne!(first.order, second.order);
        assert_ne!(first.scatters_threads, second.scatters_threads);
        assert_eq!(first, Perturbation::of_replicate(3));
    }

    #[test]
    fn the_wait_ends_in_the_next_second() {
        let seconds = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set").as_secs();
        let before = seconds();
        await_next_second();
        assert!(seconds() > before);
    }

    #[test]
    fn the_probe_leaves_nothing_behind() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        lists_in_order_of_creation(directory.path()).expect("the directory is ours");
        assert_eq!(directory.path().read_dir().expect("it is readable").count(), 0);
    }
}
