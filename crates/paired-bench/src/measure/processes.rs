//! The runner behind real measurements: fresh copies of each binary, one process at a time, on one CPU.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use host::linux::CpuSet;
use host::process::{Exit, Finished, Invocation};
use host::{linux, process};

use super::plan::{Processors, SamplingPlan};
use super::samples::Run;
use super::wall::{Arm, Runner};
use super::{Case, MeasureError, fixed_environment, peak_memory};
use crate::statistics::Random;

/// Runs arms as processes. Dropping it removes the copies and gives the CPUs back.
#[derive(Debug)]
pub struct ProcessRunner<'a> {
    arms: &'a [Arm],
    cases: &'a [Case],
    layouts: Vec<Layout>,
    timeout: Duration,
    pin: Option<Pin>,
    /// The cases that start threads and may use all processors.
    threaded: Vec<bool>,
    /// By arm and case, measured once, apart from the timed runs.
    peak_rss_bytes: BTreeMap<(usize, usize), u64>,
    /// Holds the copies for as long as they are run.
    _copies: tempfile::TempDir,
}

/// Where things lie in memory: other physical pages for the binaries, another depth of the stack.
#[derive(Debug)]
struct Layout {
    /// One copy for each arm, all with paths of the same length.
    binaries: Vec<PathBuf>,
    environment: Vec<(String, String)>,
}

impl<'a> ProcessRunner<'a> {
    /// Copies the binaries once per layout into the plan's scratch directory.
    pub fn new(arms: &'a [Arm], cases: &'a [Case], plan: &SamplingPlan) -> Result<Self, MeasureError> {
        let copies = tempfile::Builder::new()
            .prefix("arms-")
            .tempdir_in(&plan.scratch)
            .map_err(|source| MeasureError::Scratch { path: plan.scratch.clone(), source })?;
        let root = copies
            .path()
            .canonicalize()
            .map_err(|source| MeasureError::Scratch { path: copies.path().to_owned(), source })?;
        let mut random = Random::seeded(plan.seed ^ 0x6c61_796f_7574);
        let layouts = (0..plan.layouts.max(1))
            .map(|index| Layout::new(&root.join(format!("layout-{index}")), arms, cases, random.below(4096) as usize))
            .collect::<Result<_, _>>()?;
        let mut runner = Self {
            arms,
            cases,
            layouts,
            timeout: plan.timeout,
            pin: None,
            threaded: vec![false; cases.len()],
            peak_rss_bytes: BTreeMap::new(),
            _copies: copies,
        };
        if plan.processors == Processors::AsUsed {
            // Before anything is kept to one processor: there, many programs start no threads.
            runner.threaded = (0..cases.len()).map(|case| runner.starts_threads(case)).collect();
        }
        runner.pin = Pin::to_one_cpu();
        Ok(runner)
    }

    /// The cases that may use all processors, by name.
    pub fn on_all_processors(&self) -> Vec<String> {
        let threaded = self.cases.iter().zip(&self.threaded).filter(|(_, threaded)| **threaded);
        threaded.map(|(case, _)| case.name.clone()).collect()
    }

    /// Whether the reference arm starts threads on the case; what fails is found out when it is measured.
    fn starts_threads(&self, case: usize) -> bool {
        let place = self.place(0, case, 0);
        let traced = self.cases[case].around(|| peak_memory::traced(&self.invocation(&place, case)));
        traced.ok().flatten().is_some_and(|traced| traced.starts_threads)
    }

    /// The CPU that all but [`Self::on_all_processors`] run on, if the system allowed to choose one.
    pub fn pinned_to(&self) -> Option<u32> {
        self.pin.as_ref().map(|pin| pin.cpu)
    }

    fn start(&self, arm: usize, case: usize, layout: u32, stderr: Stdio) -> Result<Finished, MeasureError> {
        let place = self.place(arm, case, layout);
        let finished = self.cases[case].around(|| {
            if let Some(pin) = &self.pin {
                pin.allow(self.threaded[case]);
            }
            process::run(&self.invocation(&place, case), Stdio::null(), stderr)
        })?;
        finished.map_err(|source| MeasureError::Child {
            case: self.cases[case].name.clone(),
            arm: self.arms[arm].name.clone(),
            source,
        })
    }

    /// The program and its environment.
    fn place(&self, arm: usize, case: usize, layout: u32) -> (PathBuf, Vec<(String, String)>) {
        let (case, layout) = (&self.cases[case], &self.layouts[layout as usize]);
        (case.program_beside(&layout.binaries[arm]), case.environment_over(layout.environment.clone()))
    }

    fn invocation<'b>(&'b self, place: &'b (PathBuf, Vec<(String, String)>), case: usize) -> Invocation<'b> {
        let case = &self.cases[case];
        Invocation {
            program: &place.0,
            argv0: PROGRAM.as_ref(),
            args: &case.args,
            directory: &case.directory,
            environment: &place.1,
            stdin: case.stdin.as_deref(),
            fixed_addresses: false,
            network: None,
            timeout: self.timeout,
        }
    }

    /// Only asked after a run that went well, so that what fails is reported with its reason.
    fn peak_rss_bytes(&mut self, arm: usize, case: usize, layout: u32) -> u64 {
        if let Some(known) = self.peak_rss_bytes.get(&(arm, case)) {
            return *known;
        }
        let place = self.place(arm, case, layout);
        let peak = self.cases[case].around(|| peak_memory::peak_rss_bytes(&self.invocation(&place, case)));
        let peak = peak.ok().flatten().unwrap_or(0);
        self.peak_rss_bytes.insert((arm, case), peak);
        peak
    }

    fn failure(&self, arm: usize, case: usize, layout: u32, exit: Exit) -> MeasureError {
        MeasureError::RunFailed {
            case: self.cases[case].name.clone(),
            arm: self.arms[arm].name.clone(),
            exit,
            expected: self.cases[case].exit_codes.clone(),
            said: self.ask_why(arm, case, layout).unwrap_or_default(),
        }
    }

    /// Runs once more, this time listening to standard error.
    fn ask_why(&self, arm: usize, case: usize, layout: u32) -> Option<String> {
        let mut file = tempfile::tempfile().ok()?;
        self.start(arm, case, layout, Stdio::from(file.try_clone().ok()?)).ok()?;
        file.rewind().ok()?;
        let mut said = Vec::new();
        file.take(500).read_to_end(&mut said).ok()?;
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        (!said.is_empty()).then(|| format!("; it said: {said}"))
    }
}

impl Runner for ProcessRunner<'_> {
    fn run(&mut self, arm: usize, case: usize, layout: u32) -> Result<Run, MeasureError> {
        let finished = self.start(arm, case, layout, Stdio::null())?;
        match finished.exit {
            Exit::Code(code) if self.cases[case].exit_codes.contains(&code) => Ok(Run {
                wall_ns: finished.wall_ns,
                user_ns: finished.user_ns,
                cpu_ns: finished.user_ns + finished.system_ns,
                max_rss_bytes: self.peak_rss_bytes(arm, case, layout),
            }),
            exit => Err(self.failure(arm, case, layout, exit)),
        }
    }
}

/// File name and `argv[0]` of every copy.
const PROGRAM: &str = "program";

impl Layout {
    fn new(root: &Path, arms: &[Arm], cases: &[Case], padding: usize) -> Result<Self, MeasureError> {
        let copied = |(index, arm): (usize, &Arm)| {
            let directory = root.join(format!("arm-{index:02}"));
            for name in cases.iter().filter_map(|case| case.program.as_ref()) {
                copy_as(&arm.binary.with_file_name(name), &directory.join(name))?;
            }
            copy(&arm.binary, &directory)
        };
        let binaries = arms.iter().enumerate().map(copied).collect::<Result<_, _>>()?;
        let mut environment = fixed_environment();
        environment.push(("MEMORY_LAYOUT".to_owned(), "x".repeat(padding)));
        Ok(Self { binaries, environment })
    }
}

/// Copies an executable to `directory/program` and returns that path.
pub(super) fn copy(binary: &Path, directory: &Path) -> Result<PathBuf, MeasureError> {
    let to = directory.join(PROGRAM);
    copy_as(binary, &to)?;
    Ok(to)
}

pub(super) fn copy_as(binary: &Path, to: &Path) -> Result<(), MeasureError> {
    let copied: io::Result<()> = (|| {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        // The same program of several cases; a second copy would be refused while the first one runs.
        if !to.exists() {
            fs::copy(binary, to)?;
        }
        fs::set_permissions(to, fs::Permissions::from_mode(0o755))
    })();
    copied.map_err(|source| MeasureError::Copy { from: binary.to_owned(), to: to.to_owned(), source })
}

/// This thread, and the processes it starts, on one CPU for as long as this lives.
#[derive(Debug)]
struct Pin {
    cpu: u32,
    only: CpuSet,
    before: CpuSet,
}

impl Pin {
    /// The last CPU we may use: the first ones tend to serve interrupts. None where the system refuses.
    fn to_one_cpu() -> Option<Self> {
        let before = linux::affinity().ok()?;
        let cpu = (0..CpuSet::MAX_CPU).rev().find(|&cpu| before.is_set(cpu))?;
        let mut only = CpuSet::new();
        only.set(cpu);
        linux::set_affinity(None, &only).ok()?;
        Some(Self { cpu: u32::try_from(cpu).ok()?, only, before })
    }

    /// Lets what is started next use all processors, or the one.
    fn allow(&self, all: bool) {
        // A refusal can't be new: the system allowed it before.
        let _ = linux::set_affinity(None, if all { &self.before } else { &self.only });
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        // Nothing to do about a refusal here: the thread stays on one CPU, which is slow but not wrong.
        let _ = linux::set_affinity(None, &self.before);
    }
}

#[cfg(test)]
#[path = "processes_tests.rs"]
mod tests;
