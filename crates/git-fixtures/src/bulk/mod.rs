//! Bulk mode: a whole history from a seed.
//!
//! The order in which random numbers are drawn is part of the format: changing it changes every repository.

mod messages;
mod packages;
mod random;

use crate::build::{BuildError, Built, DATE_STEP, FIRST_DATE};
use crate::definition::{Bulk, Dates, Definition, RepoPath};
use crate::first_commit;
use crate::repository::{Checkout, CommitIndex, Repository};
use crate::tree::{File, Tree};
use messages::Bump;
use packages::Packages;
use random::Random;

const SECONDS_A_YEAR: usize = 365 * 24 * 60 * 60;

/// Makes the repository of a definition with `generate`.
pub(crate) fn build(definition: &Definition, parameters: &Bulk) -> Result<Built, BuildError> {
    let mut history = History::start(definition, parameters)?;
    for number in 1..=parameters.commits {
        history.step(number)?;
    }
    history.merge_side()?;
    history.repository.branch(definition.default_branch(), history.tip);
    Ok(Built { repository: history.repository, checkout: Checkout::new(definition, history.tree) })
}

/// Lines appended to files, kept so that a merge can repeat them.
type Appended = Vec<(RepoPath, String)>;

/// A package since its last release.
#[derive(Clone, Copy)]
struct Progress {
    version: [u32; 3],
    bump: Bump,
}

/// A side branch that waits to be merged.
struct Side {
    commit: CommitIndex,
    appended: Appended,
    message: String,
}

struct History<'a> {
    parameters: &'a Bulk,
    packages: Packages,
    random: Random,
    repository: Repository,
    tree: Tree,
    tip: CommitIndex,
    count: i64,
    progress: Vec<Progress>,
    tags_made: u32,
    side: Option<Side>,
}

impl<'a> History<'a> {
    fn start(definition: &Definition, parameters: &'a Bulk) -> Result<Self, BuildError> {
        let packages = Packages::new(parameters);
        let mut random = Random::new(parameters.seed);
        let mut tree = first_tree(definition, parameters, &packages, &mut random)?;
        let mut repository = Repository::new(definition.storage());
        let date = date(parameters, 0, &mut random);
        let tip = repository.commit(&mut tree, &[], date, "chore: initial commit");
        let progress = vec![Progress { version: [0, 1, 0], bump: Bump::None }; packages.count()];
        let (count, tags_made, side) = (1, 0, None);
        let mut history =
            Self { parameters, packages, random, repository, tree, tip, count, progress, tags_made, side };
        for package in 0..history.packages.count() {
            history.tag(package, "0.1.0");
        }
        Ok(history)
    }

    /// One ordinary commit, and the merge, release and tags that are due after it.
    fn step(&mut self, number: u32) -> Result<(), BuildError> {
        let (message, appended) = self.change(number);
        let starts_side = self.parameters.merges > 0 && number.is_multiple_of(self.parameters.merges);
        if starts_side {
            self.merge_side()?;
            let mut tree = self.tree.clone();
            append(&mut tree, &appended)?;
            let commit = self.record(&mut tree, &[self.tip], &message);
            self.side = Some(Side { commit, appended, message });
        } else {
            let mut tree = std::mem::take(&mut self.tree);
            append(&mut tree, &appended)?;
            self.tip = self.record(&mut tree, &[self.tip], &message);
            self.tree = tree;
            self.merge_side()?;
        }
        if due(number, self.parameters.commits, self.parameters.releases + 1) && number < self.parameters.commits {
            self.merge_side()?;
            self.release()?;
        }
        self.tag_evenly(number);
        Ok(())
    }

    /// Draws a message and the lines that its commit appends.
    fn change(&mut self, number: u32) -> (String, Appended) {
        let package = self.random.below(self.packages.count());
        let scope = match self.packages.count() {
            1 => messages::single_scope(&mut self.random).to_owned(),
            _ => self.packages.name(package),
        };
        let (message, bump) = messages::message(&scope, &mut self.random);
        let mut touched = vec![package];
        let mut appended = Appended::new();
        if self.parameters.files_per_package == 0 {
            appended.push((self.packages.random_file(package, &mut self.random), "change\n".to_owned()));
        } else {
            if self.random.one_in(10) {
                touched.push(self.random.below(self.packages.count()));
            }
            for &package in &touched {
                for _ in 0..=self.random.below(3) {
                    let file = self.packages.random_file(package, &mut self.random);
                    appended.push((file, format!("change {number}\n")));
                }
            }
        }
        for package in touched {
            self.progress[package].bump = self.progress[package].bump.max(bump);
        }
        (message, appended)
    }

    fn record(&mut self, tree: &mut Tree, parents: &[CommitIndex], message: &str) -> CommitIndex {
        let date = date(self.parameters, self.count, &mut self.random);
        self.count += 1;
        self.repository.commit(tree, parents, date, message)
    }

    fn merge_side(&mut self) -> Result<(), BuildError> {
        let Some(side) = self.side.take() else { return Ok(()) };
        let mut tree = std::mem::take(&mut self.tree);
        append(&mut tree, &side.appended)?;
        self.tip = self.record(&mut tree, &[self.tip, side.commit], &format!("Merge branch: {}", side.message));
        self.tree = tree;
        Ok(())
    }

    /// Releases about half of the packages that have something to release.
    fn release(&mut self) -> Result<(), BuildError> {
        let mut released = Vec::new();
        for package in 0..self.packages.count() {
            let progress = self.progress[package];
            if progress.bump == Bump::None || (self.packages.count() > 1 && self.random.one_in(2)) {
                continue;
            }
            let version = progress.bump.apply(progress.version);
            self.progress[package] = Progress { version, bump: Bump::None };
            released.push((package, version.map(|part| part.to_string()).join(".")));
        }
        if released.is_empty() {
            return Ok(());
        }
        let mut tree = std::mem::take(&mut self.tree);
        let mut listed = Vec::new();
        for (package, version) in &released {
            let (path, text) = self.packages.manifest(*package, version);
            set(&mut tree, &path, &text)?;
            listed.push(format!("{} v{version}", self.packages.name(*package)));
        }
        self.tip = self.record(&mut tree, &[self.tip], &format!("chore(release): {}", listed.join(", ")));
        self.tree = tree;
        for (package, version) in &released {
            self.tag(*package, version);
        }
        Ok(())
    }

    /// Sets the tags that fall on this commit; packages take turns, and the last commits stay unreleased.
    fn tag_evenly(&mut self, number: u32) {
        let tagged_commits = self.parameters.commits - self.parameters.commits / 20;
        let number = number.min(tagged_commits);
        let wanted = u64::from(self.parameters.tags) * u64::from(number) / u64::from(tagged_commits);
        while u64::from(self.tags_made) < wanted {
            let turn = self.tags_made as usize;
            let version = format!("0.1.{}", turn / self.packages.count() + 1);
            self.tag(turn % self.packages.count(), &version);
            self.tags_made += 1;
        }
    }

    fn tag(&mut self, package: usize, version: &str) {
        let name = self.packages.tag(package, version);
        let message = self.parameters.annotated.then(|| format!("Release {name}"));
        self.repository.tag(&name, self.tip, message.as_deref());
    }
}

fn first_tree(
    definition: &Definition,
    parameters: &Bulk,
    packages: &Packages,
    random: &mut Random,
) -> Result<Tree, BuildError> {
    let mut tree = first_commit::tree(definition)?;
    if definition.config.is_none() {
        let path = RepoPath::try_from("ferrflow.json".to_owned()).expect("a plain file name");
        let configuration = packages.configuration(parameters.graph, random);
        set(&mut tree, &path, &first_commit::json_text(&configuration))?;
    }
    for package in 0..packages.count() {
        let (path, text) = packages.manifest(package, "0.1.0");
        set(&mut tree, &path, &text)?;
        for path in packages.files(package) {
            set(&mut tree, &path, &format!("{}: {path}\n", packages.name(package)))?;
        }
    }
    Ok(tree)
}

/// Whether one of `parts` equal parts of `total` ends with `number`.
fn due(number: u32, total: u32, parts: u32) -> bool {
    let done = |number: u32| u64::from(number) * u64::from(parts) / u64::from(total);
    done(number) > done(number - 1)
}

fn date(parameters: &Bulk, count: i64, random: &mut Random) -> i64 {
    match parameters.dates {
        Dates::Monotonic => FIRST_DATE + DATE_STEP * count,
        Dates::Random => FIRST_DATE + random.below(SECONDS_A_YEAR) as i64,
    }
}

fn set(tree: &mut Tree, path: &RepoPath, text: &str) -> Result<(), BuildError> {
    let failed = |source| BuildError::Change { at: "generate".to_owned(), source };
    tree.set(path, File::new(text, false)).map_err(failed)
}

fn append(tree: &mut Tree, appended: &Appended) -> Result<(), BuildError> {
    for (path, line) in appended {
        let before = tree.get(path).map(|file| String::from_utf8_lossy(&file.content).into_owned());
        set(tree, path, &format!("{}{line}", before.unwrap_or_default()))?;
    }
    Ok(())
}
