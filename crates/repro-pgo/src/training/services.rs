//! The services of a run: started before it one after the other, stopped after it in the opposite order. One that is a
//! trained binary runs under the same conditions as the run itself, and its counts are part of the run's.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use host::background::{Background, Problem, Stop};
use paired_bench::measure::case::beside;
use rustix::process::Pid;

use super::TrainingError;
use super::observed::Observed;
use super::plan::Run;
use super::process::{self, Conditions, Purpose};
use crate::declaration::invocation::{Placed, PlacedService};

/// Runs with services take turns: they have the same ports.
static TURN: Mutex<()> = Mutex::new(());

/// What the services of a run left.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// The counts, or traces, of those that are trained binaries, in the order of their declaration.
    pub profiles: Vec<PathBuf>,
    /// What those did besides, where this repetition records it.
    pub observed: Vec<Observed>,
}

struct Running<'a> {
    number: usize,
    service: &'a PlacedService,
    background: Background,
}

/// The files of the service with this number, counted from 0, of the run with this `index`: counts, and what it said.
pub(super) fn files(conditions: &Conditions<'_>, index: usize, number: usize) -> [PathBuf; 2] {
    let layout = conditions.layout;
    let name = |kind: &str| format!("{index:06}-service-{}.{kind}", number + 1);
    [layout.profiles.join(name("profraw")), layout.output.join(name("said"))]
}

/// A service that did not serve.
pub(super) fn failed(run: &Run, service: &PlacedService, problem: &dyn ToString, said: &Path) -> TrainingError {
    TrainingError::Service {
        run: process::name(run),
        service: service.name.clone(),
        problem: problem.to_string(),
        details: process::last_lines(said),
    }
}

/// A trained binary that wrote no counts.
pub(super) const NO_PROFILE: &str = "left no profile: it is the trained binary, so it has to return from main or call exit() on \
    SIGTERM; let it handle the signal, or declare the command that ends it as `stop`";

impl Conditions<'_> {
    /// Does `work` beside the services of `run`, and tells it their processes.
    pub(super) fn serving<T>(
        &self,
        index: usize,
        run: &Run,
        placed: &Placed,
        cpu: usize,
        work: impl FnOnce(&[Pid]) -> Result<T, TrainingError>,
    ) -> Result<(T, Served), TrainingError> {
        if placed.services.is_empty() {
            return Ok((work(&[])?, Served::default()));
        }
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let services: Vec<PlacedService> =
            placed.services.iter().map(|service| service.of(&self.service_binary(service))).collect();
        let told =
            |number: usize, problem: Problem| failed(run, &services[number], &problem, &files(self, index, number)[1]);
        let mut running = Vec::new();
        for number in 0..services.len() {
            // Of the repetition before.
            let _ = std::fs::remove_file(&files(self, index, number)[1]);
        }
        for (number, service) in services.iter().enumerate() {
            let mut command = self.service_command(index, run, placed, number, service)?;
            self.isolate(&mut command, cpu);
            let start = || process::spawn(&mut command);
            let background = Background::start_in(self.network, start, &service.ready, self.timeout);
            running.push(Running { number, service, background: background.map_err(|problem| told(number, problem))? });
        }
        let processes: Vec<Pid> = running.iter().map(|one| one.background.process()).collect();
        let done = work(&processes);
        // What a command says without its service is not the cause.
        for one in &running {
            one.background.require_running().map_err(|problem| told(one.number, problem))?;
        }
        let done = done?;
        let mut served = Served::default();
        for Running { number, service, background } in running.into_iter().rev() {
            background.stop(&self.stop(placed, service)).map_err(|problem| told(number, problem))?;
            let [profile, said] = files(self, index, number);
            if service.is_trained {
                self.take_service(index, run, number, service, &mut served)?;
                let is_there = profile.metadata().is_ok_and(|metadata| metadata.len() > 0);
                if !is_there && self.purpose == Purpose::Counts {
                    return Err(failed(run, service, &NO_PROFILE, &said));
                }
                served.profiles.insert(0, profile);
            }
        }
        Ok((done, served))
    }

    /// Looks at what a trained binary did besides counting.
    fn take_service(
        &self,
        index: usize,
        run: &Run,
        number: usize,
        service: &PlacedService,
        served: &mut Served,
    ) -> Result<(), TrainingError> {
        let Some(record) = self.service_record(index, number) else { return Ok(()) };
        let observed = process::observed_in(&record)?;
        if observed.starts_itself(&self.service_binary(service)) {
            let details = format!("  service: {}", service.name);
            return Err(TrainingError::LeavesEmulation { run: process::name(run), details });
        }
        served.observed.push(observed);
        Ok(())
    }

    fn service_record(&self, index: usize, number: usize) -> Option<PathBuf> {
        let is_recorded = self.is_recorded();
        is_recorded.then(|| files(self, index, number)[1].with_extension("calls"))
    }

    /// The binary that `{binary}` is.
    pub(super) fn service_binary(&self, service: &PlacedService) -> PathBuf {
        beside(&self.layout.binary, service.binary.as_deref())
    }

    fn service_command(
        &self,
        index: usize,
        run: &Run,
        placed: &Placed,
        number: usize,
        service: &PlacedService,
    ) -> Result<Command, TrainingError> {
        let [profile, said] = files(self, index, number);
        let (program, arguments) = service.command.split_first().expect("a service without a command is refused");
        let mut command = if service.is_trained {
            let record = self.service_record(index, number);
            let mut command = self.emulated(run, Path::new(program), &profile, record.as_deref());
            command.env_clear().envs(process::environment(&profile));
            command
        } else {
            process::outside_command(Path::new(program))
        };
        command.args(arguments).current_dir(&placed.directory).stdin(Stdio::null());
        command.envs(placed.environment.iter().map(|(name, value)| (name, value)));
        let file = File::options().create(true).append(true).open(&said);
        let file = file.map_err(TrainingError::file("cannot write", &said))?;
        let twin = file.try_clone().map_err(TrainingError::file("cannot write", &said))?;
        command.stdout(file).stderr(twin);
        Ok(command)
    }

    /// What stops a service. NB: a trained binary in that command counts into nothing.
    fn stop(&self, placed: &Placed, service: &PlacedService) -> Stop {
        if service.stop.is_empty() {
            return Stop::Terminate;
        }
        let fixed = process::environment(Path::new("/dev/null"));
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_string_lossy().into_owned()));
        let path = std::env::var("PATH").ok().map(|path| ("PATH".to_owned(), path));
        let environment = fixed.into_iter().chain(path).chain(placed.environment.iter().cloned()).collect();
        Stop::Command { directory: placed.directory.clone(), command: service.stop.clone(), environment }
    }
}
