//! The shared libraries that a program needs: its own dynamic linker lists them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::{Endianness, elf};

/// Everything that has to be there for `program` to start, the dynamic linker first; nothing for a static one.
///
/// # Errors
/// The system's, when it can't be read; what the dynamic linker says, when a library is missing.
pub fn needed_by(program: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(linker) = dynamic_linker(&std::fs::read(program)?) else { return Ok(Vec::new()) };
    let mut command = Command::new(&linker);
    let listed = command.arg("--list").arg(program).env_clear().stdin(Stdio::null()).output()?;
    if !listed.status.success() {
        let said = String::from_utf8_lossy(&listed.stderr).trim().to_owned();
        return Err(io::Error::other(format!("{} can't find its libraries: {said}", program.display())));
    }
    let mut needed = vec![linker];
    needed.extend(libraries(&String::from_utf8_lossy(&listed.stdout)));
    Ok(needed)
}

/// What the program header of an ELF file names.
fn dynamic_linker(program: &[u8]) -> Option<PathBuf> {
    let file = ElfFile64::<Endianness>::parse(program).ok()?;
    let headers = file.elf_header().program_headers(file.endian(), program).ok()?;
    let header = headers.iter().find(|header| header.p_type(file.endian()) == elf::PT_INTERP)?;
    let name = header.data(file.endian(), program).ok()?;
    let name = name.strip_suffix(b"\0").unwrap_or(name);
    Some(PathBuf::from(String::from_utf8_lossy(name).into_owned()))
}

/// The paths in lines such as `libc.so.6 => /lib/libc.so.6 (0x7f00)`.
fn libraries(listed: &str) -> Vec<PathBuf> {
    let paths = listed.lines().filter_map(|line| line.split_once("=> ")?.1.split(" (").next());
    paths.filter(|path| path.starts_with('/')).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_list_is_read() {
        let listed = "\tlinux-vdso.so.1 (0x7fff)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x7f00)\n\t/lib64/ld.so (0x7f01)\n";
        assert_eq!(libraries(listed), [PathBuf::from("/lib/x/libc.so.6")]);
    }

    #[test]
    fn a_text_needs_no_libraries() {
        assert_eq!(dynamic_linker(b"#!/bin/sh\n"), None);
    }
}
