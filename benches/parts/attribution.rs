//! Which commits are whose: the one pass over the history.

use std::hint::black_box;

use relplan::commit::Classifier;
use relplan::config::{NestedPackages, OrphanedTagStrategy, WorkspaceSettings};
use relplan::history::{Detail, Repository, Request, read};

use crate::Part;
use crate::inputs::{configuration, repository, scopes};

/// One thread, all packages, from opening the repository.
pub fn parts() -> Vec<Part> {
    ["mono_small", "mono_medium", "complex"].map(part).into()
}

fn part(name: &'static str) -> Part {
    Part::new(format!("attribution/{name}"), move || {
        let path = repository(&format!("held-out-{}", name.replace('_', "-")));
        let scopes = scopes(&configuration(&path));
        let rules = Classifier::new(&WorkspaceSettings::default()).expect("the built-in rules");
        move || {
            let request = Request {
                packages: &scopes,
                monorepo: scopes.len() > 1,
                nested: NestedPackages::Shared,
                rules: &rules,
                recover: true,
                merge_head_counts_both_sides: true,
                shared_paths_by_component: true,
                since_any_tag: false,
                commits_of_untouched: false,
                detail: Detail::FarthestBump,
                orphans: OrphanedTagStrategy::Warn,
                jobs: 1,
            };
            let repository = Repository::discover(&path).expect("a repository of ours");
            black_box(read(&repository, black_box(&request)).expect("a good history"));
        }
    })
}
