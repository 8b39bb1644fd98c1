//! Writes a file under a temporary name beside its place and renames it, so that it is there whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes what the closure writes to `path`, making its directory. The file can be read by everyone and written by its owner.
///
/// # Errors
/// The system's, or the closure's; `path` is as it was, and nothing is left beside it.
pub fn write(path: &Path, content: impl FnOnce(&mut BufWriter<&fs::File>) -> io::Result<()>) -> io::Result<()> {
    place(path, 0o644, content)
}

/// Writes `bytes` to `path`, as [`write()`] does.
///
/// # Errors
/// The system's.
pub fn bytes(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, |out| out.write_all(bytes))
}

/// Writes `bytes` to `path`, as [`write()`] does, as a program that everyone may run.
///
/// # Errors
/// The system's.
pub fn program(path: &Path, bytes: &[u8]) -> io::Result<()> {
    place(path, 0o755, |out| out.write_all(bytes))
}

/// Copies the file `from`, with its permissions, to `path`.
///
/// # Errors
/// The system's.
pub fn copy(from: &Path, path: &Path) -> io::Result<()> {
    let mut source = fs::File::open(from)?;
    let mode = source.metadata()?.permissions().mode();
    place(path, mode, |out| io::copy(&mut source, out).map(drop))
}

fn place(path: &Path, mode: u32, content: impl FnOnce(&mut BufWriter<&fs::File>) -> io::Result<()>) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(directory)?;
    let mut writer = BufWriter::new(file.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    // Some file systems notice a full disk only now.
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .expect("readable")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_interrupted_write_leaves_the_old_file() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let path = directory.path().join("new").join("file");
        bytes(&path, b"old").expect("writable");
        let error = write(&path, |out| {
            out.write_all(b"half of the new")?;
            Err(io::Error::from_raw_os_error(28))
        })
        .expect_err("the disk is full");
        assert!(error.to_string().contains("No space left"), "{error}");
        assert_eq!(fs::read(&path).expect("still there"), b"old");
        assert_eq!(names(&directory.path().join("new")), ["file"]);
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o644);
    }

    #[test]
    fn nothing_is_left_where_the_file_cannot_be() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        fs::write(directory.path().join("file"), "in the way").expect("writable");
        write(&directory.path().join("file/inside"), |_| Ok(())).expect_err("not a directory");
        fs::create_dir(directory.path().join("taken")).expect("writable");
        bytes(&directory.path().join("taken"), b"x").expect_err("a directory is in the way");
        assert_eq!(names(directory.path()), ["file", "taken"]);
    }

    #[test]
    fn a_copy_keeps_its_permissions() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::write(&from, "#!/bin/sh\n").expect("writable");
        fs::set_permissions(&from, fs::Permissions::from_mode(0o755)).expect("ours");
        copy(&from, &to).expect("readable");
        assert_eq!(fs::read(&to).expect("there"), b"#!/bin/sh\n");
        assert_eq!(fs::metadata(&to).expect("there").permissions().mode() & 0o777, 0o755);
        assert!(copy(&directory.path().join("absent"), &to).is_err());
    }
}
