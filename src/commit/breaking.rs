//! The rules for breaking changes that hold whatever the configuration says.

use super::quoted::is_quoted;

/// Types whose `!` is recognised without a closer look.
const TYPES: [&[u8]; 10] =
    [b"feat", b"fix", b"refactor", b"perf", b"build", b"chore", b"docs", b"style", b"test", b"ci"];

/// Whether `subject` is plainly marked as breaking: `type!:`, `type(scope)!:` or the common slip `type(scope!):`.
pub(super) fn marked_in_subject(subject: &[u8]) -> bool {
    let Some(rest) = TYPES.iter().find_map(|kind| subject.strip_prefix(*kind)) else { return false };
    match rest {
        [b'!', b':', ..] => true,
        [b'(', scoped @ ..] => bang_after_scope(scoped) || bang_ends_scope(scoped),
        _ => false,
    }
}

/// `…)!:` somewhere after at least one byte of scope; what looks like a scope may hold parentheses itself.
fn bang_after_scope(scoped: &[u8]) -> bool {
    scoped.get(1..).is_some_and(|rest| rest.windows(3).any(|window| window == b")!:"))
}

/// `…!):` with no other parenthesis before it; the scope may be empty.
fn bang_ends_scope(scoped: &[u8]) -> bool {
    let Some(end) = scoped.iter().position(|byte| matches!(byte, b'(' | b')')) else { return false };
    scoped[..end].ends_with(b"!") && scoped[end..].starts_with(b"):")
}

/// Whether a line of `message` starts with `BREAKING CHANGE: ` or a spelling close to it, says that something breaks, and
/// isn't quoted.
pub(super) fn has_footer(message: &[u8]) -> bool {
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', message).map(|newline| newline + 1));
    starts.filter(|start| is_note(message, *start)).take(MOST_NOTES).any(|start| !is_quoted(message, start))
}

/// A message that quotes so many notes quotes them all.
const MOST_NOTES: usize = 32;

#[inline]
fn is_note(message: &[u8], start: usize) -> bool {
    matches!(message.get(start), Some(b'b' | b'B' | b'*' | b'-')) && note(&message[start..]).is_some_and(says_something)
}

/// The text of a note in `line`, or in the line that follows.
fn note(line: &[u8]) -> Option<&[u8]> {
    let rest = after_keyword(line)?;
    if let Some(text) = rest.strip_prefix(b" ") {
        return Some(first_line(text));
    }
    let next = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    Some(first_line(next)).filter(|line| !line.is_empty())
}

/// What follows `BREAKING CHANGE:`, in any case, with a hyphen or in the plural; as an item of a list and in bold, too, as bodies
/// of pull requests have it: `* **BREAKING CHANGE:** `.
pub(crate) fn after_keyword(line: &[u8]) -> Option<&[u8]> {
    let item = line.strip_prefix(b"* ").or_else(|| line.strip_prefix(b"- ")).unwrap_or(line);
    let (line, bold): (_, &[u8]) = item.strip_prefix(b"**").map_or((item, b""), |rest| (rest, b"**"));
    let rest = strip_ignoring_case(line, b"brea")
        .and_then(strip_k)
        .and_then(|rest| strip_ignoring_case(rest, b"ing"))
        .and_then(|rest| rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-")))
        .and_then(|rest| strip_ignoring_case(rest, b"change"))?;
    let rest = strip_ignoring_case(rest, b"s").unwrap_or(rest);
    let before_colon = rest.strip_prefix(bold).and_then(|rest| rest.strip_prefix(b":"));
    before_colon.or_else(|| rest.strip_prefix(b":")?.strip_prefix(bold))
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii()
}

/// Whether a note isn't the answer that nothing breaks, as forms for pull requests ask for.
fn says_something(note: &[u8]) -> bool {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let start = note.iter().position(is_of_word).unwrap_or(note.len());
    let end = note.iter().rposition(is_of_word).map_or(start, |last| last + 1);
    // Without any word it is a note whose text is missing, unless a dash stands for it.
    if start == end {
        return !matches!(note, b"-" | b"--");
    }
    let words: [&[u8]; 6] = [b"no", b"none", b"n/a", b"na", b"nothing", b"not applicable"];
    !words.iter().any(|word| word.eq_ignore_ascii_case(&note[start..end]))
}

fn strip_ignoring_case<'a>(text: &'a [u8], lower: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(lower.len())?;
    head.eq_ignore_ascii_case(lower).then_some(rest)
}

/// A `k` of any case; Unicode has a third one, the Kelvin sign.
fn strip_k(text: &[u8]) -> Option<&[u8]> {
    strip_ignoring_case(text, b"k").or_else(|| text.strip_prefix("\u{212a}".as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{has_footer, marked_in_subject};

    #[test]
    fn bang_positions() {
        for breaking in ["feat!: x", "fix(a)!: x", "ci(a!): x", "feat(!): x", "feat(a): see (b)!: y", "feat(a)!:"] {
            assert!(marked_in_subject(breaking.as_bytes()), "{breaking}");
        }
        for harmless in
            ["feat: x!", "feat()!: x", "feat(a(b)!): x", "revert!: x", "Feat!: x", "feat!", "feat(a!)", "!:"]
        {
            assert!(!marked_in_subject(harmless.as_bytes()), "{harmless}");
        }
    }

    #[test]
    fn footers() {
        for breaking in [
            "BREAKING CHANGE: a",
            "x\nbreaking-change: a",
            "x\r\n\r\nBreaking Change: ",
            "x\n\nBREAKING CHANGE: a",
            "x\n\nBREAKING CHANGE:\na",
            "x\n\nBREAKING CHANGE:\r\na",
            "x\n\nBREAKING CHANGES: a",
            "x\n\nBREAKING CHANGE: a\n\nb\n\nc",
            "x\n\n* feat: y\n\nBREAKING CHANGE: a\n\n* fix: z",
            "x\n\n---------\n\nCo-authored-by: A <a@example.org>\n\nBREAKING CHANGE: a",
            "x\n\n## Why\n\n```\ncode\n```\n\nBREAKING CHANGE: a",
            "x\n\nBREAKING CHANGE: no more of this",
            "x\n\n* feat: y\n* BREAKING CHANGE: a",
            "x\n\n- BREAKING CHANGES: a",
            "x\n\n**BREAKING CHANGE**: a",
            "x\n\n* **Breaking change:** a",
        ] {
            assert!(has_footer(breaking.as_bytes()), "{breaking:?}");
        }
        for harmless in [
            "BREAKING CHANGE:a",
            "x\n BREAKING CHANGE: a",
            "x\nBREAKING  CHANGE: a",
            "x\rBREAKING CHANGE: a",
            "b",
            "x\n\nBREAKING CHANGE:\n",
            "x\n\nBREAKING CHANGE:\n\na",
            "x\n\nBREAKING CHANGE: None.",
            "x\n\n- BREAKING CHANGE: none",
            "x\n\n- [ ] BREAKING CHANGE: a",
            "x\n\n**BREAKING CHANGE: a**",
            "x\n\n*BREAKING CHANGE: a",
            "x\n\nBREAKING CHANGE: N/A",
            "x\n\nBREAKING CHANGE:\n_no_",
            "x\n\n> BREAKING CHANGE: a",
            "x\n\n```\nBREAKING CHANGE: a\n```",
            "x\n\n<!--\nBREAKING CHANGE: say what\n-->",
            "x\n\n<details>\n<blockquote>\nBREAKING CHANGE: a\n</blockquote>\n</details>",
        ] {
            assert!(!has_footer(harmless.as_bytes()), "{harmless:?}");
        }
    }

    #[test]
    fn notes_that_bots_quote() {
        let renovate = "chore(deps): update dependency x to v14 (#295)\n\nThis PR contains the following updates:\n\n\
            | Package | Change |\n|---|---|\n| x | 13 -> 14 |\n\n### Release Notes\n\n##### Features\n\n* drop\n\n\
            BREAKING CHANGE: node 18 is gone\n\n";
        let dependabot = "Bump x from 1.0.0 to 2.0.0\n\nBumps [x](https://example.org) from 1.0.0 to 2.0.0.\n\
            - [Release notes](https://example.org)\n\nBREAKING CHANGE: node 18 is gone\n\nmore\n\n---\nupdated-dependencies:\n\
            - dependency-name: x\n...\n\nSigned-off-by: dependabot[bot] <support@github.com>";
        let by_hand =
            "build(deps): bump x from 1 to 2\n\nRelease notes:\n\nBREAKING CHANGE: node 18 is gone\n\nand more";
        for quoting in [
            renovate.to_owned(),
            format!(
                "{renovate}---\n\n### Configuration\n\nThis PR was generated by a bot.\n\nCo-authored-by: bot <b@example.org>"
            ),
            dependabot.to_owned(),
            by_hand.to_owned(),
            dependabot.replace("BREAKING", "* BREAKING"),
        ] {
            assert!(!has_footer(quoting.as_bytes()), "{quoting}");
        }
        for own in [
            format!(
                "{renovate}---\n\nThis PR was generated by a bot.\n\nBREAKING CHANGE: we need node 20\nat least\n\nSigned-off-by: A <a@example.org>"
            ),
            "chore(deps): require node 22\n\nBREAKING CHANGE: node 20 is gone.\n\nSee the guide for how to go on."
                .to_owned(),
            "fix(deps): update x\n\nSome words.\n\nBREAKING CHANGE: x is part of our interface".to_owned(),
        ] {
            assert!(has_footer(own.as_bytes()), "{own}");
        }
    }
}
