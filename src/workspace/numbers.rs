//! Packages that are tagged with one number: a count, or a major version whose tag moves.

use super::{Workspace, tag_template};
use crate::config::Versioning;
use crate::history::History;
use crate::plan::{Plan, Release};

impl Workspace {
    /// Says of each such package that moves what its number was taken for, where the configuration doesn't.
    pub(crate) fn single_number_warnings(&self, history: &History, plan: &Plan) -> Vec<String> {
        if !self.compatibility().strategy_from_versions {
            return Vec::new();
        }
        plan.releases.iter().filter_map(|release| self.single_number_warning(history, release)).collect()
    }

    fn single_number_warning(&self, history: &History, release: &Release) -> Option<String> {
        let (config, found) = (self.config(), &history.packages[release.package]);
        let package = &config.package[release.package];
        let highest = found.tags.highest.as_ref()?;
        let is_number = highest.version.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit());
        let is_told =
            package.versioning.or(config.workspace.versioning).is_some() || self.counts_single_numbers(package);
        if is_told || !is_number || release.current != highest.version {
            return None;
        }
        let strategy = self.detected_strategy(&tag_template(config, package, found), &found.tags);
        let (taken_for, otherwise) = match strategy {
            Some(Versioning::Sequential) => {
                ("a count of its releases", "a major version whose tag moves, say versioning = \"semver\"")
            }
            _ => ("its major version", "a count of its releases, say versioning = \"sequential\""),
        };
        let (name, tag) = (&release.name, &highest.name);
        Some(format!("Warning: the one number in {name}'s tag {tag} is taken for {taken_for}; if it is {otherwise}"))
    }
}
