//! The packs that lie in a repository's object directory, opened when the first object is read.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix_hash::oid;

/// The packs of one object directory.
pub(in super::super) struct PackFiles {
    directory: PathBuf,
    object_hash: gix_hash::Kind,
    packs: OnceLock<Vec<PackFile>>,
}

/// One pack and its index.
pub(super) struct PackFile {
    index: gix_pack::index::File,
    path: PathBuf,
    /// Opened with the first object that is read from it, because there may be more packs than files can be open.
    data: OnceLock<Option<(File, u64)>>,
}

impl PackFiles {
    /// The packs of `objects`, none of which is opened yet.
    pub(in super::super) fn new(objects: &Path, object_hash: gix_hash::Kind) -> Self {
        Self { directory: objects.join("pack"), object_hash, packs: OnceLock::new() }
    }

    /// All packs, by name. One that can't be opened is left out: the object database says what is wrong with it.
    pub(super) fn packs(&self) -> &[PackFile] {
        self.packs.get_or_init(|| {
            let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
            let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
            let mut indexes: Vec<PathBuf> =
                paths.filter(|path| path.extension().is_some_and(|end| end == "idx")).collect();
            indexes.sort_unstable();
            indexes.iter().filter_map(|index| PackFile::open(index, self.object_hash)).collect()
        })
    }
}

impl PackFile {
    fn open(index: &Path, object_hash: gix_hash::Kind) -> Option<Self> {
        let path = index.with_extension("pack");
        let index = gix_pack::index::File::at(index, object_hash).ok()?;
        Some(Self { index, path, data: OnceLock::new() })
    }

    /// Where an object is.
    pub(super) fn offset_of(&self, id: &oid) -> Option<u64> {
        self.index.lookup(id).map(|position| self.index.pack_offset_at_index(position))
    }

    /// The kind of ids in it.
    pub(super) fn object_hash(&self) -> gix_hash::Kind {
        self.index.object_hash()
    }

    /// How long the pack is.
    pub(super) fn length(&self) -> Option<u64> {
        self.data().map(|(_, length)| *length)
    }

    fn data(&self) -> Option<&(File, u64)> {
        let open = || {
            let file = File::open(&self.path).ok()?;
            let length = file.metadata().ok()?.len();
            Some((file, length))
        };
        self.data.get_or_init(open).as_ref()
    }

    /// Reads bytes from `offset` on until `buffer` is full or the pack ends, and returns how many.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Option<usize> {
        let (data, _) = self.data()?;
        let mut filled = 0;
        while filled < buffer.len() {
            match read_once(data, offset + filled as u64, &mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(filled)
    }
}

#[cfg(unix)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
