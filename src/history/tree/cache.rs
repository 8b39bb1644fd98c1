//! Inflated trees, kept while they are likely to be compared again.
//!
//! Commits are worked through along first parents, so that the older side of one comparison is the newer side of the next.

use std::cell::RefCell;
use std::rc::Rc;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;

use super::layout::Layout;
use crate::history::repository::{ObjectError, ObjectReader};

/// This many trees are kept, and fewer when they are large.
const TREES: usize = 64;
/// Trees are kept up to this many bytes, but always enough of them for one comparison.
const BYTES: usize = 8 * 1024 * 1024;
/// Trees that are always kept.
const LEAST_TREES: usize = 4;

/// A tree object.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The raw object.
    pub(super) data: Vec<u8>,
    /// Its entries, once they are known.
    pub(super) layout: RefCell<Option<Rc<Layout>>>,
}

/// The trees read last.
#[derive(Default)]
pub(super) struct TreeCache {
    /// The least recently used first.
    trees: Vec<(ObjectId, Rc<Tree>)>,
    bytes: usize,
    spare: Vec<u8>,
}

impl TreeCache {
    /// The tree `id`, read if it isn't there.
    pub(super) fn get(&mut self, id: &oid, reader: &mut ObjectReader) -> Result<Rc<Tree>, ObjectError> {
        if let Some(index) = self.trees.iter().rposition(|(known, _)| *known == id) {
            self.trees[index..].rotate_left(1);
            return Ok(Rc::clone(&self.trees[self.trees.len() - 1].1));
        }
        let mut data = std::mem::take(&mut self.spare);
        reader.read(id, Kind::Tree, &mut data)?;
        self.make_room(data.len());
        self.bytes += data.len();
        let tree = Rc::new(Tree { data, layout: RefCell::default() });
        self.trees.push((id.to_owned(), Rc::clone(&tree)));
        Ok(tree)
    }

    fn make_room(&mut self, bytes: usize) {
        while self.trees.len() >= TREES || (self.trees.len() >= LEAST_TREES && self.bytes + bytes > BYTES) {
            let (_, tree) = self.trees.remove(0);
            self.bytes -= tree.data.len();
            if let Ok(tree) = Rc::try_unwrap(tree) {
                self.spare = tree.data;
            }
        }
    }
}
