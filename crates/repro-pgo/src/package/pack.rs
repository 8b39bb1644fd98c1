//! Packs a release: the tarball, the gate's figures beside it, and the checksums of both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use host::{atomic_write, digest};

use super::archive::{ArchiveFile, Format, check_path};
use super::manifest::DebugFile;
use super::{DistError, Manifest, binary, checksums, crate_list, legal, manifest};
use crate::compile::debuginfo;

/// What goes into a release.
#[derive(Debug, Clone)]
pub struct DistRequest {
    /// Where the files come out; made if missing.
    pub output: PathBuf,
    /// The executables by their names in the tarball, the one that the release is named for first.
    pub binaries: Vec<(String, PathBuf)>,
    /// Files that are copied, by their path in the tarball.
    pub files: BTreeMap<String, PathBuf>,
    /// Files that are made up (completions, manual pages), by their path in the tarball.
    pub generated: BTreeMap<String, Vec<u8>>,
    /// How the binary was made; name, version and platform give the tarball its name.
    pub manifest: Manifest,
    /// What holds the debug information of the binaries, by its name in the archive that goes beside the tarball.
    pub debuginfo: BTreeMap<String, PathBuf>,
    /// The gate's report, which goes beside the tarball.
    pub gate: Option<GateFiles>,
}

/// The gate's report in its three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateFiles {
    /// For machines.
    pub json: String,
    /// For a pull request or a release page.
    pub markdown: String,
    /// For a browser.
    pub html: String,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistResult {
    /// The tarball.
    pub tarball: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// The manifest inside it.
    pub manifest: Manifest,
    /// The list of checksums of all that lies beside it.
    pub checksums: PathBuf,
}

/// Writes the tarball and what lies beside it. Every file appears whole or not at all, the list of checksums last.
pub fn pack(request: &DistRequest) -> Result<DistResult, DistError> {
    let stem = stem(&request.manifest)?;
    let mut files = collect(request)?;
    let debug_files = debug_files(&request.debuginfo)?;
    let manifest = Manifest { debuginfo: described(&debug_files, request, &files)?, ..request.manifest.clone() };
    let content = manifest.to_json().into_bytes();
    add(&mut files, manifest::FILE_NAME, ArchiveFile { content, executable: false })?;
    let files = with_checksums(files);
    let content = |name: &str| files.get(name).map(|file| file.content.as_slice());
    if let Some(problem) = legal::problem(&manifest, content) {
        return Err(DistError::Unlawful { problem });
    }
    let bill = content(legal::BILL).unwrap_or_default();
    for (name, path) in &request.binaries {
        if let Some(problem) = crate_list::problem(&manifest, bill, &files[name].content) {
            return Err(DistError::Unlisted { path: path.clone(), problem });
        }
        if let Some(problem) = binary::problem(&files[name].content) {
            return Err(DistError::NotAlone { path: path.clone(), problem });
        }
    }
    let mut packed = BTreeMap::new();
    let format = Format::of(&manifest.build.target);
    let name = format!("{stem}.{}", format.extension());
    let tarball = request.output.join(&name);
    let bytes = format.packed(&stem, &files).map_err(|source| DistError::Write { path: tarball.clone(), source })?;
    let sha256 = digest::of_bytes(&bytes);
    packed.insert(name, bytes);
    if !debug_files.is_empty() {
        let name = debuginfo_file(&stem);
        let (path, folder) = (request.output.join(&name), format!("{stem}-debuginfo"));
        let bytes = Format::Tarball.packed(&folder, &debug_files);
        packed.insert(name, bytes.map_err(|source| DistError::Write { path, source })?);
    }
    // Beside the tarball as well, where tools and attestations look for it.
    packed.insert(bill_file(&stem), files[legal::BILL].content.clone());
    if let Some(gate) = &request.gate {
        for (extension, text) in [("json", &gate.json), ("md", &gate.markdown), ("html", &gate.html)] {
            packed.insert(gate_file(&stem, extension), text.clone().into_bytes());
        }
    }
    for (name, bytes) in &packed {
        write(&request.output.join(name), bytes)?;
    }
    let checksums = write_checksums(&request.output, &packed)?;
    Ok(DistResult { tarball, sha256, manifest, checksums })
}

/// The name of a part of the ship gate's report beside the tarball of this stem.
pub fn gate_file(stem: &str, extension: &str) -> String {
    format!("{stem}.gate.{extension}")
}

/// The name of the bill of materials beside the tarball of this stem.
pub fn bill_file(stem: &str) -> String {
    format!("{stem}.{}", legal::BILL)
}

/// The name of the archive with the debug information of the tarball of this stem.
pub fn debuginfo_file(stem: &str) -> String {
    format!("{stem}{DEBUGINFO}")
}

/// How the name of an archive with debug information ends.
pub const DEBUGINFO: &str = "-debuginfo.tar.gz";

fn debug_files(paths: &BTreeMap<String, PathBuf>) -> Result<BTreeMap<String, ArchiveFile>, DistError> {
    paths
        .iter()
        .map(|(name, path)| Ok((name.clone(), ArchiveFile { content: read(path)?, executable: false })))
        .collect()
}

/// What the manifest says of the debug information, if it is that of the request's binaries, which are among `files`.
fn described(
    debug_files: &BTreeMap<String, ArchiveFile>,
    request: &DistRequest,
    files: &BTreeMap<String, ArchiveFile>,
) -> Result<BTreeMap<String, DebugFile>, DistError> {
    let mut described = BTreeMap::new();
    for (binary, path) in &request.binaries {
        let name = debuginfo::file_name(binary);
        let Some(file) = debug_files.get(&name) else { continue };
        match (debuginfo::build_id(&file.content), debuginfo::build_id(&files[binary].content)) {
            (Some(build_id), Some(of_binary)) if build_id == of_binary => {
                described.insert(name, DebugFile { build_id, sha256: digest::of_bytes(&file.content) });
            }
            _ => return Err(DistError::OtherDebuginfo { name, path: path.clone() }),
        }
    }
    Ok(described)
}

/// The stem of the files' names, if it can be one.
fn stem(manifest: &Manifest) -> Result<String, DistError> {
    for part in [&manifest.name, &manifest.version, &manifest.platform] {
        check_path(part)?;
        if part.contains(['/', ' ']) {
            return Err(DistError::Name { name: part.clone(), problem: "a slash or a space in it" });
        }
    }
    Ok(manifest.stem())
}

fn collect(request: &DistRequest) -> Result<BTreeMap<String, ArchiveFile>, DistError> {
    let mut files = BTreeMap::new();
    for (name, binary) in &request.binaries {
        add(&mut files, name, ArchiveFile { content: read(binary)?, executable: true })?;
    }
    for (path, source) in &request.files {
        add(&mut files, path, ArchiveFile { content: read(source)?, executable: false })?;
    }
    for (path, content) in &request.generated {
        add(&mut files, path, ArchiveFile { content: content.clone(), executable: false })?;
    }
    Ok(files)
}

fn add(files: &mut BTreeMap<String, ArchiveFile>, path: &str, file: ArchiveFile) -> Result<(), DistError> {
    check_path(path)?;
    let taken = |problem| Err(DistError::Name { name: path.to_owned(), problem });
    if path == checksums::FILE_NAME || files.insert(path.to_owned(), file).is_some() {
        return taken("there is already a file of that name in the tarball");
    }
    let folder = format!("{path}/");
    let inside = files.keys().any(|other| other.starts_with(&folder) || path.starts_with(&format!("{other}/")));
    if inside { taken("it is both a file and a folder of the tarball") } else { Ok(()) }
}

fn read(path: &Path) -> Result<Vec<u8>, DistError> {
    fs::read(path).map_err(|source| DistError::Read { path: path.to_owned(), source })
}

/// Adds the list of what is in the tarball.
fn with_checksums(mut files: BTreeMap<String, ArchiveFile>) -> BTreeMap<String, ArchiveFile> {
    let hashes = files.iter().map(|(path, file)| (path.clone(), digest::of_bytes(&file.content))).collect();
    let content = checksums::to_text(&hashes).into_bytes();
    files.insert(checksums::FILE_NAME.to_owned(), ArchiveFile { content, executable: false });
    files
}

/// Other releases of the same output directory keep their lines for as long as their files exist.
fn write_checksums(output: &Path, packed: &BTreeMap<String, Vec<u8>>) -> Result<PathBuf, DistError> {
    let path = output.join(checksums::FILE_NAME);
    let mut hashes =
        fs::read_to_string(&path).ok().and_then(|text| checksums::from_text(&text).ok()).unwrap_or_default();
    hashes.retain(|name, _| output.join(name).is_file());
    hashes.extend(packed.iter().map(|(name, bytes)| (name.clone(), digest::of_bytes(bytes))));
    write(&path, checksums::to_text(&hashes).as_bytes())?;
    Ok(path)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DistError> {
    atomic_write::bytes(path, bytes).map_err(|source| DistError::Write { path: path.to_owned(), source })
}
