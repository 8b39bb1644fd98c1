//! Whether a program is for the architecture that is declared: another one ends in words of an emulator or a kernel that name
//! neither.

use std::path::Path;

use object::Architecture;
use object::read::elf::{ElfFile32, ElfFile64};
use object::{Endianness, FileKind, Object};

use super::TrainingError;

/// Refuses the ELF file at `path` where it is for another architecture than `target`. What is no ELF file is left to the system,
/// and so are architectures that this program has no name for.
///
/// # Errors
/// [`TrainingError::OtherArchitecture`], or [`TrainingError::File`] when it can't be read.
pub fn require(path: &Path, target: &str) -> Result<(), TrainingError> {
    let bytes = std::fs::read(path).map_err(TrainingError::file("cannot read", path))?;
    match (of_program(&bytes), of_target(target)) {
        (Some(found), Some(declared)) if found != declared => Err(TrainingError::OtherArchitecture {
            path: path.to_owned(),
            found: format!("{found:?}").to_lowercase(),
            target: target.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn of_program(bytes: &[u8]) -> Option<Architecture> {
    match FileKind::parse(bytes).ok()? {
        FileKind::Elf32 => Some(ElfFile32::<Endianness>::parse(bytes).ok()?.architecture()),
        FileKind::Elf64 => Some(ElfFile64::<Endianness>::parse(bytes).ok()?.architecture()),
        _ => None,
    }
}

fn of_target(target: &str) -> Option<Architecture> {
    match target.split('-').next()? {
        "x86_64" => Some(Architecture::X86_64),
        "i586" | "i686" => Some(Architecture::I386),
        "aarch64" => Some(Architecture::Aarch64),
        "riscv64gc" => Some(Architecture::Riscv64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a 64-bit program for the machine of this number.
    fn program(machine: u16) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        bytes[16] = 2;
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[20] = 1;
        bytes[52] = 64;
        bytes
    }

    #[test]
    fn a_program_for_another_architecture_is_named() {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let path = folder.path().join("demo");
        std::fs::write(&path, program(183)).expect("the directory is ours");
        let refused = require(&path, "x86_64-unknown-linux-gnu").expect_err("it is for 64-bit Arm").to_string();
        assert!(refused.contains("demo is a program for aarch64, and [build] target is x86_64"), "{refused}");
        assert!(require(&path, "aarch64-unknown-linux-gnu").is_ok());
        std::fs::write(&path, "#!/bin/sh\n").expect("the directory is ours");
        assert!(require(&path, "x86_64-unknown-linux-gnu").is_ok(), "the system tells what it makes of it");
    }
}
