//! Short ways to ask for a history and to name what came back.

use std::path::Path;

use relplan::commit::{Bump, Kind, Reading};
use relplan::config::{NestedPackages, OrphanedTagStrategy};
use relplan::history::{CommitRules, Detail, History, HistoryError, PackageScope, Repository, Request, TagRef, read};

/// `feat` is minor, `fix` is patch, `[skip]` is skipped.
pub struct Rules;

impl CommitRules for Rules {
    fn is_skipped(&self, subject: &[u8]) -> bool {
        subject.windows(6).any(|window| window == b"[skip]")
    }

    fn read(&self, message: &[u8]) -> Reading {
        let bump = match message {
            [b'f', b'e', b'a', b't', ..] => Bump::Minor,
            [b'f', b'i', b'x', ..] => Bump::Patch,
            _ => Bump::None,
        };
        Reading { bump, kind: Kind::Known }
    }
}

/// A package in the directory of its name, tagged `NAME@v…`.
pub fn package(name: &str) -> PackageScope {
    PackageScope { tag_prefix: format!("{name}@v").into_bytes(), path: name.to_owned(), ..PackageScope::default() }
}

/// The packages of these names.
pub fn packages(names: &[&str]) -> Vec<PackageScope> {
    names.iter().map(|name| package(name)).collect()
}

/// What relplan's own configuration asks for.
pub fn request(packages: &[PackageScope]) -> Request<'_> {
    Request {
        packages,
        monorepo: true,
        nested: NestedPackages::Shared,
        rules: &Rules,
        recover: true,
        merge_head_counts_both_sides: true,
        shared_paths_by_component: true,
        since_any_tag: false,
        commits_of_untouched: false,
        detail: Detail::EveryCommit,
        orphans: OrphanedTagStrategy::Warn,
        jobs: 1,
    }
}

/// Opens the repository at `path` and reads its history.
pub fn history(path: &Path, request: &Request<'_>) -> Result<History, HistoryError> {
    read(&Repository::discover(path)?, request)
}

/// Subjects of a package's commits.
pub fn subjects(history: &History, package: usize) -> Vec<&str> {
    history.commits_of(package).map(|commit| history.subject(commit)).collect()
}

/// A tag's name.
pub fn name(tag: Option<&TagRef>) -> Option<&str> {
    tag.map(|tag| tag.name.as_str())
}
