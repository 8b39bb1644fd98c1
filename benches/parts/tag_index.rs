//! Finding every package's releases among thousands of tags.

use std::hint::black_box;

use criterion::Criterion;
use relplan::config::OrphanedTagStrategy;
use relplan::history::{Repository, read_tags};

use crate::inputs::{configuration, repository, scopes};

/// From opening the repository to every package's releases.
pub fn benchmark(criterion: &mut Criterion) {
    let path = repository("held-out-many-tags");
    let scopes = scopes(&configuration(&path));
    criterion.bench_function("tag_index_build", |bencher| {
        bencher.iter(|| {
            let repository = Repository::discover(&path).expect("a repository of ours");
            black_box(read_tags(&repository, black_box(&scopes), OrphanedTagStrategy::Warn).expect("good tags"));
        });
    });
}
