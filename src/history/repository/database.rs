//! The object database, opened when the first object is asked of it.
//!
//! Opening it lists the packs, and so does its first answer. Where packs and loose objects hold everything it is never asked.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// One thread's access to the object database.
pub(super) type Handle = gix_odb::store::Handle<Arc<gix_odb::Store>>;

/// The database of one object directory and of the alternates it names.
pub(super) struct Database {
    directory: PathBuf,
    object_hash: gix_hash::Kind,
    store: OnceLock<Arc<gix_odb::Store>>,
}

impl Database {
    /// The database of `directory`. It is opened at once where that can fail for what the repository declares.
    pub(super) fn new(directory: PathBuf, object_hash: gix_hash::Kind, usual: bool) -> io::Result<Self> {
        let database = Self { directory, object_hash, store: OnceLock::new() };
        if !usual || borrows(&database.directory) {
            database.store()?;
        }
        Ok(database)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Access for one thread.
    pub(super) fn handle(&self) -> io::Result<Handle> {
        Ok(self.store()?.to_handle_arc())
    }

    fn store(&self) -> io::Result<&Arc<gix_odb::Store>> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = open(self.directory.clone(), self.object_hash)?;
        Ok(self.store.get_or_init(|| opened))
    }
}

/// Opens a directory of objects.
pub(super) fn open(directory: PathBuf, object_hash: gix_hash::Kind) -> io::Result<Arc<gix_odb::Store>> {
    // Replacements are looked up elsewhere, because those of a graft file are not known there.
    let options = gix_odb::store::init::Options { current_dir: base(&directory), ..Default::default() };
    Ok(Arc::new(gix_odb::Store::at_opts(directory, object_hash, &mut std::iter::empty(), options)?))
}

/// What the paths of object directories are resolved against, `None` for the working directory. `.` keeps that one's name out of
/// the run, and does wherever no path can lead above it.
fn base(directory: &Path) -> Option<PathBuf> {
    let leads_up = directory.components().any(|component| component == Component::ParentDir);
    (!leads_up && !borrows(directory)).then(|| PathBuf::from("."))
}

fn borrows(directory: &Path) -> bool {
    directory.join("info").join("alternates").exists()
}
