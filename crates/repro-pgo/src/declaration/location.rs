//! Where in the text of `pgo.toml` a key or value stands, and what an unknown key was probably meant to be.

use toml::de::{DeTable, DeValue};

/// One step from the root of the document to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A key of a table.
    Key(&'a str),
    /// A place in an array.
    Index(usize),
}

/// Line and column, both from 1, of the byte at `offset`.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

/// The offset of the value at the end of `path`, or of the deepest part of it that exists.
pub fn offset_of(text: &str, path: &[Step<'_>]) -> usize {
    let Ok(root) = DeTable::parse(text) else { return 0 };
    let mut offset = root.span().start;
    let root = DeValue::Table(root.into_inner());
    let mut value = &root;
    for step in path {
        let next = match (step, value) {
            (Step::Key(key), DeValue::Table(table)) => table.get(*key),
            (Step::Index(index), DeValue::Array(array)) => array.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        offset = next.span().start;
        value = next.get_ref();
    }
    offset
}

/// Keys that were once called otherwise.
const RENAMED: [(&str, &str); 3] = [("stimuli", "inputs"), ("repositories", "entries"), ("repository", "entry")];

/// Why there is no key for bench targets.
const BENCHES: &str = "what a bench counts is of its own build and fits little of the program; train the program itself on the \
                       bench's input, or declare a small binary that does the same in `more-binaries` (docs/adopted.md, \"Benches \
                       are no workloads\")";

/// The message of a parse error, with the nearest known key where it is about an unknown one.
pub fn explain(message: &str) -> String {
    let Some((unknown, expected)) = unknown_field(message) else { return message.to_owned() };
    if matches!(unknown, "bench" | "benches") && ["workloads", "program"].iter().any(|key| expected.contains(key)) {
        return format!("unknown key `{unknown}`: {BENCHES}");
    }
    let renamed = RENAMED.iter().find(|(old, new)| *old == unknown && expected.contains(new));
    if let Some((old, new)) = renamed {
        return format!("`{old}` is called `{new}`; rename the key");
    }
    let nearest = expected
        .iter()
        .map(|known| (strsim::jaro_winkler(unknown, known), *known))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match nearest {
        Some((_, known)) => format!("unknown key `{unknown}`; did you mean `{known}`?"),
        None => format!("unknown key `{unknown}`; the keys here are {}", expected.join(", ")),
    }
}

fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, rest) = rest.split_once('`')?;
    Some((unknown, rest.split('`').skip(1).step_by(2).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = "[a]\nb = 1\n\n[[c]]\nd = \"x\"\n[[c]]\nd = \"y\"\n";
        let offset = offset_of(text, &[Step::Key("c"), Step::Index(1), Step::Key("d")]);
        assert_eq!(line_and_column(text, offset), (7, 5));
    }

    #[test]
    fn a_missing_value_gives_its_table() {
        let text = "x = 1\n[a]\nb = 1\n";
        let offset = offset_of(text, &[Step::Key("a"), Step::Key("missing")]);
        assert_eq!(line_and_column(text, offset).0, 2);
    }

    #[test]
    fn a_near_miss_is_suggested() {
        let told = explain("unknown field `replicate`, expected one of `replicates`, `timeout-seconds`");
        assert_eq!(told, "unknown key `replicate`; did you mean `replicates`?");
    }

    #[test]
    fn a_bench_is_told_what_to_do_instead() {
        let text =
            "[build]\npackage = \"a\"\nbinary = \"a\"\ntarget = \"t\"\n[[training.workloads]]\nbench = \"parts\"\n";
        let error =
            crate::declaration::parse(text, std::path::Path::new("pgo.toml")).expect_err("there is no such key");
        assert!(error.to_string().contains("declare a small binary that does the same in `more-binaries`"), "{error}");
    }

    #[test]
    fn a_stranger_gets_the_list() {
        let told = explain("unknown field `qqq`, expected `name` or `weight`");
        assert_eq!(told, "unknown key `qqq`; the keys here are name, weight");
    }
}
