//! The pass itself: which step follows which, with and without a commit-graph.

use std::collections::BTreeMap;

use gix_commitgraph::Graph;

use super::attribution::{Attributed, Batch, Task};
use super::dag::{Dag, Node, Reach, Walk};
use super::followed::Regions;
use super::outcome::{AskedVersion, History, PackageHistory, PackageTags, Touched, Work};
use super::ownership;
use super::package_set::{PackageSets, SetId};
use super::released::Unreleased;
use super::request::{PackageScope, Request};
use super::reverts::{Rulings, Search};
use super::tags::Releases;
use super::{HistoryError, Repository, WalkError, attribution, change_detection, dag, order, unknown};
use crate::config::OrphanedTagStrategy;

/// The releases of all packages, without their commits.
#[derive(Debug, Default)]
pub struct TagHistory {
    /// One entry a package, in the request's order.
    pub packages: Vec<PackageTags>,
    /// What the user should know, ready to print.
    pub warnings: Vec<String>,
}

/// Reads which commits and releases are whose. Before the first commit there are none.
///
/// # Errors
/// When an object is missing or damaged. A damaged commit-graph is no error: the commits themselves are read instead, and
/// a warning says so.
pub fn read(repository: &Repository, request: &Request<'_>) -> Result<History, HistoryError> {
    let releases = Releases::read(repository)?;
    let (mut history, warnings) =
        with_or_without_graph(repository, |graph| read_with(repository, request, &releases, graph))?;
    history.warnings.splice(0..0, warnings);
    Ok(history)
}

/// Reads the packages' releases only, and no more of the history than it takes to know which of them HEAD can reach.
///
/// # Errors
/// As for [`read`].
pub fn read_tags(
    repository: &Repository,
    packages: &[PackageScope],
    orphans: OrphanedTagStrategy,
) -> Result<TagHistory, HistoryError> {
    let releases = Releases::read(repository)?;
    let (mut tags, warnings) = with_or_without_graph(repository, |graph| {
        let Some(head) = repository.head_id() else { return Ok(TagHistory::none(repository, packages)) };
        let mut reader = repository.reader();
        let mut dag = Dag::new(&head, graph, &mut reader)?;
        let mut walk = Walk::new(&dag);
        let selected = releases.select(packages, orphans, &mut dag, &mut walk, &mut reader)?;
        Ok(TagHistory { packages: selected.packages, warnings: selected.warnings })
    })?;
    tags.warnings.splice(0..0, warnings);
    Ok(tags)
}

/// A history without commits, in which no package is touched.
impl From<TagHistory> for History {
    fn from(tags: TagHistory) -> Self {
        let package = |tags| PackageHistory { tags, touched: Touched::No, commits: Vec::new() };
        Self { packages: tags.packages.into_iter().map(package).collect(), warnings: tags.warnings, ..Self::default() }
    }
}

impl TagHistory {
    fn none(repository: &Repository, packages: &[PackageScope]) -> Self {
        Self { packages: vec![PackageTags::default(); packages.len()], warnings: vec![no_commit(repository)] }
    }
}

/// Runs `pass` with the commit-graph if there is a usable one, and once more without if it turns out not to be. Objects that
/// only a damaged graph speaks of would seem to be missing, so those are a reason too.
fn with_or_without_graph<T>(
    repository: &Repository,
    mut pass: impl FnMut(Option<Graph>) -> Result<T, WalkError>,
) -> Result<(T, Vec<String>), HistoryError> {
    let info = repository.commit_graph_dir();
    let opened = info.map_or(Ok(None), |info| dag::open_graph(&info, repository.object_hash()));
    let failed = match opened {
        Ok(None) => return Ok((without_graph(pass)?, Vec::new())),
        Ok(graph) => match pass(graph) {
            Ok(result) => return Ok((result, Vec::new())),
            Err(WalkError::Misnamed(error)) => return Err(HistoryError::NoTagFits(error)),
            Err(error) => error.to_string(),
        },
        Err(reason) => reason,
    };
    let result = without_graph(pass)?;
    let warning = format!(
        "the commit-graph can't be used ({failed}), so the commits themselves were read, which takes longer; \
         `git commit-graph write --reachable` makes a new one"
    );
    Ok((result, vec![warning]))
}

fn without_graph<T>(mut pass: impl FnMut(Option<Graph>) -> Result<T, WalkError>) -> Result<T, HistoryError> {
    pass(None).map_err(|error| match error {
        WalkError::Object(error) => error.into(),
        WalkError::Misnamed(error) => HistoryError::NoTagFits(error),
        WalkError::CommitGraph(reason) => unreachable!("no commit-graph was used, yet: {reason}"),
    })
}

fn read_with(
    repository: &Repository,
    request: &Request<'_>,
    releases: &Releases,
    graph: Option<Graph>,
) -> Result<History, WalkError> {
    let Some(head) = repository.head_id() else { return Ok(nothing(repository, request)) };
    let mut reader = repository.reader();
    let check_graph = graph.is_some();
    let mut dag = Dag::new(&head, graph, &mut reader)?;
    let mut walk = Walk::new(&dag);
    let selected = releases.select(request.packages, request.orphans, &mut dag, &mut walk, &mut reader)?;
    let rules =
        ownership::Rules { nested: request.nested, shared_paths_by_component: request.shared_paths_by_component };
    let ownership = request.monorepo.then(|| ownership::build(request.packages, rules));
    let touched = change_detection::touched(request, ownership.as_ref(), &selected.packages, &mut dag, &mut reader)?;
    let mut sets = PackageSets::new(request.packages.len());
    let boundaries = boundaries(request, &selected.packages, &dag, &mut sets);
    let unreleased = unreleased(request, &boundaries, &touched, &mut dag, &mut walk, &mut sets)?;
    let regions = Regions::cut(walk.visited(), &unreleased, &boundaries, &dag);
    let breadth_first = unreleased.breadth_first(&dag);
    let order = order::along_first_parents(&dag, &breadth_first);
    let unruled = Task {
        objects: repository.objects(),
        dag: &dag,
        unreleased: &unreleased,
        regions: regions.as_ref(),
        boundaries: &boundaries,
        sets: &sets,
        ownership: ownership.as_ref(),
        rules: request.rules,
        detail: request.detail,
        rulings: None,
        check_graph,
    };
    let mut batches = attribution::attribute(unruled, &order, request.jobs, reader)?;
    // Nearly always nothing is taken back, and this is the end of it. Otherwise commits may count that more important ones
    // made unnecessary to look at, until no further revert turns up.
    let (mut ruled, mut known, mut reverts) = (sets.clone(), Rulings::new(), BTreeMap::new());
    loop {
        let before = reverts.len();
        reverts.extend(batches.iter().flat_map(|batch| batch.reverts.iter().cloned()));
        if reverts.len() == before {
            break;
        }
        let mut reader = repository.reader();
        let mut search = Search { dag: &dag, unreleased: &unreleased, order: &order, reader: &mut reader };
        let rulings = search.rulings(&reverts, &mut ruled)?;
        if rulings == known {
            break;
        }
        known = rulings;
        let task = Task { rulings: Some(&known), sets: &ruled, ..unruled };
        batches = attribution::attribute(task, &order, request.jobs, reader)?;
    }
    let packages = selected.packages.into_iter().zip(touched);
    let packages = packages.map(|(tags, touched)| PackageHistory { tags, touched, commits: Vec::new() }).collect();
    let warnings = selected.warnings;
    let mut work = Work::default();
    batches.iter().for_each(|batch| work += batch.work);
    let history = assemble(packages, &mut batches, breadth_first.len());
    let settled = ruled.of(history.packages_that_break());
    let unknown = unknown::count(&dag, &unreleased, &order, &batches, settled, &mut ruled);
    Ok(History { warnings, work, unknown, ..history })
}

/// What a repository without commits has to say.
fn nothing(repository: &Repository, request: &Request<'_>) -> History {
    let package = PackageHistory { tags: PackageTags::default(), touched: Touched::No, commits: Vec::new() };
    let warnings = vec![no_commit(repository)];
    History { packages: vec![package; request.packages.len()], warnings, ..History::default() }
}

/// The warning that the branch has no commit yet.
pub(crate) fn no_commit(repository: &Repository) -> String {
    format!("Warning: the branch `{}` has no commit yet", repository.head_branch().unwrap_or("HEAD"))
}

/// Sweeps from the boundaries of the packages that are planned.
fn unreleased(
    request: &Request<'_>,
    boundaries: &[(Node, SetId)],
    touched: &[Touched],
    dag: &mut Dag,
    walk: &mut Walk,
    sets: &mut PackageSets,
) -> Result<Unreleased, WalkError> {
    let is_planned = |package: usize| {
        touched[package] != Touched::No || request.commits_of_untouched || request.packages[package].always_planned
    };
    let all = sets.of(0..touched.len());
    let unplanned = sets.of((0..touched.len()).filter(|package| !is_planned(*package)));
    Unreleased::sweep(dag, walk, sets, boundaries, unplanned, all)
}

/// The commits of the packages' last releases, each with all packages it released.
fn boundaries(request: &Request<'_>, tags: &[PackageTags], dag: &Dag, sets: &mut PackageSets) -> Vec<(Node, SetId)> {
    let mut packages_by_node: Vec<(Node, usize)> = Vec::new();
    for (package, tags) in tags.iter().enumerate() {
        let tag = tags.baseline(request.since_any_tag);
        if let Some((Reach::Node(node), _)) = tag.and_then(|tag| dag.find(&tag.commit)) {
            packages_by_node.push((node, package));
        }
    }
    packages_by_node.sort_unstable();
    packages_by_node
        .chunk_by(|one, other| one.0 == other.0)
        .map(|chunk| (chunk[0].0, sets.of(chunk.iter().map(|(_, package)| *package))))
        .collect()
}

/// Puts the commits back into breadth-first order and hands them to their packages.
fn assemble(mut packages: Vec<PackageHistory>, batches: &mut [Batch], ranks: usize) -> History {
    let mut by_rank: Vec<Option<(&Batch, &Attributed)>> = vec![None; ranks];
    for batch in &*batches {
        for commit in &batch.commits {
            by_rank[commit.rank as usize] = Some((batch, commit));
        }
    }
    let mut asked_by_rank: BTreeMap<u32, (&str, bool)> = BTreeMap::new();
    for (rank, version, changes_nothing) in batches.iter().flat_map(|batch| &batch.asked) {
        asked_by_rank.insert(*rank, (version, *changes_nothing));
    }
    let mut asked = Vec::new();
    let mut commits = Vec::with_capacity(ranks);
    for (batch, commit) in by_rank.into_iter().flatten() {
        let index = u32::try_from(commits.len()).expect("fewer than 2^32 commits");
        if let Some((version, changes_nothing)) = asked_by_rank.get(&commit.rank) {
            let version = (*version).to_owned();
            asked.push(AskedVersion { commit: index, version, changes_nothing: *changes_nothing });
        }
        commits.push(commit.record);
        for package in batch.packages_of(commit) {
            packages[*package as usize].commits.push(index);
        }
    }
    let subjects = batches.iter_mut().map(|batch| std::mem::take(&mut batch.subjects)).collect();
    History { commits, packages, subjects, asked, ..History::default() }
}
