//! The figures that README quotes are those of the tables in docs/: one source for each.

use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of the first row of a table that begins with this one.
fn row<'a>(text: &'a str, first: &str) -> Vec<&'a str> {
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let rows = text.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.into_iter().find(|cells| cells[0] == first).unwrap_or_else(|| panic!("no table has a row {first}"))
}

/// The figure in a table's row and column, in the unit that the column's cells have.
fn figure(text: &str, first: &str, column: &str) -> f64 {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut place = None;
    for line in text.lines() {
        let row = if line.starts_with('|') { cells(line) } else { Vec::new() };
        match place {
            Some(place) if row.first().is_some_and(|name| name == first) => {
                let amount = |cell: &String| cell.split(' ').next().and_then(|number| number.parse().ok());
                return amount(&row[place]).unwrap_or_else(|| panic!("{first}, {column}: {}", row[place]));
            }
            Some(_) if !row.is_empty() => {}
            _ => place = row.iter().position(|name| name == column),
        }
    }
    panic!("no table has {first} and {column}")
}

/// What README says that its tables don't.
fn contradictions(readme: &str, benchmarks: &str) -> Vec<String> {
    let mean = row(benchmarks, "geometric mean")[1];
    let (ratio, interval) = mean.split_once(' ').expect("a ratio and its interval");
    let on_largest = |tool| figure(benchmarks, tool, "mono-large");
    let (own, ferrflow) = (on_largest("relplan"), on_largest("ferrflow (recoverMissedReleases)"));
    let (git, memory) = (on_largest("git log --name-only") / 1000.0, figure(benchmarks, "relplan", "peak memory"));
    let quoted = [
        format!("**{ratio} of the time {interval}**"),
        format!("(PGO {ratio}x wall {interval}, profile sha256 "),
        format!("geometric mean of 7 benchmark(s) {ratio} of lto's time"),
        format!("from {} (reading tags by the thousand)", ratio_of(benchmarks, "tag_index_build")),
        format!("to {} (a small monorepo)", ratio_of(benchmarks, "mono_small_full_check_flow")),
        format!("cold, one thread: {own:.0} ms and {memory:.0} MB. "),
        format!("FerrFlow takes {ferrflow:.1} s for the same plan, `git log --name-only` {git:.2} s for the history"),
    ];
    let text = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut missing: Vec<String> = quoted.into_iter().filter(|figure| !text.contains(figure)).collect();
    let profile = text.split_once("profile sha256 ").map(|(_, rest)| rest.split('…').next().unwrap_or_default());
    if !profile.is_some_and(|hash| benchmarks.contains(&format!("`{hash}…`"))) {
        missing.push(format!("the profile {profile:?}"));
    }
    missing
}

fn ratio_of<'a>(benchmarks: &'a str, name: &str) -> &'a str {
    row(benchmarks, name)[1].split(' ').next().unwrap_or_default()
}

#[test]
fn readme_quotes_the_tables() {
    assert_eq!(contradictions(&read("README.md"), &read("docs/benchmarks.md")), Vec::<String>::new());
}

#[test]
fn another_figure_is_noticed() {
    let (readme, benchmarks) = (read("README.md"), read("docs/benchmarks.md"));
    for (old, new) in [
        ("0.900 (", "0.880 ("),
        ("[0.937, 0.942]**", "[0.936, 0.942]**"),
        ("68 ms", "86 ms"),
        ("and 7 MB", "and 13 MB"),
        ("0.54 s for the history", "0.45 s for the history"),
        ("sha256 41", "sha256 bd"),
    ] {
        assert!(readme.contains(old), "README has no {old}");
        assert_eq!(contradictions(&readme.replace(old, new), &benchmarks).len(), 1, "{old} became {new}");
    }
}
