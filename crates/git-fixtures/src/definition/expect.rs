//! What a planner should answer about a repository, and the `.expect.toml` that carries it to runners.

use std::fmt::Write as _;

use serde::Deserialize;

/// Expectations about `check` and `check --json`; see [`crate::expectation`] for how they are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Each must stand on one line of the report.
    pub check_contains: Vec<String>,
    /// None may stand on any line of the report.
    pub check_not_contains: Vec<String>,
    /// With two or more: each must first appear after the one before, an empty line between them.
    pub output_order: Vec<String>,
    /// Number of packages in the JSON answer whose bump is not `none`.
    pub packages_released: Option<usize>,
    /// Each must stand in the JSON answer.
    pub json_contains: Vec<String>,
    /// None may stand in the JSON answer.
    pub json_not_contains: Vec<String>,
    /// Exit code of the report; not looked at unless given.
    pub exit_code: Option<i32>,
}

impl Expect {
    /// Whether nothing at all is expected, so that no `.expect.toml` is written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text of `.expect.toml`.
    pub fn to_toml(&self, description: &str) -> String {
        let mut text = format!("description = {}\n", quoted(description));
        for (key, values) in [
            ("check_contains", &self.check_contains),
            ("check_not_contains", &self.check_not_contains),
            ("output_order", &self.output_order),
        ] {
            push_list(&mut text, key, values);
        }
        if let Some(count) = self.packages_released {
            writeln!(text, "packages_released = {count}").expect("writing to a string never fails");
        }
        for (key, values) in [("json_contains", &self.json_contains), ("json_not_contains", &self.json_not_contains)] {
            if !values.is_empty() {
                push_list(&mut text, key, values);
            }
        }
        if let Some(code) = self.exit_code {
            writeln!(text, "exit_code = {code}").expect("writing to a string never fails");
        }
        text
    }
}

fn push_list(text: &mut String, key: &str, values: &[String]) {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    writeln!(text, "{key} = [{}]", values.join(", ")).expect("writing to a string never fails");
}

/// A JSON string is a TOML basic string too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always serialisable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_holds_the_lists_even_when_empty() {
        let expect = Expect {
            check_contains: vec!["a \"quoted\" line".to_owned()],
            packages_released: Some(2),
            exit_code: Some(1),
            ..Expect::default()
        };
        assert_eq!(
            expect.to_toml("what it shows"),
            "description = \"what it shows\"\ncheck_contains = [\"a \\\"quoted\\\" line\"]\ncheck_not_contains = []\n\
             output_order = []\npackages_released = 2\nexit_code = 1\n"
        );
    }
}
