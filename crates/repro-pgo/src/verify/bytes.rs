//! Where two byte strings begin to differ, and what stands there.

/// The first position at which the two differ, their common length if one is longer; `None` when they are equal.
pub fn first_difference(first: &[u8], second: &[u8]) -> Option<usize> {
    let common = first.len().min(second.len());
    let found = first.iter().zip(second).position(|(one, other)| one != other);
    found.or_else(|| (first.len() != second.len()).then_some(common))
}

/// The printable text around `offset`, if there is any worth showing.
pub fn text_around(data: &[u8], offset: usize) -> Option<String> {
    let is_text = |byte: &u8| *byte == b' ' || byte.is_ascii_graphic();
    let offset = offset.min(data.len());
    let before = data[..offset].iter().rev().take(40).take_while(|byte| is_text(byte)).count();
    let after = data[offset..].iter().take(60).take_while(|byte| is_text(byte)).count();
    let text: String = data[offset - before..offset + after].iter().map(|byte| char::from(*byte)).collect();
    (text.len() >= 6).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference(b"same", b"same"), None);
        assert_eq!(first_difference(b"abcd", b"abXd"), Some(2));
        assert_eq!(first_difference(b"ab", b"abc"), Some(2));
    }

    #[test]
    fn text_is_shown_and_code_is_not() {
        assert_eq!(text_around(b"\0\0built 12:30\0", 9).as_deref(), Some("built 12:30"));
        assert_eq!(text_around(&[0, 1, 2, 3], 2), None);
    }
}
