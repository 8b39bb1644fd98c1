//! Answers the planner's questions from the work tree, the tags and the clock, each only when it is asked.

use std::cell::OnceCell;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Workspace;
use crate::history::History;
use crate::plan::PlanContext;
use crate::version::{self, Prerelease, VersionError};

/// What the planner may ask of a workspace besides its history.
pub(super) struct WorkspaceContext<'a> {
    workspace: &'a Workspace,
    history: &'a History,
    head: String,
    files: Vec<OnceCell<Option<String>>>,
}

impl<'a> WorkspaceContext<'a> {
    /// Answers for `workspace`, whose tags are in `history`.
    pub(super) fn new(workspace: &'a Workspace, history: &'a History) -> Self {
        let head = workspace.repository.head_id().map(|id| id.to_hex_with_len(7).to_string()).unwrap_or_default();
        let files = workspace.config().package.iter().map(|_| OnceCell::new()).collect();
        Self { workspace, history, head, files }
    }
}

impl PlanContext for WorkspaceContext<'_> {
    fn file_version(&self, package: usize) -> Option<String> {
        let tags = &self.history.packages[package].tags;
        self.files[package].get_or_init(|| self.workspace.declared_version(package, tags)).clone()
    }

    fn today(&self) -> Date {
        now().date()
    }

    fn prerelease(
        &self,
        package: usize,
        base: &str,
        channel: &Prerelease,
        current: &str,
    ) -> Result<String, VersionError> {
        // A file may say more than the tags do.
        let existing = self.history.packages[package].tags.versions.iter().chain([current]);
        version::prerelease_version(channel, base, current, existing, now, &self.head)
    }

    fn is_tagged(&self, package: usize, tag: &str) -> bool {
        self.history.packages[package].tags.versions.iter().any(|version| tag.contains(version))
            && self.workspace.repository.has_tag(tag)
    }

    fn tag_exists(&self, name: &str) -> bool {
        self.workspace.repository.has_tag(name)
    }
}

/// The clock, in UTC so that a plan doesn't depend on where it is made.
fn now() -> DateTime {
    Zoned::new(Timestamp::now(), TimeZone::UTC).datetime()
}
