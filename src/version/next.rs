//! From the current version to the next one, whatever the strategy.

use jiff::civil::Date;

use super::{VersionError, VersionTemplate, calendar, calendar::Year, parse_semantic, semantic};
use crate::commit::Bump;
use crate::config::Versioning;

/// The version that follows `current`. A `template` takes the place of the strategy; `today` (UTC) is only asked for
/// when a calendar has a say. Calendar and counting strategies move whatever the bump is.
pub fn next_version(
    strategy: Versioning,
    template: Option<&str>,
    current: &str,
    bump: Bump,
    today: impl FnOnce() -> Date,
) -> Result<String, VersionError> {
    if let Some(template) = template {
        return VersionTemplate::parse(template)?.next(current, bump, today);
    }
    match strategy {
        Versioning::Semver => Ok(semantic::bump_semantic(current, bump)?.to_string()),
        Versioning::Zerover => Ok(semantic::bump_zerover(current, bump)?.to_string()),
        Versioning::Calver => Ok(calendar::dated(Year::Full, today())),
        Versioning::CalverShort => Ok(calendar::dated(Year::Short, today())),
        Versioning::CalverSeq => calendar::counted(current, Year::Full, today()),
        Versioning::CalverShortSeq => calendar::counted(current, Year::Short, today()),
        Versioning::Sequential => next_in_sequence(current),
    }
}

/// One more than `current`, or than its third number when it is a semantic version; 1 after anything else.
fn next_in_sequence(current: &str) -> Result<String, VersionError> {
    let too_large = || VersionError::TooLarge { version: current.to_owned() };
    let number = current.trim_start_matches('v');
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let count = if is_number {
        number.parse::<u64>().map_err(|_| too_large())?
    } else {
        parse_semantic(number).map_or(0, |version| version.patch)
    };
    count.checked_add(1).map(|next| next.to_string()).ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn next(strategy: Versioning, current: &str, bump: Bump) -> String {
        next_version(strategy, None, current, bump, || date(2026, 11, 23)).expect("a countable version")
    }

    #[test]
    fn every_strategy_as_observed() {
        use Versioning::*;
        for (strategy, current, bump, expected) in [
            (Semver, "1.2.3", Bump::Minor, "1.3.0"),
            (Zerover, "1.2.3", Bump::Major, "0.3.0"),
            (Calver, "2025.01.0", Bump::None, "2026.11.23"),
            (CalverShort, "0.0.0", Bump::Minor, "26.11.23"),
            (CalverSeq, "2026.11.4", Bump::None, "2026.11.5"),
            (CalverSeq, "0.0", Bump::None, "2026.11.1"),
            (CalverShortSeq, "26.11.9", Bump::None, "26.11.10"),
            (Sequential, "7", Bump::None, "8"),
            (Sequential, "v7", Bump::None, "8"),
            (Sequential, "1.2.3", Bump::None, "4"),
            (Sequential, "1.2", Bump::None, "1"),
        ] {
            assert_eq!(next(strategy, current, bump), expected, "{strategy:?} {current}");
        }
    }

    #[test]
    fn the_clock_is_left_alone_unless_a_calendar_needs_it() {
        let clock = || -> Date { panic!("no calendar is involved") };
        for strategy in [Versioning::Semver, Versioning::Zerover, Versioning::Sequential] {
            next_version(strategy, None, "1.2.3", Bump::Patch, clock).expect("a countable version");
        }
        next_version(Versioning::Calver, Some("{major}.{seq}"), "1.2", Bump::Patch, clock).expect("a usable template");
    }

    #[test]
    fn numbers_too_large_are_refused() {
        for current in ["18446744073709551615", "99999999999999999999999", "1.2.18446744073709551615"] {
            let error = next_version(Versioning::Sequential, None, current, Bump::None, || date(2026, 1, 1));
            assert_eq!(error, Err(VersionError::TooLarge { version: current.to_owned() }));
        }
    }

    proptest! {
        #[test]
        fn never_panics(current in "\\PC{0,30}", index in 0usize..7) {
            use Versioning::*;
            let strategy = [Semver, Calver, CalverShort, CalverSeq, CalverShortSeq, Sequential, Zerover][index];
            let _ = next_version(strategy, None, &current, Bump::Patch, || date(2026, 11, 23));
        }
    }
}
