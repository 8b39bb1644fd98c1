//! Where a field stands in a JSON text, so that mistakes which only show after parsing still have a line and column.

use std::ops::Range;

/// One step from a JSON value to a value inside it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// Into an object.
    Key(&'a str),
    /// Into an array.
    Index(usize),
}

/// Line and column (both from 1) of the value that `steps` lead to in `text`, which must be valid JSON; the place of
/// the innermost value found when a step leads nowhere.
pub(super) fn locate(text: &str, steps: &[Step<'_>]) -> (usize, usize) {
    let mut scanner = Scanner { text: text.as_bytes(), at: 0, key_start: 0 };
    scanner.skip_space();
    for step in steps {
        let here = scanner.at;
        if !scanner.enter(*step) {
            scanner.at = here;
            break;
        }
    }
    position(text, scanner.at)
}

/// The bytes of the member that `steps` end in, from its key to the end of its value, with one of the commas beside it, so
/// that an object without them is an object still; `None` when there is no such member in `text`, which must be valid JSON.
pub(super) fn member(text: &str, steps: &[Step<'_>]) -> Option<Range<usize>> {
    let mut scanner = Scanner { text: text.as_bytes(), at: 0, key_start: 0 };
    scanner.skip_space();
    let leads_there = matches!(steps.last(), Some(Step::Key(_))) && steps.iter().all(|step| scanner.enter(*step));
    if !leads_there {
        return None;
    }
    let start = scanner.key_start;
    scanner.skip_value();
    scanner.skip_space();
    if scanner.peek() == b',' {
        return Some(start..scanner.at + 1);
    }
    let before = text[..start].trim_ascii_end();
    Some(before.strip_suffix(',').map_or(start, str::len)..scanner.at)
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    (line, at - start + 1)
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the key was that was read last.
    key_start: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// Moves from the start of a value to the start of the value inside it; false when there is none.
    fn enter(&mut self, step: Step<'_>) -> bool {
        let open = self.peek();
        if !matches!((open, step), (b'{', Step::Key(_)) | (b'[', Step::Index(_))) {
            return false;
        }
        self.at += 1;
        for index in 0.. {
            self.skip_space();
            if matches!(self.peek(), b'}' | b']' | 0) {
                return false;
            }
            let key = (open == b'{').then(|| self.key());
            let found = match step {
                Step::Key(wanted) => key.as_deref() == Some(wanted),
                Step::Index(wanted) => index == wanted,
            };
            if found {
                return true;
            }
            self.skip_value();
            self.skip_space();
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        false
    }

    /// Reads `"key" :` and the space after it.
    fn key(&mut self) -> String {
        self.key_start = self.at;
        self.skip_string();
        let key = serde_json::from_slice(&self.text[self.key_start..self.at]).unwrap_or_default();
        self.skip_space();
        self.at += 1;
        self.skip_space();
        key
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    fn skip_value(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.peek() {
                0 => return,
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(self.peek(), b',' | b'}' | b']') {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_line_and_column() {
        let text = "{\n  \"a\": [1, {\"b\": \"x,}\"},\n    {\"b\": {\"c\": true}}],\n  \"d\\\"e\": null\n}";
        assert_eq!(locate(text, &[]), (1, 1));
        assert_eq!(locate(text, &[Step::Key("a")]), (2, 8));
        assert_eq!(locate(text, &[Step::Key("a"), Step::Index(1), Step::Key("b")]), (2, 18));
        assert_eq!(locate(text, &[Step::Key("a"), Step::Index(2), Step::Key("b"), Step::Key("c")]), (3, 17));
        assert_eq!(locate(text, &[Step::Key("d\"e")]), (4, 11));
    }

    #[test]
    fn a_step_that_leads_nowhere_stays_at_the_value_around_it() {
        assert_eq!(locate("{\"a\": [1]}", &[Step::Key("a"), Step::Index(5)]), (1, 7));
        assert_eq!(locate("{\"a\": 1}", &[Step::Key("b")]), (1, 1));
    }
}
