//! The one directory every training runs in: paths are input to address-seeded hashers and to the program itself, so
//! the profile would otherwise depend on where the checkout is.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};

use super::TrainingError;

/// Where every training runs.
pub const PATH: &str = "/tmp/repro-pgo-train";

/// The locked, empty directory; it is removed when this value is dropped.
#[derive(Debug)]
pub struct TrainingRoot {
    path: PathBuf,
    /// Holds the lock.
    _directory: File,
}

impl TrainingRoot {
    /// Makes, locks and empties [`PATH`]. `waiting` is called once when another training holds it.
    ///
    /// # Errors
    /// [`TrainingError::Root`] when it is a link, no directory, or somebody else's.
    pub fn acquire(waiting: impl FnOnce()) -> Result<Self, TrainingError> {
        Self::acquire_at(Path::new(PATH), waiting)
    }

    fn acquire_at(path: &Path, waiting: impl FnOnce()) -> Result<Self, TrainingError> {
        let mut waiting = Some(waiting);
        loop {
            let directory = open(path)?;
            if rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive).is_err() {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                let locked = rustix::fs::flock(&directory, FlockOperation::LockExclusive);
                locked.map_err(|error| refused(path, format!("can't be locked ({error})")))?;
            }
            // Whoever held the lock has removed the directory at its end: then the lock is on nothing, try again.
            if is_still_at(&directory, path) {
                let root = Self { path: path.to_owned(), _directory: directory };
                root.empty()?;
                return Ok(root);
            }
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a killed training left behind.
    fn empty(&self) -> Result<(), TrainingError> {
        let failed = || TrainingError::file("cannot empty", &self.path);
        for entry in self.path.read_dir().map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let is_directory = entry.file_type().map_err(failed())?.is_dir();
            let path = entry.path();
            let removed = if is_directory { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.map_err(failed())?;
        }
        Ok(())
    }
}

impl Drop for TrainingRoot {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn refused(path: &Path, problem: impl Into<String>) -> TrainingError {
    TrainingError::Root { path: path.to_owned(), problem: problem.into() }
}

fn open(path: &Path) -> Result<File, TrainingError> {
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(refused(path, format!("can't be made ({error})")));
        }
        _ => {}
    }
    let metadata = path.symlink_metadata().map_err(|error| refused(path, format!("can't be read ({error})")))?;
    if metadata.is_symlink() {
        return Err(refused(path, "is a symbolic link"));
    }
    if !metadata.is_dir() {
        return Err(refused(path, "is not a directory"));
    }
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        return Err(refused(path, format!("belongs to user {}, not to you (user {own})", metadata.uid())));
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let directory = opened.map_err(|error| refused(path, format!("can't be opened ({error})")))?;
    let closed = directory.set_permissions(std::fs::Permissions::from_mode(0o700));
    closed.map_err(|error| refused(path, format!("can't be closed to others ({error})")))?;
    Ok(directory)
}

fn is_still_at(directory: &File, path: &Path) -> bool {
    let (Ok(held), Ok(there)) = (directory.metadata(), path.symlink_metadata()) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("root");
        (directory, path)
    }

    #[test]
    fn it_is_private_and_gone_afterwards() {
        let (_directory, path) = place();
        let root = TrainingRoot::acquire_at(&path, || ()).expect("nothing is there");
        let mode = path.metadata().expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(root);
        assert!(!path.exists());
    }

    #[test]
    fn remains_of_a_killed_run_are_removed() {
        let (_directory, path) = place();
        std::fs::create_dir_all(path.join("profiles")).expect("the directory is ours");
        std::fs::write(path.join("profiles/stale.profraw"), "x").expect("the directory is ours");
        let root = TrainingRoot::acquire_at(&path, || ()).expect("the remains are ours");
        assert_eq!(root.path().read_dir().expect("it is readable").count(), 0);
    }

    #[test]
    fn a_link_is_refused() {
        let (directory, path) = place();
        std::os::unix::fs::symlink(directory.path(), &path).expect("the directory is ours");
        let error = TrainingRoot::acquire_at(&path, || ()).expect_err("it is a link");
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
    }

    #[test]
    fn somebody_elses_directory_is_refused() {
        let (_directory, path) = place();
        std::fs::create_dir(&path).expect("the directory is ours");
        // Only the superuser can give a directory away; elsewhere there is nothing to test.
        if std::os::unix::fs::chown(&path, Some(12345), None).is_ok() {
            let error = TrainingRoot::acquire_at(&path, || ()).expect_err("it is not ours");
            assert!(error.to_string().contains("belongs to user 12345"), "{error}");
        }
    }

    #[test]
    fn a_second_training_waits_for_the_first() {
        let (_directory, path) = place();
        let first = TrainingRoot::acquire_at(&path, || ()).expect("nothing is there");
        let (told, telling) = std::sync::mpsc::channel();
        let other = path.clone();
        let second = std::thread::spawn(move || {
            TrainingRoot::acquire_at(&other, || told.send(()).expect("the test listens"))
                .map(|root| root.path().exists())
        });
        telling.recv().expect("the second one waits");
        drop(first);
        assert!(second.join().expect("no panic").expect("the directory is free again"));
    }
}
