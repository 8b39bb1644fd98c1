//! `training.json`: what a profile was made from and how, so that it can be made again. It holds no time and no path.

use std::collections::BTreeMap;

use object::{Object, ObjectSection};
use serde::{Deserialize, Serialize};

use super::facts::Coverage;
use super::network::Reach;
use super::parts::PartRecord;
use super::plan::Run;
use crate::compile::c_code;
use crate::compile::c_code::CCode;
use crate::declaration::{BuildSpec, ServiceSpec};
use crate::toolchain::{LeftOut, MachineRecord};

/// What a profile was made from and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrainingRecord {
    /// Hash of `merged.profdata`.
    pub profile_sha256: String,
    /// Hash of `merged.proftext`.
    pub text_sha256: String,
    /// Hash of the instrumented binary.
    pub instrumented_sha256: String,
    /// Functions in the profile.
    pub functions: u64,
    /// Functions that ran.
    pub covered_functions: u64,
    /// How often the whole training ran with the same result.
    pub replicates: u32,
    /// The emulator with its version, or `native`: then the profile depends on the CPU that trained.
    pub emulator: String,
    /// The machine that trained, where a whole one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineRecord>,
    /// What the runs reached: with more than the loopback interface, the profile depends on who answered them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Reach>,
    /// The optional CPU models that this emulator does not have; another one that has them gives another profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_cpu_models: Vec<LeftOut>,
    /// Whether the profile was kept although nobody can make it again, and how many functions had other counts in another
    /// repetition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_racing_functions: Option<u64>,
    /// What the instrumented binary was built with; a pinned profile is held to it.
    #[serde(default)]
    pub build: Option<BuildRecord>,
    /// The C code that build scripts compiled into the binary; what is not `profiled` was optimized without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub c_code: Vec<CCode>,
    /// The hashes of the programs beside the trained ones, by the names that workloads start them with: with others, what is
    /// trained meets other clients.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub programs: BTreeMap<String, String>,
    /// What merged the counts.
    pub profile_tool: String,
    /// The runs of one repetition.
    pub runs: Vec<RunRecord>,
    /// The counts of each workload and of each CPU model by itself.
    #[serde(default)]
    pub parts: Vec<PartRecord>,
}

/// What an instrumented binary was built with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BuildRecord {
    /// The compiler's version line; unknown where the binary does not tell it.
    pub rustc: Option<String>,
    /// The triple.
    pub target: String,
    /// The cargo profile.
    pub profile: String,
    /// The declared flags.
    pub rustflags: Vec<String>,
    /// The features that were switched on, and `no-default-features` where those were off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
}

impl BuildRecord {
    /// The declaration, and the compiler where it is known.
    pub fn new(build: &BuildSpec, rustc: Option<String>) -> Self {
        let BuildSpec { target, profile, rustflags, mut features, no_default_features, .. } = build.clone();
        features.extend(no_default_features.then(|| "no-default-features".to_owned()));
        Self { rustc, target, profile, rustflags, features }
    }

    /// The compiler that `binary` says it was compiled by, in the words of `rustc --version`. rustc leaves it in the
    /// section `.comment`, which stripping keeps.
    pub fn compiler_of(binary: &[u8]) -> Option<String> {
        let file = object::File::parse(binary).ok()?;
        let section = file.section_by_name(".comment")?;
        let comments = section.data().ok()?.split(|byte| *byte == 0);
        let versions = comments.filter_map(|comment| comment.strip_prefix(b"rustc version "));
        versions.map(|version| format!("rustc {}", String::from_utf8_lossy(version))).next()
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunRecord {
    /// The workload's name.
    pub workload: String,
    /// The set and the entry.
    pub input: String,
    /// The emulated CPU.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_model: Option<String>,
    /// The arguments.
    pub args: Vec<String>,
    /// Another binary than the one that ships.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub binary: Option<String>,
    /// A program instead of a binary.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub program: Option<String>,
    /// The added variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub env: BTreeMap<String, String>,
    /// What standard input read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stdin: Option<String>,
    /// The working directory below the entry.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub directory: Option<String>,
    /// What was done before it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub setup: Vec<Vec<String>>,
    /// Whether it wrote into a copy of its entry.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub writes: bool,
    /// What ran beside it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub services: Vec<ServiceSpec>,
    /// Its weight in the merge.
    pub weight: u64,
}

impl From<&Run> for RunRecord {
    fn from(run: &Run) -> Self {
        let command = run.command.clone();
        Self {
            workload: run.workload.clone(),
            input: format!("{}/{}", run.set, run.entry),
            cpu_model: run.cpu_model.clone(),
            args: command.args,
            binary: command.binary,
            program: command.program,
            env: command.env,
            stdin: command.stdin,
            directory: command.directory,
            setup: command.setup,
            writes: command.writes,
            services: command.services,
            weight: run.weight,
        }
    }
}

impl TrainingRecord {
    /// The record of a profile that is the sum of those of `records`; the reason where they don't belong to one build.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn merged(
        records: Vec<Self>,
        profile_sha256: &str,
        text_sha256: &str,
        coverage: Coverage,
    ) -> Result<Self, String> {
        let mut records = records.into_iter();
        let mut whole = records.next().ok_or("nothing was merged")?;
        for record in records {
            for (what, same) in [
                ("builds", record.build == whole.build),
                ("emulators", record.emulator == whole.emulator && record.machine == whole.machine),
                ("profile tools", record.profile_tool == whole.profile_tool),
                ("CPU models", record.left_out_cpu_models == whole.left_out_cpu_models),
            ] {
                if !same {
                    return Err(format!("the profiles were made with different {what}"));
                }
            }
            whole.pinned_racing_functions = match (whole.pinned_racing_functions, record.pinned_racing_functions) {
                (None, None) => None,
                (own, other) => Some(own.unwrap_or(0) + other.unwrap_or(0)),
            };
            whole.network = whole.network.max(record.network);
            whole.replicates = whole.replicates.min(record.replicates);
            whole.instrumented_sha256 = format!("{} {}", whole.instrumented_sha256, record.instrumented_sha256);
            whole.runs.extend(record.runs);
            for code in record.c_code.into_iter().filter(|code| !whole.c_code.contains(code)).collect::<Vec<_>>() {
                whole.c_code.push(code);
            }
        }
        Ok(Self {
            profile_sha256: profile_sha256.to_owned(),
            text_sha256: text_sha256.to_owned(),
            functions: coverage.functions,
            covered_functions: coverage.covered,
            parts: Vec::new(),
            ..whole
        })
    }

    /// Whether the profile was kept although nobody can make it again.
    pub fn is_pinned(&self) -> bool {
        self.pinned_racing_functions.is_some()
    }

    /// The CPU models of the runs, with the weights that they have beside each other.
    pub fn cpu_models(&self) -> Vec<(String, u64)> {
        let mut models: Vec<(String, u64)> = Vec::new();
        for run in &self.runs {
            let Some(name) = &run.cpu_model else { continue };
            match models.iter_mut().find(|(known, _)| known == name) {
                Some((_, weight)) => *weight = weight.saturating_add(run.weight),
                None => models.push((name.clone(), run.weight)),
            }
        }
        let shared = models.iter().fold(0, |divisor, (_, weight)| greatest_common_divisor(divisor, *weight)).max(1);
        models.into_iter().map(|(name, weight)| (name, weight / shared)).collect()
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        let Self { replicates, functions, covered_functions, .. } = self;
        let (runs, conditions) = (self.runs.len(), self.conditions());
        if let Some(racing) = self.pinned_racing_functions {
            return format!(
                "pinned, not regenerable: {racing} functions differed between {replicates} repetitions of {runs} runs; \
                 {covered_functions} of {functions} functions ran ({conditions})"
            );
        }
        format!(
            "{replicates} repetitions of {runs} runs agree; {covered_functions} of {functions} functions ran ({conditions})"
        )
    }

    /// What ran the binary, and what was left out: `qemu-user 7.2.22 without EPYC`.
    pub fn conditions(&self) -> String {
        match self.left_out_cpu_models.as_slice() {
            [] => self.emulator.clone(),
            left_out => {
                let names: Vec<&str> = left_out.iter().map(|left_out| left_out.model.as_str()).collect();
                format!("{} without {}", self.emulator, names.join(" and "))
            }
        }
    }

    /// The emulator and its version; `None` where the machine itself ran the binary.
    pub fn emulation(&self) -> Option<(&str, &str)> {
        self.emulator.split_once(' ')
    }

    /// What the reader of a verdict has to know about the training; empty where it ran as declared, under emulation, and
    /// reached all code.
    pub fn reservation(&self) -> String {
        let training = match (self.emulation().is_none(), self.left_out_cpu_models.is_empty()) {
            (true, _) => Some("trained natively: the profile depends on the CPU and the kernel".to_owned()),
            (false, false) => Some(format!("trained by {}", self.conditions())),
            (false, true) => None,
        };
        let pinned = self
            .pinned_racing_functions
            .map(|racing| format!("profile pinned, not regenerable: {racing} functions race"));
        let network = (self.network == Some(Reach::Allowed)).then(|| "its runs could reach the network".to_owned());
        [pinned, training, network, c_code::outside(&self.c_code)].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn greatest_common_divisor(first: u64, second: u64) -> u64 {
    if second == 0 { first } else { greatest_common_divisor(second, first % second) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_an_emulator_too() {
        let trained_by = |emulator: &str| TrainingRecord { emulator: emulator.to_owned(), ..TrainingRecord::default() };
        assert_eq!(trained_by("qemu-user 7.2.22").emulation(), Some(("qemu-user", "7.2.22")));
        let machine = trained_by("qemu-system 7.2.22 with Linux 6.1.0 (0123) and init 4567");
        assert_eq!(machine.emulation(), Some(("qemu-system", "7.2.22 with Linux 6.1.0 (0123) and init 4567")));
        assert_eq!(machine.reservation(), "");
        assert_eq!(trained_by("native").emulation(), None);
        assert!(trained_by("native").reservation().starts_with("trained natively"));
    }
}
