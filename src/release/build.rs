//! Turns a draft into objects and a journal. The objects lead nowhere until the journal is carried out.

use std::collections::BTreeMap;

use super::ReleaseError;
use super::commits::{self, ScratchIndex, cleaned_blob, raw_blob};
use super::git::Git;
use super::journal::{Entry, FileChange, Journal, Outcome, Push, PushedRef, RefChange, Stage};
use super::prepare::{Draft, Drafted, message};
use super::refs;
use super::refusals;
use super::settings::{Mode, Settings};
use super::tags::Tagger;
use super::writes::Writes;
use crate::config::FloatingLevel;
use crate::history::History;
use crate::version::{TagTemplate, compare_versions, floating_version, is_prerelease};
use crate::workspace::Workspace;

/// Where a release starts from.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// The commit at HEAD.
    pub(super) head: String,
    /// The ref that moves: the branch that HEAD is on, or HEAD itself.
    pub(super) head_ref: String,
    /// The branch that is released to.
    pub(super) branch: String,
    /// The remote, where there is one.
    pub(super) remote: Option<String>,
}

/// Makes everything that the release needs as objects, and says in a journal what becomes of it.
///
/// # Errors
/// When git can't make an object, or a file or tag isn't what can be released.
pub(super) fn build(
    git: &Git,
    workspace: &Workspace,
    history: &History,
    base: &Base,
    mut draft: Draft,
    writes: &Writes<'_>,
    settings: &Settings,
) -> Result<Journal, ReleaseError> {
    let mut journal = Journal::new(git, base.head.clone(), Stage::Forward);
    let committed = committed(git, base, writes)?;
    refusals::refuse_unknown_files(writes, |path| committed.get(path).map(|entry| entry.mode.clone()))?;
    let (commits, entries) = match settings.mode {
        Mode::None => (vec![base.head.clone(); draft.packages.len()], BTreeMap::new()),
        Mode::Commit | Mode::Branch => make_commits(git, base, &draft, writes, &committed, settings)?,
    };
    let mut tip = commits.last().cloned().unwrap_or_else(|| base.head.clone());
    let mut pushed = Vec::new();
    match settings.mode {
        Mode::Branch => {
            let name = format!("refs/heads/{}", request_branch(&base.branch));
            refuse_foreign_commits(git, base, &name)?;
            let before = refs::read(git, [name.as_str()])?.remove(&name);
            // Asked again for the same, the request stays what it is: nobody has to look at it, or test it, once more.
            tip = before.clone().filter(|before| says(git, before) == says(git, &tip)).unwrap_or(tip);
            journal.refs.push(RefChange { name: name.clone(), before, after: tip.clone() });
            pushed.push(PushedRef { name, object: tip.clone(), moves: true });
        }
        Mode::Commit | Mode::None => {
            if tip != base.head {
                let change =
                    RefChange { name: base.head_ref.clone(), before: Some(base.head.clone()), after: tip.clone() };
                journal.refs.push(change);
                let name = format!("refs/heads/{}", base.branch);
                pushed.push(PushedRef { name, object: tip.clone(), moves: false });
            }
            make_tags(git, workspace, history, &mut draft, &commits, settings, &mut journal.refs, &mut pushed)?;
            journal.files = files(git, writes, &committed, settings.mode, &entries)?;
        }
    }
    journal.push = base.remote.clone().filter(|_| settings.push).map(|remote| Push { remote, refs: pushed });
    journal.outcome = Outcome {
        released: draft.packages.into_iter().map(|drafted| drafted.released).collect(),
        commit: (tip != base.head).then_some(tip),
        branch: base.branch.clone(),
        request_branch: (settings.mode == Mode::Branch).then(|| request_branch(&base.branch)),
        pushed_to: None,
        notes: Vec::new(),
    };
    Ok(journal)
}

/// What a commit says, whoever made it and whenever.
fn says(git: &Git, commit: &str) -> Option<String> {
    git.ask(&["show", "--no-patch", "--format=%T %P%n%B", commit])
}

/// Refuses to replace the branch of a pull request that somebody else has added to.
fn refuse_foreign_commits(git: &Git, base: &Base, name: &str) -> Result<(), ReleaseError> {
    let Some(remote) = &base.remote else { return Ok(()) };
    let there = git.line(&["ls-remote", "--quiet", "--", remote, name], &[])?;
    if there.is_empty() {
        return Ok(());
    }
    git.run(&["fetch", "--quiet", "--no-tags", "--", remote, name], &[])?;
    // Only its last commit may be new, and has to be a release's.
    let added = git.line(&["log", "--format=%s", "FETCH_HEAD", "--not", &base.head], &[])?;
    if added.lines().count() <= 1 && added.lines().all(|subject| subject.starts_with("chore(release): ")) {
        return Ok(());
    }
    let branch = name.trim_start_matches("refs/heads/").to_owned();
    Err(ReleaseError::ForeignCommits { branch, remote: remote.clone() })
}

/// The branch of the pull request that releases to `branch`.
pub(super) fn request_branch(branch: &str) -> String {
    format!("relplan/release-{}", branch.replace('/', "-"))
}

/// What HEAD has of the files that are written, and of the folders above them.
fn committed(git: &Git, base: &Base, writes: &Writes<'_>) -> Result<BTreeMap<String, Entry>, ReleaseError> {
    let mut paths: Vec<&str> = Vec::new();
    for (path, ..) in writes.files() {
        paths.extend(path.match_indices('/').map(|(end, _)| &path[..end]));
        paths.push(path);
    }
    paths.sort_unstable();
    paths.dedup();
    commits::entries(git, &base.head, &paths)
}

fn make_commits(
    git: &Git,
    base: &Base,
    draft: &Draft,
    writes: &Writes<'_>,
    committed: &BTreeMap<String, Entry>,
    settings: &Settings,
) -> Result<(Vec<String>, BTreeMap<String, Entry>), ReleaseError> {
    let index = ScratchIndex::of(git, &base.head)?;
    let groups: Vec<Vec<&Drafted>> = match settings.per_package {
        true => draft.packages.iter().map(|drafted| vec![drafted]).collect(),
        false => vec![draft.packages.iter().collect()],
    };
    let mut parent = base.head.clone();
    let mut commits = Vec::new();
    let mut all = BTreeMap::new();
    let mut first = 0;
    for group in groups {
        let members = first..first + group.len();
        first = members.end;
        // Of what one package wrote over another's, the last counts.
        let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
        for written in writes.written().iter().filter(|written| members.contains(&written.package)) {
            let blob = cleaned_blob(git, &written.path, &written.content)?;
            entries.insert(&written.path, Entry { mode: mode(committed, &written.path), blob });
        }
        // What changes no file, as most Go modules, needs no commit.
        if !entries.is_empty() {
            let tree = index.tree_with(entries.iter().map(|(path, entry)| (*path, entry)))?;
            parent = commits::commit(git, &tree, &parent, &message(&group, settings))?;
        }
        commits.extend(group.iter().map(|_| parent.clone()));
        all.extend(entries.into_iter().map(|(path, entry)| (path.to_owned(), entry)));
    }
    index.remove()?;
    Ok((commits, all))
}

fn mode(committed: &BTreeMap<String, Entry>, path: &str) -> String {
    committed.get(path).map_or_else(|| "100644".to_owned(), |entry| entry.mode.clone())
}

/// The files as the work tree gets them while nothing is committed yet.
///
/// # Errors
/// When git can't make an object.
pub(super) fn work_tree_files(git: &Git, base: &Base, writes: &Writes<'_>) -> Result<Vec<FileChange>, ReleaseError> {
    let committed = committed(git, base, writes)?;
    refusals::refuse_unknown_files(writes, |path| committed.get(path).map(|entry| entry.mode.clone()))?;
    files(git, writes, &committed, Mode::None, &BTreeMap::new())
}

/// The files as the work tree gets them. `entries` are those that the commits have. Uncommitted, the index keeps what HEAD has.
fn files(
    git: &Git,
    writes: &Writes<'_>,
    committed: &BTreeMap<String, Entry>,
    mode: Mode,
    entries: &BTreeMap<String, Entry>,
) -> Result<Vec<FileChange>, ReleaseError> {
    let mut files = Vec::new();
    for (path, before, content) in writes.files() {
        let blob = match entries.get(path) {
            Some(entry) => entry.blob.clone(),
            None => cleaned_blob(git, path, content)?,
        };
        let after = raw_blob(git, content, &blob)?;
        let raw = |content: &Vec<u8>| super::files::blob_id(&blob, content);
        let entry = committed.get(path).cloned();
        let release = match mode {
            Mode::None => entry.clone(),
            _ => Some(Entry { mode: self::mode(committed, path), blob: blob.clone() }),
        };
        if let Some(content) = &before.content {
            // Kept so that it can be put back.
            let known = entry.as_ref().map_or("", |entry| entry.blob.as_str());
            if raw(content)? != known {
                git.line(&["hash-object", "-w", "--stdin", "--no-filters"], content)?;
            }
        }
        files.push(FileChange {
            path: path.to_owned(),
            before: before.content.as_ref().map(raw).transpose()?,
            after: Some(after),
            committed: entry,
            release,
            left_out: before.left_out,
        });
    }
    Ok(files)
}

/// Makes the tags of every package at its commit, and the moving ones.
///
/// # Errors
/// When git can't make one, or one would move back.
#[expect(clippy::too_many_arguments, reason = "what is tagged, how, and the two lists that it goes to")]
pub(super) fn make_tags(
    git: &Git,
    workspace: &Workspace,
    history: &History,
    draft: &mut Draft,
    commits: &[String],
    settings: &Settings,
    changes: &mut Vec<RefChange>,
    pushed: &mut Vec<PushedRef>,
) -> Result<(), ReleaseError> {
    let tagger = Tagger::new(git)?;
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for index in 0..draft.packages.len() {
        let drafted = &draft.packages[index];
        if let Some(&first) = owners.get(&drafted.tag) {
            // One tag for a fixed group is one release.
            if commits[first] == commits[index] {
                continue;
            }
            let name = |index: usize| draft.packages[index].release.name.clone();
            return Err(ReleaseError::TagTwice { first: name(first), second: name(index), tag: drafted.tag.clone() });
        }
        owners.insert(drafted.tag.clone(), index);
        let name = format!("refs/tags/{}", drafted.tag);
        if git.run(&["check-ref-format", &name], &[]).is_err() {
            let (package, tag) = (drafted.release.name.clone(), drafted.tag.clone());
            return Err(ReleaseError::TagName { package, tag });
        }
        let mut message = format!("Release {}", drafted.tag);
        if !drafted.release.caused_by.is_empty() {
            message.push_str(&format!("\n\nDependency update: {}", drafted.release.caused_by.join(", ")));
        }
        let object = tagger.tag(&drafted.tag, &commits[index], &message)?;
        changes.push(RefChange { name: name.clone(), before: None, after: object.clone() });
        pushed.push(PushedRef { name, object, moves: false });
        let next = drafted.next.clone();
        for alias in aliases(workspace, history, drafted, settings)? {
            let name = format!("refs/tags/{alias}");
            let before = refs::read(git, [name.as_str()])?.remove(&name);
            let object = tagger.tag(&alias, &commits[index], &format!("Release {next}"))?;
            changes.retain(|change| change.name != name);
            pushed.retain(|pushed| pushed.name != name);
            changes.push(RefChange { name: name.clone(), before, after: object.clone() });
            pushed.push(PushedRef { name, object, moves: true });
            draft.packages[index].released.floating.push(alias);
        }
    }
    Ok(())
}

/// The moving tags that follow a stable release. One that would go back is refused; the one for the newest release of all
/// stays where it is instead.
fn aliases(
    workspace: &Workspace,
    history: &History,
    drafted: &Drafted,
    settings: &Settings,
) -> Result<Vec<String>, ReleaseError> {
    if drafted.release.channel.is_some() {
        return Ok(Vec::new());
    }
    let config = workspace.config();
    let package = &config.package[drafted.release.package];
    let versions = history.packages[drafted.release.package].tags.versions.iter();
    let stable = versions.filter(|version| !is_prerelease(version));
    let above: Vec<_> = stable.filter(|version| compare_versions(version, &drafted.next).is_gt()).collect();
    let higher = |within: &str| {
        let within = format!("{within}.");
        let above = above.iter().filter(|version| version.starts_with(&within));
        above.max_by(|one, other| compare_versions(one, other)).map(|version| (*version).to_owned())
    };
    let levels: &[FloatingLevel] = package.floating_tags.as_ref().unwrap_or(&config.workspace.floating_tags);
    let mut aliases = Vec::new();
    for version in levels.iter().filter_map(|&level| floating_version(&drafted.next, level)) {
        let tag = drafted.template.render(version);
        if let Some(held) = higher(version).filter(|_| !settings.force) {
            return Err(ReleaseError::MovesBack { tag, held, version: drafted.next.clone() });
        }
        aliases.push(tag);
    }
    let latest = package.latest_tag.as_ref().or(config.workspace.latest_tag.as_ref());
    if let Some(latest) = latest.filter(|_| above.is_empty() || settings.force) {
        aliases.push(TagTemplate::new(latest, &drafted.release.name).render(""));
    }
    Ok(aliases)
}
