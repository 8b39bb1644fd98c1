//! Order of dotted numbers of any length, as tags are compared.

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

#[cfg(test)]
mod tests {
    use super::compare_numeric;
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
