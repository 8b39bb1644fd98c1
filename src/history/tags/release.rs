//! A version tag together with the commit it releases.

use gix_hash::ObjectId;
use gix_object::Kind;

use super::styles::VersionTag;
use crate::history::WalkError;
use crate::history::commit_object;
use crate::history::dag::{Dag, Reach};
use crate::history::repository::{ObjectError, ObjectReader, corrupt};

/// Annotations that point to annotations are followed this far.
const ANNOTATION_DEPTH: usize = 32;

/// A version tag and the commit it releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release<'a> {
    /// The tag's name.
    pub(super) name: &'a [u8],
    /// Where the version stands in it.
    pub(super) version: (usize, usize),
    /// The commit.
    pub(super) commit: ObjectId,
    /// When it was committed.
    pub(super) time: i64,
    /// Where it stands in the history.
    pub(super) place: Reach,
}

impl<'a> Release<'a> {
    /// Its version.
    pub(super) fn version(&self) -> &'a [u8] {
        &self.name[self.version.0..self.version.1]
    }
}

/// Finds the commit that a tag releases; `None` if the tag points to a tree or a file.
pub(super) fn locate<'a>(
    VersionTag { tag, start, end }: &VersionTag<'a>,
    dag: &Dag,
    reader: &mut ObjectReader,
) -> Result<Option<Release<'a>>, WalkError> {
    let (name, version) = (tag.name.as_slice(), (*start, *end));
    // What the history knows is a commit, so most tags need no object.
    if let Some((place, time)) = dag.find(&tag.target) {
        return Ok(Some(Release { name, version, commit: tag.target, time, place }));
    }
    let Some((commit, committed)) = peel(tag.target, reader)? else { return Ok(None) };
    let (place, time) = dag.find(&commit).unwrap_or((Reach::Elsewhere, committed));
    Ok(Some(Release { name, version, commit, time, place }))
}

/// Follows annotations down to a commit, which it returns with its time.
fn peel(target: ObjectId, reader: &mut ObjectReader) -> Result<Option<(ObjectId, i64)>, ObjectError> {
    let mut id = target;
    let mut buffer = Vec::new();
    for _ in 0..ANNOTATION_DEPTH {
        match reader.read_any(&id, "tagged object", &mut buffer)? {
            Kind::Tag => id = annotated(&id, &buffer)?,
            Kind::Commit => return Ok(Some((id, commit_object::parse(&id, &buffer)?.time))),
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Err(corrupt(&target, Kind::Tag, "it points to annotations without end"))
}

/// The object that an annotation is about.
fn annotated(id: &ObjectId, data: &[u8]) -> Result<ObjectId, ObjectError> {
    let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let target = line.strip_prefix(b"object ").and_then(|digits| ObjectId::from_hex(digits).ok());
    target.ok_or_else(|| corrupt(id, Kind::Tag, "its header makes no sense"))
}
