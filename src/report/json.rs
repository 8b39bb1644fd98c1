//! The plan as machines read it: one line, keys in a fixed order, only packages that move. Warnings are part of it, so
//! that joining standard error to the output never makes it unreadable.

use std::io::{self, Write};

use serde::Serialize;

use super::PlanView;
use crate::plan::Release;
use crate::version::SourceKind;

#[derive(Serialize)]
struct PlanDocument<'a> {
    packages: Vec<ReleaseDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct ReleaseDocument<'a> {
    name: &'a str,
    current_version: &'a str,
    next_version: Option<&'a str>,
    bump_type: &'static str,
    tag: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    tag_exists: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    prerelease: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_source: Option<&'a SourceKind>,
    commits: Vec<CommitDocument<'a>>,
}

#[derive(Serialize)]
struct CommitDocument<'a> {
    hash: String,
    message: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Writes `view` as one line of JSON.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_json(view: &PlanView<'_>, out: &mut dyn Write) -> io::Result<()> {
    let packages = view.plan.releases.iter().map(|release| release_document(view, release)).collect();
    let head = view.head.map(|head| head.to_string());
    let document = PlanDocument { packages, head, warnings: view.warnings };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn release_document<'a>(view: &PlanView<'a>, release: &'a Release) -> ReleaseDocument<'a> {
    let commit = |&index: &u32| {
        let commit = &view.history.commits[index as usize];
        CommitDocument { hash: commit.id.to_hex_with_len(8).to_string(), message: view.history.subject(commit) }
    };
    ReleaseDocument {
        name: &release.name,
        current_version: &release.current,
        next_version: release.next.as_deref(),
        bump_type: release.label.name(),
        tag: release.tag.as_deref(),
        tag_exists: release.tag_exists,
        channel: release.channel.as_deref(),
        prerelease: release.channel.is_some(),
        version_source: release.origin.as_ref(),
        commits: release.commits.iter().map(commit).collect(),
    }
}
