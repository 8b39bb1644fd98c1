//! Answers the planner's questions from the work tree, the tags and the clock, each only when it is asked.

use std::cell::OnceCell;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::session::Session;
use crate::config::Config;
use crate::history::{History, Repository};
use crate::plan::Surroundings;
use crate::version::{self, Prerelease, VersionError};
use crate::version_files;

/// The repository as the planner sees it besides its history.
pub struct WorkTree<'a> {
    config: &'a Config,
    repository: &'a Repository,
    history: &'a History,
    head: String,
    files: Vec<OnceCell<Option<String>>>,
}

impl<'a> WorkTree<'a> {
    /// The work tree of `session`, whose tags are in `history`.
    pub fn new(session: &'a Session, history: &'a History) -> Self {
        let config = &session.loaded.config;
        let head = session.repository.head_id().map(|id| id.to_hex_with_len(7).to_string()).unwrap_or_default();
        let files = config.package.iter().map(|_| OnceCell::new()).collect();
        Self { config, repository: &session.repository, history, head, files }
    }
}

impl Surroundings for WorkTree<'_> {
    fn file_version(&self, package: usize) -> Option<String> {
        let read = || {
            let file = self.config.package[package].versioned_files.first()?;
            version_files::read_version(self.repository.root(), file).ok()
        };
        self.files[package].get_or_init(read).clone()
    }

    fn today(&self) -> Date {
        now().date()
    }

    fn prerelease(&self, package: usize, base: &str, channel: &Prerelease) -> Result<String, VersionError> {
        let existing = self.history.packages[package].tags.versions.iter();
        version::prerelease_version(channel, base, existing, now, &self.head)
    }

    fn tag_exists(&self, name: &str) -> bool {
        self.repository.has_tag(name)
    }
}

/// The clock, in UTC so that a plan doesn't depend on where it is made.
fn now() -> DateTime {
    Zoned::new(Timestamp::now(), TimeZone::UTC).datetime()
}
