//! The lines of a text profile that carry something.

use crate::error::ReadError;

/// Steps through the lines that are neither empty nor comments.
pub(super) struct Lines<'a> {
    text: std::str::Lines<'a>,
    current: Option<&'a str>,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = Self { text: text.lines(), current: None, number: 0 };
        lines.advance();
        lines
    }

    /// The current line, if there is one.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.current
    }

    /// The current line's number, counted from one; behind the last line once all are taken.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// Takes the current line.
    pub(super) fn take(&mut self, what: &str) -> Result<&'a str, ReadError> {
        let line =
            self.current.ok_or_else(|| ReadError::on_line(self.number, format!("the text ends before {what}")))?;
        self.advance();
        Ok(line)
    }

    fn advance(&mut self) {
        self.current =
            self.text.by_ref().inspect(|_| self.number += 1).find(|line| !line.is_empty() && !line.starts_with('#'));
        if self.current.is_none() {
            self.number += 1;
        }
    }
}
