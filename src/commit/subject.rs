//! The first line of a message, without the blanks around it.

/// The first line of `message`, trimmed of Unicode white space on both sides; empty when the first line is blank,
/// even if text follows.
pub fn subject(message: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', message).unwrap_or(message.len());
    trim(&message[..end])
}

fn trim(line: &[u8]) -> &[u8] {
    let mut line = line.trim_ascii();
    while has_blank_edge(line) {
        for blank in OTHER_BLANKS {
            line = line.strip_prefix(*blank).unwrap_or(line);
            line = line.strip_suffix(*blank).unwrap_or(line);
        }
        line = line.trim_ascii();
    }
    line
}

/// Whether white space that `trim_ascii` leaves alone stands at an edge; nearly always answered by two comparisons.
fn has_blank_edge(line: &[u8]) -> bool {
    let (Some(first), Some(last)) = (line.first(), line.last()) else { return false };
    if first.is_ascii_graphic() && last.is_ascii_graphic() {
        return false;
    }
    OTHER_BLANKS.iter().any(|blank| line.starts_with(blank) || line.ends_with(blank))
}

/// The vertical tab, and UTF-8 of every white space character beyond ASCII (Unicode's `White_Space` property).
const OTHER_BLANKS: &[&[u8]] = &[
    b"\x0b",
    "\u{85}".as_bytes(),
    "\u{a0}".as_bytes(),
    "\u{1680}".as_bytes(),
    "\u{2000}".as_bytes(),
    "\u{2001}".as_bytes(),
    "\u{2002}".as_bytes(),
    "\u{2003}".as_bytes(),
    "\u{2004}".as_bytes(),
    "\u{2005}".as_bytes(),
    "\u{2006}".as_bytes(),
    "\u{2007}".as_bytes(),
    "\u{2008}".as_bytes(),
    "\u{2009}".as_bytes(),
    "\u{200a}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{2029}".as_bytes(),
    "\u{202f}".as_bytes(),
    "\u{205f}".as_bytes(),
    "\u{3000}".as_bytes(),
];

#[cfg(test)]
mod tests {
    use super::subject;
    use proptest::prelude::*;

    #[test]
    fn first_line_without_blanks() {
        for (message, expected) in [
            ("feat: x\n\nbody", "feat: x"),
            ("feat: x\r\nbody", "feat: x"),
            ("  feat: x\t\u{b} ", "feat: x"),
            ("\u{3000}\u{2003}feat: x\u{a0}\u{85}", "feat: x"),
            ("\nfeat: x", ""),
            ("\r\nfeat: x", ""),
            ("", ""),
            ("é", "é"),
        ] {
            assert_eq!(subject(message.as_bytes()), expected.as_bytes(), "{message:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_survive() {
        assert_eq!(subject(b" \xff\xfe \n"), b"\xff\xfe");
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library_on_text(message in "[ \\t\\r\\n\u{b}\u{a0}\u{2003}\u{3000}a-cé]{0,12}") {
            let expected = message.split('\n').next().unwrap_or("").trim();
            prop_assert_eq!(subject(message.as_bytes()), expected.as_bytes());
        }

        #[test]
        fn never_panics(message in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = subject(&message);
        }
    }
}
