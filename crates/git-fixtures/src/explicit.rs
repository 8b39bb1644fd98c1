//! Explicit mode: a history told commit by commit.

use std::collections::BTreeMap;

use crate::build::{BuildError, Built, DATE_STEP, FIRST_DATE};
use crate::definition::{Branch, Commit, Definition, RefName, RepoPath};
use crate::first_commit;
use crate::repository::{Checkout, CommitIndex, Repository};
use crate::tree::{File, Tree, TreeError};

/// Makes the repository of a definition without `generate`.
pub(crate) fn build(definition: &Definition) -> Result<Built, BuildError> {
    let mut history = History::start(definition)?;
    for (index, commit) in definition.commits.iter().enumerate() {
        for name in &commit.merges {
            history.make_branch(name.as_str())?;
        }
        history.commit(definition.default_branch(), commit, &format!("commits[{index}]"))?;
    }
    for branch in &definition.branches {
        history.make_branch(branch.name.as_str())?;
        if let Some(into) = branch.merged_into(definition) {
            history.merge_back(branch, into)?;
        }
    }
    history.tag_commits();
    Ok(history.finish())
}

/// A change to the tree, kept so that merging a branch can repeat it.
#[derive(Clone)]
enum Edit {
    Rename(RepoPath, RepoPath),
    Delete(RepoPath),
    Write(RepoPath, String),
}

/// A branch: where it starts, and what it looked like after each of its commits.
struct Line {
    start: Point,
    points: Vec<Point>,
}

#[derive(Clone)]
struct Point {
    commit: CommitIndex,
    tree: Tree,
    /// All edits since the default branch was left; empty on the default branch itself.
    edits: Vec<Edit>,
}

impl Line {
    fn tip(&self) -> &Point {
        self.points.last().unwrap_or(&self.start)
    }

    /// The point that index `at` means; -1 is where the line starts.
    fn at(&self, at: i64) -> Option<&Point> {
        if at == -1 { Some(&self.start) } else { self.points.get(usize::try_from(at).ok()?) }
    }
}

struct History<'a> {
    definition: &'a Definition,
    repository: Repository,
    lines: BTreeMap<&'a str, Line>,
    /// Number of commits so far, which dates them.
    count: i64,
}

impl<'a> History<'a> {
    fn start(definition: &'a Definition) -> Result<Self, BuildError> {
        let mut repository = Repository::new(definition.storage());
        let mut tree = first_commit::tree(definition)?;
        let commit = repository.commit(&mut tree, &[], FIRST_DATE, "chore: initial setup");
        let line = Line { start: Point { commit, tree, edits: Vec::new() }, points: Vec::new() };
        let lines = BTreeMap::from([(definition.default_branch(), line)]);
        Ok(Self { definition, repository, lines, count: 1 })
    }

    fn line(&mut self, name: &str) -> &mut Line {
        self.lines.get_mut(name).expect("branches are made before they are used")
    }

    fn record(&mut self, tree: &mut Tree, parents: &[CommitIndex], date: Option<i64>, message: &str) -> CommitIndex {
        let date = date.unwrap_or(FIRST_DATE + DATE_STEP * self.count);
        self.count += 1;
        self.repository.commit(tree, parents, date, message)
    }

    /// Adds a commit, or a side commit and its merge, to the line called `name`.
    fn commit(&mut self, name: &str, commit: &Commit, at: &str) -> Result<(), BuildError> {
        let mut point = self.line(name).tip().clone();
        let mut parents = vec![point.commit];
        let mut edits = Vec::new();
        for merged in &commit.merges {
            let tip = self.line(merged.as_str()).tip();
            parents.push(tip.commit);
            edits.extend(tip.edits.iter().cloned());
        }
        edits.extend(edits_of(commit, self.count));
        apply(&mut point.tree, &edits).map_err(|source| BuildError::Change { at: at.to_owned(), source })?;
        if name != self.definition.default_branch() {
            point.edits.extend(edits);
        }
        let message = if commit.merge {
            let side = format!("{} (branch)", commit.message);
            parents.push(self.record(&mut point.tree, &parents, commit.date, &side));
            format!("Merge branch: {}", commit.message)
        } else {
            commit.message.clone()
        };
        point.commit = self.record(&mut point.tree, &parents, commit.date, &message);
        self.line(name).points.push(point);
        Ok(())
    }

    /// Makes a branch with all its commits, and before it the one it starts from; nothing when it is there already.
    fn make_branch(&mut self, name: &str) -> Result<(), BuildError> {
        let definition = self.definition;
        if self.lines.contains_key(name) {
            return Ok(());
        }
        let branch = definition.branches.iter().position(|branch| branch.name.as_str() == name);
        let index = branch.expect("validation refuses unknown branches");
        let branch = &definition.branches[index];
        let from = branch.from.as_ref().map_or(definition.default_branch(), RefName::as_str);
        self.make_branch(from)?;
        let start = self.start_of(branch, from)?;
        self.lines.insert(branch.name.as_str(), Line { start, points: Vec::new() });
        for (number, commit) in branch.commits.iter().enumerate() {
            self.commit(name, commit, &format!("branches[{index}].commits[{number}]"))?;
        }
        Ok(())
    }

    fn start_of(&mut self, branch: &Branch, from: &str) -> Result<Point, BuildError> {
        let line = self.line(from);
        match branch.at_commit {
            None => Ok(line.tip().clone()),
            Some(at_commit) => line
                .at(at_commit)
                .cloned()
                .ok_or_else(|| BuildError::StartsTooLate { branch: branch.name.to_string(), at_commit }),
        }
    }

    /// Merges a finished branch into the branch `into` by a commit of its own.
    fn merge_back(&mut self, branch: &Branch, into: &str) -> Result<(), BuildError> {
        let side = self.line(branch.name.as_str()).tip().clone();
        let mut point = self.line(into).tip().clone();
        let failed = |source| BuildError::Change { at: format!("merge of branch `{}`", branch.name), source };
        apply(&mut point.tree, &side.edits).map_err(failed)?;
        if into != self.definition.default_branch() {
            point.edits.extend(side.edits);
        }
        let message = format!("Merge branch '{}'", branch.name);
        point.commit = self.record(&mut point.tree, &[point.commit, side.commit], None, &message);
        self.line(into).points.push(point);
        Ok(())
    }

    fn tag_commits(&mut self) {
        let definition = self.definition;
        let default = definition.default_branch();
        let first = self.line(default).start.commit;
        for tag in definition.packages.iter().filter_map(|package| package.tag.as_ref()) {
            self.repository.tag(tag.as_str(), first, None);
        }
        for tag in &definition.tags {
            let branch = tag.branch.as_ref().map_or(default, RefName::as_str);
            let point = self.line(branch).at(tag.at_commit).expect("validation refuses indices out of range");
            let commit = point.commit;
            let message = tag.message.clone().unwrap_or_else(|| format!("Release {}", tag.name));
            self.repository.tag(tag.name.as_str(), commit, tag.annotated.then_some(message.as_str()));
        }
    }

    fn finish(mut self) -> Built {
        let head = self.definition.head.as_ref().map_or(self.definition.default_branch(), RefName::as_str);
        for (name, line) in &self.lines {
            self.repository.branch(name, line.tip().commit);
        }
        let tree = self.lines[head].tip().tree.clone();
        Built { repository: self.repository, checkout: Checkout::new(self.definition, tree) }
    }
}

/// A commit's edits, in the order the definition's documentation promises.
fn edits_of(commit: &Commit, number: i64) -> Vec<Edit> {
    let renames = commit.rename.iter().map(|(from, to)| Edit::Rename(from.clone(), to.clone()));
    let deletions = commit.delete.iter().cloned().map(Edit::Delete);
    let second_line = if commit.unique { format!("// change {number}\n") } else { String::new() };
    let files = commit
        .files
        .iter()
        .map(|path| Edit::Write(path.clone(), format!("// generated content for {path}\n{second_line}")));
    let content = commit.content.iter().map(|(path, text)| Edit::Write(path.clone(), text.clone()));
    renames.chain(deletions).chain(files).chain(content).collect()
}

fn apply(tree: &mut Tree, edits: &[Edit]) -> Result<(), TreeError> {
    for edit in edits {
        match edit {
            Edit::Rename(from, to) => tree.rename(from, to)?,
            Edit::Delete(path) => tree.remove(path)?,
            Edit::Write(path, text) => {
                let executable = tree.get(path).is_some_and(|file| file.executable);
                tree.set(path, File::new(text, executable))?;
            }
        }
    }
    Ok(())
}
