//! Both reports of one verdict: complete, escaped, and well-formed.

use paired_bench::gate::ship::decide;
use paired_bench::gate::simulated::Machine;
use paired_bench::gate::{Outcome, ShipRules};
use paired_bench::measure::wall::UseWholeBudget;

use super::*;

fn verdict() -> ShipVerdict {
    let machine = Machine { variation: 0.05, ..Machine::noisy(&[0.951, 0.884, 0.893, 0.851, 0.795], 60) };
    let rules = ShipRules { resamples: 1000, ..ShipRules::default() };
    let mut samples = machine.measure(3, &UseWholeBudget);
    let names =
        ["floor", "mono_medium_guarded_program", "mono_100_1k_guarded_program", "mono_50_5k", "tag_index_build"];
    samples.cases = names.map(str::to_owned).to_vec();
    decide(&samples, &rules)
}

fn report(verdict: &ShipVerdict) -> ShipReport<'_> {
    ShipReport {
        title: "example 0.1.0, x86_64-linux".to_owned(),
        verdict,
        void: None,
        instructions: vec![InstructionComparison {
            case: "mono_50_5k".to_owned(),
            baseline: 481_234_567,
            candidate: 434_512_345,
            repeatable: true,
        }],
        context: vec![("CPU".to_owned(), "Example <CPU> @ 2 GHz".to_owned())],
    }
}

#[test]
fn markdown_holds_verdict_tables_and_notes() {
    let verdict = verdict();
    let text = ship_markdown(&report(&verdict));
    assert_eq!(verdict.outcome, Outcome::Ship, "{}", verdict.sentence);
    for part in [
        "## Ship gate: example 0.1.0, x86\\_64-linux\n",
        "**ship candidate: geometric mean of 5 benchmark(s) 0.8",
        "### Median wall time\n",
        "| benchmark | candidate / baseline | finding | baseline | candidate | CPU time | A/A | pairs | peak memory |\n| :-- | --: |",
        "| geometric mean |",
        "| mono\\_50\\_5k | 481 M | 435 M | -9.71 % | yes |",
        "| no loss |",
        "- CPU: Example &lt;CPU> \\@ 2 GHz\n",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    let columns = |line: &str| line.matches(" | ").count();
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 8 + 3);
    assert!(table[..8].iter().all(|line| columns(line) == 8), "{table:#?}");
}

#[test]
fn a_repeated_measurement_is_admitted() {
    let verdict = verdict();
    let mut void = verdict.clone();
    void.same_binary.objections = vec!["the baseline differs from a copy of itself".to_owned()];
    let text = ship_markdown(&ShipReport { void: Some(&void), ..report(&verdict) });
    assert!(text.contains("- A first measurement was void and was repeated: the baseline differs"), "{text}");
}

#[test]
fn no_instructions_no_table() {
    let verdict = verdict();
    let without = ShipReport { instructions: vec![], ..report(&verdict) };
    assert!(!ship_markdown(&without).contains("Instructions"));
    assert!(!ship_html(&without).contains("Instructions"));
}

#[test]
fn the_page_is_self_contained_and_balanced() {
    let verdict = verdict();
    let page = ship_html(&report(&verdict));
    for foreign in ["http:", "https:", "<script", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for tag in
        ["html", "head", "body", "style", "svg", "figure", "table", "tr", "td", "th", "text", "title", "ul", "li"]
    {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert_eq!(page.matches("<circle").count(), 6, "five benchmarks and their mean");
    assert_eq!(page.matches("class=\"same mark\"").count(), 6);
}

#[test]
fn names_are_never_markup() {
    let mut verdict = verdict();
    verdict.cases[0].name = "<img src=x onerror=\"alert(1)\">|\n# x".to_owned();
    verdict.candidate = "<b>pgo</b>".to_owned();
    let report = report(&verdict);
    let page = ship_html(&report);
    assert!(!page.contains("<img") && !page.contains("<b>"));
    let text = ship_markdown(&report);
    assert!(!text.contains("<img") && !text.lines().any(|line| line.starts_with("# x")));
}

#[test]
fn unknown_figures_do_not_break_the_plot() {
    let mut verdict = verdict();
    let nothing = paired_bench::gate::Estimate { ratio: f64::NAN, lower: f64::NEG_INFINITY, upper: f64::INFINITY };
    verdict.cases[1].estimate = nothing;
    verdict.geometric_mean = nothing;
    let page = ship_html(&report(&verdict));
    assert!(page.contains("unknown [unknown, unknown]"));
    assert!(!page.contains("NaN") && !page.contains("inf\""), "no coordinate may be NaN");
}
