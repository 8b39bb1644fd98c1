//! The object store: collects objects while a history is built, then writes them as one pack or as loose files.

mod commit_graph;
mod delta;
mod loose;
mod pack;
mod pack_index;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::rc::Rc;

use crate::definition::Storage;
use crate::object::{Kind, ObjectId, object_id};

pub(crate) use commit_graph::GraphCommit;

/// Deflate level: zlib's and git's default.
const LEVEL: u8 = 6;

/// Longest chain of deltas before a whole object; git's own limit.
const LONGEST_CHAIN: u32 = 50;

/// Objects by name, in the order they were made.
#[derive(Debug)]
pub(crate) struct ObjectStore {
    storage: Storage,
    objects: Vec<Object>,
    by_id: BTreeMap<ObjectId, usize>,
}

#[derive(Debug)]
struct Object {
    id: ObjectId,
    kind: Kind,
    /// Uncompressed size of what `body` holds: of the object, or of the delta.
    size: usize,
    body: Body,
    /// How many older versions of the same path lead to this one.
    age: u32,
}

#[derive(Debug)]
enum Body {
    /// Not compressed yet, because it may still become a delta.
    Pending(Rc<[u8]>),
    /// The whole object, deflated.
    Whole(Vec<u8>),
    /// A deflated delta against the object with this index, which is always a newer one.
    Delta { base: usize, deflated: Vec<u8> },
}

impl ObjectStore {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage, objects: Vec::new(), by_id: BTreeMap::new() }
    }

    /// Adds an object unless it is there already. `previous` is the older version of the same path, which may be
    /// stored as a delta against this one.
    pub(crate) fn put(&mut self, kind: Kind, bytes: &[u8], previous: Option<ObjectId>) -> ObjectId {
        let id = object_id(kind, bytes);
        if self.by_id.contains_key(&id) {
            return id;
        }
        let index = self.objects.len();
        self.by_id.insert(id, index);
        let previous = previous.and_then(|previous| self.by_id.get(&previous)).copied();
        let age = previous.map_or(0, |previous| self.objects[previous].age + 1);
        let body = match self.storage {
            Storage::Plain => Body::Whole(deflate(bytes)),
            Storage::Delta => Body::Pending(Rc::from(bytes)),
            Storage::Loose => Body::Whole(loose::deflate_with_header(kind, bytes)),
        };
        self.objects.push(Object { id, kind, size: bytes.len(), body, age });
        if let Some(previous) = previous {
            self.store_as_delta(previous, index, bytes);
        }
        id
    }

    /// Replaces the pending `older` object by a delta against `newer`, where that is worth it and chains stay short.
    /// Bases are always made later than what is based on them, so chains can't close.
    fn store_as_delta(&mut self, older: usize, newer: usize, newer_bytes: &[u8]) {
        let object = &mut self.objects[older];
        let Body::Pending(bytes) = &object.body else { return };
        if (object.age + 1).is_multiple_of(LONGEST_CHAIN) {
            return;
        }
        let delta = delta::encode(newer_bytes, bytes);
        if delta.len() * 2 < bytes.len() {
            object.size = delta.len();
            object.body = Body::Delta { base: newer, deflated: deflate(&delta) };
        }
    }

    /// Writes all objects below `git`, the repository's `.git` folder; in a pack with a commit-graph, or loose.
    pub(crate) fn write(mut self, git: &Path, commits: &[GraphCommit]) -> io::Result<()> {
        let objects = git.join("objects");
        fs::create_dir_all(objects.join("info"))?;
        fs::create_dir_all(objects.join("pack"))?;
        for object in &mut self.objects {
            if let Body::Pending(bytes) = &object.body {
                object.body = Body::Whole(deflate(bytes));
            }
        }
        if self.storage == Storage::Loose {
            return loose::write(&objects, &self.objects);
        }
        pack::write(&objects.join("pack"), &self.objects)?;
        fs::write(objects.join("info/commit-graph"), commit_graph::encode(commits))
    }
}

/// Deflates into a zlib stream. miniz_oxide has one code path for every CPU, so its output never varies.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut stream = miniz_oxide::deflate::compress_to_vec_zlib(bytes, LEVEL);
    // Millions of them are kept at a time.
    stream.shrink_to_fit();
    stream
}
