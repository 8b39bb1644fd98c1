//! Facts of an ELF file, and the demand that it needs nothing and tells nothing of the machine that built it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use object::read::elf::{ElfFile, FileHeader, ProgramHeader};
use object::{Endianness, FileKind, Object, ObjectSection, elf};
use serde::{Deserialize, Serialize};

use super::Forbidden;
use super::age::Demands;
use super::forbidden::{Occurrence, printable};

/// What an executable's file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinaryFacts {
    /// Size of the file in bytes.
    pub file_size: u64,
    /// Fixed address, or movable (position-independent).
    pub kind: BinaryKind,
    /// Instruction set, as in `EM_X86_64` without its prefix in lower case, or its number.
    pub machine: String,
    /// The dynamic loader it asks for (PT_INTERP).
    pub interpreter: Option<String>,
    /// Shared libraries it needs (DT_NEEDED).
    pub needed: Vec<String>,
    /// Where it looks for them (DT_RPATH and DT_RUNPATH).
    pub run_paths: Vec<String>,
    /// The linker's GNU build id, in hexadecimal.
    pub build_id: Option<String>,
    /// Whether there is a symbol table for debuggers and profilers.
    pub has_symbols: bool,
    /// What its notes demand of the machine.
    pub demands: Demands,
    /// Sections in the order of the file.
    pub sections: Vec<Section>,
}

impl BinaryFacts {
    /// Position-independent and complete in one file.
    pub fn is_static_pie(&self) -> bool {
        self.kind == BinaryKind::PositionIndependent && self.interpreter.is_none() && self.needed.is_empty()
    }
}

/// How an ELF file is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BinaryKind {
    /// At a fixed address.
    FixedAddress,
    /// Anywhere; an executable.
    PositionIndependent,
    /// Anywhere, and not marked as an executable.
    SharedLibrary,
}

/// A section of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Where it begins in the file; None where it takes no room there (`.bss`).
    pub offset: Option<u64>,
    /// Size in bytes.
    pub size: u64,
}

/// Why a binary can't be inspected, or may not ship.
#[derive(Debug, thiserror::Error)]
pub enum ElfError {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is not an ELF executable: {found}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        found: String,
    },
    /// An ELF file that contradicts itself, as one that was cut short does.
    #[error("{} is a damaged ELF file (cut short?): {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// It does not run without something else.
    #[error("{} is not standalone: it {needs}; link it statically (+crt-static)", path.display())]
    NotStandalone {
        /// The file.
        path: PathBuf,
        /// What it needs.
        needs: String,
    },
    /// It does not run on every machine of the last ten years.
    #[error("{} does not run on older machines: it needs {needs}", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// What it needs, and what to do.
        needs: String,
    },
    /// It contains a text that tells where it was built.
    #[error("{} contains {}; remap it (--remap-path-prefix) in every stage", path.display(), occurrence)]
    ContainsForbidden {
        /// The file.
        path: PathBuf,
        /// What was found where.
        occurrence: Box<Occurrence>,
    },
}

/// Reads the facts of an ELF executable.
pub fn inspect(path: &Path) -> Result<BinaryFacts, ElfError> {
    facts(path, &read(path)?)
}

/// Reads the facts and refuses an interpreter, needed libraries, run paths, a kernel or CPU of the last ten years and
/// forbidden texts, in this order.
pub fn require_standalone(path: &Path, forbidden: &[Forbidden]) -> Result<BinaryFacts, ElfError> {
    let data = read(path)?;
    let facts = facts(path, &data)?;
    let not_standalone = |needs| Err(ElfError::NotStandalone { path: path.to_owned(), needs });
    if let Some(interpreter) = &facts.interpreter {
        return not_standalone(format!("asks for the interpreter {interpreter}"));
    }
    if !facts.needed.is_empty() {
        return not_standalone(format!("needs {}", facts.needed.join(", ")));
    }
    if !facts.run_paths.is_empty() {
        return not_standalone(format!("has the run path {}", facts.run_paths.join(", ")));
    }
    if let Some(needs) = facts.demands.too_new() {
        return Err(ElfError::TooNew { path: path.to_owned(), needs });
    }
    match forbidden.iter().find_map(|forbidden| Occurrence::find(&data, &facts.sections, forbidden)) {
        Some(found) => Err(ElfError::ContainsForbidden { path: path.to_owned(), occurrence: Box::new(found) }),
        None => Ok(facts),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ElfError> {
    fs::read(path).map_err(|source| ElfError::Read { path: path.to_owned(), source })
}

fn facts(path: &Path, data: &[u8]) -> Result<BinaryFacts, ElfError> {
    let foreign = |found: String| ElfError::Foreign { path: path.to_owned(), found };
    let facts = match FileKind::parse(data) {
        Ok(FileKind::Elf64) => facts_of_class::<elf::FileHeader64<Endianness>>(data),
        Ok(FileKind::Elf32) => facts_of_class::<elf::FileHeader32<Endianness>>(data),
        Ok(other) => return Err(foreign(format!("it is of the kind {other:?}"))),
        Err(_) if data.is_empty() => return Err(foreign("it is empty".to_owned())),
        Err(_) => return Err(foreign(format!("it begins with {:?}", printable(&data[..data.len().min(16)])))),
    };
    let facts = facts.map_err(|problem| ElfError::Damaged { path: path.to_owned(), problem })?;
    facts.ok_or_else(|| foreign("it is an object file or a core dump".to_owned()))
}

/// None for object files and core dumps.
fn facts_of_class<Header: FileHeader<Endian = Endianness>>(data: &[u8]) -> Result<Option<BinaryFacts>, String> {
    let file = ElfFile::<Header>::parse(data).map_err(|error| error.to_string())?;
    let (endian, header) = (file.endian(), file.elf_header());
    let kind = header.e_type(endian);
    if kind != elf::ET_EXEC && kind != elf::ET_DYN {
        return Ok(None);
    }
    let dynamic = dynamic_facts(&file)?;
    Ok(Some(BinaryFacts {
        file_size: data.len() as u64,
        kind: match (kind == elf::ET_EXEC, dynamic.is_pie) {
            (true, _) => BinaryKind::FixedAddress,
            (false, true) => BinaryKind::PositionIndependent,
            (false, false) => BinaryKind::SharedLibrary,
        },
        machine: machine_name(header.e_machine(endian)),
        interpreter: interpreter(&file)?,
        needed: dynamic.needed,
        run_paths: dynamic.run_paths,
        build_id: file.build_id().map_err(|error| error.to_string())?.map(hexadecimal),
        has_symbols: file.symbols().next().is_some(),
        demands: Demands::of(&file)?,
        sections: sections(&file)?,
    }))
}

fn machine_name(machine: elf::Machine) -> String {
    match machine {
        elf::EM_X86_64 => "x86_64".to_owned(),
        elf::EM_AARCH64 => "aarch64".to_owned(),
        elf::EM_386 => "386".to_owned(),
        other => format!("{other:?}"),
    }
}

fn interpreter<Header: FileHeader<Endian = Endianness>>(file: &ElfFile<'_, Header>) -> Result<Option<String>, String> {
    for segment in file.elf_program_headers() {
        let found = segment.interpreter(file.endian(), file.data()).map_err(|error| error.to_string())?;
        if let Some(name) = found {
            return Ok(Some(String::from_utf8_lossy(name).into_owned()));
        }
    }
    Ok(None)
}

#[derive(Default)]
struct DynamicFacts {
    is_pie: bool,
    needed: Vec<String>,
    run_paths: Vec<String>,
}

fn dynamic_facts<Header: FileHeader<Endian = Endianness>>(file: &ElfFile<'_, Header>) -> Result<DynamicFacts, String> {
    let endian = file.endian();
    let table = file.elf_dynamic_table().map_err(|error| error.to_string())?;
    let is_dynamic = file.elf_program_headers().iter().any(|segment| segment.p_type(endian) == elf::PT_DYNAMIC);
    if is_dynamic && table.is_empty() {
        // The loader would read the segment. We read through the sections, so without them we'd see nothing and pass.
        return Err("it has a dynamic segment, but no section that describes it".to_owned());
    }
    let mut facts = DynamicFacts::default();
    for entry in table.iter() {
        let text = || table.string(entry).map(|text| String::from_utf8_lossy(text).into_owned());
        match entry.tag {
            elf::DT_NEEDED => facts.needed.push(text().map_err(|error| error.to_string())?),
            elf::DT_RPATH | elf::DT_RUNPATH => facts.run_paths.push(text().map_err(|error| error.to_string())?),
            elf::DT_FLAGS_1 => facts.is_pie |= entry.val & PIE != 0,
            _ => {}
        }
    }
    Ok(facts)
}

/// `DF_1_PIE`: tells a position-independent executable from a shared library.
const PIE: u64 = 0x0800_0000;

fn sections<Header: FileHeader<Endian = Endianness>>(file: &ElfFile<'_, Header>) -> Result<Vec<Section>, String> {
    let section = |section: object::read::elf::ElfSection<'_, '_, Header>| {
        Ok(Section {
            name: section.name().map_err(|error| error.to_string())?.to_owned(),
            offset: section.file_range().map(|range| range.0),
            size: section.size(),
        })
    };
    file.sections().map(section).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "elf_tests.rs"]
mod tests;
