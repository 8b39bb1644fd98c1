//! What depends on whose configuration is read: FerrFlow's, whose answers are then kept, or relplan's own, or none.

use crate::config::{Dialect, WorkspaceSettings};

/// Every decision in which FerrFlow's rules and relplan's own differ, each by its name. Code that departs from FerrFlow under
/// relplan's own configuration asks here, and never for the [`Dialect`] itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compatibility {
    /// A package that HEAD doesn't touch is compared with its own last release; here a setting may say otherwise.
    pub recover_missed_releases: bool,
    /// Shared paths match whole path components; otherwise `docs` matches `docs2/x` as well.
    pub shared_paths_by_component: bool,
    /// A strategy is recognised from the versions in tags; otherwise from the tags' whole names.
    pub strategy_from_versions: bool,
    /// Reports show the moving tags of packages that only their dependencies move.
    pub floating_tags_of_dependents: bool,
    /// Reports show the file changes of packages that only their dependencies move.
    pub file_changes_of_dependents: bool,
    /// What a package depends on moves it by a patch, where the configuration doesn't say how far; otherwise as far as it moves.
    pub dependents_move_by_a_patch: bool,
    /// All members of a linked group move when one does, as those of a fixed group do; otherwise, as with changesets, only those that
    /// have commits or dependencies to move for, and all to the same version.
    pub linked_moves_all: bool,
    /// `!` makes every type of commit breaking, a type is known however it is spelled, and a `Release-As:` footer is honoured;
    /// otherwise only known types break, a type moves the version where FerrFlow's patterns match it, and the footer, which
    /// FerrFlow doesn't know, is text: looking for it means reading every commit.
    pub own_commit_rules: bool,
}

impl Compatibility {
    /// The rules that go with a configuration in `dialect` that has these settings.
    pub fn of(dialect: Dialect, settings: &WorkspaceSettings) -> Self {
        let rules = match dialect {
            Dialect::FerrFlow => Self::FERRFLOW,
            Dialect::Relplan | Dialect::Detected => Self::OWN,
        };
        let recover_missed_releases = settings.recover_missed_releases.unwrap_or(rules.recover_missed_releases);
        Self { recover_missed_releases, ..rules }
    }

    const FERRFLOW: Self = Self {
        recover_missed_releases: false,
        shared_paths_by_component: false,
        strategy_from_versions: false,
        floating_tags_of_dependents: false,
        file_changes_of_dependents: false,
        dependents_move_by_a_patch: false,
        linked_moves_all: true,
        own_commit_rules: false,
    };

    const OWN: Self = Self {
        recover_missed_releases: true,
        shared_paths_by_component: true,
        strategy_from_versions: true,
        floating_tags_of_dependents: true,
        file_changes_of_dependents: true,
        dependents_move_by_a_patch: true,
        linked_moves_all: false,
        own_commit_rules: true,
    };
}
