//! Reads objects, with buffers and decoder state that are reused from one object to the next.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use gix_pack::Find;

use super::ObjectError;
use super::database::{self, Database, Handle};
use super::environment::Environment;
use super::loose::LooseObjects;
use super::packs::{PackFiles, Packs};
use super::replacements::Replacements;
use super::settings::Settings;
use crate::history::commit_object::CommitObject;
use crate::history::outcome::Work;

/// All objects, shared by all threads.
pub(crate) struct Objects {
    database: Arc<Database>,
    /// Stores that only the environment names.
    further: Vec<Arc<gix_odb::Store>>,
    packs: Arc<PackFiles>,
    partial_clone: bool,
    replacements: Arc<Replacements>,
}

impl Objects {
    /// Opens `directory` and the alternates it names, and further directories that the environment names. No object is read yet.
    pub(super) fn open(
        directory: PathBuf,
        settings: &Settings,
        environment: &Environment,
        replacements: Replacements,
    ) -> std::io::Result<Self> {
        let hash = settings.object_hash;
        let further = environment.alternates.iter().filter(|directory| directory.is_dir());
        Ok(Self {
            packs: Arc::new(PackFiles::new(&directory, hash)),
            // One that the environment names may be missing.
            database: Arc::new(Database::new(directory, hash, environment.object_dir.is_none())?),
            further: further.map(|directory| database::open(directory.clone(), hash)).collect::<Result<_, _>>()?,
            partial_clone: settings.partial_clone,
            replacements: Arc::new(replacements),
        })
    }

    /// Access for one thread.
    pub(crate) fn reader(&self) -> ObjectReader {
        ObjectReader {
            database: Arc::clone(&self.database),
            handle: None,
            further: self.further.iter().map(|store| store.to_handle_arc()).collect(),
            packs: Packs::new(Arc::clone(&self.packs)),
            loose: LooseObjects::new(self.database.directory()),
            partial_clone: self.partial_clone,
            replacements: Arc::clone(&self.replacements),
            work: Work::default(),
        }
    }

    /// What stands for what.
    pub(crate) fn replacements(&self) -> &Replacements {
        &self.replacements
    }
}

/// One thread's access to the objects.
pub(crate) struct ObjectReader {
    database: Arc<Database>,
    handle: Option<Handle>,
    further: Vec<Handle>,
    packs: Packs,
    loose: LooseObjects,
    partial_clone: bool,
    replacements: Arc<Replacements>,
    work: Work,
}

impl ObjectReader {
    /// What was read so far.
    pub(crate) fn work(&self) -> Work {
        self.work
    }

    /// Reads the object `id`, which must be of the `expected` kind, into `buffer`.
    pub(crate) fn read(&mut self, id: &oid, expected: Kind, buffer: &mut Vec<u8>) -> Result<(), ObjectError> {
        match self.read_any(id, name(expected), buffer)? {
            found if found == expected => {
                self.work.commits += u64::from(found == Kind::Commit);
                self.work.trees += u64::from(found == Kind::Tree);
                Ok(())
            }
            found => Err(corrupt(id, expected, format!("it is a {found}"))),
        }
    }

    /// Reads the object `id`, whatever it is, into `buffer` and returns its kind. Errors speak of a `kind`.
    pub(crate) fn read_any(&mut self, id: &oid, kind: &'static str, buffer: &mut Vec<u8>) -> Result<Kind, ObjectError> {
        if id.is_empty_tree() {
            // Known to git without being stored.
            buffer.clear();
            return Ok(Kind::Tree);
        }
        let replacement;
        let id = if self.replacements.has_objects() {
            replacement = self.replacements.of(id)?;
            &*replacement
        } else {
            id
        };
        if let Some(kind) = self.packs.read(id, buffer) {
            return Ok(kind);
        }
        if let Some(found) = self.loose.read(id, buffer) {
            verify(id, found, buffer)?;
            return Ok(found);
        }
        let handle = match &mut self.handle {
            Some(handle) => handle,
            none => {
                let unreadable = |error: std::io::Error| unreadable(id, kind, error.to_string());
                none.insert(self.database.handle().map_err(unreadable)?)
            }
        };
        match handle.try_find_cached(id, buffer, &mut gix_pack::cache::Never) {
            Ok(Some((object, in_pack))) => {
                // Inflating compares checksums in packs only.
                if in_pack.is_none() {
                    verify(id, object.kind, object.data)?;
                }
                Ok(object.kind)
            }
            Ok(None) if !self.further.is_empty() => self.read_further(id, kind, buffer),
            Ok(None) if self.partial_clone => Err(ObjectError::LeftOut { id: id.to_owned(), kind }),
            Ok(None) => Err(self.missing(id, kind)),
            Err(error) => Err(unreadable(id, kind, error.to_string())),
        }
    }

    /// The parents of the commit `id`, whose object is `commit`: those of the graft file, if it speaks of the commit.
    pub(crate) fn parents(&self, id: &oid, commit: &CommitObject<'_>) -> Result<Vec<ObjectId>, ObjectError> {
        if let Some(parents) = self.grafted_parents(id) {
            return Ok(parents.to_vec());
        }
        let parents: Option<Vec<ObjectId>> = commit.parents().collect();
        parents.ok_or_else(|| corrupt(id, Kind::Commit, "a parent's id is no id"))
    }

    /// The parents that the graft file gives the commit `id`.
    pub(crate) fn grafted_parents(&self, id: &oid) -> Option<&[ObjectId]> {
        self.replacements.parents_of(id)
    }

    /// Looks into the stores that only the environment names.
    fn read_further(&mut self, id: &oid, kind: &'static str, buffer: &mut Vec<u8>) -> Result<Kind, ObjectError> {
        for handle in &self.further {
            match handle.try_find_cached(id, buffer, &mut gix_pack::cache::Never) {
                Ok(Some((object, in_pack))) => {
                    if in_pack.is_none() {
                        verify(id, object.kind, object.data)?;
                    }
                    return Ok(object.kind);
                }
                Ok(None) => {}
                Err(error) => return Err(unreadable(id, kind, error.to_string())),
            }
        }
        Err(self.missing(id, kind))
    }

    /// The error for an object that is nowhere, with the folder to blame where there is one.
    fn missing(&self, id: &oid, kind: &'static str) -> ObjectError {
        match absent_lender(self.database.directory(), 0) {
            Some(lender) => ObjectError::Borrowed { id: id.to_owned(), kind, lender },
            None => ObjectError::Missing { id: id.to_owned(), kind },
        }
    }
}

/// As deep as git follows alternates of alternates.
const DEEPEST_LENDER: usize = 5;

/// The first folder that `objects` borrows from, or a lender of it does, and that isn't there.
fn absent_lender(objects: &Path, depth: usize) -> Option<PathBuf> {
    let listed = std::fs::read(objects.join("info").join("alternates")).ok()?;
    let listed = String::from_utf8_lossy(&listed);
    // A quoted path is left out: at worst the error stays the general one.
    let paths = listed.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with(['#', '"']));
    let mut lenders = paths.map(|path| objects.join(path));
    lenders.find_map(|lender| match lender.is_dir() {
        false => Some(lender),
        true if depth < DEEPEST_LENDER => absent_lender(&lender, depth + 1),
        true => None,
    })
}

/// Refuses a loose object whose content isn't the one it is named by.
fn verify(id: &oid, kind: Kind, data: &[u8]) -> Result<(), ObjectError> {
    let hashed =
        gix_object::compute_hash(id.kind(), kind, data).map_err(|error| corrupt(id, kind, error.to_string()))?;
    if hashed == id { Ok(()) } else { Err(corrupt(id, kind, format!("its content is that of {hashed}"))) }
}

/// The error for an object whose content makes no sense.
pub(crate) fn corrupt(id: &oid, kind: Kind, reason: impl Into<String>) -> ObjectError {
    unreadable(id, name(kind), reason.into())
}

fn unreadable(id: &oid, kind: &'static str, reason: String) -> ObjectError {
    ObjectError::Corrupt { id: id.to_owned(), kind, reason }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Commit => "commit",
        Kind::Tag => "tag",
    }
}
