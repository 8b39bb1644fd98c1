//! Reads every unreleased commit once: what its message says, and which packages its changes belong to.

use std::thread;

use gix_hash::ObjectId;
use gix_object::Kind;

use super::WalkError;
use super::bump_ceiling::BumpCeiling;
use super::commit_object;
use super::dag::{Dag, Node};
use super::followed::{Basis, Followed, Regions, Tools};
use super::merged::branch;
use super::outcome::{CommitRecord, Note, TextSpan, Work};
use super::ownership::Ownership;
use super::package_set::{PackageSets, SetId, members};
use super::released::Unreleased;
use super::repository::{ObjectReader, Objects};
use super::request::{CommitRules, Detail};
use super::reverts::Rulings;
use super::tree::TreeComparison;
use crate::commit::{self, Bump, Reading};

/// A thread is worth its start from this many commits on.
const COMMITS_PER_THREAD: usize = 256;

/// What stays the same for all commits.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) objects: &'a Objects,
    pub(super) dag: &'a Dag,
    pub(super) unreleased: &'a Unreleased,
    /// Where merges decide what is whose history, if they do anywhere.
    pub(super) regions: Option<&'a Regions>,
    /// The packages' last releases, sorted.
    pub(super) boundaries: &'a [(Node, SetId)],
    pub(super) sets: &'a PackageSets,
    /// `None` in a repository of one package, which owns everything.
    pub(super) ownership: Option<&'a Ownership>,
    pub(super) rules: &'a dyn CommitRules,
    /// How much is reported of the commits.
    pub(super) detail: Detail,
    /// Commits that cancel each other, once that is known.
    pub(super) rulings: Option<&'a Rulings>,
    /// Whether the commit-graph took part, so that objects have to agree with it.
    pub(super) check_graph: bool,
}

/// A commit that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributed {
    /// Its place in breadth-first order.
    pub(super) rank: u32,
    pub(super) record: CommitRecord,
    /// Its packages, in `packages` of the same batch.
    packages: (u32, u32),
}

/// What one thread found.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) commits: Vec<Attributed>,
    pub(super) subjects: String,
    /// The versions that commits ask for, by rank; and whether such a commit changes nothing.
    pub(super) asked: Vec<(u32, String, bool)>,
    /// Commits that are left out because of a skip marker.
    pub(super) skipped: Vec<Node>,
    /// Commits without a type that is known.
    pub(super) unknown: Vec<Node>,
    /// Commits that take others back, and the packages, as bits, whose history they are part of.
    pub(super) reverts: Vec<(Node, Vec<u64>)>,
    /// What it took.
    pub(super) work: Work,
    packages: Vec<u32>,
}

impl Batch {
    /// The packages a commit belongs to, ascending.
    pub(super) fn packages_of(&self, commit: &Attributed) -> &[u32] {
        &self.packages[commit.packages.0 as usize..commit.packages.1 as usize]
    }
}

/// Attributes the commits of `order`, a list of nodes with their ranks, with at most `jobs` threads. The first goes on with
/// `reader`.
pub(super) fn attribute(
    task: Task<'_>,
    order: &[(Node, u32)],
    jobs: usize,
    reader: ObjectReader,
) -> Result<Vec<Batch>, WalkError> {
    let threads = jobs.min(order.len() / COMMITS_PER_THREAD).max(1);
    if threads == 1 {
        return Ok(vec![Worker::new(task, 0, reader).run(order)?]);
    }
    let chunks = order.chunks(order.len().div_ceil(threads)).zip(0..);
    let mut readers = std::iter::once(reader).chain(std::iter::repeat_with(|| task.objects.reader()));
    thread::scope(|scope| {
        let mut start = |(chunk, buffer)| {
            let reader = readers.next().expect("one after the other without end");
            scope.spawn(move || Worker::new(task, buffer, reader).run(chunk))
        };
        let workers: Vec<_> = chunks.map(&mut start).collect();
        let joined = workers.into_iter().map(|worker| worker.join().expect("workers don't panic"));
        joined.collect()
    })
}

/// One thread's tools.
struct Worker<'a> {
    task: Task<'a>,
    reader: ObjectReader,
    trees: Option<TreeComparison<'a>>,
    followed: Option<Followed<'a>>,
    /// `None` if every commit is reported.
    ceiling: Option<BumpCeiling>,
    wanted: Vec<u64>,
    buffer: Vec<u8>,
    text_buffer: u32,
    batch: Batch,
}

impl<'a> Worker<'a> {
    fn new(task: Task<'a>, text_buffer: u32, reader: ObjectReader) -> Self {
        let wanted = task.sets.bits(PackageSets::EMPTY).to_vec();
        let trees = task.ownership.map(TreeComparison::new);
        let ceiling = BumpCeiling::nothing(task.detail, wanted.len());
        let Task { dag, unreleased, boundaries, sets, .. } = task;
        let basis = Basis { dag, unreleased, boundaries, sets };
        let followed = task.regions.map(|regions| Followed::new(regions, basis));
        Self {
            task,
            reader,
            trees,
            followed,
            ceiling,
            wanted,
            buffer: Vec::new(),
            text_buffer,
            batch: Batch::default(),
        }
    }

    fn run(mut self, order: &[(Node, u32)]) -> Result<Batch, WalkError> {
        self.batch.commits.reserve(order.len());
        for (node, rank) in order {
            self.attribute(*node, *rank)?;
        }
        self.batch.work = self.reader.work();
        Ok(self.batch)
    }

    fn attribute(&mut self, node: Node, rank: u32) -> Result<(), WalkError> {
        self.want_unreleased(node);
        let is_open = self.keep_open(Bump::Major);
        // A version that it asks for matters however far its packages move already, but not to whether they move.
        if !is_open && (self.task.detail == Detail::AnyBump || !self.task.rules.honours_asked_versions()) {
            return Ok(());
        }
        let message_start = self.read_message(node)?;
        let task = self.task;
        let message = task.dag.message(node).unwrap_or(&self.buffer[message_start..]);
        let subject = commit_object::subject(message);
        if task.rules.is_skipped(subject) {
            self.batch.skipped.push(node);
            return Ok(());
        }
        let asked = task.rules.asked_version(message).map(|version| String::from_utf8_lossy(version).into_owned());
        if !is_open && asked.is_none() {
            return Ok(());
        }
        let reading = task.rules.read(message);
        let start = self.batch.subjects.len();
        if self.ceiling.is_none() {
            self.batch.subjects.push_str(&String::from_utf8_lossy(subject));
        }
        let subject =
            TextSpan { buffer: self.text_buffer, start: offset(start), end: offset(self.batch.subjects.len()) };
        let (bump, note) = match reading.kind {
            commit::Kind::Known => (reading.bump, None),
            _ => self.weigh(node, reading)?,
        };
        if asked.is_some() {
            // What it asks for matters to all, however far they move already.
            self.want_unreleased(node);
        }
        let (bump, note) = task.rulings.map_or((bump, note), |rulings| self.rule(node, (bump, note), rulings));
        let asked = asked.filter(|_| note != Some(Note::TakenBack));
        if asked.is_some() || self.keep_open(bump) {
            if let Some(version) = asked {
                let changes_nothing = task.ownership.is_some() && self.changes_nothing(node);
                self.batch.asked.push((rank, version, changes_nothing));
            }
            let packages = self.packages(node, bump)?;
            let record = CommitRecord { id: task.dag.id(node), bump, note, subject };
            self.batch.commits.push(Attributed { rank, record, packages });
        }
        Ok(())
    }

    /// What a commit asks for whose message alone doesn't tell.
    #[cold]
    fn weigh(&mut self, node: Node, Reading { bump, kind }: Reading) -> Result<(Bump, Option<Note>), WalkError> {
        let parents = self.task.dag.parents(node).len();
        let is_merge = parents > 1;
        match kind {
            // A merge speaks for others, and a first commit for itself.
            commit::Kind::Unknown if parents != 1 => return Ok((Bump::None, None)),
            commit::Kind::Unknown => {
                self.batch.unknown.push(node);
                return Ok((Bump::None, Some(Note::UnknownType)));
            }
            commit::Kind::MergeTitle if is_merge && !self.merges_unknown_types(node)? => return Ok((Bump::None, None)),
            commit::Kind::Revert => {
                let followed = self.followed_by(node)?;
                self.batch.reverts.push((node, followed));
            }
            commit::Kind::MergeTitle | commit::Kind::Known => {}
        }
        Ok((bump, None))
    }

    /// Whether a merge brought commits in that don't say themselves what they change.
    fn merges_unknown_types(&mut self, merge: Node) -> Result<bool, WalkError> {
        let (task, mut buffer) = (self.task, Vec::new());
        for node in branch(task.dag, task.unreleased, merge) {
            let message = match task.dag.message(node) {
                Some(message) => message,
                None => {
                    let id = task.dag.id(node);
                    self.reader.read(&id, Kind::Commit, &mut buffer)?;
                    &buffer[commit_object::parse(&id, &buffer)?.message_start..]
                }
            };
            if task.dag.parents(node).len() == 1 && task.rules.read(message).kind == commit::Kind::Unknown {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is left of a commit that others cancel. What breaks is reported even if it takes something back.
    fn rule(&mut self, node: Node, read: (Bump, Option<Note>), rulings: &Rulings) -> (Bump, Option<Note>) {
        match rulings.get(&node) {
            None => read,
            Some(_) if read.0 == Bump::Major && self.batch.reverts.last().is_some_and(|last| last.0 == node) => read,
            Some(&PackageSets::EMPTY) => (Bump::None, Some(Note::TakenBack)),
            Some(kept) => {
                keep_only(&mut self.wanted, Some(self.task.sets.bits(*kept)));
                read
            }
        }
    }

    /// Wants all packages that have not released a commit.
    fn want_unreleased(&mut self, node: Node) {
        let task = self.task;
        let released = task.unreleased.released_for(node).expect("only unreleased commits are attributed");
        let all = task.sets.bits(task.unreleased.all());
        for ((wanted, all), released) in self.wanted.iter_mut().zip(all).zip(task.sets.bits(released)) {
            *wanted = all & !released;
        }
    }

    /// Whether a commit that is as its first parent isn't as another one: a merge that throws what that one did away.
    fn throws_away(&self, node: Node) -> bool {
        let dag = self.task.dag;
        let others = dag.parents(node).get(1..).unwrap_or_default();
        others.iter().any(|other| dag.tree(*other) != dag.tree(node))
    }

    /// Wants only packages whose history the commit is part of.
    fn keep_followed(&mut self, node: Node) -> Result<(), WalkError> {
        let Some(followed) = self.followed.as_mut().filter(|followed| followed.concerns(node)) else { return Ok(()) };
        if self.wanted.iter().all(|word| *word == 0) {
            return Ok(());
        }
        let mut among = self.task.sets.bits(self.task.unreleased.all()).to_vec();
        if let Some(ceiling) = &self.ceiling {
            ceiling.keep_open(&mut among, Bump::Major);
        }
        let mut tools = Tools { reader: &mut self.reader, trees: self.trees.as_mut() };
        followed.keep(node, &mut self.wanted, &among, &mut tools)
    }

    /// The packages whose history the commit is part of, as bits: not those for which a merge threw it away.
    fn followed_by(&mut self, node: Node) -> Result<Vec<u64>, WalkError> {
        let wanted = self.wanted.clone();
        self.want_unreleased(node);
        if !self.changes_nothing(node) {
            self.keep_followed(node)?;
        }
        Ok(std::mem::replace(&mut self.wanted, wanted))
    }

    /// Wants only packages whose bump this commit could still raise; `false` if there are none.
    fn keep_open(&mut self, bump: Bump) -> bool {
        self.ceiling.as_ref().is_none_or(|ceiling| ceiling.keep_open(&mut self.wanted, bump))
    }

    /// Reads a commit that has not been read for its parents, and returns where its message starts.
    fn read_message(&mut self, node: Node) -> Result<usize, WalkError> {
        if self.task.dag.message(node).is_some() {
            return Ok(0);
        }
        let id = self.task.dag.id(node);
        self.reader.read(&id, Kind::Commit, &mut self.buffer)?;
        let commit = commit_object::parse(&id, &self.buffer)?;
        if self.task.check_graph && !self.agrees(node, &commit) {
            return Err(WalkError::CommitGraph(format!("it contradicts commit {id}")));
        }
        Ok(commit.message_start)
    }

    fn agrees(&self, node: Node, commit: &commit_object::CommitObject<'_>) -> bool {
        let dag = self.task.dag;
        let parents = dag.parents(node).iter().map(|parent| Some(dag.id(*parent)));
        commit.tree == dag.tree(node) && commit.parents().eq(parents)
    }

    fn changes_nothing(&self, node: Node) -> bool {
        let dag = self.task.dag;
        let parent = dag.parents(node).first().map(|parent| dag.tree(*parent));
        is_same(&dag.tree(node), parent.as_ref())
    }

    /// The wanted packages that own some of a commit, or all of them if it changes nothing.
    fn packages(&mut self, node: Node, bump: Bump) -> Result<(u32, u32), WalkError> {
        let task = self.task;
        let start = self.batch.packages.len();
        let parent = task.dag.parents(node).first().map(|parent| task.dag.tree(*parent));
        let tree = task.dag.tree(node);
        let is_same = is_same(&tree, parent.as_ref());
        let touched = match &mut self.trees {
            Some(trees) if !is_same => {
                Some(trees.touched(Some(&tree), parent.as_deref(), &self.wanted, &mut self.reader)?)
            }
            _ => None,
        };
        keep_only(&mut self.wanted, touched);
        if !is_same {
            self.keep_followed(node)?;
        } else if self.throws_away(node) {
            // Nobody's, while a commit that changes nothing at all is everybody's.
            self.wanted.fill(0);
        }
        self.ceiling.iter_mut().for_each(|ceiling| ceiling.raise(&self.wanted, bump));
        self.batch.packages.extend(members(&self.wanted).map(offset));
        Ok((offset(start), offset(self.batch.packages.len())))
    }
}

/// Whether a tree is its first parent's, or the empty one at a root.
fn is_same(tree: &ObjectId, parent: Option<&ObjectId>) -> bool {
    match parent {
        Some(parent) => tree == parent,
        None => tree.is_empty_tree(),
    }
}

fn keep_only(wanted: &mut [u64], touched: Option<&[u64]>) {
    for (wanted, touched) in wanted.iter_mut().zip(touched.into_iter().flatten()) {
        *wanted &= touched;
    }
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).expect("less than 4 GiB of subjects")
}
