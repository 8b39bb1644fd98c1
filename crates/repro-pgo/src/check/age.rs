//! How old a machine may be that runs a binary: its notes name the oldest kernel (put there by the C library) and, where a
//! linker was told so, the CPU's instruction set level.

use std::fmt;

use object::elf;
use object::read::elf::{ElfFile, FileHeader, ProgramHeader};
use serde::{Deserialize, Serialize};

/// A version of the Linux kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kernel(pub [u32; 3]);

/// What a binary must run on: Linux 4.4 of January 2016 was the long-term kernel of Ubuntu 16.04.
pub const OLDEST_KERNEL: Kernel = Kernel([4, 4, 0]);

/// What a binary's notes demand of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Demands {
    /// The oldest kernel it starts on; none where nothing is said (musl says nothing and needs no more than 2.6.39).
    pub kernel: Option<Kernel>,
    /// The x86-64 level, 1 to 4; none where nothing is said: then it is what the compiler was told.
    pub x86_64_level: Option<u32>,
}

impl Demands {
    /// Reads the notes of `file`.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub fn of<Header: FileHeader<Endian = object::Endianness>>(file: &ElfFile<'_, Header>) -> Result<Self, String> {
        let endian = file.endian();
        let mut demands = Self::default();
        for segment in file.elf_program_headers() {
            let notes = segment.notes(endian, file.data()).map_err(|error| error.to_string())?;
            let Some(mut notes) = notes else { continue };
            while let Some(note) = notes.next().map_err(|error| error.to_string())? {
                if note.name() != elf::ELF_NOTE_GNU {
                    continue;
                }
                if note.n_type(endian) == elf::NT_GNU_ABI_TAG {
                    demands.kernel = kernel(note.desc()).or(demands.kernel);
                }
                for property in note.gnu_properties(endian).into_iter().flatten().flatten() {
                    if property.pr_type() == elf::GNU_PROPERTY_X86_ISA_1_NEEDED {
                        demands.x86_64_level = level(property.data_u32(endian).map_err(|error| error.to_string())?);
                    }
                }
            }
        }
        Ok(demands)
    }

    /// What is newer than a machine of the last ten years may lack; `None` where nothing is.
    pub fn too_new(&self) -> Option<String> {
        let kernel = self.kernel.filter(|kernel| *kernel > OLDEST_KERNEL);
        let kernel =
            kernel.map(|kernel| format!("Linux {kernel} (link a C library that still runs on {OLDEST_KERNEL})"));
        let level = self.x86_64_level.filter(|level| *level > 1);
        kernel.or_else(|| {
            level.map(|level| format!("a CPU of x86-64-v{level} (remove `-z x86-64-v{level}` of the linker)"))
        })
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

/// The descriptor of an ABI tag: four little-endian words, the first one 0 for Linux.
fn kernel(descriptor: &[u8]) -> Option<Kernel> {
    let mut words = descriptor.chunks_exact(4).map(|word| word.try_into().map_or(0, u32::from_le_bytes));
    if words.next() != Some(elf::ELF_NOTE_OS_LINUX) {
        return None;
    }
    Some(Kernel([words.next()?, words.next()?, words.next()?]))
}

/// The highest of the levels in the bits of a property.
fn level(bits: u32) -> Option<u32> {
    bits.checked_ilog2().map(|highest| highest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_abi_tag_are_a_kernel() {
        let words = |words: [u32; 4]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        assert_eq!(kernel(&words([0, 3, 2, 0])), Some(Kernel([3, 2, 0])));
        assert_eq!(kernel(&words([1, 3, 2, 0])), None, "another system's");
        assert_eq!(kernel(&[0; 7]), None);
    }

    #[test]
    fn ten_years_are_the_limit() {
        let demands = |kernel, x86_64_level| Demands { kernel: Some(Kernel(kernel)), x86_64_level }.too_new();
        assert_eq!(demands([4, 4, 0], Some(1)), None);
        assert!(demands([4, 4, 1], None).is_some_and(|told| told.starts_with("Linux 4.4.1 ")));
        assert!(demands([3, 2, 0], level(0b111)).is_some_and(|told| told.starts_with("a CPU of x86-64-v3 ")));
        assert_eq!(Demands::default().too_new(), None);
    }
}
