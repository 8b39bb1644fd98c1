//! What a release did, or would do: the text names every step, the JSON is what FerrFlow's has, and the notes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::write_diff;
use crate::plan::{Plan, SkipReason};
use crate::release::{Outcome, Preview, Released};

/// What a release did, or would do.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseReport<'a> {
    /// The plan, where one was made.
    pub plan: Option<&'a Plan>,
    /// What was done; `None` where there was nothing to do.
    pub outcome: Option<&'a Outcome>,
    /// What else would be done.
    pub preview: Option<&'a Preview>,
    /// Whether nothing was done.
    pub dry_run: bool,
}

impl<'a> ReleaseReport<'a> {
    /// There was nothing to release.
    pub fn nothing() -> Self {
        Self { plan: None, outcome: None, preview: None, dry_run: false }
    }

    /// This was released.
    pub fn done(outcome: &'a Outcome) -> Self {
        Self { outcome: Some(outcome), ..Self::nothing() }
    }

    /// This would be released.
    pub fn would(preview: &'a Preview) -> Self {
        Self { outcome: Some(&preview.outcome), preview: Some(preview), dry_run: true, ..Self::nothing() }
    }
}

/// Writes the report as text.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_release_text(report: &ReleaseReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let dry = if report.dry_run { " (dry run)" } else { "" };
    writeln!(out, "relplan — Release{dry}\n")?;
    let Some(outcome) = report.outcome else { return writeln!(out, "Nothing to release.") };
    for (index, released) in outcome.released.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_package(released, report, outcome, out)?;
    }
    match report.preview {
        Some(preview) => write_preview(preview, out),
        None => write_outcome(outcome, out),
    }
}

fn write_package(
    released: &Released,
    report: &ReleaseReport<'_>,
    outcome: &Outcome,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", released.line)?;
    if report.dry_run {
        return Ok(());
    }
    released.files.iter().try_for_each(|file| writeln!(out, "  ✓ Updated {file}"))?;
    if outcome.request_branch.is_some() {
        return Ok(());
    }
    writeln!(out, "  ✓ Created tag {}", released.tag)?;
    released.floating.iter().try_for_each(|tag| writeln!(out, "  ✓ Moved tag {tag}"))
}

fn write_outcome(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    match (&outcome.commit, &outcome.request_branch) {
        (Some(_), None) => writeln!(out, "✓ Committed release changes")?,
        (Some(_), Some(branch)) => writeln!(out, "✓ Committed release changes to {branch}; open a pull request of it")?,
        (None, _) => {}
    }
    match &outcome.pushed_to {
        Some(remote) => {
            let branch = outcome.request_branch.as_ref().unwrap_or(&outcome.branch);
            if outcome.commit.is_some() {
                writeln!(out, "✓ Pushed and verified on {remote}/{branch}")?;
            }
            if outcome.request_branch.is_none() {
                writeln!(out, "✓ Pushed tags")?;
            }
        }
        None => writeln!(out, "○ Nothing was pushed")?,
    }
    outcome.notes.iter().try_for_each(|note| writeln!(out, "! {note}"))
}

fn write_preview(preview: &Preview, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    preview.steps.iter().try_for_each(|step| writeln!(out, "→ {step}"))?;
    if !preview.changes.is_empty() {
        writeln!(out)?;
    }
    preview.changes.iter().try_for_each(|change| write_diff(change, out))
}

#[derive(Serialize)]
struct Document<'a> {
    released: Vec<ReleasedDocument<'a>>,
    skipped: Vec<SkippedDocument<'a>>,
    git: GitDocument<'a>,
    dry_run: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'a String>,
}

#[derive(Serialize)]
struct ReleasedDocument<'a> {
    package: &'a str,
    previous_version: &'a str,
    new_version: &'a str,
    bump_type: &'a str,
    tag: &'a str,
    commit_count: usize,
    prerelease: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_source: Option<&'a Value>,
    notes: &'a str,
    files: &'a [String],
    forge_release_url: Option<&'a str>,
    forge_release_id: Option<&'a str>,
}

#[derive(Serialize)]
struct SkippedDocument<'a> {
    package: &'a str,
    reason: &'static str,
}

#[derive(Serialize)]
struct GitDocument<'a> {
    commit: Option<&'a str>,
    tags_pushed: Vec<&'a str>,
    branch: Option<&'a str>,
}

/// Writes the report as one line of JSON. Relplan makes no releases on forges, so what says where they are is always null.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_release_json(report: &ReleaseReport<'_>, warnings: &[String], out: &mut dyn Write) -> io::Result<()> {
    let released = report.outcome.map_or(&[][..], |outcome| &outcome.released);
    let pushed = report.outcome.filter(|outcome| outcome.pushed_to.is_some() && outcome.request_branch.is_none());
    let tags = pushed.map_or(&[][..], |outcome| &outcome.released);
    let tags = tags.iter().flat_map(|released| [&released.tag].into_iter().chain(&released.floating));
    let branch = |outcome: &'_ Outcome| outcome.request_branch.clone().unwrap_or_else(|| outcome.branch.clone());
    let branch = report.outcome.map(branch);
    let mut tags_pushed: Vec<&str> = tags.map(String::as_str).collect();
    tags_pushed.dedup();
    let document = Document {
        released: released.iter().map(released_document).collect(),
        skipped: report.plan.map(skipped).unwrap_or_default(),
        git: GitDocument {
            commit: report.outcome.and_then(|outcome| outcome.commit.as_deref()).and_then(|commit| commit.get(..7)),
            tags_pushed,
            branch: branch.as_deref(),
        },
        dry_run: report.dry_run,
        changes: report.preview.map(diffs).transpose()?.unwrap_or_default(),
        warnings: warnings.iter().chain(report.outcome.iter().flat_map(|outcome| &outcome.notes)).collect(),
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn released_document(released: &Released) -> ReleasedDocument<'_> {
    ReleasedDocument {
        package: &released.package,
        previous_version: &released.previous_version,
        new_version: &released.new_version,
        bump_type: &released.bump_type,
        tag: &released.tag,
        commit_count: released.commit_count,
        prerelease: released.prerelease,
        version_source: released.version_source.as_ref(),
        notes: &released.notes,
        files: &released.files,
        forge_release_url: None,
        forge_release_id: None,
    }
}

fn skipped(plan: &Plan) -> Vec<SkippedDocument<'_>> {
    let reason = |reason: &SkipReason| match reason {
        SkipReason::Excluded => "excluded",
        SkipReason::NotTouched => "not touched",
        SkipReason::NoNewCommits => "no new commits",
        SkipReason::NoReleasableCommits => "no releasable commits",
        SkipReason::CannotFollow { .. } | SkipReason::VersionUnchanged { .. } => "version unchanged",
    };
    plan.skipped
        .iter()
        .map(|skipped| SkippedDocument { package: &skipped.name, reason: reason(&skipped.reason) })
        .collect()
}

fn diffs(preview: &Preview) -> io::Result<Vec<String>> {
    let diff = |change| {
        let mut text = Vec::new();
        write_diff(change, &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    preview.changes.iter().map(diff).collect()
}
