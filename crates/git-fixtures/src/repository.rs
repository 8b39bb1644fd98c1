//! A repository in memory: its commits, branches and tags, and how all of it is written to disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::definition::{Definition, RefName, Storage};
use crate::object::{Kind, ObjectId, commit_bytes, tag_bytes};
use crate::storage::{GraphCommit, ObjectStore};
use crate::tree::Tree;
use crate::{references, work_tree};

/// A commit's number, in the order they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommitIndex(usize);

/// A reference's target, and the commit behind it when that is a tag object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) id: ObjectId,
    pub(crate) peeled: Option<ObjectId>,
}

/// What is checked out, and how.
pub(crate) struct Checkout {
    pub(crate) branch: String,
    /// The newest tree of that branch.
    pub(crate) tree: Tree,
    /// Whether HEAD names the commit instead of the branch.
    pub(crate) detached: bool,
    /// Whether history is marked to end at HEAD's commit.
    pub(crate) shallow: bool,
}

impl Checkout {
    /// The checkout that a definition asks for.
    pub(crate) fn new(definition: &Definition, tree: Tree) -> Self {
        let branch = definition.head.as_ref().map_or(definition.default_branch(), RefName::as_str);
        Self { branch: branch.to_owned(), tree, detached: definition.detached, shallow: definition.shallow }
    }
}

/// A repository that is being made.
pub(crate) struct Repository {
    storage: Storage,
    objects: ObjectStore,
    commits: Vec<GraphCommit>,
    /// By full name, `refs/heads/...` or `refs/tags/...`.
    references: BTreeMap<String, Target>,
}

impl Repository {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage, objects: ObjectStore::new(storage), commits: Vec::new(), references: BTreeMap::new() }
    }

    /// Commits `tree`; parents in order, the first one being the branch's.
    pub(crate) fn commit(&mut self, tree: &mut Tree, parents: &[CommitIndex], date: i64, message: &str) -> CommitIndex {
        let tree = tree.write(&mut self.objects);
        let parents: Vec<usize> = parents.iter().map(|parent| parent.0).collect();
        let parent_ids: Vec<ObjectId> = parents.iter().map(|&parent| self.commits[parent].id).collect();
        let id = self.objects.put(Kind::Commit, &commit_bytes(tree, &parent_ids, date, message), None);
        self.commits.push(GraphCommit { id, tree, parents, date });
        CommitIndex(self.commits.len() - 1)
    }

    /// Lets a branch name a commit.
    pub(crate) fn branch(&mut self, name: &str, commit: CommitIndex) {
        let target = Target { id: self.commits[commit.0].id, peeled: None };
        self.references.insert(format!("refs/heads/{name}"), target);
    }

    /// Tags a commit; with a message the tag becomes an object of its own, dated as the commit.
    pub(crate) fn tag(&mut self, name: &str, commit: CommitIndex, message: Option<&str>) {
        let commit = &self.commits[commit.0];
        let target = match message {
            Some(message) => {
                let bytes = tag_bytes(commit.id, name, commit.date, message);
                Target { id: self.objects.put(Kind::Tag, &bytes, None), peeled: Some(commit.id) }
            }
            None => Target { id: commit.id, peeled: None },
        };
        self.references.insert(format!("refs/tags/{name}"), target);
    }

    /// Writes everything below `folder`, with `checkout` as HEAD, index and work tree.
    pub(crate) fn write(self, folder: &Path, checkout: &mut Checkout) -> io::Result<()> {
        let mut objects = self.objects;
        checkout.tree.write(&mut objects);
        let git = folder.join(".git");
        fs::create_dir_all(&git)?;
        objects.write(&git, &unique(&self.commits))?;
        references::write(&git, &self.references, self.storage == Storage::Loose)?;
        let commit = self.references[&format!("refs/heads/{}", checkout.branch)].id;
        references::write_head(&git, &checkout.branch, checkout.detached.then_some(commit))?;
        if checkout.shallow {
            fs::write(git.join("shallow"), format!("{commit}\n"))?;
        }
        work_tree::write(folder, &git, &checkout.tree)
    }
}

/// Two branches that commit the same thing at the same second make one commit; the graph must list it once.
fn unique(commits: &[GraphCommit]) -> Vec<GraphCommit> {
    let mut places: BTreeMap<ObjectId, usize> = BTreeMap::new();
    let mut kept: Vec<GraphCommit> = Vec::with_capacity(commits.len());
    for commit in commits {
        if places.contains_key(&commit.id) {
            continue;
        }
        places.insert(commit.id, kept.len());
        let parents = commit.parents.iter().map(|&parent| places[&commits[parent].id]).collect();
        kept.push(GraphCommit { parents, ..commit.clone() });
    }
    kept
}
