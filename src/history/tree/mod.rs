//! Which packages own the difference of two trees, found by opening only the directories that packages' paths lead through.

mod cache;
mod compare;
mod entry;
mod layout;
mod list;
mod matching;

use std::rc::Rc;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;

use self::cache::{Tree, TreeCache};
use self::compare::{Change, Context, RightLayout};
use self::layout::Layout;
pub(super) use self::list::{differences, entry_named};
use self::matching::Roots;
use super::ownership::{Directory, Ownership, ROOT};
use super::package_set::{PackageSets, unite};
use super::repository::{ObjectError, ObjectReader, corrupt};

/// Compares trees for one thread.
pub(super) struct TreeComparison<'o> {
    ownership: &'o Ownership,
    sets: PackageSets,
    cache: TreeCache,
    /// By directory: a version of it whose layout is known. Others mostly have the same.
    examples: Vec<Option<Rc<Tree>>>,
    touched: Vec<u64>,
    pending: Vec<Pair>,
}

/// Two versions of a directory that differ; `None` where it isn't there.
#[derive(Debug, Clone, Copy)]
struct Pair {
    directory: Directory,
    left: Option<ObjectId>,
    right: Option<ObjectId>,
}

impl<'o> TreeComparison<'o> {
    pub(super) fn new(ownership: &'o Ownership) -> Self {
        let sets = ownership.sets().clone();
        let touched = sets.bits(PackageSets::EMPTY).to_vec();
        let examples = Vec::new();
        Self { ownership, sets, cache: TreeCache::default(), examples, touched, pending: Vec::new() }
    }

    /// The packages that own some of the difference of two root trees, as bits. `None` is the empty tree. Directories that
    /// only packages outside of `wanted` own are not looked into, so for those the answer may be incomplete.
    pub(super) fn touched(
        &mut self,
        left: Option<&oid>,
        right: Option<&oid>,
        wanted: &[u64],
        reader: &mut ObjectReader,
    ) -> Result<&[u64], ObjectError> {
        self.touched.fill(0);
        if left != right {
            unite(&mut self.touched, self.sets.bits(self.ownership.certain(ROOT)));
            let (left, right) = (left.map(ToOwned::to_owned), right.map(ToOwned::to_owned));
            self.pending.push(Pair { directory: ROOT, left, right });
        }
        while let Some(pair) = self.pending.pop() {
            if self.may_touch_more(pair.directory, wanted) {
                self.compare(pair, reader)?;
            }
        }
        let patterns = self.ownership.patterns();
        if !patterns.is_empty() && left != right {
            let roots = Roots { left: left.map(ToOwned::to_owned), right: right.map(ToOwned::to_owned) };
            matching::add_matching(patterns, roots, wanted, &mut self.touched, reader)?;
        }
        Ok(&self.touched)
    }

    /// Whether looking into a directory can tell anything new about the wanted packages.
    fn may_touch_more(&self, directory: Directory, wanted: &[u64]) -> bool {
        let owners = self.sets.bits(self.ownership.somewhere_below(directory));
        owners.iter().zip(wanted).zip(&self.touched).any(|((owners, wanted), touched)| owners & wanted & !touched != 0)
    }

    fn compare(&mut self, pair: Pair, reader: &mut ObjectReader) -> Result<(), ObjectError> {
        let left = self.tree(pair.left.as_ref(), pair.directory, reader)?;
        let right = self.tree(pair.right.as_ref(), pair.directory, reader)?;
        if known_layout(&left, pair.directory).is_none() && known_layout(&right, pair.directory).is_some() {
            let turned = Pair { left: pair.right, right: pair.left, ..pair };
            return self.compare_trees(turned, &right, &left);
        }
        self.compare_trees(pair, &left, &right)
    }

    fn compare_trees(&mut self, pair: Pair, left: &Rc<Tree>, right: &Rc<Tree>) -> Result<(), ObjectError> {
        let layout = self.layout(pair, left)?;
        let hash_length = pair.hash_length();
        let (touched, pending, sets) = (&mut self.touched, &mut self.pending, &mut self.sets);
        let mut context = Context { hash_length, ownership: self.ownership, sets };
        let mut changes = Vec::new();
        let right_layout =
            compare::compare((&left.data, &layout), &right.data, &mut context, |change| changes.push(change))
                .ok_or_else(|| pair.makes_no_sense())?;
        for change in changes {
            unite(touched, context.sets.bits(change.effect.touches));
            pending.extend(pair_below(&change));
        }
        if known_layout(right, pair.directory).is_none() {
            let layout = match right_layout {
                RightLayout::Shared => layout,
                RightLayout::Own(layout) => Rc::new(layout),
            };
            right.layout.replace(Some(layout));
        }
        self.keep_example(pair.directory, left);
        Ok(())
    }

    fn keep_example(&mut self, directory: Directory, tree: &Rc<Tree>) {
        let directory = directory as usize;
        if self.examples.len() <= directory {
            self.examples.resize(directory + 1, None);
        }
        self.examples[directory] = Some(Rc::clone(tree));
    }

    /// The tree's layout, found out if it isn't known.
    fn layout(&mut self, pair: Pair, tree: &Tree) -> Result<Rc<Layout>, ObjectError> {
        if let Some(layout) = known_layout(tree, pair.directory) {
            return Ok(layout);
        }
        let layout = self.layout_like_example(pair, tree).ok_or_else(|| pair.makes_no_sense())?;
        tree.layout.replace(Some(Rc::clone(&layout)));
        Ok(layout)
    }

    /// Works a tree's layout out from what it has in common with another version of the directory. `None` if it makes no sense.
    fn layout_like_example(&mut self, pair: Pair, tree: &Tree) -> Option<Rc<Layout>> {
        let (hash_length, ownership, sets) = (pair.hash_length(), self.ownership, &mut self.sets);
        let example = self.examples.get(pair.directory as usize).and_then(Option::as_ref);
        let Some((example, layout)) = example.and_then(|tree| Some((tree, known_layout(tree, pair.directory)?))) else {
            return Layout::read(pair.directory, &tree.data, hash_length, ownership, sets).map(Rc::new);
        };
        let mut context = Context { hash_length, ownership, sets };
        match compare::compare((&example.data, &layout), &tree.data, &mut context, |_| ())? {
            RightLayout::Shared => Some(layout),
            RightLayout::Own(own) => Some(Rc::new(own)),
        }
    }

    fn tree(
        &mut self,
        id: Option<&ObjectId>,
        directory: Directory,
        reader: &mut ObjectReader,
    ) -> Result<Rc<Tree>, ObjectError> {
        match id {
            Some(id) => self.cache.get(id, directory, reader),
            None => Ok(Rc::default()),
        }
    }
}

impl Pair {
    fn hash_length(&self) -> usize {
        let id = self.left.or(self.right);
        id.map_or(0, |id| id.kind().len_in_bytes())
    }

    fn makes_no_sense(&self) -> ObjectError {
        let id = self.left.or(self.right).expect("two missing trees don't differ");
        corrupt(&id, Kind::Tree, "its entries, or those of the tree it is compared with, make no sense")
    }
}

fn known_layout(tree: &Tree, directory: Directory) -> Option<Rc<Layout>> {
    tree.layout.borrow().as_ref().filter(|layout| layout.directory == directory).map(Rc::clone)
}

/// The directory to look into after a change.
fn pair_below(change: &Change<'_>) -> Option<Pair> {
    let directory = change.effect.descend?;
    let id = |raw: &[u8]| ObjectId::from_bytes_or_panic(raw);
    Some(Pair { directory, left: change.left.map(id), right: change.right.map(id) })
}
