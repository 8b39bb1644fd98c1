//! Numbers as LLVM reads them: digits alone, without sign, space or separator.

/// A decimal number.
pub(super) fn decimal(text: &str) -> Option<u64> {
    in_radix(text, 10)
}

/// A number whose prefix says its base: `0x`, `0b`, `0o`, or a further digit behind `0` for octal.
pub(super) fn any_base(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let prefixed = |prefix: &str| lower.strip_prefix(prefix);
    if let Some(digits) = prefixed("0x") {
        in_radix(digits, 16)
    } else if let Some(digits) = prefixed("0b") {
        in_radix(digits, 2)
    } else if let Some(digits) = prefixed("0o") {
        in_radix(digits, 8)
    } else if let Some(digits) = prefixed("0").filter(|digits| !digits.is_empty()) {
        in_radix(digits, 8)
    } else {
        in_radix(&lower, 10)
    }
}

fn in_radix(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with('+') { None } else { u64::from_str_radix(digits, radix).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_chooses_the_base() {
        let read: Vec<_> = ["10", "0x1F", "0b101", "0o17", "017", "0"].into_iter().map(any_base).collect();
        assert_eq!(read, [Some(10), Some(31), Some(5), Some(15), Some(15), Some(0)]);
    }

    #[test]
    fn anything_but_digits_is_refused() {
        for text in ["", "+1", "-1", " 1", "1 ", "1_000", "18446744073709551616", "0x"] {
            assert_eq!(decimal(text), None, "{text:?}");
            assert_eq!(any_base(text), None, "{text:?}");
        }
    }
}
