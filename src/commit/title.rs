//! The line that says what a commit does, without what platforms and habits put around it.

use super::Bump;
use super::gitmoji;
use super::header::Header;
use super::subject::subject;

/// So many pieces of decoration are removed, one after the other.
const MOST_DECORATION: usize = 8;

/// A title, freed of its decoration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Title<'a> {
    /// The title; empty for a merge that has none.
    pub(super) text: &'a [u8],
    /// The bump that emoji in front of it ask for, if those of the gitmoji convention are among them.
    pub(super) gitmoji: Option<Bump>,
    /// Whether the subject only speaks of a merge, so that the title was found behind it or in the body.
    pub(super) of_merge: bool,
}

/// The title of `message`.
pub(super) fn title(message: &[u8]) -> Title<'_> {
    let subject = subject(message);
    match merged(subject, message) {
        Some(merged) => Title { of_merge: true, ..undecorated(merged) },
        None => undecorated(subject),
    }
}

/// The title of what a subject says was merged, empty where none is given; `None` if the subject is about no merge.
fn merged<'a>(subject: &'a [u8], message: &'a [u8]) -> Option<&'a [u8]> {
    match subject.first()? {
        // Azure DevOps.
        b'M' if subject.starts_with(b"Merged PR ") => Some(behind_number(&subject[10..]).unwrap_or_default()),
        // Bitbucket Server.
        b'P' => behind_number(subject.strip_prefix(b"Pull request #")?),
        // Gitea and Forgejo; Gerrit.
        b'M' if subject.starts_with(b"Merge pull request '") => quoted(&subject[19..], b'\''),
        b'M' if subject.starts_with(b"Merge \"") => quoted(&subject[6..], b'"'),
        b'M' | b'A' if MERGES.iter().any(|merge| subject.starts_with(merge)) => Some(first_line_of_body(message)),
        _ => None,
    }
}

/// What subjects of merges begin with that leave the title to the body: git's own, GitHub's, GitLab's, Bitbucket's, bors'.
const MERGES: [&[u8]; 10] = [
    b"Merge pull request ",
    b"Merged in ",
    b"Merge branch",
    b"Merge remote-tracking branch",
    b"Merge tag ",
    b"Merge commit ",
    b"Merge request ",
    b"Merge changes ",
    b"Merge #",
    b"Auto merge of ",
];

/// The text behind `123: `.
fn behind_number(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(text[digits..].strip_prefix(b":")?.trim_ascii_start()).filter(|_| digits > 0)
}

/// The text between the quote at the beginning and the last one.
fn quoted(text: &[u8], quote: u8) -> Option<&[u8]> {
    let end = text.iter().rposition(|byte| *byte == quote).filter(|end| *end > 0)?;
    Some(&text[1..end])
}

fn first_line_of_body(message: &[u8]) -> &[u8] {
    let lines = message.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
    let line = lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    behind_number(line).unwrap_or(line)
}

/// `text` from the first known type on, or without all decoration if there is none.
fn undecorated(text: &[u8]) -> Title<'_> {
    let (mut text, mut gitmoji) = (text, None);
    for _ in 0..MOST_DECORATION {
        if Header::parse(text).is_some_and(|header| header.level().is_some()) {
            break;
        }
        let rest = match gitmoji::strip(text) {
            Some((rest, bump)) => {
                gitmoji = gitmoji.max(bump);
                rest
            }
            None => match without_mark(text).or_else(|| without_ticket(text)) {
                Some(rest) => rest,
                None => break,
            },
        };
        text = rest.trim_ascii_start();
    }
    Title { text, gitmoji, of_merge: false }
}

/// Marks of unfinished commits, of list items, and anything in brackets.
fn without_mark(text: &[u8]) -> Option<&[u8]> {
    const MARKS: [&[u8]; 6] = [b"fixup! ", b"squash! ", b"amend! ", b"- ", b"* ", "• ".as_bytes()];
    if text.first() == Some(&b'[') {
        let end = text.iter().position(|byte| *byte == b']')?;
        return Some(without_separator(&text[end + 1..]));
    }
    MARKS.iter().find_map(|mark| text.strip_prefix(*mark))
}

/// A ticket such as `ABC-12`, `#12` or `GH-12`, with or without parentheses, and what separates it from the title.
fn without_ticket(text: &[u8]) -> Option<&[u8]> {
    let (inner, closing): (&[u8], &[u8]) = match text.first()? {
        b'(' => (&text[1..], b")"),
        _ => (text, b""),
    };
    let rest = inner.strip_prefix(b"#").or_else(|| {
        let name = inner.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
        inner.first()?.is_ascii_alphabetic().then(|| inner[name..].strip_prefix(b"-"))?
    })?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest[digits..].strip_prefix(closing).filter(|_| digits > 0)?;
    let behind = without_separator(rest);
    (behind.len() < rest.len()).then_some(behind)
}

/// The text without blanks and one of the signs that separate a ticket from a title.
fn without_separator(text: &[u8]) -> &[u8] {
    const DASHES: [&[u8]; 7] = [b":", b"|", b",", b"-", b">", "–".as_bytes(), "—".as_bytes()];
    let text = text.trim_ascii_start();
    DASHES.iter().find_map(|dash| text.strip_prefix(*dash)).unwrap_or(text).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decoration_is_removed() {
        for decorated in [
            "feat: x",
            "[ABC-12] feat: x",
            "ABC-12: feat: x",
            "ABC-12 feat: x",
            "ABC-12 - feat: x",
            "abc-12 | feat: x",
            "(ABC-12) feat: x",
            "#12: feat: x",
            "#12 feat: x",
            "[core][api] feat: x",
            "ABC-1, ABC-2: feat: x",
            "✨ feat: x",
            ":sparkles: feat: x",
            "✨ [ABC-12] feat: x",
            "fixup! fixup! feat: x",
            "- feat: x",
            "Merged PR 12: feat: x",
            "Merged PR 12: ABC-12: feat: x",
            "Pull request #12: feat: x",
            "Merge pull request #1 from a/b\n\nfeat: x\n",
            "Merge pull request 'feat: x' (#1) from a/b into main",
            "Merge \"feat: x\" into main",
            "Merge branch 'a' into 'main'\r\n\r\nfeat: x\r\n\r\nSee merge request a/b!1",
            "Merged in a (pull request #7)\n\n[ABC-12] feat: x\n\nApproved-by: A",
            "Merge #12\n\n12: feat: x",
        ] {
            assert_eq!(title(decorated.as_bytes()).text, b"feat: x", "{decorated:?}");
        }
    }

    #[test]
    fn what_is_no_decoration_stays() {
        for plain in ["ABC-12x", "ABC-", "#x", "(ABC-12 x", "[ABC", "x", "Merge the parsers", "feat", "12", ""] {
            assert_eq!(
                title(plain.as_bytes()),
                Title { text: plain.as_bytes(), gitmoji: None, of_merge: false },
                "{plain}"
            );
        }
        let merge = title(b"Merge branch 'a'");
        assert_eq!((merge.text, merge.of_merge), (&b""[..], true));
    }

    #[test]
    fn the_strongest_gitmoji_counts() {
        assert_eq!(title("📝✨ add x".as_bytes()).gitmoji, Some(Bump::Minor));
        assert_eq!(title("🦀 add x".as_bytes()).gitmoji, None);
        assert_eq!(title(":memo: say x".as_bytes()).gitmoji, Some(Bump::None));
    }

    proptest! {
        #[test]
        fn never_panics(message in "(Merge|Merged PR 1|#1|A-1|:a:|✨|\\[|\\]|\\(|fixup! |feat|!|:| |\n|'|\"|é){0,12}") {
            let _ = title(message.as_bytes());
        }
    }
}
