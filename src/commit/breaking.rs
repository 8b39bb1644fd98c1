//! The rules for breaking changes that hold whatever the configuration says.

/// Types whose `!` marks a breaking change; on any other type it is just text.
const TYPES: [&[u8]; 10] =
    [b"feat", b"fix", b"refactor", b"perf", b"build", b"chore", b"docs", b"style", b"test", b"ci"];

/// Whether `subject` is marked as breaking: `type!:`, `type(scope)!:` or the common slip `type(scope!):`.
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

/// Whether any line of `message` starts with `BREAKING CHANGE: ` or `BREAKING-CHANGE: `, in any case.
pub(super) fn has_footer(message: &[u8]) -> bool {
    starts_footer(message) || memchr::memchr_iter(b'\n', message).any(|newline| starts_footer(&message[newline + 1..]))
}

fn starts_footer(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'b' | b'B'))
        && strip_ignoring_case(line, b"brea")
            .and_then(strip_k)
            .and_then(|rest| strip_ignoring_case(rest, b"ing"))
            .and_then(|rest| rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-")))
            .and_then(|rest| strip_ignoring_case(rest, b"change: "))
            .is_some()
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
        for breaking in
            ["BREAKING CHANGE: a", "x\nbreaking-change: a", "x\r\n\r\nBreaking Change: ", "x\n\nBREAKING CHANGE: a"]
        {
            assert!(has_footer(breaking.as_bytes()), "{breaking:?}");
        }
        for harmless in
            ["BREAKING CHANGE:a", "x\n BREAKING CHANGE: a", "x\nBREAKING  CHANGE: a", "x\rBREAKING CHANGE: a", "b"]
        {
            assert!(!has_footer(harmless.as_bytes()), "{harmless:?}");
        }
    }
}
