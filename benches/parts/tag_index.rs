//! Finding every package's releases among thousands of tags.

use std::hint::black_box;

use relplan::config::OrphanedTagStrategy;
use relplan::history::{Repository, read_tags};

use crate::Part;
use crate::inputs::{configuration, repository, scopes};

/// From opening the repository to every package's releases.
pub fn parts() -> Vec<Part> {
    vec![Part::new("tag_index_build", || {
        let path = repository("held-out-many-tags");
        let scopes = scopes(&configuration(&path));
        move || {
            let repository = Repository::discover(&path).expect("a repository of ours");
            black_box(read_tags(&repository, black_box(&scopes), OrphanedTagStrategy::Warn).expect("good tags"));
        }
    })]
}
