//! What commit messages ask for.

use std::hint::black_box;

use relplan::commit::Classifier;
use relplan::config::{CommitFormats, Patterns, WorkspaceSettings};

use crate::Part;

const MESSAGES: [&str; 8] = [
    "feat(parser): read includes from anywhere below the root\n\nThe old reader looked beside the file only.\n",
    "fix: a tag of a tag is followed\n",
    "chore(deps): bump serde from 1.0.228 to 1.0.229\n\nSigned-off-by: A Bot <bot@example.com>\n",
    "refactor!: history returns integers\n\nBREAKING CHANGE: ids are looked up.\n",
    "Merge branch 'main' into topic\n",
    "docs: say what is promised [skip ci]\n",
    "fixed the thing with the long body\n\nIt went on and on, over many lines, none of which says anything about a release.\n\
     - one\n- two\n- three\n\nReviewed-by: Somebody <somebody@example.com>\n",
    "perf(tree): compare equal-length trees bytewise\n",
];

/// Built-in rules, and patterns of a configuration's own.
pub fn parts() -> Vec<Part> {
    let own = || CommitFormats {
        minor: Patterns::Many(vec!["add *".to_owned(), "*: new *".to_owned()]),
        patch: Patterns::One("all".to_owned()),
        ..CommitFormats::default()
    };
    vec![part("commit_parsing/built_in", || None), part("commit_parsing/own_formats", move || Some(own()))]
}

fn part(name: &str, formats: impl Fn() -> Option<CommitFormats> + 'static) -> Part {
    Part::new(name, move || {
        let settings = WorkspaceSettings { commit_formats: formats(), ..WorkspaceSettings::default() };
        let rules = Classifier::new(&settings).expect("good rules");
        move || {
            for message in MESSAGES {
                black_box(rules.is_skipped(black_box(message.as_bytes())));
                black_box(rules.classify(black_box(message.as_bytes())));
            }
        }
    })
}
