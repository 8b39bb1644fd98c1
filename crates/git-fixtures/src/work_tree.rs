//! The checked-out files, git's index of them, and the repository's own configuration.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use sha1::{Digest, Sha1};

use crate::tree::{File, Tree};

/// Just what git needs, and an identity so that releases can be made.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
                      [user]\n\tname = Test\n\temail = test@test.com\n";

/// Expectations lie in the work tree but are not part of it.
const EXCLUDE: &str = ".expect.toml\n";

/// Checks `tree`, which must have been written, out into `folder`.
pub(crate) fn write(folder: &Path, git: &Path, tree: &Tree) -> io::Result<()> {
    let files = tree.files();
    let mut made = BTreeSet::new();
    for (path, file) in &files {
        let target = folder.join(path);
        let parent = target.parent().expect("a file lies in a folder");
        if made.insert(parent.to_owned()) {
            fs::create_dir_all(parent)?;
        }
        fs::write(&target, &file.content)?;
        if file.executable {
            make_executable(&target)?;
        }
    }
    fs::create_dir_all(git.join("info"))?;
    fs::write(git.join("info/exclude"), EXCLUDE)?;
    fs::write(git.join("config"), CONFIG)?;
    fs::write(git.join("index"), encode_index(&files))
}

/// Git's index, version 2. Times, sizes and inode numbers are zero, which says that git has to look for itself.
fn encode_index(files: &[(String, &File)]) -> Vec<u8> {
    let mut index = b"DIRC\0\0\0\x02".to_vec();
    index.extend(u32::try_from(files.len()).expect("fewer than 2^32 files").to_be_bytes());
    for (path, file) in files {
        let start = index.len();
        index.extend([0; 24]);
        index.extend(file.mode().to_be_bytes());
        index.extend([0; 12]);
        index.extend(file.id().0);
        index.extend((path.len().min(0xfff) as u16).to_be_bytes());
        index.extend(path.as_bytes());
        let padding = 8 - (index.len() - start) % 8;
        index.extend(&[0; 8][..padding]);
    }
    let checksum = Sha1::digest(&index);
    index.extend(checksum);
    index
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
