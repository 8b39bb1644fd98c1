//! The beginning of a conventional subject, read with tolerance: `type`, a scope, `!` and a colon.

use super::Bump;

/// Types that are known under every configuration, and how far relplan's own rules move the version for them.
const TYPES: [(&[u8], Bump); 21] = [
    (b"feat", Bump::Minor),
    (b"feature", Bump::Minor),
    (b"features", Bump::Minor),
    (b"fix", Bump::Patch),
    (b"bugfix", Bump::Patch),
    (b"hotfix", Bump::Patch),
    (b"perf", Bump::Patch),
    (b"refactor", Bump::Patch),
    (b"revert", Bump::Patch),
    (b"security", Bump::Patch),
    (b"deps", Bump::Patch),
    (b"build", Bump::None),
    // commitizen's releases.
    (b"bump", Bump::None),
    (b"chore", Bump::None),
    (b"ci", Bump::None),
    (b"doc", Bump::None),
    (b"docs", Bump::None),
    (b"style", Bump::None),
    (b"test", Bump::None),
    (b"tests", Bump::None),
    (b"release", Bump::None),
];

/// What stands before the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) kind: &'a [u8],
    pub(super) scope: &'a [u8],
    /// Whether there is a `!`, wherever it was put.
    pub(super) breaking: bool,
    /// What follows the colon.
    pub(super) description: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads `type(scope)!: description`. Blanks around the scope, brackets instead of parentheses, a `!` before or in the
    /// scope and a full-width colon are slips whose meaning is plain.
    pub(super) fn parse(subject: &'a [u8]) -> Option<Self> {
        let length = subject.iter().position(|byte| !is_of_type(*byte)).unwrap_or(subject.len());
        let (kind, rest) = subject.split_at(length);
        if kind.first().is_none_or(|first| !is_letter(*first)) {
            return None;
        }
        // The full-width colon is not ASCII, so that it was taken for a part of the type.
        if let Some(at) = find(kind, FULL_WIDTH_COLON) {
            let description = &subject[at + FULL_WIDTH_COLON.len()..];
            return (at > 0).then_some(Self { kind: &subject[..at], scope: b"", breaking: false, description });
        }
        let (early, rest) = bang(rest.trim_ascii_start());
        let (scope, rest) = scope(rest.trim_ascii_start())?;
        let (late, rest) = bang(rest.trim_ascii_start());
        let rest = rest.trim_ascii_start();
        let description = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(FULL_WIDTH_COLON))?;
        let (scope, inner) = scope.strip_suffix(b"!").map_or((scope, false), |scope| (scope, true));
        Some(Self { kind, scope, breaking: early || inner || late, description: description.trim_ascii_start() })
    }

    /// How far relplan's own rules move the version for the type; `None` for one that isn't known.
    pub(super) fn level(&self) -> Option<Bump> {
        TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(self.kind)).map(|(_, level)| *level)
    }

    /// As [`Self::level`] for a lower-case type that releases nothing, which most commits have that no pattern matches.
    pub(super) fn is_plainly_quiet(&self) -> bool {
        matches!(self.kind, b"chore" | b"docs" | b"ci" | b"test" | b"build" | b"style")
    }

    pub(super) fn is_revert(&self) -> bool {
        self.kind.eq_ignore_ascii_case(b"revert")
    }
}

const FULL_WIDTH_COLON: &[u8] = "：".as_bytes();

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

fn is_of_type(byte: u8) -> bool {
    is_letter(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
}

fn bang(text: &[u8]) -> (bool, &[u8]) {
    text.strip_prefix(b"!").map_or((false, text), |rest| (true, rest))
}

/// The scope, empty where there is none, and what follows; `None` where it doesn't end.
fn scope(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let close = match text.first() {
        Some(b'(') => b')',
        Some(b'[') => b']',
        _ => return Some((b"", text)),
    };
    let end = text.iter().position(|byte| *byte == close)?;
    Some((&text[1..end], &text[end + 1..]))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_read_as_they_are_meant() {
        for (subject, kind, scope, breaking, description) in [
            ("feat: x", "feat", "", false, "x"),
            ("feat(api)!:x", "feat", "api", true, "x"),
            ("feat (api)!: x", "feat", "api", true, "x"),
            ("feat(api) ! : x", "feat", "api", true, "x"),
            ("feat!(api): x", "feat", "api", true, "x"),
            ("feat(api!): x", "feat", "api", true, "x"),
            ("FEAT[api]: x", "FEAT", "api", false, "x"),
            ("feat(): x", "feat", "", false, "x"),
            ("feat：x", "feat", "", false, "x"),
            ("feat(a)：x", "feat", "a", false, "x"),
            ("功能!: x", "功能", "", true, "x"),
            ("ABC-12: feat: x", "ABC-12", "", false, "feat: x"),
        ] {
            let header = Header {
                kind: kind.as_bytes(),
                scope: scope.as_bytes(),
                breaking,
                description: description.as_bytes(),
            };
            assert_eq!(Header::parse(subject.as_bytes()), Some(header), "{subject}");
        }
        for subject in ["", ":", "feat", "feat x: y", "feat(a: x", "!: x", "12: x", "(a): x", "feat(a(b)): x", "：x"] {
            assert_eq!(Header::parse(subject.as_bytes()), None, "{subject}");
        }
    }

    #[test]
    fn types_are_known_in_any_case() {
        let level = |subject: &'static str| Header::parse(subject.as_bytes()).expect("a header").level();
        assert_eq!(
            [level("FEAT: x"), level("Security: x"), level("tests: x")],
            [Some(Bump::Minor), Some(Bump::Patch), Some(Bump::None)]
        );
        assert_eq!(level("wip: x"), None);
    }
}
