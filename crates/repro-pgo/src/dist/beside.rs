//! Writes a file under a temporary name beside its place and renames it, so that it is there whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::DistError;

/// Writes what the closure writes to `path`, making its directory.
pub(super) fn write(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<&fs::File>) -> io::Result<()>,
) -> Result<(), DistError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written: io::Result<()> = (|| {
        fs::create_dir_all(directory)?;
        let file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(directory)?;
        let mut writer = BufWriter::new(file.as_file());
        content(&mut writer)?;
        writer.flush()?;
        drop(writer);
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        // Some file systems notice a full disk only now.
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    })();
    written.map_err(|source| DistError::Write { path: path.to_owned(), source })
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
        write(&path, |out| out.write_all(b"old")).expect("writable");
        let error = write(&path, |out| {
            out.write_all(b"half of the new")?;
            Err(io::Error::from_raw_os_error(28))
        })
        .expect_err("the disk is full");
        let error = error.to_string();
        assert!(error.contains("new/file") && error.contains("No space left"), "{error}");
        assert_eq!(fs::read(&path).expect("still there"), b"old");
        assert_eq!(names(&directory.path().join("new")), ["file"]);
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o644);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        fs::write(directory.path().join("file"), "in the way").expect("writable");
        let error = write(&directory.path().join("file/inside"), |_| Ok(())).expect_err("not a directory");
        assert!(error.to_string().contains("file/inside"), "{error}");
        fs::create_dir(directory.path().join("taken")).expect("writable");
        write(&directory.path().join("taken"), |out| out.write_all(b"x")).expect_err("a directory is in the way");
        assert_eq!(names(directory.path()), ["file", "taken"]);
    }
}
