//! Judging a planner's answer by what a definition expects: pure functions from texts to complaints.

use serde_json::Value;

use crate::definition::Expect;

/// What a planner said about a repository.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Everything `check` printed, standard output before standard error.
    pub report: &'a str,
    /// `check`'s exit code.
    pub exit_code: i32,
    /// What `check --json` printed to standard output.
    pub json: &'a str,
}

/// Every expectation that the answer fails, as one line each; empty when it is as expected.
///
/// Colours are removed from the report first. Texts are fixed substrings that stand on a single line. The neighbours of
/// `output_order` must first appear one after the other with an empty line between them.
pub fn complaints(expect: &Expect, answer: Answer<'_>) -> Vec<String> {
    let report = strip_colours(answer.report);
    let on_a_line = |text: &String| report.lines().any(|line| line.contains(text.as_str()));
    let missing = expect.check_contains.iter().filter(|text| !on_a_line(text));
    let unwanted = expect.check_not_contains.iter().filter(|text| on_a_line(text));
    let mut complaints: Vec<String> = missing.map(|text| format!("report lacks `{text}`")).collect();
    complaints.extend(unwanted.map(|text| format!("report must not have `{text}`")));
    complaints.extend(expect.output_order.windows(2).filter_map(|pair| order_complaint(&report, &pair[0], &pair[1])));
    if let Some(wanted) = expect.packages_released {
        complaints.extend(count_complaint(answer.json, wanted));
    }
    let in_json = |text: &&String| answer.json.contains(text.as_str());
    let missing = expect.json_contains.iter().filter(|text| !in_json(text));
    complaints.extend(missing.map(|text| format!("JSON lacks `{text}`")));
    let unwanted = expect.json_not_contains.iter().filter(in_json);
    complaints.extend(unwanted.map(|text| format!("JSON must not have `{text}`")));
    match expect.exit_code {
        Some(code) if code != answer.exit_code => {
            complaints.push(format!("exit code is {}, not {code}", answer.exit_code));
        }
        _ => {}
    }
    complaints
}

/// Where two JSON texts differ as values, one line a difference; empty when they are equal.
pub fn json_differences(expected: &str, actual: &str) -> Vec<String> {
    let parse = |which: &str, text: &str| {
        serde_json::from_str::<Value>(text)
            .map_err(|error| vec![format!("{which} JSON cannot be read: {error}: {text:?}")])
    };
    let (expected, actual) = match (parse("expected", expected), parse("actual", actual)) {
        (Ok(expected), Ok(actual)) => (expected, actual),
        (Err(complaint), _) | (_, Err(complaint)) => return complaint,
    };
    let mut differences = Vec::new();
    compare("", &expected, &actual, &mut differences);
    differences
}

/// The text without its `ESC [ ... m` sequences.
fn strip_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

fn order_complaint(report: &str, first: &str, second: &str) -> Option<String> {
    let (Some(start), Some(end)) = (report.find(first), report.find(second)) else {
        return Some(format!("report lacks `{first}` or `{second}`, which should come in this order"));
    };
    if start >= end {
        return Some(format!("`{second}` comes before `{first}`"));
    }
    let between = &report[start..end];
    let whole_lines = &between[..between.rfind('\n').map_or(0, |newline| newline + 1)];
    let empty_line = whole_lines.lines().any(|line| line.trim().is_empty());
    (!empty_line).then(|| format!("no empty line between `{first}` and `{second}`"))
}

fn count_complaint(json: &str, wanted: usize) -> Option<String> {
    let value: Value = match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => return Some(format!("JSON cannot be read: {error}: {json:?}")),
    };
    let list = [&value, &value["packages"], &value["releases"]].into_iter().find_map(Value::as_array);
    let bump = |package: &Value| package["bump_type"].as_str().or(package["bump"].as_str()).map(str::to_owned);
    let count = list.map_or(0, |list| list.iter().filter(|package| bump(package).as_deref() != Some("none")).count());
    (count != wanted).then(|| format!("{count} packages are released, not {wanted}"))
}

fn compare(path: &str, expected: &Value, actual: &Value, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                match right.get(key) {
                    Some(other) => compare(&format!("{path}.{key}"), value, other, differences),
                    None => differences.push(format!("{path}.{key}: missing, should be {value}")),
                }
            }
            let surplus = right.iter().filter(|(key, _)| !left.contains_key(*key));
            differences.extend(surplus.map(|(key, value)| format!("{path}.{key}: should not be there, is {value}")));
        }
        (Value::Array(left), Value::Array(right)) => {
            for (index, (value, other)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}[{index}]"), value, other, differences);
            }
            let missing = left.iter().enumerate().skip(right.len());
            differences.extend(missing.map(|(index, value)| format!("{path}[{index}]: missing, should be {value}")));
            let surplus = right.iter().enumerate().skip(left.len());
            differences
                .extend(surplus.map(|(index, value)| format!("{path}[{index}]: should not be there, is {value}")));
        }
        _ if expected == actual => {}
        _ => differences.push(format!("{path}: should be {expected}, is {actual}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Check (dry run)\n\n\u{1b}[1m● core\u{1b}[0m  1.0.0 → 1.1.0  (minor)\n\n● cli  1.0.0 → 1.0.1  (patch)\n    → move floating tag v1\n";
    const JSON: &str = r#"{"packages":[{"name":"core","bump_type":"minor"},{"name":"cli","bump_type":"none"}]}"#;

    fn judge(change: impl FnOnce(&mut Expect)) -> Vec<String> {
        let mut expect = Expect::default();
        change(&mut expect);
        complaints(&expect, Answer { report: REPORT, exit_code: 0, json: JSON })
    }

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn texts_are_looked_for_on_single_lines_without_colours() {
        assert!(judge(|expect| expect.check_contains = list(&["● core  1.0.0 → 1.1.0", "(patch)"])).is_empty());
        assert_eq!(judge(|expect| expect.check_contains = list(&["(minor)\n"])).len(), 1);
        assert_eq!(judge(|expect| expect.check_not_contains = list(&["floating"])).len(), 1);
        assert!(judge(|expect| expect.check_not_contains = list(&["absent"])).is_empty());
    }

    #[test]
    fn order_needs_an_empty_line_between() {
        assert!(judge(|expect| expect.output_order = list(&["● core", "● cli"])).is_empty());
        assert_eq!(judge(|expect| expect.output_order = list(&["● cli", "● core"])), ["`● core` comes before `● cli`"]);
        assert_eq!(
            judge(|expect| expect.output_order = list(&["● cli", "→ move"])),
            ["no empty line between `● cli` and `→ move`"]
        );
        assert_eq!(judge(|expect| expect.output_order = list(&["● cli", "absent"])).len(), 1);
        assert!(judge(|expect| expect.output_order = list(&["absent"])).is_empty());
    }

    #[test]
    fn packages_without_a_bump_are_not_counted() {
        assert!(judge(|expect| expect.packages_released = Some(1)).is_empty());
        assert_eq!(judge(|expect| expect.packages_released = Some(2)), ["1 packages are released, not 2"]);
        assert!(count_complaint("[{\"bump\":\"major\"}]", 1).is_none());
        assert!(count_complaint("warning: x", 1).is_some_and(|complaint| complaint.contains("cannot be read")));
    }

    #[test]
    fn json_texts_and_exit_codes_are_judged() {
        assert_eq!(judge(|expect| expect.json_contains = list(&["\"core\"", "absent"])), ["JSON lacks `absent`"]);
        assert_eq!(judge(|expect| expect.json_not_contains = list(&["\"core\""])), ["JSON must not have `\"core\"`"]);
        assert_eq!(judge(|expect| expect.exit_code = Some(1)), ["exit code is 0, not 1"]);
    }

    #[test]
    fn differences_name_the_place() {
        let expected = r#"{"a": [1, {"b": 2}], "c": 3}"#;
        assert!(json_differences(expected, r#"{"c":3,"a":[1,{"b":2}]}"#).is_empty());
        assert_eq!(
            json_differences(expected, r#"{"a": [1, {"b": 5}, 6], "d": 4}"#),
            [
                ".a[1].b: should be 2, is 5",
                ".a[2]: should not be there, is 6",
                ".c: missing, should be 3",
                ".d: should not be there, is 4"
            ]
        );
        assert_eq!(json_differences("{}", "no").len(), 1);
    }
}
