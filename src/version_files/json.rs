//! The top-level `version` of a JSON file.

use std::ops::Range;

use serde_json::Value;

use super::VersionProblem;
use crate::jsonc;

/// The string at the top-level key `version`, trimmed; of repeated keys the last one counts.
pub(super) fn parse(text: &str) -> Result<String, VersionProblem> {
    // Comments are for tools that read them in their own files, such as Deno's.
    let document: serde_json::Result<Value> =
        serde_json::from_str(text).or_else(|error| serde_json::from_str(&jsonc::plain(text)).map_err(|_| error));
    let document = document.map_err(|error| VersionProblem::Invalid { format: "JSON", problem: error.to_string() })?;
    let version = document.get("version").and_then(Value::as_str);
    version.map(|version| version.trim().to_owned()).ok_or(VersionProblem::NotFound(LOOKED_FOR))
}

/// Where the contents of that string stand in `text`, escapes and all.
pub(super) fn locate(text: &str) -> Result<Range<usize>, VersionProblem> {
    parse(text)?;
    last_version(text).or_else(|| last_version(&jsonc::plain(text))).ok_or(VersionProblem::NotFound(LOOKED_FOR))
}

/// Walks all top-level members of a valid text.
fn last_version(text: &str) -> Option<Range<usize>> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    let mut found = None;
    scan.expect(b'{')?;
    loop {
        scan.peek()?;
        let key = scan.at;
        scan.skip_string()?;
        let is_version = serde_json::from_str::<String>(text.get(key..scan.at)?).ok()? == "version";
        scan.expect(b':')?;
        scan.peek()?;
        let value = scan.at;
        scan.skip_value()?;
        if is_version {
            found = Some(value + 1..scan.at - 1);
        }
        if scan.peek()? != b',' {
            return found;
        }
        scan.at += 1;
    }
}

const LOOKED_FOR: &str = "a string at the top-level key \"version\"";

/// A walk over the tokens of a JSON text, which gives up at anything it doesn't know.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        let blanks = self.bytes[self.at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += blanks.count();
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, punctuation: u8) -> Option<()> {
        (self.peek()? == punctuation).then(|| self.at += 1)
    }

    /// Skips the string here, escapes and all.
    fn skip_string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let found = memchr::memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            self.at += found + 1;
            if self.bytes[self.at - 1] == b'"' {
                return Some(());
            }
            self.at += 1;
            self.bytes.get(self.at)?;
        }
    }

    /// Skips the value here, however deep. What kind of bracket closes is not checked.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.skip_word(),
                _ => return None,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_word(&mut self) {
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        self.at += self.bytes[self.at..].iter().take_while(is_word).count();
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, parse};
    use proptest::prelude::*;

    fn version(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn top_level_versions() {
        for (text, expected) in [
            (r#"{"version":"1.0.0"}"#, "1.0.0"),
            (r#"{"version":"1.0.0","version":"2.0.0"}"#, "2.0.0"),
            (r#"{"version":"1.0.0","v\u0065rsion":"2.0.0"}"#, "2.0.0"),
            (r#"{"a":{"version":"9","b":["}",{}]},"version":" 1.0.0 "}"#, "1.0.0"),
            (r#"{"version":"1.0.0","scripts":{"version":"make"}}"#, "1.0.0"),
            (r#"{"version":"1\u002e0"}"#, "1.0"),
            (r#"{"ver\u0073ion":"1.5"}"#, "1.5"),
            (r#"{"version":3,"version":"a"}"#, "a"),
            (r#"{"s":"\"","n":-1.5e+3,"t":true,"z":null,"version":"1"}"#, "1"),
            (r#"{"version":""}"#, ""),
        ] {
            assert_eq!(version(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn no_version() {
        for text in [
            "",
            "{}",
            r#"["version"]"#,
            r#""version""#,
            r#"{"version":3}"#,
            r#"{"version":"a","version":3}"#,
            r#"{"version":{"version":"1"}}"#,
            r#"{"version":"1.0.0""#,
            r#"{"version":"1.0.0"} x"#,
            r#"{"name":tru e,"version":"1"}x"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let message = parse(r#"{"version":3}"#).expect_err("it is no string").to_string();
        assert!(message.contains("top-level key \"version\""), "{message}");
        let message = parse("{\n  x").expect_err("it is no JSON").to_string();
        assert!(message.contains("JSON") && message.contains("line 2"), "{message}");
    }

    #[test]
    fn comments_are_passed_over() {
        let text = "{\n  // \"version\": \"0.1.0\",\n  \"version\": \"1.0.0\", // \"version\": \"2.0.0\"\n}\n";
        assert_eq!(version(text).as_deref(), Some("1.0.0"));
        assert_eq!(locate(text).ok().map(|place| &text[place]), Some("1.0.0"));
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!("{{\"a\":{}{},\"version\":\"1\"}}", "[".repeat(100_000), "]".repeat(100_000));
        let refused = parse(&deep).expect_err("no manifest is that deep").to_string();
        assert!(refused.contains("recursion limit"), "{refused}");
        assert!(parse(&"{\"a\":".repeat(100_000)).is_err());
    }

    fn json() -> impl Strategy<Value = String> {
        let key = prop_oneof!["\"version\"", r#""v\\u0065rsion""#, "\"[a-c{}]{0,2}\"", r#""\\"""#];
        let scalar = prop_oneof!["\"[0-9.{}\\[\\] ,:]{0,5}\"", "[1-9]{1,3}", Just("null".to_owned()), r#""\\[n"]""#];
        scalar.prop_recursive(3, 24, 4, move |value| {
            let entry = (key.clone(), value.clone()).prop_map(|(key, value)| format!("{key} : {value}"));
            prop_oneof![
                proptest::collection::vec(entry, 0..4).prop_map(|entries| format!("{{ {} }}", entries.join(","))),
                proptest::collection::vec(value, 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_version_is_found_where_it_stands(text in json()) {
            if let Ok(version) = parse(&text) {
                let place = locate(&text).expect("it was found");
                let quoted = format!("\"{}\"", &text[place]);
                let spelled: String = serde_json::from_str(&quoted).expect("it is a string");
                prop_assert_eq!(spelled.trim(), version, "{}", text);
            }
        }

        #[test]
        fn never_panics(text in "[{}\\[\\]\",:version\\\\ é0-9\n]{0,60}") {
            let _ = parse(&text);
        }
    }
}
