//! Emulation: finding qemu, and whether it has the CPU models that are trained on.

use std::path::{Path, PathBuf};

use host::programs;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::machine::{self, Kernel, MachineMissing};
use crate::declaration::{CpuModel, EmulatorChoice, MachineSpec, TrainingSpec};

/// Why the declared emulator could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmulatorError {
    /// No emulator for the target's architecture.
    #[error(
        "{names} not found on PATH; install it (Debian, Ubuntu: `apt-get install qemu-user`; Nix: `qemu-user`), or \
         declare `emulator = \"native\"` and accept a profile that depends on this machine's CPU"
    )]
    Missing {
        /// The names tried.
        names: String,
    },
    /// An emulator that is too old or built without a model.
    #[error(
        "{} ({version}) can't be trained with: it {}; see `{} -cpu help`, or mark the model `optional = true`",
        path.display(), lacking.reason, path.display()
    )]
    Lacks {
        /// The emulator.
        path: PathBuf,
        /// Its version.
        version: String,
        /// The model and what is wrong with it.
        lacking: LeftOut,
    },
    /// No machine to train in.
    #[error("no machine to train in: {0}")]
    Machine(#[from] MachineMissing),
}

/// A declared CPU model that this emulator does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// The model's name.
    pub model: String,
    /// What the emulator can't do: `does not emulate sha-ni, which EPYC is trained on for`.
    pub reason: String,
}

/// What runs the instrumented binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Emulator {
    /// qemu's user-mode emulation.
    QemuUser {
        /// The emulator.
        path: PathBuf,
        /// Its version, such as `7.2.22`.
        version: String,
        /// The optional models it does not have.
        left_out: Vec<LeftOut>,
    },
    /// A whole emulated machine.
    Machine(WholeMachine),
    /// This machine's CPU.
    Native {
        /// Why emulation, which comes first where the choice is automatic, is not used.
        instead: Option<EmulatorError>,
    },
}

/// A whole emulated machine, whose clock counts instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeMachine {
    /// The emulator.
    pub path: PathBuf,
    /// Its version, such as `7.2.22`.
    pub version: String,
    /// What it boots.
    pub kernel: Kernel,
    /// What starts everything in it.
    pub init: &'static [u8],
    /// The optional models it does not have.
    pub left_out: Vec<LeftOut>,
}

/// What decides, besides qemu, when a machine does what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MachineRecord {
    /// The release of the kernel.
    pub kernel: String,
    /// The hash of its file.
    pub kernel_sha256: String,
    /// What it was told.
    pub kernel_arguments: String,
    /// What qemu is told in every training; unknown in a record of an earlier version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub emulator_arguments: String,
    /// The hash of the first program in it.
    pub init_sha256: String,
}

impl MachineRecord {
    /// All of it in one line, for people.
    pub fn describe(&self) -> String {
        let Self { kernel, kernel_sha256, kernel_arguments, emulator_arguments, init_sha256 } = self;
        format!(
            "Linux {kernel} {kernel_sha256} told `{kernel_arguments}`, init {init_sha256}, qemu told `{emulator_arguments}`"
        )
    }
}

impl WholeMachine {
    /// `qemu-system 7.2.22 with Linux 6.1.0-56-cloud-amd64 (0123456789abcdef) and init 0123456789abcdef`, beginnings of the
    /// hashes: all that decides when the machine does what.
    fn describe(&self) -> String {
        let init = host::digest::of_bytes(self.init);
        let Self { version, kernel: Kernel { release, sha256, .. }, .. } = self;
        format!("qemu-system {version} with Linux {release} ({}) and init {}", &sha256[..16], &init[..16])
    }
}

impl Emulator {
    /// What the declared choice means on this machine for programs of `target`.
    ///
    /// # Errors
    /// [`EmulatorError`] when qemu is demanded and missing, or does not have a model that is not optional.
    pub fn choose(training: &TrainingSpec, target: &str) -> Result<Self, EmulatorError> {
        let models = &training.cpu_models;
        match training.emulator {
            EmulatorChoice::Native => Ok(Self::Native { instead: None }),
            EmulatorChoice::QemuUser => Self::choose_user(target, models),
            EmulatorChoice::Machine => Self::choose_machine(&training.machine, target, models),
            EmulatorChoice::Auto => {
                let native = |error| Ok(Self::Native { instead: Some(error) });
                Self::choose_user(target, models).or_else(native)
            }
        }
    }

    /// User-mode emulation.
    ///
    /// # Errors
    /// [`EmulatorError`] when qemu is missing, or does not have a model that is not optional.
    pub fn choose_user(target: &str, models: &[CpuModel]) -> Result<Self, EmulatorError> {
        let names = names(target);
        let Some(path) = names.iter().find_map(|name| programs::on_path(name)) else {
            return Err(EmulatorError::Missing { names: names.join(" and ") });
        };
        let (version, left_out) = examine(&path, models, &|feature| emulates(&path, feature))?;
        Ok(Self::QemuUser { path, version, left_out })
    }

    /// A whole machine.
    ///
    /// # Errors
    /// [`EmulatorError`] when qemu or the kernel is missing, or qemu does not have a model that is not optional.
    pub fn choose_machine(spec: &MachineSpec, target: &str, models: &[CpuModel]) -> Result<Self, EmulatorError> {
        let init = machine::init(target)?;
        let path = machine::find_emulator().ok_or(MachineMissing::Emulator)?;
        let kernel = Kernel::find(spec)?;
        let (version, left_out) = examine(&path, models, &|feature| machine::emulates(&path, feature))?;
        Ok(Self::Machine(WholeMachine { path, version, kernel, init, left_out }))
    }

    /// `qemu-user 7.2.22`, or `native`.
    pub fn describe(&self) -> String {
        match self {
            Self::QemuUser { version, .. } => format!("qemu-user {version}"),
            Self::Machine(machine) => machine.describe(),
            Self::Native { .. } => "native".to_owned(),
        }
    }

    /// What decides when the machine does what, where there is one.
    pub fn machine(&self) -> Option<MachineRecord> {
        let Self::Machine(machine) = self else { return None };
        Some(MachineRecord {
            kernel: machine.kernel.release.clone(),
            kernel_sha256: machine.kernel.sha256.clone(),
            kernel_arguments: machine::KERNEL_ARGUMENTS.to_owned(),
            emulator_arguments: format!(
                "-cpu MODEL{} {}",
                machine::NO_HOST_ENTROPY,
                machine::EMULATOR_ARGUMENTS.join(" ")
            ),
            init_sha256: host::digest::of_bytes(machine.init),
        })
    }

    /// Whether the CPU and the address space are emulated.
    pub fn is_emulated(&self) -> bool {
        !matches!(self, Self::Native { .. })
    }

    /// The optional models that are not trained on.
    pub fn left_out(&self) -> &[LeftOut] {
        match self {
            Self::QemuUser { left_out, .. } | Self::Machine(WholeMachine { left_out, .. }) => left_out,
            Self::Native { .. } => &[],
        }
    }

    /// Those of `models` that are trained on; none natively.
    pub fn trained<'a>(&self, models: &'a [CpuModel]) -> Vec<&'a CpuModel> {
        let is_left_out = |model: &CpuModel| self.left_out().iter().any(|left_out| left_out.model == model.name);
        models.iter().filter(|model| self.is_emulated() && !is_left_out(model)).collect()
    }
}

/// The emulator's program names for the architecture of `target`.
pub fn names(target: &str) -> [String; 2] {
    let architecture = match target.split('-').next().unwrap_or(target) {
        "i586" | "i686" => "i386",
        "riscv64gc" => "riscv64",
        other => other,
    };
    [format!("qemu-{architecture}"), format!("qemu-{architecture}-static")]
}

/// The version the emulator at `path` tells.
pub fn version(path: &Path) -> Option<String> {
    let told = programs::output_of(path, &["--version"])?;
    let version = told.split_once("version ")?.1;
    version.split(|character: char| !character.is_ascii_digit() && character != '.').next().map(str::to_owned)
}

/// The version of the emulator at `path`, and the optional ones of `models` that it does not have.
///
/// # Errors
/// [`EmulatorError::Lacks`] for a model that is not optional.
fn examine(
    path: &Path,
    models: &[CpuModel],
    emulates: &dyn Fn(&str) -> bool,
) -> Result<(String, Vec<LeftOut>), EmulatorError> {
    let version = version(path).unwrap_or_else(|| "version unknown".to_owned());
    let known = programs::output_of(path, &["-cpu", "help"]).unwrap_or_default();
    let mut left_out = Vec::new();
    for model in models {
        match (lacking(model, &known, emulates), model.optional) {
            (None, _) => {}
            (Some(lacking), true) => left_out.push(lacking),
            (Some(lacking), false) => return Err(EmulatorError::Lacks { path: path.to_owned(), version, lacking }),
        }
    }
    Ok((version, left_out))
}

/// What an emulator, whose list of CPUs is `known`, can't do of `model`.
fn lacking(model: &CpuModel, known: &str, emulates: &dyn Fn(&str) -> bool) -> Option<LeftOut> {
    let name = &model.name;
    let reason = if !lists_model(known, name) {
        format!("does not know the CPU model {name}")
    } else {
        let feature = model.features.iter().find(|feature| !emulates(feature))?;
        format!("does not emulate {feature}, which {name} is trained on for")
    };
    Some(LeftOut { model: name.clone(), reason })
}

/// Whether the x86 emulator at `path` can do what a CPU with `feature` does. It would leave the feature out with a warning;
/// `enforce` makes that an error, whose words name the feature. What it is asked to run does not matter.
fn emulates(path: &Path, feature: &str) -> bool {
    let said = programs::output_of(path, &["-cpu", &format!("qemu64,+{feature},enforce"), "/dev/null"]);
    said.is_some_and(|said| !said.contains(feature))
}

/// Whether `help`, the output of `-cpu help`, lists `model`: the name is the second word of its line in old releases
/// (`x86 Haswell`), the first in new ones.
fn lists_model(help: &str, model: &str) -> bool {
    help.lines().any(|line| line.split_whitespace().take(2).any(|word| word == model))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "Available CPUs:\n  Haswell   (alias configured by machine type)\n";
    const TARGET: &str = "x86_64-unknown-linux-gnu";

    fn model(name: &str, features: &[&str], optional: bool) -> CpuModel {
        let features = features.iter().map(|feature| (*feature).to_owned()).collect();
        CpuModel { name: name.to_owned(), weight: 1, features, optional }
    }

    #[test]
    fn both_layouts_of_the_help_text_are_read() {
        assert!(lists_model("Available CPUs:\nx86 Haswell   (alias configured by machine type)\n", "Haswell"));
        assert!(lists_model(HELP, "Haswell"));
        assert!(!lists_model("Available CPUs:\nx86 Haswell-noTSX   (alias of Haswell-v2)\n", "Haswell"));
    }

    #[test]
    fn a_model_without_its_feature_is_not_the_model() {
        let told = |model, emulated: bool| lacking(&model, HELP, &|_| emulated).map(|lacking| lacking.reason);
        assert_eq!(told(model("Haswell", &["avx2"], false), true), None);
        let reason = told(model("Haswell", &["avx2"], false), false).expect("it can't do avx2");
        assert_eq!(reason, "does not emulate avx2, which Haswell is trained on for");
        assert_eq!(told(model("EPYC", &[], true), true).expect("unlisted"), "does not know the CPU model EPYC");
    }

    #[test]
    fn what_is_left_out_is_not_trained_on() {
        let models = [model("A", &[], false), model("B", &[], true)];
        let left_out = vec![LeftOut { model: "B".to_owned(), reason: String::new() }];
        let emulator = Emulator::QemuUser { path: PathBuf::new(), version: String::new(), left_out };
        assert_eq!(emulator.trained(&models), [&models[0]]);
        assert!(Emulator::Native { instead: None }.trained(&models).is_empty());
    }

    #[test]
    fn a_missing_emulator_is_refused_and_automatic_choice_falls_back() {
        let models = [model("any", &[], false)];
        let demanded = Emulator::choose_user("noarch-unknown-none", &models);
        let error = demanded.expect_err("there is no such emulator");
        assert!(error.to_string().contains("apt-get install qemu-user"));
        let training = TrainingSpec { cpu_models: models.to_vec(), ..TrainingSpec::default() };
        let automatic = Emulator::choose(&training, "noarch-unknown-none");
        assert_eq!(automatic, Ok(Emulator::Native { instead: Some(error) }), "the fallback keeps the reason");
    }

    #[test]
    fn an_unknown_model_or_feature_is_refused_by_name_and_left_out_where_optional() {
        let found = names(TARGET).iter().find_map(|name| programs::on_path(name));
        if test_support::require_found("qemu-x86_64", found).is_none() {
            return;
        }
        for (name, features, named) in [("NoSuchModel", &[][..], "NoSuchModel"), ("Haswell", &["nosuch"], "nosuch")] {
            let choose = |optional| {
                let models = [model("Nehalem", &["sse4.2"], false), model(name, features, optional)];
                Emulator::choose_user(TARGET, &models)
            };
            let error = choose(false).expect_err("it is not optional").to_string();
            assert!(error.contains(named), "{error}");
            let left_out = choose(true).expect("it is optional");
            assert_eq!(left_out.left_out().iter().map(|one| one.model.as_str()).collect::<Vec<_>>(), [name]);
        }
    }
}
