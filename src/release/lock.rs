//! One release at a time: a lock that the system lets go of when its holder dies.

use std::fs::{self, File, TryLockError};

use super::ReleaseError;
use super::git::Git;

/// Held while a release runs.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the repository.
    ///
    /// # Errors
    /// When another run holds it, or the git directory can't be written.
    pub(super) fn take(git: &Git) -> Result<Self, ReleaseError> {
        let path = git.own_dir().join("lock");
        let failed = |source| ReleaseError::Write { path: path.display().to_string(), source };
        fs::create_dir_all(git.own_dir()).map_err(failed)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(ReleaseError::Running),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Runs `action`, whose child processes hold the lock as well: whoever takes it next knows that none of them is left,
    /// even where this process was killed and they were not.
    pub(super) fn shared_with_children<T>(&self, action: impl FnOnce() -> T) -> T {
        self.inherit(true);
        let result = action();
        self.inherit(false);
        result
    }

    #[cfg(unix)]
    fn inherit(&self, inherited: bool) {
        use rustix::io::{FdFlags, fcntl_setfd};
        let flags = if inherited { FdFlags::empty() } else { FdFlags::CLOEXEC };
        // It can only fail for a descriptor that isn't open.
        let _ = fcntl_setfd(&self.file, flags);
    }

    #[cfg(not(unix))]
    fn inherit(&self, _inherited: bool) {
        let _ = &self.file;
    }
}
