//! The baseline, built beside the stages in front of it, because it needs nothing of what they make, and linking a program
//! keeps one processor busy.

use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use host::progress::Task;
use host::stop::Stop;

use super::{Pipeline, StageError, State};
use crate::training::session::processors;

/// A baseline that is being built.
pub struct Beside<'scope> {
    stop: &'scope Stop,
    build: Option<ScopedJoinHandle<'scope, Built>>,
    built: Option<Built>,
}

struct Built {
    state: Result<State, StageError>,
    took: Duration,
}

impl<'scope> Beside<'scope> {
    /// Begins where there is a processor for it. What it would say, the builds with the same settings say.
    pub fn begin<'env>(scope: &'scope Scope<'scope, 'env>, pipeline: &'env Pipeline, stop: &'env Stop) -> Option<Self> {
        let build = move || {
            let started = Instant::now();
            let state = super::baseline(pipeline, &Task::silent(), Some(stop));
            Built { state, took: started.elapsed() }
        };
        (processors().len() > 1).then(|| Self { stop, build: Some(scope.spawn(build)), built: None })
    }

    /// Why it failed, if it has.
    pub fn failed(&mut self) -> Option<StageError> {
        if self.build.as_ref().is_some_and(ScopedJoinHandle::is_finished) {
            self.join();
        }
        self.built.take_if(|built| built.state.is_err())?.state.err()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// As [`super::baseline()`].
    pub fn end(mut self, task: &Task) -> Result<State, StageError> {
        self.join();
        let Built { state, took } = self.built.take().expect("it is told once");
        task.took(took);
        state
    }

    fn join(&mut self) {
        if let Some(build) = self.build.take() {
            self.built = Some(build.join().expect("a build does not panic"));
        }
    }
}

impl Drop for Beside<'_> {
    /// Where another stage failed, nothing is left running.
    fn drop(&mut self) {
        if self.build.is_some() {
            self.stop.now();
        }
    }
}
