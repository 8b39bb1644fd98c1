//! Reads a tarball or a zip again and checks that it is one of ours and whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;
use host::digest;
use tar::{Archive, Entry, EntryType};
use zip::{DateTime, ZipArchive};

use super::archive::{EXECUTABLE_MODE, FILE_MODE, check_path};
use super::{DistError, Manifest, checksums, crate_list, legal, manifest, sbom};

/// Largest file that is read; a release is a few megabytes.
const LARGEST_FILE: u64 = 1 << 30;

/// Checks names, headers and hashes of a tarball or zip and returns its manifest.
pub fn verify(tarball: &Path) -> Result<Manifest, DistError> {
    let contents = read(tarball)?;
    contents.check().map_err(|problem| DistError::NotIntact { path: tarball.to_owned(), problem })
}

/// The hashes of the files in a tarball or zip, from the list in it.
pub(super) fn listed(tarball: &Path) -> Result<BTreeMap<String, String>, DistError> {
    let contents = read(tarball)?;
    let list = contents.files.get(checksums::FILE_NAME).map(|list| String::from_utf8_lossy(list).into_owned());
    Ok(checksums::from_text(&list.unwrap_or_default()).unwrap_or_default())
}

/// The hashes of the files that are in an archive without a list.
pub(super) fn hashes(archive: &Path) -> Result<BTreeMap<String, String>, DistError> {
    Ok(read(archive)?.files.iter().map(|(name, content)| (name.clone(), digest::of_bytes(content))).collect())
}

fn read(tarball: &Path) -> Result<Contents, DistError> {
    let not_intact = |problem: String| DistError::NotIntact { path: tarball.to_owned(), problem };
    let unreadable = |source: io::Error| DistError::Tarball { path: tarball.to_owned(), source };
    let told = |problem| match problem {
        Problem::Unreadable(source) => unreadable(source),
        Problem::Wrong(problem) => not_intact(problem),
    };
    let mut file = io::BufReader::new(File::open(tarball).map_err(unreadable)?);
    if file.fill_buf().map_err(unreadable)?.starts_with(b"PK") {
        return unzipped(file).map_err(told);
    }
    let mut archive = Archive::new(GzDecoder::new(file));
    let mut contents = Contents::default();
    for entry in archive.entries().map_err(unreadable)? {
        contents.add(entry.map_err(unreadable)?).map_err(told)?;
    }
    if holds_more(archive.into_inner()).map_err(unreadable)? {
        return Err(not_intact("there is something behind its last entry".to_owned()));
    }
    Ok(contents)
}

/// The files of a zip, whose entries have to be as [`super::archive`] writes them.
fn unzipped(mut file: impl Read + Seek) -> Result<Contents, Problem> {
    let unreadable = |error: zip::result::ZipError| Problem::Unreadable(io::Error::other(error));
    let ends = ends_with_directory(&mut file).map_err(Problem::Unreadable)?;
    let mut archive = ZipArchive::new(file).map_err(unreadable)?;
    if !ends || archive.offset() != 0 || !archive.comment().is_empty() {
        return Err(Problem::Wrong("there is something before its first or behind its last entry".to_owned()));
    }
    let mut contents = Contents::default();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let path = entry.name().map_err(unreadable)?.into_owned();
        let facts = Facts {
            is_folder: entry.is_dir(),
            is_file: entry.is_file(),
            size: entry.size(),
            mode: entry.unix_mode().unwrap_or(u32::MAX) & 0o7777,
            is_anonymous: entry.last_modified() == Some(DateTime::DEFAULT),
        };
        contents.take(path, &facts, &mut entry)?;
    }
    Ok(contents)
}

/// Whether a zip ends with the record that ends its directory, without a comment: a reader would look for it further up as well.
fn ends_with_directory(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut record = [0; 22];
    file.seek(SeekFrom::End(-22))?;
    file.read_exact(&mut record)?;
    file.rewind()?;
    Ok(record.starts_with(b"PK\x05\x06") && record.ends_with(&[0, 0]))
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
        let header = entry.header();
        let owner = (header.uid().ok(), header.gid().ok(), header.mtime().ok());
        let facts = Facts {
            is_folder: header.entry_type() == EntryType::Directory,
            is_file: header.entry_type() == EntryType::Regular,
            size: header.size().unwrap_or(u64::MAX),
            mode: header.mode().unwrap_or(u32::MAX),
            is_anonymous: owner == (Some(0), Some(0), Some(0)),
        };
        self.take(path, &facts, &mut entry)
    }

    fn take(&mut self, path: String, facts: &Facts, entry: &mut impl Read) -> Result<(), Problem> {
        facts.check(&path).map_err(Problem::Wrong)?;
        if self.previous.as_ref().is_some_and(|previous| *previous >= path) {
            return Err(Problem::Wrong(format!("its entries are not sorted, or {path} is in it twice")));
        }
        self.previous = Some(path.clone());
        let inside = self.inside(&path).map_err(Problem::Wrong)?;
        if facts.is_folder {
            return Ok(());
        }
        let mut content = Vec::new();
        entry.take(LARGEST_FILE).read_to_end(&mut content).map_err(Problem::Unreadable)?;
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
        let folder = manifest.stem();
        if self.folder.as_deref() != Some(folder.as_str()) {
            return Err(format!("its folder is not {folder}, as its manifest says"));
        }
        if let Some(problem) = legal::problem(&manifest, |name| self.files.get(name).map(Vec::as_slice)) {
            return Err(problem);
        }
        let bill = self.files.get(legal::BILL).map(Vec::as_slice).unwrap_or_default();
        for (name, hash) in &manifest.more_binaries {
            if listed.get(name) != Some(hash) {
                return Err(format!("{name} is not the binary that {} names", manifest::FILE_NAME));
            }
            if let Some(problem) = crate_list::problem(&manifest, bill, &self.files[name]) {
                return Err(format!("{name}: {problem}"));
            }
        }
        let sha256 = sbom::binary_sha256(bill);
        let binary = listed.iter().find(|(_, hash)| Some(*hash) == sha256.as_ref()).map(|(name, _)| &self.files[name]);
        match crate_list::problem(&manifest, bill, binary.map_or(&[], Vec::as_slice)) {
            None => Ok(manifest),
            Some(problem) => Err(problem),
        }
    }
}

/// What an entry's header says.
struct Facts {
    is_folder: bool,
    is_file: bool,
    size: u64,
    mode: u32,
    /// Without owner and time.
    is_anonymous: bool,
}

impl Facts {
    /// As [`super::archive`] writes them.
    fn check(&self, path: &str) -> Result<(), String> {
        if !self.is_folder && !self.is_file {
            return Err(format!("{path} is neither a file nor a folder"));
        }
        if self.size > LARGEST_FILE {
            return Err(format!("{path} is too large"));
        }
        let mode = self.mode;
        if mode != EXECUTABLE_MODE && (self.is_folder || mode != FILE_MODE) {
            return Err(format!("{path} has the mode {mode:o}"));
        }
        if self.is_anonymous { Ok(()) } else { Err(format!("{path} has an owner or a time")) }
    }
}
