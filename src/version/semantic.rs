//! Semantic versions: reading, comparing and bumping them.

use std::cmp::Ordering;

use semver::{BuildMetadata, Prerelease, Version};

use super::VersionError;
use crate::commit::Bump;

/// Reads `text` as a semantic version, ignoring any leading `v`s.
pub fn parse_semantic(text: &str) -> Result<Version, VersionError> {
    Version::parse(text.trim_start_matches('v'))
        .map_err(|error| VersionError::NotSemantic { version: text.to_owned(), reason: error.to_string() })
}

/// Compares two texts as semantic versions; `None` unless both are.
pub fn compare_semantic(left: &str, right: &str) -> Option<Ordering> {
    Some(parse_semantic(left).ok()?.cmp(&parse_semantic(right).ok()?))
}

/// The version after `current`: pre-release and build parts are dropped, then `bump` is applied.
pub(super) fn bump_semantic(current: &str, bump: Bump) -> Result<Version, VersionError> {
    let version = parse_semantic(current)?;
    let next =
        |number: u64| number.checked_add(1).ok_or_else(|| VersionError::TooLarge { version: current.to_owned() });
    let (major, minor, patch) = match bump {
        Bump::Major => (next(version.major)?, 0, 0),
        Bump::Minor => (version.major, next(version.minor)?, 0),
        Bump::Patch => (version.major, version.minor, next(version.patch)?),
        Bump::None => (version.major, version.minor, version.patch),
    };
    Ok(Version { major, minor, patch, pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY })
}

/// Like [`bump_semantic`], but a breaking change counts as a feature and the first number is always 0.
pub(super) fn bump_zerover(current: &str, bump: Bump) -> Result<Version, VersionError> {
    let version = bump_semantic(current, bump.min(Bump::Minor))?;
    Ok(Version { major: 0, ..version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bumped(current: &str, bump: Bump) -> String {
        bump_semantic(current, bump).expect("a valid version").to_string()
    }

    #[test]
    fn each_level_resets_the_ones_below() {
        assert_eq!(bumped("1.2.3", Bump::Major), "2.0.0");
        assert_eq!(bumped("1.2.3", Bump::Minor), "1.3.0");
        assert_eq!(bumped("1.2.3", Bump::Patch), "1.2.4");
        assert_eq!(bumped("vv0.3.1", Bump::Major), "1.0.0");
        assert_eq!(bumped("1.2.3-beta.1+b", Bump::Patch), "1.2.4");
        assert_eq!(bumped("1.2.3-beta.1+b", Bump::None), "1.2.3");
    }

    #[test]
    fn zerover_never_leaves_zero() {
        for (current, bump, expected) in
            [("0.3.5", Bump::Major, "0.4.0"), ("1.2.3", Bump::Major, "0.3.0"), ("1.2.3", Bump::Patch, "0.2.4")]
        {
            assert_eq!(bump_zerover(current, bump).expect("a valid version").to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_semantic_version_is_refused() {
        for text in ["1.2", "01.2.3", "", "v", "1.2.3.4", "2026.01.1", "99999999999999999999.0.0"] {
            let error = bump_semantic(text, Bump::Patch).expect_err(text);
            assert_eq!(error.code(), Some("E5010"), "{text}");
        }
    }

    #[test]
    fn the_largest_number_has_no_next() {
        let version = "1.18446744073709551615.0";
        assert_eq!(bump_semantic(version, Bump::Minor), Err(VersionError::TooLarge { version: version.to_owned() }));
        assert_eq!(bumped(version, Bump::Major), "2.0.0");
    }

    #[test]
    fn comparison_needs_two_semantic_versions() {
        assert_eq!(compare_semantic("v1.10.0", "1.9.0"), Some(Ordering::Greater));
        assert_eq!(compare_semantic("1.0.0-rc.1", "1.0.0"), Some(Ordering::Less));
        assert_eq!(compare_semantic("1.0", "1.0.0"), None);
    }

    proptest! {
        #[test]
        fn bumps_move_forward_and_stronger_ones_further(major in 0u64..99, minor in 0u64..99, patch in 0u64..99, pre in "|-rc\\.[0-9]") {
            let text = format!("{major}.{minor}.{patch}{pre}");
            let current = parse_semantic(&text)?;
            let next = |bump| bump_semantic(&text, bump).expect("small numbers");
            prop_assert!(next(Bump::None) >= current && next(Bump::Patch) > next(Bump::None));
            prop_assert!(next(Bump::Minor) > next(Bump::Patch) && next(Bump::Major) > next(Bump::Minor));
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = bump_semantic(&text, Bump::Major);
        }
    }
}
