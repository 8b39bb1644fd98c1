//! Reads objects, with buffers and decoder state that are reused from one object to the next.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use gix_pack::Find;

use super::ObjectError;
use super::packs::{PackFiles, Packs};
use super::replacements::Replacements;
use super::settings::Settings;
use crate::history::commit_object::CommitObject;
use crate::history::outcome::Work;

/// The object database, shared by all threads.
pub(crate) struct Objects {
    store: Arc<gix_odb::Store>,
    /// Stores that only the environment names.
    further: Vec<Arc<gix_odb::Store>>,
    packs: Arc<PackFiles>,
    partial_clone: bool,
    replacements: Arc<Replacements>,
}

impl Objects {
    /// Opens `directory` and the alternates it names, and `further` directories. Nothing is read before the first object is.
    pub(super) fn open(
        directory: PathBuf,
        settings: &Settings,
        further: &[PathBuf],
        replacements: Replacements,
    ) -> std::io::Result<Self> {
        let packs = Arc::new(PackFiles::new(&directory, settings.object_hash));
        let existing = further.iter().filter(|directory| directory.is_dir());
        Ok(Self {
            store: store(directory, settings.object_hash)?,
            further: existing
                .map(|directory| store(directory.clone(), settings.object_hash))
                .collect::<Result<_, _>>()?,
            packs,
            partial_clone: settings.partial_clone,
            replacements: Arc::new(replacements),
        })
    }

    /// Access for one thread.
    pub(crate) fn reader(&self) -> ObjectReader {
        ObjectReader {
            handle: self.store.to_handle_arc(),
            further: self.further.iter().map(|store| store.to_handle_arc()).collect(),
            packs: Packs::new(Arc::clone(&self.packs)),
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

fn store(directory: PathBuf, object_hash: gix_hash::Kind) -> std::io::Result<Arc<gix_odb::Store>> {
    // Replacements are looked up here rather than there, where those of a graft file are not known.
    let options = gix_odb::store::init::Options { current_dir: base(&directory), ..Default::default() };
    Ok(Arc::new(gix_odb::Store::at_opts(directory, object_hash, &mut std::iter::empty(), options)?))
}

/// What the paths of object directories are resolved against, `None` for the working directory. `.` keeps that one's name out of
/// the run, and does wherever no path can lead above it.
fn base(directory: &Path) -> Option<PathBuf> {
    let leads_up = directory.components().any(|component| component == Component::ParentDir);
    let borrows = directory.join("info").join("alternates").exists();
    (!leads_up && !borrows).then(|| PathBuf::from("."))
}

type Handle = gix_odb::store::Handle<Arc<gix_odb::Store>>;

/// One thread's access to the object database.
pub(crate) struct ObjectReader {
    handle: Handle,
    further: Vec<Handle>,
    packs: Packs,
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
        match self.handle.try_find_cached(id, buffer, &mut gix_pack::cache::Never) {
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
            Err(error) => Err(ObjectError::Corrupt { id: id.to_owned(), kind, reason: error.to_string() }),
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
                Err(error) => {
                    return Err(ObjectError::Corrupt { id: id.to_owned(), kind, reason: error.to_string() });
                }
            }
        }
        Err(self.missing(id, kind))
    }

    /// The error for an object that is nowhere, with the folder to blame where there is one.
    fn missing(&self, id: &oid, kind: &'static str) -> ObjectError {
        match absent_lender(self.handle.store_ref().path(), 0) {
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
    ObjectError::Corrupt { id: id.to_owned(), kind: name(kind), reason: reason.into() }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Commit => "commit",
        Kind::Tag => "tag",
    }
}
