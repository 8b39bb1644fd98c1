//! One commit as changelogs tell it.

use crate::commit::{self, Bump, after_keyword};
use crate::history::CommitRecord;

/// One commit as changelogs tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The commit's id.
    pub(crate) id: String,
    /// The whole subject.
    pub(crate) subject: String,
    /// How far it moves the version.
    pub(crate) bump: Bump,
    /// The type, in lower case; empty where there is none.
    pub(crate) kind: String,
    /// The scope; empty where there is none.
    pub(crate) scope: String,
    /// What follows the colon, or the whole subject.
    pub(crate) description: String,
    /// What its message says of the change that breaks something.
    pub(crate) breaking: Option<String>,
}

impl Entry {
    /// A commit with its subject and, if it breaks something, its message.
    pub(crate) fn new(record: &CommitRecord, subject: &str, message: Option<&str>) -> Self {
        let described = commit::described(subject);
        Self {
            id: record.id.to_string(),
            subject: subject.to_owned(),
            bump: record.bump,
            kind: described.as_ref().map(|described| described.kind.to_ascii_lowercase()).unwrap_or_default(),
            scope: described.as_ref().map(|described| described.scope.to_owned()).unwrap_or_default(),
            description: described.map_or(subject, |described| described.description).to_owned(),
            breaking: message.and_then(breaking_note),
        }
    }

    /// The eight digits that reports show of the id.
    pub(super) fn short_id(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }
}

/// The first line of the note that says what breaks.
fn breaking_note(message: &str) -> Option<String> {
    let mut lines = message.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = after_keyword(line.as_bytes()) {
            let text = line[line.len() - rest.len()..].trim();
            let text = if text.is_empty() { lines.next().unwrap_or_default().trim() } else { text };
            return (!text.is_empty()).then(|| text.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::breaking_note;

    #[test]
    fn notes() {
        assert_eq!(breaking_note("feat!: x\n\nBREAKING CHANGE: no more y\nz").as_deref(), Some("no more y"));
        assert_eq!(breaking_note("x\n\nbreaking-change:\n  gone\n").as_deref(), Some("gone"));
        assert_eq!(breaking_note("x\n\n* y\n* **BREAKING CHANGE:** no more y").as_deref(), Some("no more y"));
        assert_eq!(breaking_note("x\n\nBREAKING CHANGE: no more **y**").as_deref(), Some("no more **y**"));
        assert_eq!(breaking_note("feat!: x"), None);
    }
}
