//! Order of dotted numbers of any length, as tags are compared, and how far their first numbers are apart.

use std::cmp::Ordering;

/// Compares two dotted versions part by part, as numbers of any size; `+…` is ignored, and a version is lower than one
/// it is the beginning of. Parts that aren't numbers follow all numbers, in byte order.
pub fn compare_numeric(left: &str, right: &str) -> Ordering {
    parts(left).map(Part::new).cmp(parts(right).map(Part::new))
}

fn parts(version: &str) -> impl Iterator<Item = &str> {
    let core = version.split_once('+').map_or(version, |(core, _)| core);
    core.split('.')
}

/// One part, ordered without parsing it: a longer number without leading zeros is a larger one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number { digits: usize, text: &'a str },
    Text(&'a str),
}

impl<'a> Part<'a> {
    fn new(part: &'a str) -> Self {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Text(part);
        }
        let text = part.trim_start_matches('0');
        Self::Number { digits: text.len(), text }
    }
}

/// The first number, behind a `v`; the greatest there is where it is larger than that.
pub fn leading_number(version: &[u8]) -> u64 {
    let digits = version.strip_prefix(b"v").unwrap_or(version);
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let digit = |number: u64, digit: &u8| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    digits[..end].iter().fold(0, digit)
}

/// Whether no project gets from one first number to the other without any between.
pub fn is_far_above(leading: u64, other: u64) -> bool {
    leading > other.saturating_mul(2).saturating_add(10)
}

#[cfg(test)]
mod tests {
    use super::{compare_numeric, is_far_above, leading_number};
    use proptest::prelude::*;
    use std::cmp::Ordering::{self, *};

    #[test]
    fn numbers_not_texts() {
        for (left, order, right) in [
            ("1.10.0", Greater, "1.9.0"),
            ("1.2", Less, "1.2.0"),
            ("2026.1.9", Less, "2026.01.10"),
            ("1.0.0+b", Equal, "1.0.0+a"),
            ("010", Equal, "10"),
            ("0", Equal, "00"),
            ("99999999999999999999999", Greater, "9999999999999999999999"),
            ("1.x", Greater, "1.99"),
        ] {
            assert_eq!(compare_numeric(left, right), order, "{left} {right}");
        }
    }

    #[test]
    fn some_numbers_are_too_far_apart() {
        assert!(is_far_above(leading_number(b"v100.0.0"), leading_number(b"1.4.0")));
        assert!(is_far_above(leading_number(b"2024.1.15"), leading_number(b"9.0.0")));
        assert!(!is_far_above(leading_number(b"12.0.0"), leading_number(b"1.4.0")));
        assert!(!is_far_above(leading_number(b"2025.1.1"), leading_number(b"2024.12.1")));
        assert_eq!(leading_number(b"99999999999999999999999.0"), u64::MAX);
    }

    proptest! {
        #[test]
        fn is_a_total_order(a in "[0-9.+x]{0,8}", b in "[0-9.+x]{0,8}", c in "[0-9.+x]{0,8}") {
            let order = compare_numeric(&a, &b);
            prop_assert_eq!(compare_numeric(&b, &a), order.reverse());
            prop_assert_eq!(compare_numeric(&a, &a), Ordering::Equal);
            if order != Greater && compare_numeric(&b, &c) != Greater {
                prop_assert!(compare_numeric(&a, &c) != Greater);
            }
        }
    }
}
