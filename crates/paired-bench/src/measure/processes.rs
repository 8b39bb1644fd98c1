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

use super::plan::SamplingPlan;
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
            .map(|index| Layout::new(&root.join(format!("layout-{index}")), arms, random.below(4096) as usize))
            .collect::<Result<_, _>>()?;
        let pin = plan.pin.then(Pin::to_one_cpu).flatten();
        Ok(Self { arms, cases, layouts, timeout: plan.timeout, pin, peak_rss_bytes: BTreeMap::new(), _copies: copies })
    }

    /// The CPU everything runs on, if the system allowed to choose one.
    pub fn pinned_to(&self) -> Option<u32> {
        self.pin.as_ref().map(|pin| pin.cpu)
    }

    fn start(&self, arm: usize, case: usize, layout: u32, stderr: Stdio) -> Result<Finished, MeasureError> {
        let invocation = self.invocation(arm, case, layout);
        process::run(&invocation, Stdio::null(), stderr).map_err(|source| MeasureError::Child {
            case: self.cases[case].name.clone(),
            arm: self.arms[arm].name.clone(),
            source,
        })
    }

    fn invocation(&self, arm: usize, case: usize, layout: u32) -> Invocation<'_> {
        let layout = &self.layouts[layout as usize];
        Invocation {
            program: &layout.binaries[arm],
            argv0: PROGRAM.as_ref(),
            args: &self.cases[case].args,
            directory: &self.cases[case].directory,
            environment: &layout.environment,
            fixed_addresses: false,
            timeout: self.timeout,
        }
    }

    /// Only asked after a run that went well, so that what fails is reported with its reason.
    fn peak_rss_bytes(&mut self, arm: usize, case: usize, layout: u32) -> u64 {
        if let Some(known) = self.peak_rss_bytes.get(&(arm, case)) {
            return *known;
        }
        let peak = peak_memory::peak_rss_bytes(&self.invocation(arm, case, layout)).unwrap_or(0);
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
    fn new(root: &Path, arms: &[Arm], padding: usize) -> Result<Self, MeasureError> {
        let binaries = arms
            .iter()
            .enumerate()
            .map(|(index, arm)| copy(&arm.binary, &root.join(format!("arm-{index:02}"))))
            .collect::<Result<_, _>>()?;
        let mut environment = fixed_environment();
        environment.push(("MEMORY_LAYOUT".to_owned(), "x".repeat(padding)));
        Ok(Self { binaries, environment })
    }
}

/// Copies an executable to `directory/program` and returns that path.
pub(super) fn copy(binary: &Path, directory: &Path) -> Result<PathBuf, MeasureError> {
    let to = directory.join(PROGRAM);
    let copied: io::Result<()> = (|| {
        fs::create_dir_all(directory)?;
        fs::copy(binary, &to)?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755))
    })();
    copied.map_err(|source| MeasureError::Copy { from: binary.to_owned(), to: to.clone(), source })?;
    Ok(to)
}

/// This thread, and the processes it starts, on one CPU for as long as this lives.
#[derive(Debug)]
struct Pin {
    cpu: u32,
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
        Some(Self { cpu: u32::try_from(cpu).ok()?, before })
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
