//! User-mode emulation: finding qemu, and whether it knows the CPU models that are trained on.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::search;
use crate::spec::{CpuModel, EmulatorChoice};

/// Why the declared emulator could not be used.
#[derive(Debug, Error)]
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
    #[error("{} ({version}) does not know the CPU model {model}; see `{} -cpu help`", path.display(), path.display())]
    UnknownModel {
        /// The emulator.
        path: PathBuf,
        /// Its version.
        version: String,
        /// The model.
        model: String,
    },
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
    },
    /// This machine's CPU.
    Native,
}

impl Emulator {
    /// What `choice` means on this machine for programs of `target`.
    ///
    /// # Errors
    /// [`EmulatorError`] when qemu is demanded and missing, or does not know a model.
    pub fn choose(choice: EmulatorChoice, target: &str, models: &[CpuModel]) -> Result<Self, EmulatorError> {
        match choice {
            EmulatorChoice::Native => Ok(Self::Native),
            EmulatorChoice::QemuUser => Self::find_qemu(target, models),
            EmulatorChoice::Auto => Ok(Self::find_qemu(target, models).unwrap_or(Self::Native)),
        }
    }

    fn find_qemu(target: &str, models: &[CpuModel]) -> Result<Self, EmulatorError> {
        let names = names(target);
        let Some(path) = names.iter().find_map(|name| search::on_path(name)) else {
            return Err(EmulatorError::Missing { names: names.join(" and ") });
        };
        let version = version(&path).unwrap_or_else(|| "version unknown".to_owned());
        let known = search::output_of(&path, &["-cpu", "help"]).unwrap_or_default();
        match models.iter().find(|model| !lists_model(&known, &model.name)) {
            Some(unknown) => Err(EmulatorError::UnknownModel { path, version, model: unknown.name.clone() }),
            None => Ok(Self::QemuUser { path, version }),
        }
    }

    /// `qemu-user 7.2.22`, or `native`.
    pub fn describe(&self) -> String {
        match self {
            Self::QemuUser { version, .. } => format!("qemu-user {version}"),
            Self::Native => "native".to_owned(),
        }
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
    let told = search::output_of(path, &["--version"])?;
    let version = told.split_once("version ")?.1;
    version.split(|character: char| !character.is_ascii_digit() && character != '.').next().map(str::to_owned)
}

/// Whether `help`, the output of `-cpu help`, lists `model`: the name is the second word of its line in old releases
/// (`x86 Haswell`), the first in new ones.
fn lists_model(help: &str, model: &str) -> bool {
    help.lines().any(|line| line.split_whitespace().take(2).any(|word| word == model))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_of_the_help_text_are_read() {
        assert!(lists_model("Available CPUs:\nx86 Haswell   (alias configured by machine type)\n", "Haswell"));
        assert!(lists_model("Available CPUs:\n  Haswell   (alias configured by machine type)\n", "Haswell"));
        assert!(!lists_model("Available CPUs:\nx86 Haswell-noTSX   (alias of Haswell-v2)\n", "Haswell"));
    }

    #[test]
    fn a_missing_emulator_is_refused_and_automatic_choice_falls_back() {
        let models = [CpuModel { name: "any".to_owned(), weight: 1 }];
        let demanded = Emulator::choose(EmulatorChoice::QemuUser, "noarch-unknown-none", &models);
        assert!(demanded.expect_err("there is no such emulator").to_string().contains("apt-get install qemu-user"));
        let automatic = Emulator::choose(EmulatorChoice::Auto, "noarch-unknown-none", &models);
        assert_eq!(automatic.expect("automatic choice never fails"), Emulator::Native);
    }

    #[test]
    fn an_unknown_model_is_refused_by_name() {
        let models = [CpuModel { name: "NoSuchModel".to_owned(), weight: 1 }];
        let target = "x86_64-unknown-linux-gnu";
        if names(target).iter().any(|name| search::on_path(name).is_some()) {
            let error = Emulator::choose(EmulatorChoice::QemuUser, target, &models).expect_err("no such model");
            assert!(matches!(error, EmulatorError::UnknownModel { .. }), "{error}");
        }
    }
}
