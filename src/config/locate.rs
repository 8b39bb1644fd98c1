//! Where in its text a value of a document stands. Only asked for when there is an error to report.

use toml::de::{DeTable, DeValue};

use super::error::Position;
use super::path::{KeyPath, Step};

/// The place of the value at `path` in a TOML document.
pub(super) fn in_toml(text: &str, path: &KeyPath<'_>) -> Option<Position> {
    let document = DeTable::parse(text).ok()?;
    let mut offset = 0;
    let mut value = DeValue::Table(document.into_inner());
    for step in path.steps() {
        let found = match (step, value) {
            (Step::Key(key), DeValue::Table(table)) => table.into_iter().find(|(name, _)| name.get_ref() == key)?.1,
            (Step::Index(index), DeValue::Array(items)) => items.into_iter().nth(index)?,
            _ => return None,
        };
        offset = found.span().start;
        value = found.into_inner();
    }
    Some(Position::of(offset, text))
}

/// The place of the value at `path` in a JSON or JSON5 document that is known to be well-formed. Of repeated keys the
/// last one counts.
pub(super) fn in_json(text: &str, path: &KeyPath<'_>) -> Option<Position> {
    let mut cursor = Cursor { text, offset: 0 };
    cursor.skip_blanks();
    for step in path.steps() {
        let start = match step {
            Step::Key(key) => cursor.entries()?.into_iter().rfind(|(name, _)| name == key)?.1,
            Step::Index(index) => *cursor.items()?.get(index)?,
            Step::Root => cursor.offset,
        };
        cursor.offset = start;
    }
    Some(Position::of(cursor.offset, text))
}

/// A place in a JSON5 text, always before a token.
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    /// Skips white space and comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest().trim_start_matches(|blank: char| blank.is_whitespace() || blank == '\u{feff}');
            self.offset = self.text.len() - rest.len();
            let end = match rest.as_bytes() {
                [b'/', b'/', ..] => rest.find(['\n', '\r', '\u{2028}', '\u{2029}']),
                [b'/', b'*', ..] => rest.find("*/").map(|end| end + 2),
                _ => return,
            };
            self.offset += end.unwrap_or(rest.len());
        }
    }

    fn take(&mut self, punctuation: char) -> bool {
        let found = self.rest().starts_with(punctuation);
        if found {
            self.offset += punctuation.len_utf8();
            self.skip_blanks();
        }
        found
    }

    /// Skips one token: a bracket, a comma, a colon, a string, or a run of anything else. `None` at the end.
    fn token(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let length = match rest.chars().next()? {
            quote @ ('"' | '\'') => string_length(rest, quote),
            punctuation @ ('{' | '}' | '[' | ']' | ',' | ':') => punctuation.len_utf8(),
            _ => rest
                .find(|character: char| character.is_whitespace() || "{}[],:/\"'".contains(character))
                .unwrap_or(rest.len())
                .max(1),
        };
        let length = (length..=rest.len()).find(|end| rest.is_char_boundary(*end))?;
        self.offset += length;
        self.skip_blanks();
        Some(&rest[..length])
    }

    /// Skips a whole value.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.token()? {
                "{" | "[" => depth += 1,
                "}" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The keys of the object here, each with its value's offset.
    fn entries(&mut self) -> Option<Vec<(String, usize)>> {
        let mut entries = Vec::new();
        if !self.take('{') {
            return None;
        }
        while !self.take('}') {
            let key = self.token()?;
            self.take(':');
            entries.push((decoded(key), self.offset));
            self.value()?;
            self.take(',');
        }
        Some(entries)
    }

    /// The offsets of the items of the list here.
    fn items(&mut self) -> Option<Vec<usize>> {
        let mut items = Vec::new();
        if !self.take('[') {
            return None;
        }
        while !self.take(']') {
            items.push(self.offset);
            self.value()?;
            self.take(',');
        }
        Some(items)
    }
}

/// Length of the string literal that `text` starts with, quotes included.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

fn decoded(key: &str) -> String {
    if key.starts_with(['"', '\'']) { json5::from_str(key).unwrap_or_else(|_| key.to_owned()) } else { key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(text: &str) -> Option<(usize, usize)> {
        let root = KeyPath::ROOT;
        let package = root.key("package");
        let second = package.index(1);
        let path = second.key("name");
        let position = if text.contains("[[") { in_toml(text, &path) } else { in_json(text, &path) };
        position.map(|position| (position.line, position.column))
    }

    #[test]
    fn values_are_found_in_every_format() {
        assert_eq!(place("{\"x\":[{\"]\":1}],\n \"package\": [{\"name\":\"a\"}, {\"name\" :  3}]}"), Some((2, 39)));
        assert_eq!(
            place("// {\n{ /* [ */ 'pack\\u0061ge': [ {name:'}',}, \n { name /*:*/: 'x' } ,], }"),
            Some((3, 16))
        );
        assert_eq!(place("[[package]]\nname = 'a'\n[[package]]\nname = 3\n"), Some((4, 8)));
        assert_eq!(place("{\"package\":[]}"), None);
        assert_eq!(place("{\"package\":3}"), None);
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        let root = KeyPath::ROOT;
        assert_eq!(in_json("{\"a\":1,\n\"a\":2}", &root.key("a")), Some(Position { line: 2, column: 5 }));
        assert_eq!(in_json(" {}", &root), Some(Position { line: 1, column: 2 }));
    }

    proptest! {
        #[test]
        fn never_panics_and_always_ends(text in "[{}\\[\\],:\"'/*a\\\\é\n ]{0,40}") {
            let root = KeyPath::ROOT;
            let package = root.key("a");
            let _ = in_json(&text, &package.index(1));
            let _ = in_toml(&text, &package);
        }
    }
}
