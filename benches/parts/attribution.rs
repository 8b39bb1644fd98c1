//! Which commits are whose: the one pass over the history.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use relplan::commit::Classifier;
use relplan::config::{NestedPackages, OrphanedTagStrategy, WorkspaceSettings};
use relplan::history::{Detail, Repository, Request, read};

use crate::inputs::{configuration, repository, scopes};

/// One thread, all packages, from opening the repository.
pub fn benchmark(criterion: &mut Criterion) {
    let rules = Classifier::new(&WorkspaceSettings::default()).expect("the built-in rules");
    let mut group = criterion.benchmark_group("attribution");
    group.sample_size(20);
    for name in ["mono_small", "mono_medium", "complex"] {
        let path = repository(&format!("held-out-{}", name.replace('_', "-")));
        let scopes = scopes(&configuration(&path));
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
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let repository = Repository::discover(&path).expect("a repository of ours");
                black_box(read(&repository, black_box(&request)).expect("a good history"));
            });
        });
    }
}
