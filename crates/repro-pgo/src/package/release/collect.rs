//! The tarballs of all platforms in one folder, with one list of checksums - if they make a release.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::copy::sorted_entries;
use host::digest;

use super::{Hashes, ReleaseError, gate_agrees};
use crate::package::archive::Format;
use crate::package::manifest::Variant;
use crate::package::static_library::StaticLibrary;
use crate::package::{DEBUGINFO, Manifest, bill_file, checksums, debuginfo_file, legal, verify};
use crate::pipeline::stamp;

/// What a release has to be.
#[derive(Debug)]
pub struct CollectRequest<'a> {
    /// Where the tarballs are, at any depth.
    pub from: &'a Path,
    /// Where they go.
    pub output: &'a Path,
    /// The platforms, each of which has to be there once.
    pub platforms: &'a [String],
    /// Further programs, each of which has to be there once, for one of the platforms and without a profile.
    pub along: &'a [String],
    /// The one that may have a profile.
    pub with_profile: &'a str,
    /// The commit all of them have to be built from.
    pub revision: Option<&'a str>,
    /// What was made twice; the tarball that may have a profile has to be among it, and what goes along.
    pub repeated: Option<&'a Hashes>,
}

/// A release.
#[derive(Debug)]
pub struct Collected {
    /// Name and version.
    pub title: String,
    /// The variant of each platform.
    pub variants: BTreeMap<String, Variant>,
    /// The list of checksums.
    pub checksums: PathBuf,
}

/// A tarball that was found.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    sha256: String,
    manifest: Manifest,
}

impl Found {
    /// The archive with its debug information, where its manifest tells of any.
    fn debuginfo(&self) -> Option<PathBuf> {
        let archive = || self.path.with_file_name(debuginfo_file(&self.manifest.stem()));
        (!self.manifest.debuginfo.is_empty()).then(archive)
    }

    /// What is wrong with that archive.
    fn debuginfo_problem(&self) -> Option<String> {
        let archive = self.debuginfo()?;
        if !archive.is_file() {
            return Some(format!("its debug information, {}, doesn't lie beside it", name(&archive)));
        }
        let due = self.manifest.debuginfo.iter().map(|(name, file)| (name.clone(), file.sha256.clone())).collect();
        match verify::hashes(&archive) {
            Ok(found) if found == due => None,
            Ok(_) => Some(format!("{} is not the debug information that its manifest names", name(&archive))),
            Err(error) => Some(error.to_string()),
        }
    }
}

/// Checks the tarballs, copies them with the gate's reports beside them, and writes SHA256SUMS over all of it.
///
/// # Errors
/// [`ReleaseError::NoRelease`] with everything that is wrong; [`ReleaseError::Tarball`] for a damaged one.
pub fn collect(request: &CollectRequest<'_>) -> Result<Collected, ReleaseError> {
    let files = files_below(request.from)?;
    let is_archive =
        |path: &Path| [Format::Tarball, Format::Zip].iter().any(|format| name(path).ends_with(format.extension()));
    let (debuginfo, archives): (Vec<&PathBuf>, Vec<_>) =
        files.iter().filter(|path| is_archive(path)).partition(|path| name(path).ends_with(DEBUGINFO));
    let tarballs = archives.into_iter().filter(|path| !is_library_source(path));
    let found = tarballs.map(|path| opened(path)).collect::<Result<Vec<_>, _>>()?;
    let mut problems = problems(&found, request);
    let strays = debuginfo.iter().filter(|path| !found.iter().any(|one| one.debuginfo().as_ref() == Some(**path)));
    problems.extend(strays.map(|path| format!("{}: no tarball beside it has such debug information", name(path))));
    let has_glibc = |found: &Found| StaticLibrary::in_release(&found.manifest) == Some(StaticLibrary::Glibc);
    if found.iter().any(has_glibc) && !files.iter().any(|path| is_library_source(path)) {
        problems.push(format!(
            "the source of the GNU C Library is not there, and its licence asks to offer it beside the program that holds it: \
             {LIBRARY_SOURCE}<version>.tar.gz"
        ));
    }
    for one in found.iter().filter(|one| may_have_profile(one, request)) {
        let problem = gate_agrees::problem(&one.path, one.manifest.variant)?;
        problems.extend(problem.map(|problem| format!("{}: {problem}", name(&one.path))));
    }
    if !problems.is_empty() {
        return Err(ReleaseError::NoRelease { problems });
    }
    let is_beside =
        |path: &&PathBuf| name(path).contains(".gate.") || name(path).ends_with(legal::BILL) || is_library_source(path);
    let beside = files.iter().filter(is_beside).chain(debuginfo);
    let checksums = copied(found.iter().map(|found| &found.path).chain(beside), request.output)?;
    let manifests = || found.iter().filter(|found| !is_along(found, request)).map(|found| &found.manifest);
    Ok(Collected {
        title: manifests().next().map(|first| format!("{} {}", first.name, first.version)).unwrap_or_default(),
        variants: manifests().map(|manifest| (manifest.platform.clone(), manifest.variant)).collect(),
        checksums,
    })
}

/// How the file with the C library's source begins.
const LIBRARY_SOURCE: &str = "glibc-source-";

fn is_library_source(path: &Path) -> bool {
    name(path).starts_with(LIBRARY_SOURCE)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, ReleaseError> {
    let mut files = Vec::new();
    for path in sorted_entries(folder).map_err(ReleaseError::file("cannot list", folder))? {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn opened(path: &Path) -> Result<Found, ReleaseError> {
    let manifest = verify::verify(path)?;
    let sha256 = digest::of_file(path).map_err(ReleaseError::file("cannot read", path))?;
    Ok(Found { path: path.to_owned(), sha256, manifest })
}

fn is_along(found: &Found, request: &CollectRequest<'_>) -> bool {
    request.along.contains(&found.manifest.name)
}

fn may_have_profile(found: &Found, request: &CollectRequest<'_>) -> bool {
    found.manifest.platform == request.with_profile && !is_along(found, request)
}

/// Everything that keeps these tarballs from being the release that was asked for.
fn problems(found: &[Found], request: &CollectRequest<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let (along, own): (Vec<&Found>, Vec<&Found>) = found.iter().partition(|found| is_along(found, request));
    let platforms =
        request.platforms.iter().map(|due| (due, own.iter().filter(|one| one.manifest.platform == *due).count()));
    let programs = request.along.iter().map(|due| (due, along.iter().filter(|one| one.manifest.name == *due).count()));
    let uncounted = platforms.chain(programs).filter(|(_, of)| *of != 1);
    problems.extend(uncounted.map(|(due, of)| format!("{due} is there {of} times, not once")));
    for one in found {
        let told = own_problems(one, request).into_iter().map(|problem| format!("{}: {problem}", name(&one.path)));
        problems.extend(told);
    }
    let version = |found: &Found| found.manifest.version.clone();
    let of_other_version =
        found.iter().find(|other| version(other) != version(&found[0])).map(|other| (&found[0], other));
    let stranger =
        || own.iter().find(|other| other.manifest.name != own[0].manifest.name).map(|other| (own[0], *other));
    if let Some((first, odd)) = of_other_version.or_else(stranger) {
        problems.push(format!("{} and {} are not of one version", name(&first.path), name(&odd.path)));
    }
    problems
}

/// What is wrong with one tarball by itself.
fn own_problems(found: &Found, request: &CollectRequest<'_>) -> Vec<String> {
    let Manifest { platform, variant, source, .. } = &found.manifest;
    let mut problems = Vec::new();
    let extension = Format::of(&found.manifest.build.target).extension();
    let stem = found.manifest.stem();
    let due = format!("{stem}.{extension}");
    if name(&found.path) != due {
        problems.push(format!("by its manifest it is {due}"));
    }
    if !found.path.with_file_name(bill_file(&stem)).is_file() {
        problems.push("its bill of materials doesn't lie beside it".to_owned());
    }
    problems.extend(found.debuginfo_problem());
    if !request.platforms.contains(platform) {
        problems.push(format!("nobody asked for {platform}"));
    }
    if *variant == Variant::Pgo && is_along(found, request) {
        problems.push("it has a profile, which no program has that goes along".to_owned());
    } else if *variant == Variant::Pgo && platform != request.with_profile {
        problems.push(format!("it has a profile, which only {} may have", request.with_profile));
    }
    if source.dirty || request.revision.is_some_and(|revision| source.revision.as_deref() != Some(revision)) {
        let revision = source.revision.as_deref().unwrap_or("an unknown revision");
        let changed = if source.dirty { " with changes" } else { "" };
        problems.push(format!("it was built from {revision}{changed}"));
    }
    let repeated = |hashes: &Hashes| hashes.iter().any(|hash| hash.sha256 == found.sha256);
    let is_due_twice = platform == request.with_profile || is_along(found, request);
    if is_due_twice && request.repeated.is_some_and(|hashes| !repeated(hashes)) {
        problems.push(format!("its hash {} is not among those that were made twice", found.sha256));
    }
    problems
}

/// Copies the files and writes their checksums, the list last.
fn copied<'a>(files: impl Iterator<Item = &'a PathBuf>, output: &Path) -> Result<PathBuf, ReleaseError> {
    std::fs::create_dir_all(output).map_err(ReleaseError::file("cannot make", output))?;
    let mut hashes = BTreeMap::new();
    for from in files {
        let to = output.join(name(from));
        std::fs::copy(from, &to).map_err(ReleaseError::file("cannot copy", from))?;
        let hash = digest::of_file(&to).map_err(ReleaseError::file("cannot read", &to))?;
        if hashes.insert(name(from), hash).is_some() {
            return Err(ReleaseError::NamedTwice { name: name(from) });
        }
    }
    let list = output.join(checksums::FILE_NAME);
    let written = stamp::replace(&list, checksums::to_text(&hashes).as_bytes());
    written.map_err(|error| ReleaseError::file("cannot write", &list)(std::io::Error::other(error)))?;
    Ok(list)
}

#[cfg(test)]
#[path = "collect_tests.rs"]
pub(crate) mod tests;
