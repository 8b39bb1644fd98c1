//! The archive that a kernel unpacks when it boots: cpio in its `newc` form, entries by name and with fixed times, so that
//! the same files give the same bytes.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The time of all files: the machine's clock begins there too (2020-01-01).
const TIME: u64 = 1_577_836_800;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Folder {
        mode: u32,
    },
    File {
        mode: u32,
        bytes: Vec<u8>,
    },
    Link {
        target: Vec<u8>,
    },
    /// A device for characters.
    Device {
        major: u32,
        minor: u32,
    },
}

/// An archive to be.
#[derive(Debug, Default)]
pub struct Archive {
    entries: BTreeMap<PathBuf, Entry>,
}

impl Archive {
    /// Adds an empty folder and those above it.
    pub fn folder(&mut self, path: &Path, mode: u32) {
        self.folders_above(path);
        self.entries.insert(path.to_owned(), Entry::Folder { mode });
    }

    /// Adds a file.
    pub fn file(&mut self, path: &Path, mode: u32, bytes: Vec<u8>) {
        self.folders_above(path);
        self.entries.insert(path.to_owned(), Entry::File { mode, bytes });
    }

    /// Adds a device for characters.
    pub fn device(&mut self, path: &Path, major: u32, minor: u32) {
        self.folders_above(path);
        self.entries.insert(path.to_owned(), Entry::Device { major, minor });
    }

    /// Adds what is at `path` of this machine, at the same path.
    ///
    /// # Errors
    /// The system's, when something can't be read.
    pub fn tree(&mut self, path: &Path) -> io::Result<()> {
        let facts = path.symlink_metadata()?;
        let mode = facts.permissions().mode() & 0o7777;
        if facts.is_dir() {
            self.folder(path, mode);
            for entry in path.read_dir()? {
                self.tree(&entry?.path())?;
            }
        } else if facts.is_symlink() {
            self.folders_above(path);
            let target = std::fs::read_link(path)?.into_os_string().into_encoded_bytes();
            self.entries.insert(path.to_owned(), Entry::Link { target });
        } else {
            self.file(path, mode, std::fs::read(path)?);
        }
        Ok(())
    }

    fn folders_above(&mut self, path: &Path) {
        for above in path.ancestors().skip(1).filter(|above| above.parent().is_some()) {
            self.entries.entry(above.to_owned()).or_insert(Entry::Folder { mode: 0o755 });
        }
    }

    /// The bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, (path, entry)) in self.entries.iter().enumerate() {
            let name = path.strip_prefix("/").unwrap_or(path).as_os_str().as_encoded_bytes();
            let (mode, data, device): (u32, &[u8], (u32, u32)) = match entry {
                Entry::Folder { mode } => (0o040_000 | mode, &[], (0, 0)),
                Entry::File { mode, bytes } => (0o100_000 | mode, bytes, (0, 0)),
                Entry::Link { target } => (0o120_777, target, (0, 0)),
                Entry::Device { major, minor } => (0o020_600, &[], (*major, *minor)),
            };
            let links = if matches!(entry, Entry::Folder { .. }) { 2 } else { 1 };
            put(&mut bytes, [index as u64 + 1, mode.into(), links, TIME], name, data, device);
        }
        put(&mut bytes, [0, 0, 1, 0], b"TRAILER!!!", &[], (0, 0));
        bytes
    }
}

/// Appends one entry: 13 numbers of eight digits, the name, the data, each filled up to four bytes.
fn put(bytes: &mut Vec<u8>, [inode, mode, links, time]: [u64; 4], name: &[u8], data: &[u8], device: (u32, u32)) {
    bytes.extend_from_slice(b"070701");
    let (size, name_size) = (data.len() as u64, name.len() as u64 + 1);
    let (major, minor) = (device.0.into(), device.1.into());
    for number in [inode, mode, 0, 0, links, time, size, 0, 0, major, minor, name_size, 0] {
        bytes.extend_from_slice(format!("{number:08x}").as_bytes());
    }
    bytes.extend_from_slice(name);
    bytes.push(0);
    fill(bytes);
    bytes.extend_from_slice(data);
    fill(bytes);
}

fn fill(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_before_what_is_in_them_and_the_order_of_adding_does_not_matter() {
        let build = |reversed: bool| {
            let mut names = ["/b/one", "/a", "/b/two"];
            if reversed {
                names.reverse();
            }
            let mut archive = Archive::default();
            for name in names {
                archive.file(Path::new(name), 0o644, name.as_bytes().to_vec());
            }
            archive.write()
        };
        let bytes = build(false);
        assert_eq!(bytes, build(true));
        assert_eq!(bytes.len() % 4, 0);
        let at =
            |text: &[u8]| bytes.windows(text.len()).position(|window| window == text).expect("it is in the archive");
        assert!(at(b"b\0") < at(b"b/one\0"));
        assert!(bytes.ends_with(b"TRAILER!!!\0\0\0\0"));
    }

    #[test]
    fn a_tree_keeps_permissions_and_links() {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let file = folder.path().join("file");
        std::fs::write(&file, "text").expect("the directory is ours");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("the file is ours");
        std::os::unix::fs::symlink("file", folder.path().join("link")).expect("the directory is ours");
        let mut archive = Archive::default();
        archive.tree(folder.path()).expect("all is readable");
        assert_eq!(archive.entries[&file], Entry::File { mode: 0o755, bytes: b"text".to_vec() });
        assert_eq!(archive.entries[&folder.path().join("link")], Entry::Link { target: b"file".to_vec() });
    }
}
