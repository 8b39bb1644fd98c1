//! Fields the grammar doesn't know: other tools' definitions have them, so they are reported and left out.
//!
//! The grammar stays strict, because a strict parser knows what was meant by a misspelt name. Each field that it refuses
//! is blanked out of the text, which moves nothing, and the text is parsed again.

use std::ops::Range;

use serde::de::IgnoredAny;
use serde_path_to_error::Segment;

use super::Definition;
use super::locate::{Step, member};

/// A mistake the parser found, or a field that is ignored: where, which field, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) position: (usize, usize),
    pub(super) field: String,
    pub(super) message: String,
}

/// Parses `text`; returns the definition and a complaint about every field that was ignored, or about the first mistake.
pub(super) fn parse(text: &str) -> Result<(Definition, Vec<Complaint>), Complaint> {
    let mut text = text.to_owned();
    let mut ignored = Vec::new();
    loop {
        let mut reader = serde_json::Deserializer::from_str(&text);
        let error = match serde_path_to_error::deserialize(&mut reader) {
            Ok(definition) => {
                reader.end().map_err(|error| complaint(&error, String::new()))?;
                return Ok((definition, ignored));
            }
            Err(error) => error,
        };
        let found = complaint(error.inner(), error.path().to_string());
        if !is_unknown_field(error.inner()) {
            return Err(found);
        }
        // What is blanked out isn't parsed again, so it has to be sound JSON now.
        serde_json::from_str::<IgnoredAny>(&text).map_err(|error| complaint(&error, String::new()))?;
        let Some(field) = member(&text, &steps(error.path())) else { return Err(found) };
        ignored.push(found);
        text = blanked(&text, field);
    }
}

fn is_unknown_field(error: &serde_json::Error) -> bool {
    error.is_data() && error.to_string().starts_with("unknown field `")
}

fn complaint(error: &serde_json::Error, field: String) -> Complaint {
    Complaint { position: (error.line(), error.column()), field, message: explain(&error.to_string()) }
}

fn steps(path: &serde_path_to_error::Path) -> Vec<Step<'_>> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The text with spaces for `bytes`, line ends kept, so that whatever is found after them keeps its place.
fn blanked(text: &str, bytes: Range<usize>) -> String {
    let blank: String = text[bytes.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    [&text[..bytes.start], &blank, &text[bytes.end..]].concat()
}

/// The parser's message without its position (we print that ourselves), and with a suggestion for unknown fields.
fn explain(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    let Some(rest) = message.strip_prefix("unknown field `") else { return message.to_owned() };
    let names: Vec<&str> = rest.split('`').step_by(2).collect();
    let Some((unknown, known)) = names.split_first() else { return message.to_owned() };
    let best = known
        .iter()
        .map(|name| (strsim::jaro_winkler(unknown, name), *name))
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match best {
        Some((similarity, name)) if similarity >= 0.8 => {
            format!("unknown field `{unknown}` is ignored; did you mean `{name}`?")
        }
        _ => {
            format!("unknown field `{unknown}` is ignored; known here are {}", known.join(", ").trim_end_matches(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_left_out_wherever_they_stand() {
        for (text, fields) in [
            (r#"{"a": {"b": [1, "}"]}, "meta": {"name": "x"}}"#, &["a"][..]),
            (r#"{"meta": {"name": "x"}, "a": [{"b": ","}]}"#, &["a"]),
            (r#"{"meta": {"a": "\"", "name": "x"}}"#, &["meta.a"]),
            (r#"{"meta": {"name": "x", "a": 1 }}"#, &["meta.a"]),
            (r#"{"a": 1, "b": 2, "meta": {"name": "x"}, "c": 3 , "d": 4}"#, &["a", "b", "c", "d"]),
            (r#"{"a": 1, "a": 2, "meta": {"name": "x"}}"#, &["a", "a"]),
            (r#"{"meta": {"name": "x"}, "tags": [{"name": "t", "at_commit": -1, "a.b": 0}]}"#, &["tags[0].a.b"]),
        ] {
            let (definition, ignored) = parse(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
            assert_eq!(definition.meta.name, "x");
            assert_eq!(ignored.iter().map(|found| found.field.as_str()).collect::<Vec<_>>(), fields, "{text}");
        }
    }

    #[test]
    fn what_comes_after_an_ignored_field_keeps_its_place() {
        let found = parse("{\"a\": {\n  \"é\": 1}, \"meta\": {\"name\": 3}}").expect_err("a wrong type");
        assert_eq!((found.position, found.field.as_str()), ((2, 30), "meta.name"));
    }

    #[test]
    fn what_is_broken_inside_an_ignored_field_is_a_mistake() {
        for broken in ["[1", "tru", "1 \"b\": 2", "\"\\x\""] {
            let text = format!("{{\"meta\": {{\"name\": \"x\"}}, \"a\": {broken}}}");
            assert!(parse(&text).is_err(), "{text}");
        }
    }
}
