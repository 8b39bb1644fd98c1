//! A process group that does not outlive this program, however it ends: also when it is killed.

use std::io;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// Kills a process group when this program ends while the guard is there. Dropping it lets the group go.
#[derive(Debug)]
pub struct Guard {
    /// A shell that waits for a word of ours, or for the end of the pipe it would come through.
    watcher: Child,
}

impl Guard {
    /// Guards the group that `leader` leads: it was started with a process group of its own.
    ///
    /// # Errors
    /// The system's, when there is no shell.
    pub fn over(leader: &Child) -> io::Result<Self> {
        // NB: dash takes `kill -KILL -- -1234` for no number; POSIX has this one.
        let script = "read -r done || kill -s KILL -- \"-$0\"";
        let mut watcher = Command::new("/bin/sh");
        watcher.args(["-c", script, &leader.id().to_string()]).env_clear().process_group(0);
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self { watcher: watcher.spawn()? })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.watcher.stdin.take() {
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.watcher.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn sleeper() -> Child {
        let mut sleeper = Command::new("/bin/sh");
        sleeper.args(["-c", "sleep 600 & wait"]).process_group(0).stdin(Stdio::null());
        sleeper.spawn().expect("the shell is there")
    }

    #[test]
    fn the_group_dies_with_the_pipe_and_lives_when_let_go() {
        let mut kept = sleeper();
        drop(Guard::over(&kept).expect("the shell is there"));
        assert_eq!(kept.try_wait().expect("it is our child"), None);
        let mut guard = Guard::over(&kept).expect("the shell is there");
        // As if this program had been killed: the pipe closes without a word.
        drop(guard.watcher.stdin.take());
        let started = Instant::now();
        while kept.try_wait().expect("it is our child").is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "it goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
