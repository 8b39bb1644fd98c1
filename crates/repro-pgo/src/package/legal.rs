//! What has to be in every tarball besides the program: notices of all that was linked in, a way to relink where that is owed, and the bill
//! of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::inventory::{CrateId, Inventory};
use super::static_library::{StaticLibrary, version_in};
use super::{DistError, Manifest, notices, sbom};

/// The notices of the crates.
pub const CRATES: &str = "licenses/crates.txt";
/// The notices of Rust's standard library, as the toolchain has them.
pub const STANDARD_LIBRARY: &str = "licenses/rust-standard-library.html";
/// The bill of materials.
pub const BILL: &str = "sbom.cdx.json";
/// Where a toolchain has the notices of its standard library.
const IN_TOOLCHAIN: &str = "share/doc/rust/COPYRIGHT-library.html";

/// Where the author puts the text of a crate that carries none.
pub fn own_text((name, version): &CrateId) -> String {
    format!("licenses/{name}-{version}.txt")
}

/// What the files are made from.
#[derive(Debug)]
pub struct Sources<'a> {
    /// How the binary was made.
    pub manifest: &'a Manifest,
    /// SHA-256 of the binary.
    pub binary_sha256: &'a str,
    /// Its crates.
    pub inventory: &'a Inventory,
    /// The toolchain's root.
    pub sysroot: &'a Path,
    /// The C library that was linked in, where it is a file of its own.
    pub libc: Option<&'a Path>,
    /// The paths of the author's own files in the tarball: they are not made again.
    pub given: BTreeSet<&'a str>,
}

/// All files by their paths in the tarball.
///
/// # Errors
/// [`DistError::NoLicenseText`], [`DistError::NoNotices`], [`DistError::Read`].
pub fn files(sources: &Sources<'_>) -> Result<BTreeMap<String, Vec<u8>>, DistError> {
    let read = |path: &Path| std::fs::read(path).map_err(|source| DistError::Read { path: path.to_owned(), source });
    let library = StaticLibrary::in_release(sources.manifest);
    let archive = sources.libc.map(read).transpose()?;
    let said = archive.as_deref().and_then(version_in);
    let version = said.unwrap_or_else(|| library.map_or("none", StaticLibrary::name).to_owned());
    let mut files = BTreeMap::new();
    files.insert(CRATES.to_owned(), notices::text(sources.inventory, &sources.given)?.into_bytes());
    if !sources.given.contains(STANDARD_LIBRARY) {
        let path = sources.sysroot.join(IN_TOOLCHAIN);
        let text = std::fs::read(&path).map_err(|source| DistError::NoNotices { path, source })?;
        files.insert(STANDARD_LIBRARY.to_owned(), text);
    }
    for (name, text) in library.iter().flat_map(|library| library.files(sources.manifest, &version)) {
        files.insert(name.to_owned(), text);
    }
    let bill = sbom::text(&sbom::Parts {
        manifest: sources.manifest,
        binary_sha256: sources.binary_sha256,
        inventory: sources.inventory,
        library: library.map(|library| (library, version.as_str())),
    });
    files.insert(BILL.to_owned(), bill.into_bytes());
    files.retain(|path, _| !sources.given.contains(path.as_str()));
    Ok(files)
}

/// What is wrong with a tarball of these files in this respect; `None` where everything is there.
pub fn problem<'a>(manifest: &Manifest, file: impl Fn(&str) -> Option<&'a [u8]>) -> Option<String> {
    let library = StaticLibrary::in_release(manifest);
    let due = [CRATES, STANDARD_LIBRARY, BILL].into_iter();
    for name in due.chain(library.iter().flat_map(|library| library.file_names().iter().copied())) {
        if file(name).is_none_or(<[u8]>::is_empty) {
            return Some(format!(
                "{name} is missing in it: nobody may pass on what is linked into the program without it"
            ));
        }
    }
    let (notices, bill) = (file(CRATES).unwrap_or_default(), file(BILL).unwrap_or_default());
    let listed = match sbom::crates(bill) {
        Ok(listed) => listed,
        Err(problem) => return Some(format!("{BILL}: {problem}")),
    };
    let notices = String::from_utf8_lossy(notices);
    let has_notice = |id: &CrateId| {
        let heading = format!("{}  ", notices::heading(id));
        notices.lines().any(|line| line.starts_with(&heading))
    };
    let without = listed.iter().find(|id| !has_notice(id))?;
    Some(format!("{CRATES} has no notice of {} {}, which {BILL} lists", without.0, without.1))
}

#[cfg(test)]
#[path = "legal_tests.rs"]
pub(crate) mod tests;
