//! Guessing the versioning strategy from the versions that were tagged before.

use std::collections::BTreeSet;

use crate::config::Versioning;

/// The strategy that `tags` (tag names, or what follows their prefix) were counted with, if any looks like a version.
///
/// A calendar is only believed in where nothing speaks against it: every tag of three numbers begins with a year of four
/// digits and goes on with a month. `YYYY.M.N` where some N is no day of a month counts within the month, others are dates.
/// Years of two digits are never guessed: 24.1.7 is more often a major version than a date, and a configuration can say so.
/// Zero versions can't be told from semantic ones.
pub fn detect_strategy<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Versioning> {
    tags.into_iter().filter_map(shape).max().map(Shape::strategy)
}

/// As [`detect_strategy`], but one number alone is no sequence, and neither are two: `v1` may be the moving tag of a major
/// version, as actions of GitHub have it. Three in a row are counted.
pub fn detect_strategy_with_care<'a>(tags: impl Iterator<Item = &'a str> + Clone) -> Option<Versioning> {
    let strategy = detect_strategy(tags.clone())?;
    if strategy != Versioning::Sequential {
        return Some(strategy);
    }
    let numbers: BTreeSet<u64> = tags.filter_map(|tag| version_part(tag).parse().ok()).collect();
    let is_row = numbers
        .last()
        .is_some_and(|last| (0..3).all(|back| last.checked_sub(back).is_some_and(|number| numbers.contains(&number))));
    is_row.then_some(strategy)
}

/// As [`detect_strategy`], given what follows `prefix` in each tag's name, but looking at the whole name as FerrFlow does: a
/// prefix that doesn't end with `@`, `/` or one of these and `v` hides the version behind it.
pub fn detect_strategy_in_names<'a>(prefix: &str, rests: impl IntoIterator<Item = &'a str>) -> Option<Versioning> {
    if version_part(prefix).is_empty() {
        let has_v = prefix.ends_with(['v', 'V']);
        return detect_strategy(rests.into_iter().filter(|rest| !(has_v && rest.starts_with(['v', 'V']))));
    }
    rests.into_iter().filter_map(|rest| shape(&format!("{prefix}{rest}"))).max().map(Shape::strategy)
}

/// What a version looks like, in rising precedence: one that can't be a date decides against all that can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    OneNumber,
    Date,
    CountInMonth,
    ThreeNumbers,
}

impl Shape {
    fn strategy(self) -> Versioning {
        match self {
            Self::OneNumber => Versioning::Sequential,
            Self::ThreeNumbers => Versioning::Semver,
            Self::Date => Versioning::Calver,
            Self::CountInMonth => Versioning::CalverSeq,
        }
    }
}

fn shape(tag: &str) -> Option<Shape> {
    let version = version_part(tag);
    let mut parts = version.split('.');
    let (first, rest) = (parts.next()?, (parts.next(), parts.next(), parts.next()));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match rest {
        (None, ..) => is_number(first).then_some(Shape::OneNumber),
        (Some(second), Some(third), None) if [first, second, third].into_iter().all(is_number) => {
            Some(date_shape(first, second, third).unwrap_or(Shape::ThreeNumbers))
        }
        _ => None,
    }
}

fn date_shape(year: &str, month: &str, last: &str) -> Option<Shape> {
    let is_year = year.len() == 4 && matches!(year.parse::<u16>(), Ok(1970..=2199));
    let is_month = month.len() <= 2 && matches!(month.parse::<u8>(), Ok(1..=12));
    let is_day = matches!(last.parse::<u64>(), Ok(1..=31));
    (is_year && is_month).then_some(if is_day { Shape::Date } else { Shape::CountInMonth })
}

/// What follows the last `@`, then the last `/`, then one `v`.
fn version_part(tag: &str) -> &str {
    let version = tag.rsplit_once('@').map_or(tag, |(_, rest)| rest);
    let version = version.rsplit_once('/').map_or(version, |(_, rest)| rest);
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::{detect_strategy, detect_strategy_in_names, detect_strategy_with_care};
    use crate::config::Versioning::{self, *};

    #[test]
    fn a_few_numbers_are_no_sequence() {
        use crate::config::Versioning::{Calver, Semver, Sequential};
        for (tags, expected) in [
            (&["v1"][..], None),
            (&["v1", "v2"], None),
            (&["1", "3", "5"], None),
            (&["v1", "v2", "v3"], Some(Sequential)),
            (&["7", "98", "99", "100"], Some(Sequential)),
            (&["v1", "v1.0.0"], Some(Semver)),
            (&["2025.1.5"], Some(Calver)),
        ] {
            assert_eq!(detect_strategy_with_care(tags.iter().copied()), expected, "{tags:?}");
        }
    }

    #[test]
    fn shapes() {
        for (tag, expected) in [
            ("v1.2.3", Some(Semver)),
            ("core@v1.2.3", Some(Semver)),
            ("libs/core/V1.2.3", Some(Semver)),
            ("2026.11.23", Some(Calver)),
            ("2026.11.0", Some(CalverSeq)),
            ("2026.11.32", Some(CalverSeq)),
            ("2026.11.99999999999999999999", Some(CalverSeq)),
            ("2026.13.1", Some(Semver)),
            ("1969.1.1", Some(Semver)),
            ("26.11.2", Some(Semver)),
            ("30.4.2", Some(Semver)),
            ("5000.1.2", Some(Semver)),
            ("26.13.2", Some(Semver)),
            ("19.11.2", Some(Semver)),
            ("26.11.32", Some(Semver)),
            ("26.11.0", Some(Semver)),
            ("7", Some(Sequential)),
            ("1.2", None),
            ("1.2.3.4", None),
            ("1.2.3-rc.1", None),
            ("v", None),
            ("release-1.2.3", None),
            ("latest", None),
        ] {
            assert_eq!(detect_strategy([tag]), expected, "{tag}");
        }
    }

    #[test]
    fn a_calendar_needs_all_tags_to_agree() {
        assert_eq!(detect_strategy(["26.1.2", "2026.1.2", "1.2.3"]), Some(Semver));
        assert_eq!(detect_strategy(["2025.1.2", "2026.1.2"]), Some(Calver));
        assert_eq!(detect_strategy(["2026.1.2", "2026.1.40"]), Some(CalverSeq));
        assert_eq!(detect_strategy(["2026.1.40", "1.2.3", "2026.1.2"]), Some(Semver));
        assert_eq!(detect_strategy(["7", "2026.1.2"]), Some(Calver));
        assert_eq!(detect_strategy(["x", "1", "1.2.3"]), Some(Versioning::Semver));
        assert_eq!(detect_strategy([]), None);
    }

    #[test]
    fn whole_names_hide_versions_behind_other_prefixes() {
        for (prefix, rest, expected) in [
            ("v", "2026.1.2", Some(Calver)),
            ("", "v2026.1.2", Some(Calver)),
            ("a@v", "2026.1.2", Some(Calver)),
            ("a/", "2026.1.2", Some(Calver)),
            ("v", "v2026.1.2", None),
            ("release-", "2026.1.2", None),
            ("a/rel-", "7", None),
        ] {
            assert_eq!(detect_strategy_in_names(prefix, [rest]), expected, "{prefix}{rest}");
        }
    }
}
