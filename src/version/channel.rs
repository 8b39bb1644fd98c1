//! Pre-release channels: which one a branch releases on, and what a channel may be called.

use globset::GlobBuilder;

use super::{Prerelease, VersionError};
use crate::config::{BranchRule, Channel, PrereleaseIdentifier};

/// The pre-release channel for `branch`: `requested` where the user names one, else the first rule whose glob matches.
/// `None` is a stable release. With a requested channel the matching rule still says how pre-releases are distinguished.
pub fn channel_of_branch(
    requested: Option<&str>,
    branch: &str,
    rules: &[BranchRule],
) -> Result<Option<Prerelease>, VersionError> {
    let rule = first_match(branch, rules)?;
    let identifier = rule.map_or(PrereleaseIdentifier::default(), |rule| rule.prerelease_identifier);
    let channel = match (requested, rule.map(|rule| &rule.channel)) {
        (Some(requested), _) => requested,
        (None, Some(Channel::Named(name))) => name,
        (None, Some(Channel::Stable(_)) | None) => return Ok(None),
    };
    validate_channel_name(channel)?;
    Ok(Some(Prerelease { channel: channel.to_owned(), identifier }))
}

/// Refuses names that can't stand in a version: only ASCII letters, digits and hyphens can.
pub fn validate_channel_name(channel: &str) -> Result<(), VersionError> {
    if channel.is_empty() {
        return Err(VersionError::EmptyChannel);
    }
    if channel.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        Ok(())
    } else {
        Err(VersionError::InvalidChannel { channel: channel.to_owned() })
    }
}

fn first_match<'a>(branch: &str, rules: &'a [BranchRule]) -> Result<Option<&'a BranchRule>, VersionError> {
    for rule in rules {
        if matches(&rule.name, branch)? {
            return Ok(Some(rule));
        }
    }
    Ok(None)
}

/// Whether `branch` matches `pattern`, where `*` as a whole path component stands for any number of components.
fn matches(pattern: &str, branch: &str) -> Result<bool, VersionError> {
    if let Some(negated) = pattern.strip_prefix('!') {
        return matches(negated, branch).map(|matched| !matched);
    }
    if !pattern.contains(['*', '?', '[', '{', '\\']) {
        return Ok(pattern == branch);
    }
    let invalid = |error: globset::Error| VersionError::BranchPattern {
        pattern: pattern.to_owned(),
        reason: error.kind().to_string(),
    };
    let glob = GlobBuilder::new(&widened(pattern)).literal_separator(true).build().map_err(invalid)?;
    Ok(glob.compile_matcher().is_match(branch))
}

/// `pattern` with `**` for every component that is just `*`, except a first one that others follow.
fn widened(pattern: &str) -> String {
    if pattern == "*" {
        return "**".to_owned();
    }
    let mut components = pattern.split('/');
    let first = components.next().unwrap_or_default().to_owned();
    components.fold(first, |joined, component| joined + "/" + if component == "*" { "**" } else { component })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching<'a>(pattern: &str, branches: &[&'a str]) -> Vec<&'a str> {
        let matched = |branch: &&str| matches(pattern, branch).expect("a valid glob");
        branches.iter().copied().filter(matched).collect()
    }

    #[test]
    fn globs_as_observed() {
        let branches = [
            "main",
            "release/1.0",
            "release/1/2",
            "release/1.x",
            "release/1/2.x",
            "feat/a/x",
            "feat/x",
            "feat/a/b/x",
            "feat-1",
            "feat-a/b",
            "dev",
            "v1",
            "release/a-b",
            "1.x",
            "x",
            "release",
        ];
        for (pattern, expected) in [
            ("main", "main"),
            ("release/*", "release/1.0 release/1/2 release/1.x release/1/2.x release/a-b"),
            ("release/*.x", "release/1.x"),
            ("feat/*/x", "feat/a/x feat/x feat/a/b/x"),
            ("feat-*", "feat-1"),
            ("{main,dev}", "main dev"),
            ("release/[0-9]*", "release/1.0 release/1.x"),
            ("v?", "v1"),
            ("*/x", "feat/x"),
            ("**/x", "feat/a/x feat/x feat/a/b/x x"),
            ("rel*/1.0", "release/1.0"),
            ("release/*-*", "release/a-b"),
            ("*.x", "1.x"),
            ("[!m]*", "feat-1 dev v1 1.x x release"),
            ("m*n", "main"),
        ] {
            assert_eq!(matching(pattern, &branches).join(" "), expected, "{pattern}");
        }
        assert_eq!(matching("*", &branches).len(), branches.len());
        assert_eq!(matching("**", &branches).len(), branches.len());
        assert_eq!(matching("!main", &branches).len(), branches.len() - 1);
    }

    #[test]
    fn a_written_out_double_star_is_recursive_too() {
        assert_eq!(matching("release/**", &["release/1", "release/1/2", "release"]), ["release/1", "release/1/2"]);
    }

    #[test]
    fn the_first_matching_rule_decides() {
        let rules: Vec<BranchRule> = serde_json::from_str(
            r#"[{"name":"main","channel":false},{"name":"next","channel":"beta","prereleaseIdentifier":"short-hash"},
                {"name":"*","channel":"dev"}]"#,
        )
        .expect("valid rules");
        let channel = |requested, branch| {
            channel_of_branch(requested, branch, &rules)
                .expect("valid names")
                .map(|prerelease| (prerelease.channel, prerelease.identifier))
        };
        assert_eq!(channel(None, "main"), None);
        assert_eq!(channel(None, "next"), Some(("beta".to_owned(), PrereleaseIdentifier::ShortHash)));
        assert_eq!(channel(None, "a/b"), Some(("dev".to_owned(), PrereleaseIdentifier::Increment)));
        assert_eq!(channel(Some("rc"), "next"), Some(("rc".to_owned(), PrereleaseIdentifier::ShortHash)));
        assert_eq!(channel(Some("rc"), "main"), Some(("rc".to_owned(), PrereleaseIdentifier::Increment)));
        assert_eq!(channel_of_branch(None, "main", &[]), Ok(None));
    }

    #[test]
    fn names_that_cannot_stand_in_a_version_are_refused() {
        for (name, code) in [("", "E5001"), ("be ta", "E5002"), ("a.b", "E5002"), ("bêta", "E5002"), ("a_b", "E5002")]
        {
            let error = channel_of_branch(Some(name), "main", &[]).expect_err(name);
            assert_eq!(error.code(), Some(code), "{name}");
        }
        assert_eq!(validate_channel_name("rc-1"), Ok(()));
    }

    #[test]
    fn a_broken_glob_is_refused() {
        let rules = [BranchRule {
            name: "release/[".to_owned(),
            channel: Channel::default(),
            prerelease_identifier: PrereleaseIdentifier::default(),
        }];
        assert!(matches!(channel_of_branch(None, "x", &rules), Err(VersionError::BranchPattern { .. })));
    }
}
