//! Loose objects, one file each, read into buffers that are kept from one to the next.
//!
//! The object database maps every file into memory and makes a decoder for it: for the few hundred bytes that a commit has, that
//! is most of the work. It answers only where everything is as usual; whatever else there is, such as damage, is left to the
//! object database.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use gix_hash::oid;
use gix_object::Kind;
use gix_object::decode::loose_header;
use gix_zlib::{Inflate, Status};

/// Larger files and objects are left to the object database.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Most commits and trees fit.
const BUFFER: usize = 4096;

/// One thread's access to the loose objects of a directory.
pub(super) struct LooseObjects {
    directory: PathBuf,
    buffers: Option<Buffers>,
    /// Where one object isn't loose, the others that the packs don't have are hardly either.
    missed: bool,
}

struct Buffers {
    inflate: Inflate,
    file: Vec<u8>,
    start: Vec<u8>,
}

impl LooseObjects {
    /// The loose objects of `directory`, nothing of which is read yet.
    pub(super) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), buffers: None, missed: false }
    }

    /// Reads an object into `out`, without holding it against its id. `None` if something else should try.
    pub(super) fn read(&mut self, id: &oid, out: &mut Vec<u8>) -> Option<Kind> {
        if self.missed {
            return None;
        }
        let file = match File::open(path(&self.directory, id)) {
            Ok(file) => file,
            Err(error) => {
                self.missed = error.kind() == ErrorKind::NotFound;
                return None;
            }
        };
        self.buffers.get_or_insert_default().read(&file, out)
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self { inflate: Inflate::default(), file: Vec::with_capacity(BUFFER), start: vec![0; BUFFER] }
    }
}

impl Buffers {
    fn read(&mut self, file: &File, out: &mut Vec<u8>) -> Option<Kind> {
        self.file.clear();
        // Within a limit nothing asks for the file's length first.
        file.take(LARGEST).read_to_end(&mut self.file).ok()?;
        self.inflate.reset();
        let (status, consumed, written) = self.inflate.prefix(&self.file, &mut self.start).ok()?;
        let start = &self.start[..written];
        let (kind, size, header) = loose_header(start).ok()?;
        let size = usize::try_from(size).ok().filter(|_| size <= LARGEST)?;
        if status == Status::StreamEnd {
            out.clear();
            out.extend_from_slice(&start[header..]);
        } else {
            // More has come than the object would have.
            size.checked_sub(written - header)?;
            self.inflate.rest(&self.file[consumed..], start, header, out, size).ok()?;
        }
        (out.len() == size).then_some(kind)
    }
}

fn path(directory: &Path, id: &oid) -> PathBuf {
    let mut hex = gix_hash::Kind::hex_buf();
    let hex = id.hex_to_buf(hex.as_mut());
    let mut path = PathBuf::with_capacity(directory.as_os_str().len() + hex.len() + 2);
    path.push(directory);
    path.push(&hex[..2]);
    path.push(&hex[2..]);
    path
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    /// An object directory with one file, for the id made of `1`s.
    fn directory(content: &[u8]) -> (tempfile::TempDir, gix_hash::ObjectId) {
        let id = gix_hash::ObjectId::from_hex(&[b'1'; 40]).expect("an id");
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join("11")).expect("a directory");
        std::fs::write(path(directory.path(), &id), content).expect("a file");
        (directory, id)
    }

    fn compressed(object: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(object).expect("memory");
        encoder.finish().expect("memory")
    }

    fn read(file: &[u8]) -> Option<(Kind, Vec<u8>)> {
        let (directory, id) = directory(file);
        let mut out = b"left over".to_vec();
        LooseObjects::new(directory.path()).read(&id, &mut out).map(|kind| (kind, out))
    }

    #[test]
    fn objects_of_all_sizes_are_read() {
        for size in [0, 1, BUFFER - 20, BUFFER - 10, BUFFER, BUFFER + 1, 100_000] {
            let content: Vec<u8> = (0..size).map(|index| (index * index % 251) as u8).collect();
            let object = [format!("tree {size}\0").as_bytes(), &content].concat();
            assert_eq!(read(&compressed(&object)), Some((Kind::Tree, content)), "{size}");
        }
    }

    #[test]
    fn what_is_damaged_is_left_to_others() {
        let long = [b"blob 9000\0".as_slice(), &[7; 9000]].concat();
        let cut = compressed(&long);
        for (name, file) in [
            ("empty", Vec::new()),
            ("no stream", b"blob 2\0ab".to_vec()),
            ("cut off", cut[..cut.len() / 2].to_vec()),
            ("no header", compressed(b"something else")),
            ("unknown kind", compressed(b"note 2\0ab")),
            ("shorter than it says", compressed(b"blob 3\0ab")),
            ("longer than it says", compressed(b"blob 1\0ab")),
            ("too large", compressed(b"blob 99999999999\0ab")),
            ("much shorter than it says", compressed(&[b"blob 9999\0".as_slice(), &[7; 9000]].concat())),
            ("much longer than it says", compressed(&[b"blob 99\0".as_slice(), &[7; 9000]].concat())),
        ] {
            assert_eq!(read(&file), None, "{name}");
        }
    }

    #[test]
    fn an_object_that_is_not_loose_is_left_to_others() {
        let (directory, _) = directory(&[]);
        let id = gix_hash::ObjectId::from_hex(&[b'2'; 40]).expect("an id");
        assert_eq!(LooseObjects::new(directory.path()).read(&id, &mut Vec::new()), None);
    }
}
