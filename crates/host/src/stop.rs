//! Ends a process that another thread waits for.

use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// A process group that may be ended, before it runs or while it does.
#[derive(Debug, Default)]
pub struct Stop(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    asked: bool,
    running: Option<Pid>,
}

impl Stop {
    /// Ends what runs, and what is still to be started.
    pub fn now(&self) {
        let mut state = self.state();
        state.asked = true;
        state.kill();
    }

    /// `leader`, which leads a process group of its own, is what runs from now on.
    pub fn running(&self, leader: &Child) {
        let mut state = self.state();
        state.running = Some(Pid::from_child(leader));
        if state.asked {
            state.kill();
        }
    }

    /// It is about to be waited for: from then on its number may be another process's.
    pub fn ended(&self) {
        self.state().running = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn kill(&self) {
        if let Some(group) = self.running {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::Command;

    use super::*;

    fn signal_after(stop: impl FnOnce(&Stop, &Child)) -> Option<i32> {
        let mut sleeper = Command::new("/bin/sh");
        let mut sleeper = sleeper.args(["-c", "sleep 1"]).process_group(0).spawn().expect("the shell is there");
        stop(&Stop::default(), &sleeper);
        sleeper.wait().expect("it is our child").signal()
    }

    #[test]
    fn what_runs_and_what_is_started_later_is_ended_and_what_has_ended_is_left_alone() {
        let running = signal_after(|stop, sleeper| {
            stop.running(sleeper);
            stop.now();
        });
        let later = signal_after(|stop, sleeper| {
            stop.now();
            stop.running(sleeper);
        });
        let ended = signal_after(|stop, sleeper| {
            stop.running(sleeper);
            stop.ended();
            stop.now();
        });
        assert_eq!((running, later, ended), (Some(9), Some(9), None));
    }
}
