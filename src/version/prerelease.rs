//! Versions on a pre-release channel: a base version with `-CHANNEL.IDENTIFIER` behind it.

use jiff::civil::DateTime;

use super::VersionError;
use super::reading::Reading;
use crate::config::PrereleaseIdentifier;

/// A channel, and how pre-releases of one version on it are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prerelease {
    /// The channel's name, already validated.
    pub channel: String,
    /// How pre-releases of one version are distinguished.
    pub identifier: PrereleaseIdentifier,
}

/// The next pre-release of `base` on the channel, written as `current` is where that is a pre-release of the same stage.
///
/// `existing_versions` are the versions the package is tagged with (tag names without their prefix, reachable or not),
/// from which `increment` counts on; `now` (UTC) is only asked for by the timestamps; `head_short` is HEAD's id in seven
/// hex digits.
pub fn prerelease_version<'a>(
    prerelease: &Prerelease,
    base: &str,
    current: &'a str,
    existing_versions: impl IntoIterator<Item = &'a str>,
    now: impl FnOnce() -> DateTime,
    head_short: &str,
) -> Result<String, VersionError> {
    let start = format!("{base}-{}.", prerelease.channel);
    let identifier = match prerelease.identifier {
        PrereleaseIdentifier::Increment => {
            return increment(&start, base, &prerelease.channel, current, existing_versions);
        }
        PrereleaseIdentifier::Timestamp => timestamp(now()),
        PrereleaseIdentifier::ShortHash => head_short.to_owned(),
        PrereleaseIdentifier::TimestampHash => format!("{}-{head_short}", timestamp(now())),
    };
    Ok(start + &identifier)
}

/// One more than the highest number of a pre-release of `base` on the channel, however that is written. It is written as the
/// current version is, or as the highest of the others on the channel.
fn increment<'a>(
    start: &str,
    base: &str,
    channel: &str,
    current: &'a str,
    existing_versions: impl IntoIterator<Item = &'a str>,
) -> Result<String, VersionError> {
    let (mut highest, mut alike): (Option<(u64, &str)>, Option<Reading<'_>>) = (None, None);
    for version in existing_versions.into_iter().chain([current]) {
        if let Some(digits) = version.trim_start_matches('v').strip_prefix(start) {
            highest = highest.max(digits.parse().ok().map(|number| (number, version)));
        } else if let Some(counted) = Reading::parse(version).ok().filter(|it| it.is_counted_on(channel)) {
            highest = highest.max(counted.counted_number(base, channel).map(|number| (number, version)));
            alike = alike.max(Some(counted));
        }
    }
    let number = match highest {
        None => 1,
        Some((highest, version)) => {
            highest.checked_add(1).ok_or_else(|| VersionError::TooLarge { version: version.to_owned() })?
        }
    };
    let own = Reading::parse(current).ok();
    let own = own.as_ref().filter(|current| current.is_prerelease()).or(alike.as_ref());
    let written = own.and_then(|alike| alike.written_alike(base, channel, number));
    Ok(written.unwrap_or_else(|| format!("{start}{number}")))
}

/// `YYYYMMDDTHHMM`.
fn timestamp(now: DateTime) -> String {
    format!("{:04}{:02}{:02}T{:02}{:02}", now.year(), now.month(), now.day(), now.hour(), now.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn next(identifier: PrereleaseIdentifier, existing: &[&str]) -> String {
        let prerelease = Prerelease { channel: "beta".to_owned(), identifier };
        let now = || date(2026, 3, 4).at(5, 6, 7, 0);
        prerelease_version(&prerelease, "1.2.0", "1.1.0", existing.iter().copied(), now, "abcdef0")
            .expect("small numbers")
    }

    #[test]
    fn increments_count_per_base_and_channel() {
        use PrereleaseIdentifier::Increment;
        assert_eq!(next(Increment, &[]), "1.2.0-beta.1");
        assert_eq!(next(Increment, &["1.2.0-beta.2", "1.2.0-beta.10", "1.2.0-beta.x"]), "1.2.0-beta.11");
        assert_eq!(next(Increment, &["1.1.0-beta.4", "1.2.0-rc.7", "1.2.0"]), "1.2.0-beta.1");
    }

    #[test]
    fn other_identifiers() {
        assert_eq!(next(PrereleaseIdentifier::Timestamp, &[]), "1.2.0-beta.20260304T0506");
        assert_eq!(next(PrereleaseIdentifier::ShortHash, &[]), "1.2.0-beta.abcdef0");
        assert_eq!(next(PrereleaseIdentifier::TimestampHash, &[]), "1.2.0-beta.20260304T0506-abcdef0");
    }

    #[test]
    fn other_communities_pre_releases_count_on_in_their_own_way() {
        let next = |channel: &str, current: &str, existing: &[&str]| {
            let prerelease = Prerelease { channel: channel.to_owned(), identifier: PrereleaseIdentifier::Increment };
            let existing = existing.iter().copied();
            prerelease_version(&prerelease, "1.5.0", current, existing, || panic!("no clock"), "")
                .expect("small numbers")
        };
        assert_eq!(next("rc", "1.5.0rc1", &[]), "1.5.0rc2");
        assert_eq!(next("rc", "1.4.0", &["1.5.0rc1", "1.5.0rc2"]), "1.5.0rc3");
        assert_eq!(next("rc", "1.5.0rc1", &["1.5.0rc2", "1.5.0-rc.4"]), "1.5.0rc5");
        assert_eq!(next("rc", "1.5.0-rc.1", &["1.5.0rc2"]), "1.5.0-rc.3");
        assert_eq!(next("beta", "1.4.0", &["1.4.0b3", "1.3.0.beta.1"]), "1.5.0b1");
        assert_eq!(next("beta", "1.4.0", &["1.4.0.beta.3", "v1.5.0.beta.1"]), "1.5.0.beta.2");
        assert_eq!(next("beta", "1.4.0", &["1.5.0rc1"]), "1.5.0-beta.1");
        assert_eq!(next("beta", "1.5.0rc1", &[]), "1.5.0-beta.1");
    }

    #[test]
    fn the_largest_number_has_no_next() {
        let prerelease = Prerelease { channel: "b".to_owned(), identifier: PrereleaseIdentifier::Increment };
        let version = "1.0.0-b.18446744073709551615";
        let result = prerelease_version(&prerelease, "1.0.0", "0.9.0", [version], || panic!("no clock"), "");
        assert_eq!(result, Err(VersionError::TooLarge { version: version.to_owned() }));
    }
}
