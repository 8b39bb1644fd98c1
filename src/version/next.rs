//! From the current version to the next one, whatever the strategy.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::reading::{Reading, compare_versions};
use super::{VersionError, VersionTemplate, calendar, calendar::Year};
use crate::commit::Bump;
use crate::config::Versioning;

/// Where a package stands when its next version is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// The version it is at.
    pub current: &'a str,
    /// Its last stable release, which the bump is counted from where the current version is a pre-release.
    pub released: Option<&'a str>,
}

/// The version that follows `position`. A `template` takes the place of the strategy; `today` (UTC) is only asked for
/// when a calendar has a say. Calendar and counting strategies move whatever the bump is. Where nothing moves, it is the
/// current version as it is written.
///
/// # Errors
/// When the current version doesn't fit the strategy or the template, or the next one would not be above it.
pub fn next_version(
    strategy: Versioning,
    template: Option<&str>,
    position: Position<'_>,
    bump: Bump,
    today: impl FnOnce() -> Date,
) -> Result<String, VersionError> {
    let current = position.current;
    if let Some(template) = template {
        return VersionTemplate::parse(template)?.next(current, bump, today);
    }
    let fits = match strategy {
        Versioning::Semver => true,
        Versioning::Zerover => Reading::parse(current)?.major() == 0,
        Versioning::Calver | Versioning::CalverSeq => calendar::fits(current, Year::Full),
        Versioning::CalverShort | Versioning::CalverShortSeq => calendar::fits(current, Year::Short),
        Versioning::Sequential => is_count(current) || is_nothing(current),
    };
    if !fits && !is_nothing(current) {
        return Err(VersionError::Misfit { version: current.to_owned(), scheme: strategy.name().to_owned() });
    }
    let next = match strategy {
        Versioning::Semver => next_semantic(position, bump)?,
        Versioning::Zerover => next_semantic(position, bump.min(Bump::Minor))?,
        Versioning::Calver => calendar::dated(current, Year::Full, today()),
        Versioning::CalverShort => calendar::dated(current, Year::Short, today()),
        Versioning::CalverSeq => calendar::counted(current, Year::Full, today())?,
        Versioning::CalverShortSeq => calendar::counted(current, Year::Short, today())?,
        Versioning::Sequential => next_in_sequence(current)?,
    };
    require_above(next, current)
}

/// `next` if it is above `current`, or `current` if they are the same.
fn require_above(next: String, current: &str) -> Result<String, VersionError> {
    match compare_versions(&next, current) {
        Ordering::Greater => Ok(next),
        Ordering::Equal => Ok(current.to_owned()),
        Ordering::Less => Err(VersionError::NotAbove { current: current.to_owned(), next }),
    }
}

/// A pre-release leads to its own release, unless the bump since the last stable release leads further.
fn next_semantic(position: Position<'_>, bump: Bump) -> Result<String, VersionError> {
    let current = Reading::parse(position.current)?;
    if !current.is_prerelease() || current.is_zero() {
        return current.bumped(bump);
    }
    let core = current.core();
    let Some(released) = position.released.and_then(|released| Reading::parse(released).ok()) else { return Ok(core) };
    let bumped = released.bumped(bump)?;
    Ok(if compare_versions(&bumped, &core).is_gt() { bumped } else { core })
}

/// Whether it is what a package without any version starts from.
pub(super) fn is_nothing(version: &str) -> bool {
    matches!(version, "0.0.0" | "0.0" | "0")
}

fn is_count(version: &str) -> bool {
    let number = version.trim_start_matches('v');
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// One more than `current`; 1 where there is no version yet.
fn next_in_sequence(current: &str) -> Result<String, VersionError> {
    let too_large = || VersionError::TooLarge { version: current.to_owned() };
    let number = current.trim_start_matches('v');
    let count = if is_count(current) { number.parse::<u64>().map_err(|_| too_large())? } else { 0 };
    count.checked_add(1).map(|next| next.to_string()).ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn at(current: &str) -> Position<'_> {
        Position { current, released: None }
    }

    fn next(strategy: Versioning, current: &str, bump: Bump) -> String {
        next_version(strategy, None, at(current), bump, || date(2026, 11, 23)).expect("a countable version")
    }

    #[test]
    fn every_strategy() {
        use Versioning::*;
        for (strategy, current, bump, expected) in [
            (Semver, "1.2.3", Bump::Minor, "1.3.0"),
            (Zerover, "0.2.3", Bump::Major, "0.3.0"),
            (Zerover, "0.2.3", Bump::Patch, "0.2.4"),
            (Calver, "2025.01.0", Bump::None, "2026.11.23"),
            (CalverShort, "0.0.0", Bump::Minor, "26.11.23"),
            (CalverSeq, "2026.11.4", Bump::None, "2026.11.5"),
            (CalverSeq, "0.0", Bump::None, "2026.11.1"),
            (CalverShortSeq, "26.11.9", Bump::None, "26.11.10"),
            (Sequential, "7", Bump::None, "8"),
            (Sequential, "v7", Bump::None, "8"),
            (Sequential, "0.0.0", Bump::None, "1"),
        ] {
            assert_eq!(next(strategy, current, bump), expected, "{strategy:?} {current}");
        }
    }

    #[test]
    fn a_pre_release_leads_to_its_release_or_further() {
        for (current, released, bump, expected) in [
            ("4.2.29-SNAPSHOT", Some("4.2.28"), Bump::Patch, "4.2.29"),
            ("4.2.29-SNAPSHOT", Some("4.2.28"), Bump::Minor, "4.3.0"),
            ("4.3.0-SNAPSHOT", Some("4.2.28"), Bump::Patch, "4.3.0"),
            ("1.1.0-beta.1", Some("1.0.0"), Bump::Minor, "1.1.0"),
            ("1.0.0-rc.2", None, Bump::Major, "1.0.0"),
            ("2.0.0-beta.3", Some("1.7.0"), Bump::Major, "2.0.0"),
            ("1.4.0rc1", Some("1.3.0"), Bump::Patch, "1.4.0"),
            ("0.0.0-development", None, Bump::Minor, "0.1.0"),
        ] {
            let found =
                next_version(Versioning::Semver, None, Position { current, released }, bump, || date(2026, 1, 1));
            assert_eq!(found.as_deref(), Ok(expected), "{current}");
        }
    }

    #[test]
    fn a_version_of_another_scheme_is_refused() {
        use Versioning::*;
        for (strategy, current) in [
            (Zerover, "1.2.3"),
            (Calver, "1.4.2"),
            (CalverSeq, "1.4.2"),
            (CalverShort, "2026.1.2"),
            (Sequential, "1.2"),
        ] {
            let error =
                next_version(strategy, None, at(current), Bump::Patch, || date(2026, 11, 23)).expect_err(current);
            assert!(error.to_string().contains(strategy.name()), "{error}");
        }
    }

    #[test]
    fn never_below_what_there_is() {
        for (strategy, current) in [
            (Versioning::Calver, "2026.12.1"),
            (Versioning::CalverSeq, "2027.1.1"),
            (Versioning::CalverShort, "26.11.24"),
        ] {
            let next = next_version(strategy, None, at(current), Bump::Patch, || date(2026, 11, 23));
            assert!(matches!(next, Err(VersionError::NotAbove { .. })), "{current}: {next:?}");
        }
        assert_eq!(next(Versioning::Calver, "v2026.11.23", Bump::Patch), "v2026.11.23");
    }

    #[test]
    fn the_clock_is_left_alone_unless_a_calendar_needs_it() {
        let clock = || -> Date { panic!("no calendar is involved") };
        for (strategy, current) in
            [(Versioning::Semver, "1.2.3"), (Versioning::Zerover, "0.2.3"), (Versioning::Sequential, "4")]
        {
            next_version(strategy, None, at(current), Bump::Patch, clock).expect("a countable version");
        }
        next_version(Versioning::Calver, Some("{major}.{seq}"), at("1.2"), Bump::Patch, clock)
            .expect("a usable template");
    }

    #[test]
    fn numbers_too_large_are_refused() {
        for current in ["18446744073709551615", "99999999999999999999999"] {
            let error = next_version(Versioning::Sequential, None, at(current), Bump::None, || date(2026, 1, 1));
            assert_eq!(error, Err(VersionError::TooLarge { version: current.to_owned() }));
        }
    }

    proptest! {
        #[test]
        fn what_follows_is_never_below(current in "\\PC{0,30}|[0-9]{1,4}(\\.[0-9]{1,2}){0,3}(-rc\\.1)?", index in 0usize..7) {
            use Versioning::*;
            let strategy = [Semver, Calver, CalverShort, CalverSeq, CalverShortSeq, Sequential, Zerover][index];
            if let Ok(next) = next_version(strategy, None, at(&current), Bump::Patch, || date(2026, 11, 23)) {
                prop_assert!(!compare_versions(&next, &current).is_lt(), "{} {}", current, next);
            }
        }
    }
}
