//! Content hashes: one SHA-256 for a folder, one for a named set of folders.
//!
//! A folder's hash is SHA-256 over all its files, sorted by their path relative to the folder (`/`-separated, compared
//! as bytes). Each file contributes, in this order: its path, a NUL, its mode (`100644`; `100755` when its owner may
//! run it; `120000` for a symbolic link), a NUL, its length in decimal, a NUL, its bytes (a link's target). Empty folders
//! don't count.
//!
//! A set's hash is SHA-256 over its lines `<folder's hash>  <name>` in name order.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// A SHA-256; printed as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// The content hash of the folder at `path`, as the module describes it. The files in `left_out` don't count; they are
/// named by their paths relative to the folder.
///
/// # Errors
/// When a file can't be read, or a name is not UTF-8.
pub fn of_directory(path: &Path, left_out: &[&str]) -> io::Result<ContentHash> {
    let mut files = BTreeMap::new();
    collect(path, "", &mut files)?;
    files.retain(|name, _| !left_out.contains(&name.as_str()));
    let mut hasher = Sha256::new();
    for (name, kind) in files {
        let file = path.join(&name);
        let (mode, bytes) = match kind {
            Kind::Link => ("120000", fs::read_link(&file)?.into_os_string().into_encoded_bytes()),
            Kind::Executable => ("100755", fs::read(&file)?),
            Kind::File => ("100644", fs::read(&file)?),
        };
        for part in [name.as_bytes(), mode.as_bytes(), bytes.len().to_string().as_bytes()] {
            hasher.update(part);
            hasher.update([0]);
        }
        hasher.update(&bytes);
    }
    Ok(ContentHash(hasher.finalize().into()))
}

/// The hash of a set of folders: their hashes by name.
pub fn of_set<'a>(set: impl IntoIterator<Item = (&'a str, ContentHash)>) -> ContentHash {
    let set: BTreeMap<&str, ContentHash> = set.into_iter().collect();
    let mut hasher = Sha256::new();
    for (name, hash) in set {
        hasher.update(format!("{hash}  {name}\n"));
    }
    ContentHash(hasher.finalize().into())
}

enum Kind {
    File,
    Executable,
    Link,
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Kind>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: name is not UTF-8", folder.join(name).display()))
        })?;
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_symlink() {
            files.insert(path, Kind::Link);
        } else {
            let executable = is_executable(&entry.metadata()?);
            files.insert(path, if executable { Kind::Executable } else { Kind::File });
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

/// Elsewhere the file system does not know, so repositories with hooks hash differently there.
#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_documented_one() {
        let folder = tempfile::tempdir().expect("temporary folder");
        fs::create_dir_all(folder.path().join("a")).expect("folder");
        fs::create_dir_all(folder.path().join("empty")).expect("folder");
        fs::write(folder.path().join("a/x"), "one").expect("file");
        fs::write(folder.path().join("a.txt"), "two!").expect("file");
        let expected = Sha256::digest(b"a.txt\x00100644\x004\x00two!a/x\x00100644\x003\x00one");
        assert_eq!(of_directory(folder.path(), &[]).expect("hash"), ContentHash(expected.into()));
        fs::write(folder.path().join("a/kept"), "beside").expect("file");
        assert_eq!(of_directory(folder.path(), &["a/kept"]).expect("hash"), ContentHash(expected.into()));
    }

    #[test]
    fn name_mode_content_and_split_all_matter() {
        let hash = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().expect("temporary folder");
            for (name, text) in files {
                fs::write(folder.path().join(name), text).expect("file");
            }
            of_directory(folder.path(), &[]).expect("hash")
        };
        let base = hash(&[("a", "1"), ("b", "2")]);
        assert_eq!(base, hash(&[("b", "2"), ("a", "1")]));
        for other in [&[("a", "1"), ("c", "2")][..], &[("a", "1"), ("b", "3")], &[("a", "1")]] {
            assert_ne!(base, hash(other));
        }
    }

    #[test]
    fn a_set_is_hashed_by_its_lines_in_name_order() {
        let (one, two) = (ContentHash([1; 32]), ContentHash([2; 32]));
        let expected = Sha256::digest(format!("{one}  a\n{two}  b\n"));
        assert_eq!(of_set([("b", two), ("a", one)]), ContentHash(expected.into()));
    }
}
