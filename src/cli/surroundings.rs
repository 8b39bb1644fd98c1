//! Answers the planner's questions from the work tree, the tags and the clock, each only when it is asked.

use std::cell::OnceCell;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::session::Session;
use crate::history::History;
use crate::plan::Surroundings;
use crate::version::{self, Prerelease, VersionError};

/// The repository as the planner sees it besides its history.
pub struct WorkTree<'a> {
    session: &'a Session,
    history: &'a History,
    head: String,
    files: Vec<OnceCell<Option<String>>>,
}

impl<'a> WorkTree<'a> {
    /// The work tree of `session`, whose tags are in `history`.
    pub fn new(session: &'a Session, history: &'a History) -> Self {
        let head = session.repository.head_id().map(|id| id.to_hex_with_len(7).to_string()).unwrap_or_default();
        let files = session.config().package.iter().map(|_| OnceCell::new()).collect();
        Self { session, history, head, files }
    }
}

impl Surroundings for WorkTree<'_> {
    fn file_version(&self, package: usize) -> Option<String> {
        let tags = &self.history.packages[package].tags;
        self.files[package].get_or_init(|| self.session.declared_version(package, tags)).clone()
    }

    fn today(&self) -> Date {
        now().date()
    }

    fn prerelease(&self, package: usize, base: &str, channel: &Prerelease) -> Result<String, VersionError> {
        let existing = self.history.packages[package].tags.versions.iter();
        version::prerelease_version(channel, base, existing, now, &self.head)
    }

    fn tag_exists(&self, name: &str) -> bool {
        self.session.repository.has_tag(name)
    }
}

/// The clock, in UTC so that a plan doesn't depend on where it is made.
fn now() -> DateTime {
    Zoned::new(Timestamp::now(), TimeZone::UTC).datetime()
}
