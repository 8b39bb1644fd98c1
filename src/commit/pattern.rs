//! Subject patterns: `*` stands for any run of characters, `?` for exactly one, everything else for itself.

/// One pattern, compiled so that the usual shapes (`feat:*`, `feat(?*):*`) are decided by comparing bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    prefix: Box<[u8]>,
    rest: Rest,
}

/// What has to follow the literal prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    End,
    /// `*`.
    Anything,
    /// `?*literal*`: at least one character, then the literal somewhere.
    OneThen(Box<[u8]>),
    /// Any other mixture.
    Wildcards(Box<[u8]>),
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        let split = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (prefix, rest) = pattern.split_at(split);
        Self { prefix: prefix.as_bytes().into(), rest: Rest::new(rest) }
    }

    /// The byte that every match starts with; `None` when the pattern starts with a wildcard or is empty.
    pub(super) fn first_byte(&self) -> Option<u8> {
        self.prefix.first().copied()
    }

    pub(super) fn matches(&self, subject: &[u8]) -> bool {
        let Some(rest) = subject.strip_prefix(&*self.prefix) else { return false };
        match &self.rest {
            Rest::End => rest.is_empty(),
            Rest::Anything => true,
            Rest::OneThen(literal) => {
                rest.get(character_length(rest)..).is_some_and(|rest| !literal.is_empty() && contains(rest, literal))
            }
            Rest::Wildcards(pattern) => wildcards_match(pattern, rest),
        }
    }
}

impl Rest {
    fn new(rest: &str) -> Self {
        let literal = rest.strip_prefix("?*").and_then(|rest| rest.strip_suffix('*'));
        match (rest, literal) {
            ("", _) => Self::End,
            ("*", _) => Self::Anything,
            (_, Some(literal)) if !literal.is_empty() && !literal.contains(['*', '?']) => {
                Self::OneThen(literal.as_bytes().into())
            }
            _ => Self::Wildcards(rest.as_bytes().into()),
        }
    }
}

fn contains(text: &[u8], literal: &[u8]) -> bool {
    text.windows(literal.len()).any(|window| window == literal)
}

/// Length in bytes of the first character, or of the first run of bytes that is no character; 1 at the end, so that
/// skipping a missing character leaves the text.
fn character_length(text: &[u8]) -> usize {
    match text.first() {
        None => 1,
        Some(byte) if byte.is_ascii() => 1,
        Some(_) => text
            .utf8_chunks()
            .next()
            .map_or(1, |chunk| chunk.valid().chars().next().map_or(chunk.invalid().len(), char::len_utf8)),
    }
}

/// Whole-text match with one point to go back to: after a mismatch the latest `*` takes one character more.
fn wildcards_match(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at_pattern, mut at_text) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(b'?') => {
                at_pattern += 1;
                at_text += character_length(&text[at_text..]);
            }
            Some(literal) if *literal == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                let taken = taken + character_length(&text[taken..]);
                retry = Some((after_star, taken));
                (at_pattern, at_text) = (after_star, taken);
            }
        }
    }
    pattern[at_pattern..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use proptest::prelude::*;

    fn matches(pattern: &str, subject: &str) -> bool {
        Pattern::new(pattern).matches(subject.as_bytes())
    }

    #[test]
    fn usual_shapes() {
        assert!(matches("feat:*", "feat: x") && matches("feat:*", "feat:"));
        assert!(!matches("feat:*", "feat(a): x") && !matches("feat:*", "feature: x"));
        assert!(matches("feat(?*):*", "feat(a): x") && matches("feat(?*):*", "feat(): a): b"));
        assert!(!matches("feat(?*):*", "feat(): x") && !matches("feat(?*):*", "feat(a:"));
        assert!(matches("wip", "wip") && !matches("wip", "wip!"));
        assert!(matches("", "") && !matches("", "x"));
    }

    #[test]
    fn question_mark_is_one_character_whatever_its_length() {
        assert!(matches("?", "é") && matches("a?c", "a你c") && matches("??", "é你"));
        assert!(!matches("??", "你") && !matches("*??", "你") && !matches("?", ""));
        assert!(Pattern::new("a?").matches(b"a\xff") && !Pattern::new("a?").matches(b"a\xff\xff"));
    }

    #[test]
    fn star_gives_back_what_it_took_too_much() {
        assert!(matches("*-x*-y", "a-x-x-y") && matches("a*b?c*", "aXbXbYcZ") && matches("**", ""));
        assert!(!matches("*-y", "a-y-") && !matches("a*b", "a"));
    }

    /// The obvious definition, exponential in the worst case.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| reference(rest, &text[skip..])),
            Some(('?', rest)) => !text.is_empty() && reference(rest, &text[1..]),
            Some((literal, rest)) => text.first() == Some(literal) && reference(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab:é*?]{0,7}", text in "[ab:é]{0,8}") {
            let expected = reference(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&pattern, &text), expected);
        }

        #[test]
        fn never_panics(pattern in "\\PC{0,10}", text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Pattern::new(&pattern).matches(&text);
        }
    }
}
