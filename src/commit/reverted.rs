//! What a reverting commit takes back, in whichever of the usual ways it says so.

use super::header::Header;
use super::title::title;

/// The commits that a message takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted<'a> {
    /// Their ids in hexadecimal digits, perhaps shortened.
    pub ids: Vec<&'a str>,
    /// The title of the one commit, as [`title_key`] gives it. Only meant where there are no ids.
    pub title: Vec<u8>,
}

/// Shorter runs of hexadecimal digits are words.
const SHORTEST_ID: usize = 7;

/// What `message` takes back, by git's line `This reverts commit <id>.`, by the `Refs:` footer of the Conventional Commits
/// specification, or by the title that it quotes.
pub fn reverted(message: &[u8]) -> Reverted<'_> {
    let title = target_title(title(message).text).unwrap_or_default();
    Reverted { ids: ids(message), title: key(&title).to_vec() }
}

/// What two titles of the same change have in common, however platforms number or decorate it.
pub fn title_key(message: &[u8]) -> &[u8] {
    key(title(message).text)
}

/// Whether a title is that of a commit that takes another back.
pub(super) fn is_revert(title: &[u8]) -> bool {
    target_title(title).is_some()
}

/// The title of the change that a revert of a revert brings back; `None` for a plain revert.
pub(super) fn brought_back(title: &[u8]) -> Option<Vec<u8>> {
    let once = target_title(title)?;
    let target = target_title(&once)?;
    // Of a longer chain only what is left of it counts.
    if is_revert(&target) { brought_back(&target) } else { Some(target) }
}

/// The title of the commit that is taken back.
fn target_title(title: &[u8]) -> Option<Vec<u8>> {
    let (verb, rest) = title.split_at(title.iter().position(|byte| !byte.is_ascii_alphabetic())?);
    if verb.eq_ignore_ascii_case(b"reapply") && rest.starts_with(b" \"") {
        return Some([b"Revert ".as_slice(), &rest[1..]].concat());
    }
    if !verb.eq_ignore_ascii_case(b"revert") {
        return None;
    }
    match Header::parse(title).filter(Header::is_revert) {
        Some(header) => Some(unquoted(header.description).to_vec()),
        None => rest.strip_prefix(b" ").map(|rest| unquoted(rest).to_vec()),
    }
}

/// The text between quotes, where there are some.
fn unquoted(text: &[u8]) -> &[u8] {
    let Some(quote) = text.first().filter(|first| matches!(first, b'"' | b'\'' | b'`')) else { return text };
    match text.iter().rposition(|byte| byte == quote) {
        Some(end) if end > 0 => &text[1..end],
        _ => text,
    }
}

/// A title without the numbers of pull requests behind it.
fn key(title: &[u8]) -> &[u8] {
    let mut title = title.trim_ascii();
    while let Some(open) = title.strip_suffix(b")").and_then(|rest| rest.windows(2).rposition(|window| window == b" ("))
    {
        let number = &title[open + 2..title.len() - 1];
        let number = number.strip_prefix(b"#").or_else(|| number.strip_prefix(b"!"));
        if !number.is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)) {
            break;
        }
        title = title[..open].trim_ascii();
    }
    title
}

fn ids(message: &[u8]) -> Vec<&str> {
    let mut ids = Vec::new();
    for line in message.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii) {
        let listed = strip_ignoring_case(line, b"this reverts commit")
            .or_else(|| strip_ignoring_case(line, b"refs:"))
            .or_else(|| strip_ignoring_case(line, b"reverts:"));
        // Behind a merge's id git names the side that stays: `…, reversing changes made to <id>.`
        let listed = listed
            .map(|listed| listed.windows(9).position(|at| at == b"reversing").map_or(listed, |end| &listed[..end]));
        let words = listed.into_iter().flat_map(|listed| listed.split(|byte| !byte.is_ascii_alphanumeric()));
        ids.extend(words.filter(|word| is_id(word)).filter_map(|word| std::str::from_utf8(word).ok()));
    }
    ids
}

fn is_id(word: &[u8]) -> bool {
    word.len() >= SHORTEST_ID && word.iter().all(u8::is_ascii_hexdigit) && word.iter().any(u8::is_ascii_digit)
}

fn strip_ignoring_case<'a>(text: &'a [u8], lower: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(lower.len())?;
    head.eq_ignore_ascii_case(lower).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "667ecc1654a317a13331b17617d973392f415f02";

    fn target(message: &str) -> (Vec<&str>, String) {
        let reverted = reverted(message.as_bytes());
        (reverted.ids, String::from_utf8(reverted.title).expect("the tests' titles are text"))
    }

    #[test]
    fn targets() {
        let git = format!("Revert \"feat: x\"\n\nThis reverts commit {ID}.\n");
        assert_eq!(target(&git), (vec![ID], "feat: x".to_owned()));
        let merge = format!("Revert \"Merge x\"\n\nThis reverts commit {ID}, reversing\nchanges made to {ID}.\n");
        assert_eq!(target(&merge).0, [ID]);
        assert_eq!(target("revert: noodles\n\nRefs: 676104e, a215868").0, ["676104e", "a215868"]);
        for message in [
            "Revert \"feat: x (#12)\" (#13)",
            "revert: feat: x",
            "revert(a): \"feat: x\"",
            "Revert: feat: x (!3)",
            "Merged PR 7: Revert \"feat: x\"",
            "⏪ revert: feat: x",
            "Revert feat: x\n\nReverts owner/name#12",
        ] {
            assert_eq!(target(message), (vec![], "feat: x".to_owned()), "{message}");
        }
        assert_eq!(target("Reapply \"feat: x\"").1, "Revert \"feat: x\"");
        assert_eq!(target("Revert \"Revert \"feat: x\"\"").1, "Revert \"feat: x\"");
    }

    #[test]
    fn only_reverts_are_reverts() {
        for title in ["reverted: x", "revert", "reverting x", "refactor: revert x", "", "Reapply x"] {
            assert!(!is_revert(title.as_bytes()), "{title}");
        }
    }

    #[test]
    fn a_revert_of_a_revert_brings_back() {
        let back = |title: &str| brought_back(title.as_bytes()).map(|title| String::from_utf8(title).expect("text"));
        assert_eq!(back("Revert \"feat: x\""), None);
        assert_eq!(back("Reapply \"feat: x\"").as_deref(), Some("feat: x"));
        assert_eq!(back("revert: revert: feat: x").as_deref(), Some("feat: x"));
        assert_eq!(back("Revert \"Reapply \"feat: x\"\""), None);
    }
}
