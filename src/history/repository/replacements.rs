//! Objects that stand for others (`git replace`), and commits that were given other parents (`info/grafts`): what git shows
//! instead of what is stored.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use gix_ref::Target;

use super::environment::Environment;
use super::refs::Refs;
use super::settings::Settings;
use super::{ObjectError, OpenError, corrupt};

/// An object may stand for one that stands for another, this far, as git has it.
const DEPTH: usize = 5;

/// What stands for what.
#[derive(Debug, Default)]
pub(crate) struct Replacements {
    objects: BTreeMap<ObjectId, ObjectId>,
    parents: BTreeMap<ObjectId, Vec<ObjectId>>,
}

impl Replacements {
    /// Reads the replacement refs and the graft file.
    pub(super) fn read(
        refs: &Refs,
        settings: &Settings,
        environment: &Environment,
        common_dir: &Path,
    ) -> Result<Self, OpenError> {
        let directory = environment.replacements.as_deref().filter(|_| settings.use_replacements);
        let objects = directory.map_or(Ok(BTreeMap::new()), |directory| replaced(refs, directory));
        let objects = objects.map_err(|reason| OpenError::Replacements { path: common_dir.to_owned(), reason })?;
        let file = environment.graft_file.clone().unwrap_or_else(|| common_dir.join("info").join("grafts"));
        Ok(Self { objects, parents: grafted(&file)? })
    }

    /// Whether everything is what is stored.
    pub(in crate::history) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.parents.is_empty()
    }

    /// Whether any object stands for another.
    pub(super) fn has_objects(&self) -> bool {
        !self.objects.is_empty()
    }

    /// The object that stands for `id`, mostly that one itself.
    pub(super) fn of(&self, id: &oid) -> Result<ObjectId, ObjectError> {
        let mut current = id.to_owned();
        for _ in 0..=DEPTH {
            match self.objects.get(&current) {
                Some(next) => current = *next,
                None => return Ok(current),
            }
        }
        Err(corrupt(id, Kind::Commit, "it is replaced by objects without end; `git replace -l` lists them"))
    }

    /// The parents that a commit was given instead of its own.
    pub(super) fn parents_of(&self, id: &oid) -> Option<&[ObjectId]> {
        self.parents.get(id).map(Vec::as_slice)
    }
}

fn replaced(refs: &Refs, directory: &str) -> Result<BTreeMap<ObjectId, ObjectId>, String> {
    let mut objects = BTreeMap::new();
    refs.under(directory, |original, target| {
        // git passes over names that are no ids, too.
        if let (Ok(original), Target::Object(replacement)) = (ObjectId::from_hex(&original), target) {
            objects.insert(original, replacement);
        }
    })?;
    Ok(objects)
}

/// Lines of ids: a commit, then its parents. Others say something to people.
fn grafted(file: &Path) -> Result<BTreeMap<ObjectId, Vec<ObjectId>>, OpenError> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(source) => return Err(OpenError::Read { path: file.to_owned(), source }),
    };
    let ids = |line: &[u8]| -> Option<Vec<ObjectId>> {
        line.split(|byte| *byte == b' ').map(|word| ObjectId::from_hex(word).ok()).collect()
    };
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter_map(ids);
    Ok(lines.filter_map(|ids| Some((*ids.first()?, ids[1..].to_vec()))).collect())
}
