//! The overall report: complete, escaped, self-contained, and honest about what it lacks.

use paired_bench::gate::history::{MergeRecord, Record, ShipRecord};
use paired_bench::gate::merge::{Measured, MergeRules, Revision, Side, Subject, judge};
use paired_bench::gate::ship::decide;
use paired_bench::gate::simulated::Machine as Simulated;
use paired_bench::gate::{MergeVerdict, ShipRules, ShipVerdict};
use paired_bench::measure::Machine;
use paired_bench::measure::callgrind::FunctionCost;
use paired_bench::measure::samples::WallSamples;
use paired_bench::measure::wall::UseWholeBudget;
use render::section::{Block, Section};
use render::table::{Table, cells};

use super::*;
use crate::gates::report::parts::{HotFunction, Part, Parts, ProfileFacts};
use crate::gates::report::summary::{comment, notes};

fn samples() -> WallSamples {
    let machine = Simulated { variation: 0.05, ..Simulated::noisy(&[0.95, 0.88], 60) };
    let mut samples = machine.measure(3, &UseWholeBudget);
    samples.cases = ["floor_guarded_program", "tag_index_build"].map(str::to_owned).to_vec();
    samples
}

fn ship() -> ShipVerdict {
    decide(&samples(), &ShipRules { resamples: 1000, ..ShipRules::default() })
}

fn merge() -> MergeVerdict {
    let side = |count: u64| {
        let functions = [("<T as Walk>::next".to_owned(), FunctionCost { own: count, inclusive: count })];
        Side::Counted { totals: vec![count; 3], functions: functions.into() }
    };
    let revision = |name: &str| Revision { name: name.to_owned(), commit: None, tree: String::new(), binary: None };
    let subject = Subject { base: revision("v1"), head: revision("working tree"), machine: Machine::unknown() };
    let measured = |name: &str, head| Measured {
        name: name.to_owned(),
        base: side(1_000_000),
        head,
        gated_by_base: false,
        earlier: vec![],
    };
    let all = [measured("floor_guarded_program", side(1_010_000)), measured("tag_index_build", side(990_000))];
    judge(&all, &MergeRules { benchmarks: "*_guarded_program".to_owned(), ..MergeRules::default() }, subject)
}

fn record(ratio: f64, commit: &str, cpu: &str) -> Record {
    let machine = Machine { cpu: cpu.to_owned(), ..Machine::unknown() };
    let mut verdict = ship();
    verdict.geometric_mean.ratio = ratio;
    Record::Ship(ShipRecord::new(&verdict, Some(commit.to_owned()), machine))
}

fn some_history() -> History {
    let merged = Record::Merge(MergeRecord::new(&merge(), |_| String::new()));
    let records = vec![
        record(0.5, "elsewhere", "another"),
        record(0.94, "aaaaaaaaaaaa", "here"),
        record(0.95, "bbbbbbbbbbbb", "here"),
        merged,
    ];
    History { records, unreadable: 1 }
}

fn section() -> Section {
    let table = Table { heading: cells(&["tool", "time"]), rows: vec![cells(&["example", "70.0 ms"])] };
    Section {
        title: "Against other tools".to_owned(),
        summary: vec![Block::Table(table)],
        details: vec![Block::Heading("All figures".to_owned())],
    }
}

fn everything() -> Parts {
    let hottest = vec![
        HotFunction { name: "<example::Walk as Iterator>::next".to_owned(), share: 0.4 },
        HotFunction { name: "inflate".to_owned(), share: 0.2 },
    ];
    let profile = ProfileFacts {
        sha256: "0123".to_owned(),
        functions: 10,
        covered_functions: 5,
        blocks: 100,
        covered_blocks: 40,
        hottest,
    };
    Parts {
        title: "example <0.1.0>".to_owned(),
        ship: Part::There(ship()),
        samples: Part::There(samples()),
        merge: Part::There(merge()),
        history: Part::There(some_history()),
        profile: Part::There(profile),
        section: Part::There(section()),
    }
}

fn nothing() -> Parts {
    fn missing<T>() -> Part<T> {
        Part::Missing("not given".to_owned())
    }
    Parts {
        title: "example".to_owned(),
        ship: missing(),
        samples: missing(),
        merge: missing(),
        history: missing(),
        profile: missing(),
        section: missing(),
    }
}

#[test]
fn the_page_has_every_part_and_loads_nothing() {
    let page = overview(&everything());
    for title in ["Merge gate", "Ship gate", "Single pairs", "History", "Profile", "Against other tools"] {
        assert!(page.contains(&format!("<h2>{title}</h2>")), "{title} is missing");
    }
    for foreign in ["http:", "https:", "<script", "@import", "url(", "NaN", "Not part of this report"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for tag in ["svg", "figure", "table", "tr", "td", "th", "text", "title", "ul", "li", "g", "h2", "h3"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let ids: Vec<&str> = page.split("<title id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    assert!(page.contains("example &lt;0.1.0&gt;") && !page.contains("<0.1.0>"));
}

#[test]
fn another_machine_is_not_in_the_history() {
    let page = overview(&everything());
    assert!(
        page.contains("<g><title>aaaaaaaa: 0.940</title>") && page.contains("bbbbbbbb: 0.950"),
        "own runs are shown"
    );
    assert!(!page.contains("elsewher: "), "a foreign run is not");
    assert!(page.contains("Left out: 1 runs on other machines, 1 lines that hold no run."));
}

#[test]
fn what_is_missing_is_said_to_be() {
    let parts = nothing();
    for text in [overview(&parts), comment(&parts), notes(&parts)] {
        for name in ["merge gate", "ship gate", "history of the gates", "profile", "section of another program"] {
            assert!(text.contains(&format!("{name}: not given")), "{name} in {text}");
        }
    }
    assert!(notes(&parts).contains("was not measured for this release"));
}

#[test]
fn a_comment_begins_with_the_verdicts_and_folds_the_rest() {
    let text = comment(&everything());
    let verdict = text.find("**regression: ").expect("the merge gate's verdict");
    let ship = text.find("**ship candidate: ").expect("the ship gate's verdict");
    let fold = text.find("<details>").expect("something is folded");
    assert!(verdict < ship && ship < fold, "{text}");
    assert_eq!(text.matches("<details>").count(), 3);
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.starts_with("# example &lt;0.1.0>\n"), "{text}");
}

#[test]
fn notes_tell_the_win_and_the_added_section() {
    let text = notes(&everything());
    for part in
        ["## Performance\n\nship candidate: ", "| geometric mean | 0.9", "### Against other tools", "| example |"]
    {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("All figures"), "release notes are short");
}

#[test]
fn a_profile_document_is_read() {
    let json = r#"{"file": "x", "sha256": "ab", "functions": 3, "covered-functions": 2, "blocks": 9, "covered-blocks": 4,
        "count": 1, "largest-block": 1, "hottest": [{"name": "f", "crate": "c", "symbol": "s", "hash": "0", "count": 1,
        "largest-block": 1, "share": 0.5}], "crates": []}"#;
    let part: Part<ProfileFacts> = Part::parse(json).expect("what profile show prints");
    let sentence = part.get().expect("it is there").sentence();
    assert_eq!(sentence, "2 of 3 functions and 4 of 9 blocks ran in training; profile sha256 ab");
    assert!(Part::<ProfileFacts>::parse("{}").is_err());
}
