//! A release whose pull request was merged: the files say its version already, and only its tags are missing. They go to the
//! commit that brought the version, whatever came after it.

use super::ReleaseError;
use super::build::Base;
use super::git::Git;
use super::journal::{Journal, Outcome, Push, PushedRef, RefChange, Released, Stage};
use super::settings::Settings;
use super::tags::Tagger;
use crate::history::History;
use crate::version::compare_versions;
use crate::version_files;
use crate::workspace::Workspace;

/// The tags of releases that were merged; `None` where there are none.
///
/// # Errors
/// When git can't tell or tag.
pub(super) fn tags(
    git: &Git,
    workspace: &Workspace,
    history: &History,
    base: &Base,
    settings: &Settings,
) -> Result<Option<Journal>, ReleaseError> {
    let mut journal = Journal::new(git, base.head.clone(), Stage::Forward);
    let mut pushed = Vec::new();
    let mut tagger = None;
    let states = workspace.package_states(history);
    for (index, package) in workspace.config().package.iter().enumerate() {
        let Some(file) = package.versioned_files.first() else { continue };
        let Ok(version) = version_files::read_version(workspace.root(), file) else { continue };
        let highest = states[index].highest_tag.as_ref().map(|found| found.version.clone());
        let is_newer = highest.as_ref().is_none_or(|highest| compare_versions(&version, highest).is_gt());
        let tag = states[index].tag_template.render(&version);
        if !is_newer || workspace.repository().has_tag(&tag) {
            continue;
        }
        let carrier = version_files::carrier(workspace.root(), file)?;
        let Some(commit) = releasing_commit(git, &carrier.path, &package.name, &version) else { continue };
        let tagger = match &mut tagger {
            Some(known) => known,
            none => none.insert(Tagger::new(git)?),
        };
        let object = tagger.tag(&tag, &commit, &format!("Release {tag}"))?;
        let name = format!("refs/tags/{tag}");
        journal.refs.push(RefChange { name: name.clone(), before: None, after: object.clone() });
        pushed.push(PushedRef { name, object, moves: false });
        let previous = highest.unwrap_or_default();
        journal.outcome.released.push(Released {
            package: package.name.clone(),
            line: format!("● {}  {previous} → {version}  (merged)", package.name),
            previous_version: previous,
            new_version: version,
            bump_type: "merged".to_owned(),
            tag,
            floating: Vec::new(),
            commit_count: 0,
            prerelease: false,
            version_source: None,
            files: Vec::new(),
            notes: String::new(),
        });
    }
    journal.outcome = Outcome { branch: base.branch.clone(), ..journal.outcome };
    journal.push = base.remote.clone().filter(|_| settings.push).map(|remote| Push { remote, refs: pushed });
    Ok((!journal.refs.is_empty()).then_some(journal))
}

/// The commit of the branch that brought `version` by a release commit of relplan's.
fn releasing_commit(git: &Git, path: &str, package: &str, version: &str) -> Option<String> {
    let commit = git.ask(&["log", "-1", "--first-parent", "--format=%H", "--", path])?;
    let brought = git.ask(&["log", "--format=%s", &commit, "--not", &format!("{commit}^1")])?;
    let wanted = format!("{package} v{version}");
    let tells = |subject: &str| {
        let packages = subject.strip_prefix("chore(release): ")?;
        packages.split([',', '[', '(']).any(|named| named.trim() == wanted).then_some(())
    };
    brought.lines().find_map(tells).map(|()| commit)
}
