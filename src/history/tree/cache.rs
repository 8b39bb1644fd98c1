//! Inflated trees, kept while they are likely to be compared again.
//!
//! Commits are worked through along first parents, so that the older side of one comparison is the newer side of the next.

use std::cell::RefCell;
use std::rc::Rc;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;

use super::layout::Layout;
use crate::history::ownership::Directory;
use crate::history::repository::{ObjectError, ObjectReader};

/// This many trees are kept, and fewer when they are large.
const TREES: usize = 64;
/// Trees are kept up to this many bytes, but always enough of them for one comparison.
const BYTES: usize = 1024 * 1024;
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

/// The trees read last, the least recently used first.
#[derive(Default)]
pub(super) struct TreeCache {
    /// The ids' first bytes, apart from the trees so that a search runs over few cache lines.
    beginnings: Vec<u64>,
    trees: Vec<(ObjectId, Rc<Tree>)>,
    bytes: usize,
    /// By directory: a buffer to read its next version into. Versions of a directory are about equally long, and reading
    /// into a much shorter buffer would fill the rest with zeros first.
    spares: Vec<Vec<u8>>,
}

impl TreeCache {
    /// The tree `id`, a version of `directory`, read if it isn't there.
    pub(super) fn get(
        &mut self,
        id: &oid,
        directory: Directory,
        reader: &mut ObjectReader,
    ) -> Result<Rc<Tree>, ObjectError> {
        if let Some(index) = self.position(id) {
            self.beginnings[index..].rotate_left(1);
            self.trees[index..].rotate_left(1);
            return Ok(Rc::clone(&self.trees[self.trees.len() - 1].1));
        }
        let mut data = self.spares.get_mut(directory as usize).map(std::mem::take).unwrap_or_default();
        reader.read(id, Kind::Tree, &mut data)?;
        self.make_room(data.len());
        self.bytes += data.len();
        let tree = Rc::new(Tree { data, layout: RefCell::default() });
        self.beginnings.push(beginning(id));
        self.trees.push((id.to_owned(), Rc::clone(&tree)));
        Ok(tree)
    }

    fn position(&self, id: &oid) -> Option<usize> {
        let wanted = beginning(id);
        let candidates = self.beginnings.iter().enumerate().rev().filter(|(_, beginning)| **beginning == wanted);
        candidates.map(|(index, _)| index).find(|index| self.trees[*index].0 == id)
    }

    fn make_room(&mut self, bytes: usize) {
        while self.trees.len() >= TREES || (self.trees.len() >= LEAST_TREES && self.bytes + bytes > BYTES) {
            self.beginnings.remove(0);
            let (_, tree) = self.trees.remove(0);
            self.bytes -= tree.data.len();
            if let Ok(tree) = Rc::try_unwrap(tree) {
                self.keep_buffer(tree);
            }
        }
    }

    fn keep_buffer(&mut self, tree: Tree) {
        let Some(directory) = tree.layout.borrow().as_ref().map(|layout| layout.directory as usize) else { return };
        if self.spares.len() <= directory {
            self.spares.resize(directory + 1, Vec::new());
        }
        self.spares[directory] = tree.data;
    }
}

fn beginning(id: &oid) -> u64 {
    u64::from_ne_bytes(*id.as_bytes().first_chunk().expect("ids are longer than eight bytes"))
}
