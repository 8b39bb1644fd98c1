//! What a tag's name says once its package's prefix is cut off.

use std::cmp::Ordering;

use crate::version;

/// Whether a name without its prefix is a version: an optional `v`, then dot-separated digits up to the first `-` or `+`, or
/// what Python, Ruby and Maven have behind two numbers or more: `1.5.0rc1`, `1.5.0.beta.1`, `1.5.0.Final`.
pub(super) fn is_version(rest: &[u8]) -> bool {
    let numbers = without_v(rest);
    is_dotted_numbers(numbers) || is_otherwise_version(numbers)
}

/// Whether digits with single dots between them go up to the end or the first `-` or `+`.
fn is_dotted_numbers(numbers: &[u8]) -> bool {
    let mut is_within_number = false;
    for byte in numbers {
        match byte {
            b'0'..=b'9' => is_within_number = true,
            b'.' if is_within_number => is_within_number = false,
            b'-' | b'+' => break,
            _ => return false,
        }
    }
    is_within_number
}

/// Names of other things begin with no digit, so that nearly none gets as far as being read.
fn is_otherwise_version(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_digit) && count_numbers(rest) > 1 && readable(rest).is_some()
}

/// A version as text, if it is read in one of its communities' shapes.
fn readable(rest: &[u8]) -> Option<&str> {
    std::str::from_utf8(rest).ok().filter(|text| version::is_readable(text))
}

/// How many numbers it begins with.
pub(super) fn count_numbers(rest: &[u8]) -> usize {
    numbers(rest).count()
}

/// Whether one number stands before the first `-` or `+`.
pub(super) fn is_single_number(rest: &[u8]) -> bool {
    without_v(rest).iter().find(|byte| !byte.is_ascii_digit()) != Some(&b'.')
}

/// Whether a version has the three numbers of a semantic one and no `v`.
pub(super) fn is_three_numbers(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_digit) && is_version(rest) && count_numbers(rest) == 3
}

/// Where in a whole tag's name a version of three numbers starts that goes on to its end.
pub(super) fn start(name: &[u8]) -> Option<usize> {
    let begins = |start: usize| {
        name[start].is_ascii_digit() && (start == 0 || !(name[start - 1].is_ascii_digit() || name[start - 1] == b'.'))
    };
    (0..name.len()).find(|start| begins(*start) && is_three_numbers(&name[*start..]))
}

/// Whether a version is no pre-release.
pub(super) fn is_stable(rest: &[u8]) -> bool {
    let Some(behind) = behind_numbers(rest) else { return true };
    let is_readable_prerelease = || readable(rest).is_some_and(version::is_prerelease);
    !rest.contains(&b'-') && (behind == b'+' || !is_readable_prerelease())
}

/// What comes first behind digits and dots.
fn behind_numbers(rest: &[u8]) -> Option<u8> {
    without_v(rest).iter().copied().find(|byte| !byte.is_ascii_digit() && *byte != b'.')
}

/// Whether a version has nothing but numbers before a `+`, as most have.
fn is_plain(rest: &[u8]) -> bool {
    matches!(behind_numbers(rest), None | Some(b'+' | b'-'))
}

/// Whether a name without its prefix begins as a version does but isn't one that is understood, and what it begins with is
/// above `version`.
pub(super) fn is_misread_above(rest: &[u8], version: Option<&[u8]>) -> bool {
    let begins = without_v(rest).first().is_some_and(u8::is_ascii_digit);
    begins
        && !is_plain(rest)
        && !is_version(rest)
        && version.is_none_or(|version| compare_numbers(rest, version).is_gt())
}

/// Whether a name could be a moving alias such as `1` or `1.2`.
pub(super) fn is_digits_and_dots(rest: &[u8]) -> bool {
    !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Compares stable versions: by their epochs, then number by number, whatever their count, then by what is released after a
/// release. Missing numbers are zero, and `+…` doesn't count.
pub(super) fn compare(one: &[u8], other: &[u8]) -> Ordering {
    // Nearly always one of the first numbers decides.
    let (mut one_left, mut other_left) = (without_v(one), without_v(other));
    loop {
        let (number, rest) = split_digits(one_left);
        let (other_number, other_rest) = split_digits(other_left);
        if rest.first() == Some(&b'!') || other_rest.first() == Some(&b'!') {
            return compare_in_full(one, other);
        }
        match compare_digits(number, other_number) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
        match (behind_dot(rest), behind_dot(other_rest)) {
            (None, None) if is_plain(one) && is_plain(other) => return Ordering::Equal,
            (None, None) => return compare_in_full(one, other),
            (rest, other_rest) => (one_left, other_left) = (rest.unwrap_or_default(), other_rest.unwrap_or_default()),
        }
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

/// Another number and what follows it.
fn behind_dot(rest: &[u8]) -> Option<&[u8]> {
    rest.strip_prefix(b".").filter(|rest| rest.first().is_some_and(u8::is_ascii_digit))
}

fn compare_in_full(one: &[u8], other: &[u8]) -> Ordering {
    let epoch = |version| split_epoch(version).0;
    compare_digits(epoch(one), epoch(other))
        .then_with(|| compare_numbers(one, other))
        .then_with(|| post_release(one).cmp(&post_release(other)))
}

fn compare_numbers(one: &[u8], other: &[u8]) -> Ordering {
    let (mut one, mut other) = (numbers(one), numbers(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => match compare_digits(one.unwrap_or_default(), other.unwrap_or_default()) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

fn without_v(rest: &[u8]) -> &[u8] {
    rest.strip_prefix(b"v").unwrap_or(rest)
}

/// The numbers that a version begins with, behind its epoch; `0` of `1.5.0rc1` is one of them.
fn numbers(version: &[u8]) -> impl Iterator<Item = &[u8]> {
    let version = split_epoch(version).1;
    let end = version.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(version.len());
    version[..end].split(|byte| *byte == b'.').filter(|number| !number.is_empty())
}

/// The `1` of Python's `1!2.0`, empty where there is none, and the rest.
fn split_epoch(version: &[u8]) -> (&[u8], &[u8]) {
    let version = without_v(version);
    let digits = version.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match version.get(digits) {
        Some(b'!') => (&version[..digits], &version[digits + 1..]),
        _ => (b"", version),
    }
}

/// The number of a release after the release, such as 2 of `1.4.0.post2`.
fn post_release(version: &[u8]) -> u64 {
    readable(version).map_or(0, version::post_release)
}

/// Compares digit strings of any length as numbers.
fn compare_digits(one: &[u8], other: &[u8]) -> Ordering {
    let (one, other) = (without_zeros(one), without_zeros(other));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_dotted_digits() {
        for version in [
            "1",
            "1.2.3",
            "v1.2",
            "1.2.3-rc.1",
            "2024.01.15",
            "1.0+build-5",
            "1.2.3.4.5",
            "1.5.0rc1",
            "v1.5.0.dev0",
            "1.5.0.beta.1",
            "1.5.0.Final",
            "1!2.0",
            "1.4.0.post1",
        ] {
            assert!(is_version(version.as_bytes()), "{version}");
        }
        for other in ["", "v", "vv1", "1.", ".1", "1..2", "x1", "1.2x", "-1", "latest", "1rc1", "1.2.0_old"] {
            assert!(!is_version(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn versions_are_found_at_the_ends_of_names() {
        for (name, found) in [
            ("v1.2.3", Some(1)),
            ("1.2.3", Some(0)),
            ("git-client-v3.1.2-rc.1", Some(12)),
            ("log4j-2-2.17.1", Some(8)),
            ("release-2024-01-15", None),
            ("v1.2", None),
            ("1.2.3.4", None),
            ("latest", None),
        ] {
            assert_eq!(start(name.as_bytes()), found, "{name}");
        }
    }

    #[test]
    fn a_hyphen_anywhere_makes_a_pre_release() {
        assert!(is_stable(b"1.2.3+build"));
        assert!(!is_stable(b"1.2.3-rc.1"));
        assert!(!is_stable(b"1.2.3+build-5"));
        assert!(is_stable(b"1.4.0.post1") && is_stable(b"5.6.1.Final"));
        assert!(!is_stable(b"1.5.0rc1") && !is_stable(b"1.5.0.dev0") && !is_stable(b"v1.5.0.beta.1"));
    }

    #[test]
    fn versions_compare_by_number() {
        let cases: [(&str, &str, Ordering); 11] = [
            ("1.10.0", "1.9.9", Ordering::Greater),
            ("1.2", "1.2.0", Ordering::Equal),
            ("1.2", "1.2.0.1", Ordering::Less),
            ("v2", "1.9", Ordering::Greater),
            ("1.02", "1.2+x", Ordering::Equal),
            ("1.4.0.post1", "1.4.0", Ordering::Greater),
            ("1.4.0.post2", "1.4.0.post10", Ordering::Less),
            ("1.4.0.post1", "1.4.1", Ordering::Less),
            ("5.6.1.Final", "5.6.1", Ordering::Equal),
            ("1!0.1", "v20.0", Ordering::Greater),
            ("1.0.99999999999999999999999", "1.0.100000000000000000000000", Ordering::Less),
        ];
        for (one, other, expected) in cases {
            assert_eq!(compare(one.as_bytes(), other.as_bytes()), expected, "{one} {other}");
        }
    }
}
