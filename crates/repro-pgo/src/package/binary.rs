//! Whether a binary starts on a machine that is not the one it was built on: it names no path of the Nix store, and asks for no library but
//! those that every Windows and every macOS has.

use object::read::macho::{MachHeader, MachOFile64};
use object::read::pe::PeFile64;
use object::{Endianness, FileKind, LittleEndian, macho};

use crate::check::printable;

/// The store of a build machine, which nobody else has.
const STORE: &[u8] = b"/nix/store/";
/// How long the hash is that each name in it begins with.
const HASH: usize = 32;
/// What every Windows has. The C runtime of Visual Studio (vcruntime140.dll) is none of it, nor is what mingw links to by default.
const OF_WINDOWS: [&str; 21] = [
    "advapi32.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "cfgmgr32.dll",
    "combase.dll",
    "crypt32.dll",
    "dbghelp.dll",
    "gdi32.dll",
    "iphlpapi.dll",
    "kernel32.dll",
    "kernelbase.dll",
    "msvcrt.dll",
    "ntdll.dll",
    "ole32.dll",
    "oleaut32.dll",
    "psapi.dll",
    "secur32.dll",
    "shell32.dll",
    "user32.dll",
    "userenv.dll",
    "ws2_32.dll",
];

/// What keeps the binary from starting elsewhere; `None` where nothing does.
pub fn problem(binary: &[u8]) -> Option<String> {
    let foreign = match FileKind::parse(binary) {
        Ok(FileKind::Pe64) => windows(binary),
        Ok(FileKind::MachO64) => mac(binary),
        _ => None,
    };
    foreign.or_else(|| store(binary))
}

fn store(binary: &[u8]) -> Option<String> {
    let is_path = |start: &usize| is_entry(&binary[start + STORE.len()..]);
    let start = memchr::memmem::find_iter(binary, STORE).find(is_path)?;
    let end = binary[start..].iter().position(|byte| !byte.is_ascii_graphic()).unwrap_or(binary.len() - start);
    let named = printable(&binary[start..start + end.min(120)]);
    Some(format!("it names {named}, a path that only the machine that built it has"))
}

/// Whether it begins as a name in the store does. A program that only speaks of the store, as this one, has no such name.
fn is_entry(name: &[u8]) -> bool {
    let is_hash = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.get(HASH) == Some(&b'-') && name[..HASH].iter().all(is_hash)
}

/// A library that Windows doesn't have.
fn windows(binary: &[u8]) -> Option<String> {
    let libraries = match dlls(binary) {
        Ok(libraries) => libraries,
        Err(error) => return Some(format!("it is a damaged PE file: {error}")),
    };
    let has = |name: &String| OF_WINDOWS.contains(&name.as_str()) || name.starts_with("api-ms-win-");
    let name = libraries.into_iter().find(|name| !has(name))?;
    Some(format!("it needs {name}, which Windows doesn't have: link that statically"))
}

/// The libraries that the import tables of a PE file name.
fn dlls(binary: &[u8]) -> object::Result<Vec<String>> {
    let file = PeFile64::parse(binary)?;
    let mut libraries = Vec::new();
    if let Some(table) = file.import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            libraries.push(table.name(descriptor.name.get(LittleEndian))?);
        }
    }
    if let Some(table) = file.delay_load_import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            libraries.push(table.name(descriptor.dll_name_rva.get(LittleEndian))?);
        }
    }
    Ok(libraries.into_iter().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect())
}

/// A library that macOS doesn't have.
fn mac(binary: &[u8]) -> Option<String> {
    let libraries = match dylibs(binary) {
        Ok(libraries) => libraries,
        Err(error) => return Some(format!("it is a damaged Mach-O file: {error}")),
    };
    let has = |name: &String| ["/usr/lib/", "/System/Library/"].iter().any(|place| name.starts_with(place));
    let name = libraries.into_iter().find(|name| !has(name))?;
    Some(format!(
        "it needs {name}, which macOS doesn't have; name macOS's own with `install_name_tool -change {name} /usr/lib/...`"
    ))
}

/// The libraries that the load commands of a Mach-O file name.
fn dylibs(binary: &[u8]) -> object::Result<Vec<String>> {
    let file = MachOFile64::<Endianness>::parse(binary)?;
    let endian = file.endian();
    let mut commands = file.macho_header().load_commands(endian, binary, 0)?;
    let mut libraries = Vec::new();
    while let Some(command) = commands.next()? {
        let is_load = matches!(
            command.cmd(),
            macho::LC_LOAD_DYLIB | macho::LC_LOAD_WEAK_DYLIB | macho::LC_REEXPORT_DYLIB | macho::LC_LOAD_UPWARD_DYLIB
        );
        if let (true, Some(dylib)) = (is_load, command.dylib()?) {
            libraries.push(String::from_utf8_lossy(command.string(endian, dylib.dylib.name)?).into_owned());
        }
    }
    Ok(libraries)
}

#[cfg(test)]
#[path = "binary_tests.rs"]
mod tests;
