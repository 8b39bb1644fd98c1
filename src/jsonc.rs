//! JSON with comments and trailing commas, as tools that read their own files so allow.

/// `text` with a blank for every byte of a comment and for every comma behind the last member of a list or an object, so that
/// whatever stays keeps its place. Text that is no such JSON stays wrong JSON.
pub(crate) fn plain(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let (mut at, mut comma) = (0, None);
    // A comma needs something before it.
    let mut has_member = false;
    while let Some(byte) = bytes.get(at).copied() {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                at = end_of_string(&bytes, at);
                (comma, has_member) = (None, true);
                continue;
            }
            (b'/', Some(b'/' | b'*')) => {
                // One that is never closed stays, so that the text is refused there.
                let Some(end) = end_of_comment(&bytes, at) else { break };
                let inside = bytes[at..end].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r'));
                inside.for_each(|byte| *byte = b' ');
                at = end;
                continue;
            }
            (b',', _) => {
                comma = has_member.then_some(at);
                has_member = false;
            }
            (b']' | b'}', _) => {
                if let Some(comma) = comma.take() {
                    bytes[comma] = b' ';
                }
                has_member = true;
            }
            (b' ' | b'\t' | b'\n' | b'\r', _) => {}
            (b'[' | b'{' | b':', _) => (comma, has_member) = (None, false),
            _ => (comma, has_member) = (None, true),
        }
        at += 1;
    }
    String::from_utf8(bytes).expect("comments are blanked out whole")
}

/// Where the string ends that begins at `start`; the end of the text where it never does.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the comment ends that begins at `start`.
fn end_of_comment(bytes: &[u8], start: usize) -> Option<usize> {
    let inside = &bytes[start + 2..];
    let length = match bytes[start + 1] {
        b'/' => memchr::memchr(b'\n', inside).unwrap_or(inside.len()),
        _ => memchr::memmem::find(inside, b"*/")? + 2,
    };
    Some(start + 2 + length)
}

#[cfg(test)]
mod tests {
    use super::plain;
    use proptest::prelude::*;

    #[test]
    fn comments_and_commas_become_blanks() {
        for (text, expected) in [
            (r#"{"a": 1}"#, r#"{"a": 1}"#),
            ("{// é\n\"a\": 1,}", "{     \n\"a\": 1 }"),
            ("[1, /* , */ ]", "[1          ]"),
            ("[1, 2,\r\n]", "[1, 2 \r\n]"),
            (r#"{"a//b": "/* \" */, }"}"#, r#"{"a//b": "/* \" */, }"}"#),
            ("[,1]", "[,1]"),
            ("{\"a\": 1} // end", "{\"a\": 1}       "),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_stays_so() {
        for text in ["/* never closed", "{\"a\": \"", "[1,,]", "{,}", "/"] {
            assert!(serde_json::from_str::<serde_json::Value>(&plain(text)).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_place_is_kept(text in "(//|/\\*|\\*/|\"|\\\\|,|\\[|\\]|\\{|\\}|é|\n| |1){0,20}") {
            let plain = plain(&text);
            prop_assert_eq!(plain.len(), text.len());
            prop_assert_eq!(plain.matches('\n').count(), text.matches('\n').count());
        }
    }
}
