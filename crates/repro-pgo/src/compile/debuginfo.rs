//! Debug information kept apart: the program is linked with it, and what ships is that program without it.
//!
//! Linkers put what is never loaded behind everything that is, so the file is cut off there, and what is kept of the rest is put behind
//! it anew. Every byte that is loaded stays in its place. (object's `Builder` would make the tables of dynamic symbols anew as well.)

use std::fs;
use std::path::Path;

use host::{atomic_write, digest};
use object::elf::{self, FileHeader64, SectionHeader64};
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, Object, U16, U32, U64};

use super::BuildError;
use crate::declaration::Debuginfo;

/// Where a binary names the file with its debug information, for debuggers.
const LINK: &str = ".gnu_debuglink";
/// The names of sections, which are made anew.
const NAMES: &str = ".shstrtab";

/// The flags of builds whose debug information is kept. It is taken away after the link, not by it; debuggers find it by the build id.
pub fn flags(level: Debuginfo) -> [String; 3] {
    let told = format!("-Cdebuginfo={}", level.name());
    [told, "-Cstrip=none".to_owned(), "-Clink-arg=-Wl,--build-id=sha1".to_owned()]
}

/// The name of the file with the debug information of `binary`.
pub fn file_name(binary: &str) -> String {
    format!("{binary}.debug")
}

/// Copies the program `whole` into `directory` under [`file_name`], which is returned, and puts it without debug information and symbols
/// to `binary`, which may be the same file.
///
/// # Errors
/// [`BuildError::File`], or [`BuildError::Debuginfo`] for a program that can't be taken apart.
pub fn take_apart(whole: &Path, binary: &Path, directory: &Path) -> Result<String, BuildError> {
    let bytes = fs::read(whole).map_err(BuildError::file("cannot read", whole))?;
    let name = file_name(&binary.file_name().unwrap_or_default().to_string_lossy());
    let refused = |problem| BuildError::Debuginfo { path: whole.to_owned(), problem };
    let stripped = stripped(&bytes, &name).map_err(refused)?;
    let debug = directory.join(&name);
    atomic_write::bytes(&debug, &bytes).map_err(BuildError::file("cannot write", &debug))?;
    atomic_write::program(binary, &stripped).map_err(BuildError::file("cannot write", binary))?;
    Ok(name)
}

/// The build id of a program, in hexadecimal.
pub fn build_id(program: &[u8]) -> Option<String> {
    let file = object::File::parse(program).ok()?;
    file.build_id().ok()?.map(digest::hexadecimal)
}

/// The program `whole` without what is there for debuggers alone, and with a link to the file `name`, which has that.
fn stripped(whole: &[u8], name: &str) -> Result<Vec<u8>, String> {
    let file = ElfFile64::<Endianness>::parse(whole).map_err(|error| format!("it is no 64-bit ELF file: {error}"))?;
    let damaged = |error: object::Error| format!("it is a damaged ELF file: {error}");
    let (header, endian, table) = (file.elf_header(), file.endian(), file.elf_section_table());
    if table.section_by_name(endian, LINK.as_bytes()).is_some() {
        return Err("its debug information was taken away before".to_owned());
    }
    if table.section_by_name(endian, b".debug_info").is_none() {
        return Err("it holds no debug information; was it stripped when it was linked?".to_owned());
    }
    if file.build_id().ok().flatten().is_none() {
        return Err("it has no build id, by which debuggers find it".to_owned());
    }
    let segments =
        file.elf_program_headers().iter().map(|part| part.p_offset(endian).saturating_add(part.p_filesz(endian)));
    let headers = header.e_phoff(endian).saturating_add(size_of_val(file.elf_program_headers()) as u64);
    let end = segments.chain([headers]).max().unwrap_or(headers) as usize;
    // The first header describes nothing.
    let mut sections = Sections { file: whole[..end.min(whole.len())].to_vec(), endian, ..Sections::default() };
    // The new place of each section, by its old one; 0, where nothing is, stands for those that are gone.
    let mut places = vec![0; table.len()];
    for (index, section) in table.enumerate() {
        let section_name = table.section_name(endian, section).map_err(damaged)?;
        let is_loaded = section.sh_flags(endian).0 & elf::SHF_ALLOC.0 != 0;
        if !is_loaded && (serves_debugging(section_name) || section_name == NAMES.as_bytes()) {
            continue;
        }
        places[index.0] = sections.headers.len();
        let data = if is_loaded { None } else { Some(section.data(endian, whole).map_err(damaged)?) };
        sections.add(section_name, *section, data);
    }
    for section in &mut sections.headers {
        let place = |old: u32| places.get(old as usize).map_or(0, |place| *place as u32);
        section.sh_link = U32::new(endian, place(section.sh_link(endian)));
        if section.sh_flags(endian).0 & elf::SHF_INFO_LINK.0 != 0 {
            section.sh_info = U32::new(endian, place(section.sh_info(endian)));
        }
    }
    let mut link = sections.headers[0];
    link.sh_type = U32::new(endian, elf::SHT_PROGBITS);
    link.sh_addralign = U64::new(endian, 4);
    sections.add(LINK.as_bytes(), link, Some(&link_to(name, whole, endian)));
    Ok(sections.finished(*header))
}

/// A file in the making: what is loaded, then what else is kept.
#[derive(Default)]
struct Sections {
    file: Vec<u8>,
    headers: Vec<SectionHeader64<Endianness>>,
    names: Vec<u8>,
    endian: Endianness,
}

impl Sections {
    /// Adds a section, with `data` behind everything else where it is not loaded.
    fn add(&mut self, name: &[u8], mut header: SectionHeader64<Endianness>, data: Option<&[u8]>) {
        header.sh_name = U32::new(self.endian, self.names.len() as u32);
        self.names.extend(name.iter().chain(&[0]));
        self.place(header, data);
    }

    fn place(&mut self, mut header: SectionHeader64<Endianness>, data: Option<&[u8]>) {
        let endian = self.endian;
        if let Some(data) = data {
            self.align(header.sh_addralign(endian));
            header.sh_offset = U64::new(endian, self.file.len() as u64);
            header.sh_size = U64::new(endian, data.len() as u64);
            self.file.extend(data);
        }
        self.headers.push(header);
    }

    fn align(&mut self, alignment: u64) {
        self.file.resize(self.file.len().next_multiple_of(alignment.max(1) as usize), 0);
    }

    /// The file, with names, headers and what its own `header` says of them.
    fn finished(mut self, mut header: FileHeader64<Endianness>) -> Vec<u8> {
        let endian = self.endian;
        let last = self.headers.len();
        let mut table = self.headers[0];
        table.sh_type = U32::new(endian, elf::SHT_STRTAB);
        table.sh_name = U32::new(endian, self.names.len() as u32);
        self.names.extend(NAMES.as_bytes().iter().chain(&[0]));
        let names = std::mem::take(&mut self.names);
        self.place(table, Some(&names));
        self.align(8);
        header.e_shoff = U64::new(endian, self.file.len() as u64);
        header.e_shnum = U16::new(endian, self.headers.len() as u16);
        header.e_shstrndx = U16::new(endian, elf::SymbolSection(last as u16));
        self.file.extend(object::bytes_of_slice(&self.headers));
        self.file[..size_of_val(&header)].copy_from_slice(object::bytes_of(&header));
        self.file
    }
}

/// Whether a section that isn't loaded is there for debuggers and profilers alone.
fn serves_debugging(name: &[u8]) -> bool {
    let known = [".symtab", ".symtab_shndx", ".strtab", ".gdb_index"];
    known.iter().any(|known| known.as_bytes() == name) || name.starts_with(b".debug_") || name.starts_with(b".zdebug_")
}

/// The link to the file `name` with this `content`: the name, filled up to whole words, and a checksum.
fn link_to(name: &str, content: &[u8], endian: Endianness) -> Vec<u8> {
    let mut link = name.as_bytes().to_vec();
    link.resize(name.len() / 4 * 4 + 4, 0);
    let mut sum = flate2::Crc::new();
    sum.update(content);
    link.extend(match endian {
        Endianness::Little => sum.sum().to_le_bytes(),
        Endianness::Big => sum.sum().to_be_bytes(),
    });
    link
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use object::ObjectSection;

    use super::*;

    /// A small program and its debug information, `tool` and `tool.debug`, in `directory`.
    pub(crate) fn program(directory: &Path, prints: &str) -> [PathBuf; 2] {
        let source = directory.join("tool.rs");
        fs::write(&source, format!("fn main() {{ println!(\"{prints}\"); }}")).expect("the folder is ours");
        let [whole, binary, debug] = ["whole", "tool", "tool.debug"].map(|name| directory.join(name));
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition=2024", "--target=x86_64-unknown-linux-gnu"]).args(flags(Debuginfo::LineTablesOnly));
        let compiled = rustc.arg(&source).arg("-o").arg(&whole).output().expect("rustc runs");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        take_apart(&whole, &binary, directory).expect("it has debug information");
        [binary, debug]
    }

    #[test]
    fn what_is_taken_out_is_found_by_its_build_id() {
        let place = tempfile::tempdir().expect("a temporary folder can be made");
        let [binary, debug] = program(place.path(), "hello");
        assert_eq!(Command::new(&binary).output().expect("it runs").stdout, b"hello\n");
        let [stripped, whole] = [&binary, &debug].map(|file| fs::read(file).expect("it was written"));
        assert!(build_id(&stripped).is_some() && build_id(&stripped) == build_id(&whole));
        let names = |program: &[u8]| {
            let file = object::File::parse(program).expect("it is one");
            file.sections().filter_map(|section| section.name().map(str::to_owned).ok()).collect::<Vec<_>>()
        };
        let (kept, all) = (names(&stripped), names(&whole));
        let gone: Vec<&String> = all.iter().filter(|name| !kept.contains(name)).collect();
        assert!(gone.iter().all(|name| serves_debugging(name.as_bytes())), "{gone:?}");
        assert!([".debug_info", ".debug_line", ".symtab"].iter().all(|name| gone.iter().any(|gone| gone == name)));
        assert_eq!(kept.iter().filter(|name| !all.contains(name)).collect::<Vec<_>>(), [LINK]);
    }

    #[test]
    fn what_holds_none_is_refused() {
        let place = tempfile::tempdir().expect("a temporary folder can be made");
        let [binary, _] = program(place.path(), "hello");
        let refused = |bytes: &[u8]| stripped(bytes, "tool.debug").expect_err("it holds none");
        assert!(refused(b"#!/bin/sh\n").contains("no 64-bit ELF file"));
        let mut bytes = fs::read(&binary).expect("it was written");
        assert!(refused(&bytes).contains("was taken away before"));
        let link = memchr::memmem::rfind(&bytes, LINK.as_bytes()).expect("it has the section");
        bytes[link + 1] = b'_';
        assert!(refused(&bytes).contains("it holds no debug information"));
        bytes.truncate(5000);
        assert!(refused(&bytes).contains("ELF file: "));
    }
}
