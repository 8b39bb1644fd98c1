//! The merge gate's report as Markdown, for a pull request.

use std::fmt::Write;

use paired_bench::gate::merge::rules::middle;
use paired_bench::gate::merge::verdict::{BenchmarkVerdict, MergeFinding, MergeVerdict};
use render::number;

/// Verdict, table, grown functions, and how it was counted.
pub fn markdown(verdict: &MergeVerdict) -> String {
    let mut text = format!("## Merge gate\n\n**{}**\n\n", escape(&verdict.sentence));
    let _ =
        writeln!(text, "| benchmark | base | head | change | limit | finding |\n| :-- | --: | --: | --: | --: | :-- |");
    for benchmark in &verdict.benchmarks {
        let _ = writeln!(text, "| {} |", row(benchmark).map(|cell| escape(&cell)).join(" | "));
    }
    for benchmark in verdict.benchmarks.iter().filter(|benchmark| !benchmark.functions.is_empty()) {
        functions(&mut text, benchmark);
    }
    micro_benchmarks(&mut text, verdict);
    wall(&mut text, verdict);
    text.push('\n');
    for note in notes(verdict) {
        let _ = writeln!(text, "- {}", escape(&note));
    }
    text
}

/// The cells of one benchmark: name, base, head, change, limit, finding.
pub fn row(benchmark: &BenchmarkVerdict) -> [String; 6] {
    let instructions = |counts: &[u64]| match counts {
        [] => "-".to_owned(),
        counts => number::instructions(middle(counts) as u64),
    };
    [
        benchmark.name.clone(),
        instructions(&benchmark.base),
        instructions(&benchmark.head),
        benchmark.change.map_or_else(|| "-".to_owned(), number::change),
        if benchmark.gated { number::percent(benchmark.limit) } else { "none".to_owned() },
        finding(benchmark),
    ]
}

fn finding(benchmark: &BenchmarkVerdict) -> String {
    let problem = || benchmark.problem.as_deref().and_then(|problem| problem.lines().next()).unwrap_or_default();
    match benchmark.finding {
        MergeFinding::Same => "same".to_owned(),
        MergeFinding::Better => "better".to_owned(),
        MergeFinding::Worse if benchmark.gated => "worse: refused".to_owned(),
        MergeFinding::Worse => "worse (not gated)".to_owned(),
        MergeFinding::NotConfirmed => {
            let again = benchmark.confirmed_change.map_or_else(|| "unknown".to_owned(), number::change);
            format!("not confirmed: {again} after a rebuild")
        }
        MergeFinding::Identical => "same binary".to_owned(),
        MergeFinding::New => "new, no base".to_owned(),
        MergeFinding::Removed => "removed".to_owned(),
        MergeFinding::BaseFails => format!("base can't answer: {}", problem()),
        MergeFinding::HeadFails => format!("fails on head: {}", problem()),
    }
}

fn functions(text: &mut String, benchmark: &BenchmarkVerdict) {
    let _ = writeln!(text, "\nWhere {} grew, own instructions by function:\n", escape(&benchmark.name));
    let _ = writeln!(text, "| function | base | head | more |\n| :-- | --: | --: | --: |");
    for function in &benchmark.functions {
        let (before, after) = (number::instructions(function.before), number::instructions(function.after));
        let more = number::instructions(function.growth().unsigned_abs());
        let _ = writeln!(text, "| {} | {before} | {after} | {more} |", escape(&function.name));
    }
}

fn micro_benchmarks(text: &mut String, verdict: &MergeVerdict) {
    if verdict.micro_benchmarks.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nMicro-benchmarks, in instructions of one run; they decide nothing here:\n");
    let _ = writeln!(text, "| micro-benchmark | base | head | change |\n| :-- | --: | --: | --: |");
    for micro in &verdict.micro_benchmarks {
        let [base, head] =
            [micro.base, micro.head].map(|count| count.map_or_else(|| "-".to_owned(), number::instructions));
        let change = micro.change().map_or_else(|| "-".to_owned(), number::change);
        let _ = writeln!(text, "| {} | {base} | {head} | {change} |", escape(&micro.name));
    }
}

fn wall(text: &mut String, verdict: &MergeVerdict) {
    if verdict.wall.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nWall time, head / base with one-sided 95 % bounds; it decides nothing here:\n");
    let _ = writeln!(text, "| benchmark | ratio | pairs |\n| :-- | --: | --: |");
    for wall in &verdict.wall {
        let [ratio, lower, upper] = [wall.ratio.ratio, wall.ratio.lower, wall.ratio.upper].map(number::ratio);
        let _ = writeln!(text, "| {} | {ratio} [{lower}, {upper}] | {} |", escape(&wall.name), wall.pairs);
    }
}

fn notes(verdict: &MergeVerdict) -> Vec<String> {
    let machine = &verdict.machine;
    let mut notes = verdict.notes.clone();
    notes.push(format!("base {}, head {}", verdict.base.label(), verdict.head.label()));
    let rules = &verdict.rules;
    notes.push(format!(
        "Instructions counted by callgrind, {} times each, entropy pinned; gated: {}, limit {} or {} IQR of the \
         benchmark's own repetitions, whichever is larger",
        rules.repeats,
        rules.benchmarks,
        number::percent(rules.limit),
        rules.spread_factor,
    ));
    notes.push(format!(
        "{}, {} cores, {}, {}, {}",
        machine.cpu, machine.cores, machine.kernel, machine.libc, machine.valgrind
    ));
    notes
}

/// Nothing in a name may be markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '@' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use paired_bench::gate::merge::{Measured, MergeRules, Revision, Side, Subject, judge};
    use paired_bench::measure::Machine;
    use paired_bench::measure::callgrind::FunctionCost;

    use super::*;

    fn side(count: u64) -> Side {
        let functions = [("<impl Walk for Tree>::next|x".to_owned(), FunctionCost { own: count, inclusive: count })];
        Side::Counted { totals: vec![count; 3], functions: functions.into() }
    }

    #[test]
    fn it_holds_verdict_table_functions_and_circumstances() {
        let revision = |name: &str| Revision { name: name.to_owned(), commit: None, tree: String::new(), binary: None };
        let subject = Subject { base: revision("v1"), head: revision("working tree"), machine: Machine::unknown() };
        let measured = |name: &str, head| Measured {
            name: name.to_owned(),
            base: side(1_000_000),
            head,
            gated_by_base: false,
            earlier: vec![],
        };
        let all = [measured("a_guarded_program", side(1_010_000)), measured("tag", side(1_000_000))];
        let text = markdown(&judge(
            &all,
            &MergeRules { benchmarks: "*_guarded_program".to_owned(), ..MergeRules::default() },
            subject,
        ));
        for part in [
            "**regression: a\\_guarded\\_program +1 % (limit 0.2 %)",
            "| a\\_guarded\\_program | 1.00 M | 1.01 M | +1 % | 0.2 % | worse: refused |",
            "| tag | 1.00 M | 1.00 M | 0 % | none | same |",
            "| &lt;impl Walk for Tree>::next\\|x | 1.00 M | 1.01 M | 10.0 k |",
            "- base v1, head working tree",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
