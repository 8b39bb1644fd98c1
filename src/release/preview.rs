//! What a release would do, for `--dry-run`: everything is worked out, nothing is written.

use super::ReleaseError;
use super::build::{Base, request_branch};
use super::git::Git;
use super::journal::Outcome;
use super::merged::{self, Merged};
use super::prepare::{Preview, settled};
use super::run::{Planned, base};
use super::settings::{Mode, Options, Settings};
use super::writes::{Before, Writes};
use crate::workspace::FileChange;

/// What a release would do; `None` where there is nothing to do.
///
/// # Errors
/// What would keep it from being done.
pub(crate) fn preview(planned: &Planned, options: &Options) -> Result<Option<Preview>, ReleaseError> {
    let git = Git::of(planned.workspace.repository())?;
    let settings = Settings::of(planned.workspace.config(), options);
    let base = base(&git, &planned.workspace)?;
    if settings.mode == Mode::Branch
        && let Some(merged) = merged::find(&git, planned, &settings)?
    {
        return Ok(Some(of_merged(merged, base, &settings)));
    }
    if planned.plan.releases.is_empty() {
        return Ok(None);
    }
    let left_out = |path: &str| planned.workspace.committed(path);
    let mut writes = Writes::new(&git, &left_out);
    let (draft, settings) = settled(&git, planned, &settings, &mut writes)?;
    let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
    let change = |(path, before, after): (&str, &Before, &[u8])| FileChange {
        path: path.to_owned(),
        before: before.content.as_deref().map(text).unwrap_or_default(),
        after: text(after),
    };
    let subject = (!writes.is_empty()).then_some(draft.subject.as_str());
    let steps = steps(subject, &base, &settings, draft.packages.iter().map(|drafted| drafted.tag.as_str()));
    Ok(Some(Preview {
        changes: writes.files().map(change).collect(),
        outcome: Outcome {
            released: draft.packages.into_iter().map(|drafted| drafted.released).collect(),
            branch: base.branch,
            ..Outcome::default()
        },
        steps,
    }))
}

fn of_merged(merged: Merged, base: Base, settings: &Settings) -> Preview {
    let mut steps: Vec<String> = merged.tagged().map(|(tag, commit)| format!("tag {tag} at {commit:.7}")).collect();
    steps.push(push(&base, settings));
    Preview {
        changes: Vec::new(),
        outcome: Outcome { released: merged.released(), branch: base.branch, ..Outcome::default() },
        steps,
    }
}

/// `subject` is that of the commit, where files change.
fn steps<'t>(
    subject: Option<&str>,
    base: &Base,
    settings: &Settings,
    tags: impl Iterator<Item = &'t str>,
) -> Vec<String> {
    let mut steps = Vec::new();
    let tags: Vec<&str> = tags.collect();
    match (settings.mode, subject) {
        (_, None) => {}
        (Mode::Commit, Some(subject)) => steps.push(format!("commit {subject:?} on {}", base.branch)),
        (Mode::Branch, Some(subject)) => {
            steps.push(format!("commit {subject:?} on {}", request_branch(&base.branch)));
        }
        (Mode::None, Some(_)) => steps.push("leave the files uncommitted".to_owned()),
    }
    if settings.mode != Mode::Branch {
        steps.push(format!("tag {}", tags.join(", ")));
    }
    steps.push(push(base, settings));
    steps
}

fn push(base: &Base, settings: &Settings) -> String {
    match &base.remote {
        Some(remote) if settings.push => format!("push to {remote}"),
        _ => "push nothing".to_owned(),
    }
}
