//! A repository in memory: its commits, branches and tags, and how all of it is written to disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::definition::Storage;
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

    /// Writes everything below `folder`, with `head` checked out: `tree` must be that branch's newest one.
    pub(crate) fn write(self, folder: &Path, head: &str, detached: bool, tree: &mut Tree) -> io::Result<()> {
        let mut objects = self.objects;
        tree.write(&mut objects);
        let git = folder.join(".git");
        fs::create_dir_all(&git)?;
        objects.write(&git, &unique(&self.commits))?;
        references::write(&git, &self.references, self.storage == Storage::Loose)?;
        references::write_head(&git, head, detached.then(|| self.references[&format!("refs/heads/{head}")].id))?;
        work_tree::write(folder, &git, tree)
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
