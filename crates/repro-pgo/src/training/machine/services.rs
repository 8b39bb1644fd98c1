//! Services in the machine: what its init is told of them, and what it tells back, in the words of services outside.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use host::background::{Problem, is_as_asked};
use host::process::{Exit, exit_of};

use super::plan::PlannedService;
use super::results::{ENDED_EARLY, ENDED_UNREADY, NOT_READY, NOT_STOPPED, STOP_FAILED, Service};
use crate::declaration::invocation::{Placed, PlacedService};
use crate::training::plan::Run;
use crate::training::process::Conditions;
use crate::training::services::{NO_PROFILE, failed, files};
use crate::training::{TrainingError, outside};

/// The services of the run with this `index`, as its init starts them. `environment` is that of a program whose counters go to a path.
pub fn planned(
    conditions: &Conditions<'_>,
    index: usize,
    placed: &Placed,
    programs: &BTreeMap<&str, PathBuf>,
    environment: &dyn Fn(&Path) -> Vec<String>,
) -> Vec<PlannedService> {
    let found = |mut command: Vec<String>| {
        if let Some(name) = command.first_mut() {
            *name = outside::brought(programs, name).to_string_lossy().into_owned();
        }
        command
    };
    let planned = |(number, service): (usize, &PlacedService)| {
        let service = service.of(&conditions.service_binary(service));
        let [profile, said] = files(conditions, index, number);
        PlannedService {
            environment: environment(&profile),
            profile,
            said,
            ready: service.ready,
            command: found(service.command),
            stop: found(service.stop),
            // What stops it counts into nothing.
            stop_environment: environment(Path::new("/dev/null")),
        }
    };
    placed.services.iter().enumerate().map(planned).collect()
}

/// Judges what the services of a run left as if they had run here, and writes down their counters.
///
/// # Errors
/// [`TrainingError::Service`] for the first that did not serve.
pub fn take(
    conditions: &Conditions<'_>,
    index: usize,
    run: &Run,
    placed: &Placed,
    results: &[Service],
) -> Result<Vec<PathBuf>, TrainingError> {
    let mut left: Vec<_> = placed.services.iter().zip(results).enumerate().collect();
    // One that failed kept the others from being started, or stopped.
    left.sort_by_key(|(number, (_, result))| (result.problem == 0, *number));
    let mut profiles = Vec::new();
    for (number, (service, result)) in left {
        let [profile, said] = files(conditions, index, number);
        for (path, bytes) in [(&profile, &result.profile), (&said, &result.said)] {
            std::fs::write(path, bytes).map_err(TrainingError::file("cannot write", path))?;
        }
        if let Some(problem) = problem(service, result, conditions.timeout.as_secs()) {
            return Err(failed(run, service, &problem, &said));
        }
        if service.is_trained {
            if result.profile.is_empty() {
                return Err(failed(run, service, &NO_PROFILE, &said));
            }
            profiles.push(profile);
        }
    }
    Ok(profiles)
}

fn problem(service: &PlacedService, result: &Service, seconds: u64) -> Option<Problem> {
    let exit = exit_of(ExitStatus::from_raw(result.status));
    let how = if service.stop.is_empty() { "SIGTERM" } else { "its `stop` command" };
    match result.problem {
        NOT_READY => Some(Problem::NotReady { seconds, awaited: service.ready.awaited() }),
        ENDED_UNREADY => Some(Problem::EndedUnready(exit)),
        ENDED_EARLY => Some(Problem::EndedEarly(exit)),
        STOP_FAILED if exit == Exit::Code(0) => Some(Problem::Stop(format!("was still running after {seconds} s"))),
        STOP_FAILED => Some(Problem::Stop(format!("ended with {exit}"))),
        NOT_STOPPED => Some(Problem::NotStopped { seconds, how }),
        _ => (!is_as_asked(exit)).then_some(Problem::EndedBadly(exit)),
    }
}
