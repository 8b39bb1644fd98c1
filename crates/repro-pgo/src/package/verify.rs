//! Reads a tarball again and checks that it is one of ours and whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use host::digest;
use tar::{Archive, Entry, EntryType};

use super::archive::{EXECUTABLE_MODE, FILE_MODE, check_path};
use super::{DistError, Manifest, checksums, legal, manifest};

/// Largest file that is read; a release is a few megabytes.
const LARGEST_FILE: u64 = 1 << 30;

/// Checks names, headers and hashes of a tarball and returns its manifest.
pub fn verify(tarball: &Path) -> Result<Manifest, DistError> {
    let not_intact = |problem: String| DistError::NotIntact { path: tarball.to_owned(), problem };
    let unreadable = |source: io::Error| DistError::Tarball { path: tarball.to_owned(), source };
    let file = File::open(tarball).map_err(unreadable)?;
    let mut archive = Archive::new(GzDecoder::new(io::BufReader::new(file)));
    let mut contents = Contents::default();
    for entry in archive.entries().map_err(unreadable)? {
        contents.add(entry.map_err(unreadable)?).map_err(|problem| match problem {
            Problem::Unreadable(source) => unreadable(source),
            Problem::Wrong(problem) => not_intact(problem),
        })?;
    }
    if holds_more(archive.into_inner()).map_err(unreadable)? {
        return Err(not_intact("there is something behind its last entry".to_owned()));
    }
    contents.check().map_err(not_intact)
}

/// Reads to the end, so that the gzip stream's own checksum is checked too: only zeros may fill up the last tar block,
/// and nothing may follow the stream.
fn holds_more(mut gzip: GzDecoder<impl BufRead>) -> io::Result<bool> {
    let mut rest = Vec::new();
    (&mut gzip).take(LARGEST_FILE).read_to_end(&mut rest)?;
    Ok(rest.iter().any(|&byte| byte != 0) || !gzip.into_inner().fill_buf()?.is_empty())
}

enum Problem {
    Unreadable(io::Error),
    Wrong(String),
}

/// What was in the tarball, by path.
#[derive(Default)]
struct Contents {
    previous: Option<String>,
    folder: Option<String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Contents {
    fn add(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), Problem> {
        let path = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| Problem::Wrong("a name in it is not UTF-8".to_owned()))?;
        let is_folder = entry.header().entry_type() == EntryType::Directory;
        check_header(&entry, &path, is_folder).map_err(Problem::Wrong)?;
        if self.previous.as_ref().is_some_and(|previous| *previous >= path) {
            return Err(Problem::Wrong(format!("its entries are not sorted, or {path} is in it twice")));
        }
        self.previous = Some(path.clone());
        let inside = self.inside(&path).map_err(Problem::Wrong)?;
        if is_folder {
            return Ok(());
        }
        let mut content = Vec::new();
        (&mut entry).take(LARGEST_FILE).read_to_end(&mut content).map_err(Problem::Unreadable)?;
        self.files.insert(inside, content);
        Ok(())
    }

    /// The path below the one top-level folder, which has to come first.
    fn inside(&mut self, path: &str) -> Result<String, String> {
        let (folder, inside) = path.split_once('/').ok_or(format!("{path} lies outside of a folder"))?;
        if self.folder.get_or_insert_with(|| folder.to_owned()) != folder {
            return Err(format!("{path} lies outside of the folder it begins with"));
        }
        check_path(folder).map_err(|error| error.to_string())?;
        if !inside.is_empty() {
            check_path(inside.trim_end_matches('/')).map_err(|error| error.to_string())?;
        }
        Ok(inside.to_owned())
    }

    fn check(mut self) -> Result<Manifest, String> {
        let missing = |name: &str| format!("{name} is missing in it");
        let list = self.files.remove(checksums::FILE_NAME).ok_or(missing(checksums::FILE_NAME))?;
        let listed = checksums::from_text(&String::from_utf8_lossy(&list))
            .map_err(|line| format!("{} has the line {line:?}", checksums::FILE_NAME))?;
        for (name, hash) in &listed {
            let content = self.files.get(name).ok_or(missing(name))?;
            if digest::of_bytes(content) != *hash {
                return Err(format!("{name} is not what {} says", checksums::FILE_NAME));
            }
        }
        if let Some(extra) = self.files.keys().find(|name| !listed.contains_key(*name)) {
            return Err(format!("{extra} is not listed in {}", checksums::FILE_NAME));
        }
        let text = self.files.get(manifest::FILE_NAME).ok_or(missing(manifest::FILE_NAME))?;
        let manifest = Manifest::from_json(&String::from_utf8_lossy(text))
            .map_err(|problem| format!("{}: {problem}", manifest::FILE_NAME))?;
        let folder = format!("{}-{}-{}", manifest.name, manifest.version, manifest.platform);
        if self.folder.as_deref() != Some(folder.as_str()) {
            return Err(format!("its folder is not {folder}, as its manifest says"));
        }
        match legal::problem(&manifest, |name| self.files.get(name).map(Vec::as_slice)) {
            None => Ok(manifest),
            Some(problem) => Err(problem),
        }
    }
}

/// The header as [`super::archive`] writes it.
fn check_header(entry: &Entry<'_, impl Read>, path: &str, is_folder: bool) -> Result<(), String> {
    let header = entry.header();
    let kind = header.entry_type();
    if !is_folder && kind != EntryType::Regular {
        return Err(format!("{path} is neither a file nor a folder"));
    }
    if header.size().unwrap_or(u64::MAX) > LARGEST_FILE {
        return Err(format!("{path} is too large"));
    }
    let mode = header.mode().unwrap_or(u32::MAX);
    if mode != EXECUTABLE_MODE && (is_folder || mode != FILE_MODE) {
        return Err(format!("{path} has the mode {mode:o}"));
    }
    let owner = (header.uid().ok(), header.gid().ok(), header.mtime().ok());
    if owner == (Some(0), Some(0), Some(0)) { Ok(()) } else { Err(format!("{path} has an owner or a time")) }
}
