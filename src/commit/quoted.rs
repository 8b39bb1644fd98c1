//! Whether a breaking note in a message is the author's own, or quoted from somewhere else.
//!
//! Bots that update dependencies put the other project's release notes into the body, and with them lines that begin with
//! `BREAKING CHANGE: `. Elsewhere such a line counts wherever it stands, because squashed commits have it in the middle.

use super::header::Header;
use super::title::title;

/// Whether the note in the line that begins at `start` is quoted.
pub(super) fn is_quoted(message: &[u8], start: usize) -> bool {
    let before = String::from_utf8_lossy(&message[..start]).to_lowercase();
    if in_markup(&before) {
        return true;
    }
    let rest = String::from_utf8_lossy(&message[start..]).to_lowercase();
    let title = title(message).text;
    let notes_may_be_foreign = is_by_bot(&before)
        || is_by_bot(&rest)
        || updates_dependency(title) && before.lines().skip(1).any(looks_like_release_notes);
    notes_may_be_foreign && (in_release_notes(&before) || !is_footer(&before, &rest))
}

/// Whether a fence, a comment or an element of HTML that quotes is open at the end of `before`.
fn in_markup(before: &str) -> bool {
    const ELEMENTS: [(&str, &str); 5] = [
        ("<blockquote", "</blockquote"),
        ("<details", "</details"),
        ("<pre", "</pre"),
        ("<code", "</code"),
        ("<!--", "-->"),
    ];
    let fences = before.lines().filter(|line| line.starts_with("```") || line.starts_with("~~~")).count();
    fences % 2 == 1 || ELEMENTS.iter().any(|(open, close)| before.matches(open).count() > before.matches(close).count())
}

/// Whether one of the well-known bots wrote the body.
fn is_by_bot(message: &str) -> bool {
    const MARKS: [&str; 12] = [
        "this pr contains the following updates",
        "this mr contains the following updates",
        "updated-dependencies:",
        "dependabot[bot]",
        "dependabot-preview",
        "renovate[bot]",
        "renovatebot",
        "renovate bot",
        "\nbumps [",
        "\nbumps `",
        "snyk has created this pr",
        "scala steward",
    ];
    MARKS.iter().any(|mark| message.contains(mark))
}

/// Whether a title says that a dependency is updated.
fn updates_dependency(title: &[u8]) -> bool {
    let header = Header::parse(title);
    let names_dependencies = |text: &[u8]| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"dep"));
    if header.is_some_and(|header| names_dependencies(header.kind) || names_dependencies(header.scope)) {
        return true;
    }
    let description = header.map_or(title, |header| header.description);
    let description = String::from_utf8_lossy(description).to_lowercase();
    description.starts_with("update dependency ")
        || ["bump ", "update ", "upgrade "].iter().any(|verb| description.starts_with(verb))
            && description.contains(" from ")
            && description.contains(" to ")
}

fn looks_like_release_notes(line: &str) -> bool {
    // Renovate's own chapter behind the notes.
    let is_the_bots = line.trim_start_matches('#').trim() == "configuration";
    line.starts_with(['#', '|', '<', '>']) && !is_the_bots
        || ["release notes", "changelog"].iter().any(|notes| line.contains(notes))
}

/// Whether `before` ends in release notes: they go up to a horizontal rule.
fn in_release_notes(before: &str) -> bool {
    let is_rule = |line: &str| line.len() >= 3 && ["-", "*", "_"].iter().any(|sign| line.replace(*sign, "").is_empty());
    let body: Vec<&str> = before.lines().skip(1).collect();
    body.into_iter().rev().take_while(|line| !is_rule(line.trim())).any(looks_like_release_notes)
}

/// Whether what begins after `before` is a footer as the specification and git have it: it begins a paragraph, or follows
/// other footers in one, and every further paragraph begins with a footer, too.
fn is_footer(before: &str, rest: &str) -> bool {
    let of_paragraph = before.lines().rev().take_while(|line| !line.trim().is_empty()).last();
    of_paragraph.is_none_or(begins_footer)
        && rest
            .lines()
            .zip(rest.lines().skip(1))
            .all(|(above, line)| !above.trim().is_empty() || line.trim().is_empty() || begins_footer(line))
}

fn begins_footer(line: &str) -> bool {
    let token = line.find(|character: char| !character.is_ascii_alphanumeric() && character != '-').unwrap_or(0);
    line.starts_with("breaking change")
        || line.starts_with("---")
        || token > 0 && (line[token..].starts_with(": ") || line[token..].starts_with(" #"))
}
