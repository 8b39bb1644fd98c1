//! Writes an archive that depends on nothing but names and contents.
//!
//! A tarball: ustar headers with owner 0:0 without names, mode 0755 or 0644, time 0 (1970-01-01: the tarball has no date, the
//! manifest has the revision), entries sorted by their path; gzip without name or time, system "unknown", level 9.
//!
//! For Windows a zip, which it unpacks by itself: the same order, modes and level, and the first time a zip can name.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::DistError;

/// Mode of folders and programs.
pub const EXECUTABLE_MODE: u32 = 0o755;
/// Mode of every other file.
pub const FILE_MODE: u32 = 0o644;

/// One file of the tarball.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveFile {
    /// Its content.
    pub content: Vec<u8>,
    /// Whether it is a program.
    pub executable: bool,
}

/// What a release is packed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.tar.gz`
    Tarball,
    /// `.zip`
    Zip,
}

impl Format {
    /// The one for a target triple.
    pub fn of(target: &str) -> Self {
        if target.contains("-windows-") { Self::Zip } else { Self::Tarball }
    }

    /// How its file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Tarball => "tar.gz",
            Self::Zip => "zip",
        }
    }

    /// All files, by their path below the folder, and the folders they lie in.
    pub fn packed(self, folder: &str, files: &BTreeMap<String, ArchiveFile>) -> io::Result<Vec<u8>> {
        match self {
            Self::Tarball => write(Vec::new(), folder, files),
            Self::Zip => zipped(folder, files),
        }
    }
}

fn zipped(folder: &str, files: &BTreeMap<String, ArchiveFile>) -> io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .last_modified_time(DateTime::DEFAULT)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9));
    for (path, file) in entries(folder, files) {
        match file {
            None => writer.add_directory(path, options.unix_permissions(EXECUTABLE_MODE))?,
            Some(file) => {
                let mode = if file.executable { EXECUTABLE_MODE } else { FILE_MODE };
                writer.start_file(path, options.unix_permissions(mode))?;
                writer.write_all(&file.content)?;
            }
        }
    }
    Ok(writer.finish()?.into_inner())
}

/// Writes a tarball of all files, by their path below the folder, and the folders they lie in.
pub fn write<W: Write>(output: W, folder: &str, files: &BTreeMap<String, ArchiveFile>) -> io::Result<W> {
    // 255 is "unknown": the byte is the same wherever this runs.
    let gzip = GzBuilder::new().mtime(0).operating_system(255).write(output, Compression::best());
    let mut builder = Builder::new(gzip);
    for (path, file) in entries(folder, files) {
        match file {
            None => append(&mut builder, &path, EntryType::Directory, EXECUTABLE_MODE, &[])?,
            Some(file) => {
                let mode = if file.executable { EXECUTABLE_MODE } else { FILE_MODE };
                append(&mut builder, &path, EntryType::Regular, mode, &file.content)?;
            }
        }
    }
    builder.into_inner()?.finish()
}

/// Every folder (with its slash) and file below `folder`, sorted.
fn entries<'a>(folder: &str, files: &'a BTreeMap<String, ArchiveFile>) -> BTreeMap<String, Option<&'a ArchiveFile>> {
    let mut entries = BTreeMap::from([(format!("{folder}/"), None)]);
    for (path, file) in files {
        for (slash, _) in path.match_indices('/') {
            entries.insert(format!("{folder}/{}", &path[..=slash]), None);
        }
        entries.insert(format!("{folder}/{path}"), Some(file));
    }
    entries
}

fn append<W: Write>(
    builder: &mut Builder<W>,
    path: &str,
    kind: EntryType,
    mode: u32,
    content: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_path(path)?;
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_device_major(0)?;
    header.set_device_minor(0)?;
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder.append(&header, content)
}

/// Refuses names that leave the folder or that not every tar program can unpack.
pub fn check_path(path: &str) -> Result<(), DistError> {
    let refuse = |problem| Err(DistError::Name { name: path.to_owned(), problem });
    if path.is_empty() || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return refuse("it must be a relative path without empty parts, \".\" and \"..\"");
    }
    if path.chars().any(char::is_control) || path.contains('\\') {
        return refuse("it contains a control character or a backslash");
    }
    // ustar: 100 bytes of name, and 155 of folders before it. Kept well below, for the top-level folder's sake.
    if path.len() > 100 {
        return refuse("it is longer than 100 bytes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> BTreeMap<String, ArchiveFile> {
        let file = |content: &str, executable| ArchiveFile { content: content.as_bytes().to_vec(), executable };
        [
            ("tool", file("#!/bin/sh\nexit 0\n", true)),
            ("man/man1/tool.1", file("manual", false)),
            ("README.md", file(&"text\n".repeat(500), false)),
        ]
        .map(|(path, file)| (path.to_owned(), file))
        .into()
    }

    fn packed() -> Vec<u8> {
        write(Vec::new(), "tool-1.0-x86_64-linux", &files()).expect("a vector takes everything")
    }

    /// Fails when the bytes change for whatever reason: another compressor behind flate2, other headers.
    #[test]
    fn the_bytes_are_known() {
        assert_eq!(host::digest::of_bytes(&packed()), KNOWN_DIGEST);
        assert_eq!(packed()[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }

    #[test]
    fn the_bytes_of_a_zip_are_known() {
        let zipped = Format::Zip.packed("tool-1.0-x86_64-windows", &files()).expect("a vector takes everything");
        assert_eq!(host::digest::of_bytes(&zipped), KNOWN_ZIP_DIGEST);
    }

    const KNOWN_ZIP_DIGEST: &str = "fd026e6c568fe6f2b246b70db4d10365d936730f369d298c30e2c59559fadea3";

    const KNOWN_DIGEST: &str = "0f3231abb56a42897b4d9fa206e55a11e0c3d19b56fd40e7e3468816219d6f34";

    #[test]
    fn headers_say_nothing_of_the_machine() {
        let packed = packed();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
        let mut seen = Vec::new();
        for entry in archive.entries().expect("readable") {
            let entry = entry.expect("readable");
            let header = entry.header();
            assert_eq!((header.uid().ok(), header.gid().ok(), header.mtime().ok()), (Some(0), Some(0), Some(0)));
            assert_eq!((header.username(), header.groupname()), (Ok(Some("")), Ok(Some(""))));
            let path = String::from_utf8(entry.path_bytes().into_owned()).expect("ASCII");
            seen.push((path, header.mode().expect("a number")));
        }
        let expected = [
            ("", 0o755),
            ("README.md", 0o644),
            ("man/", 0o755),
            ("man/man1/", 0o755),
            ("man/man1/tool.1", 0o644),
            ("tool", 0o755),
        ];
        assert_eq!(seen, expected.map(|(path, mode)| (format!("tool-1.0-x86_64-linux/{path}"), mode)));
    }

    #[test]
    fn a_full_disk_is_reported() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let error = write(full, "tool", &files()).expect_err("no space");
        assert_eq!(error.raw_os_error(), Some(28), "{error}");
    }

    #[test]
    fn dangerous_paths_are_refused() {
        for path in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\nb", "a\\b", &"x".repeat(101)] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        check_path("completions/tool.bash").expect("an ordinary path");
    }
}
