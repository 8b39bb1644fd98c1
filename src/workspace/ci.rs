//! The branch that is released from where HEAD is no branch: continuous-integration systems check commits out and name the
//! branch in variables of their own.
//!
//! Of a pull request that is the branch it goes into, because that one will be released from. The systems are those that the
//! npm package `env-ci` knows, and a few more.

use std::ffi::OsString;

/// A variable that may name the branch.
struct Variable {
    name: &'static str,
    /// Another variable that must be set, or have the value behind `=`, because this one's name could mean anything.
    only_with: Option<&'static str>,
    /// A variable that holds the tag that is built. The same value in both is no branch.
    tag: Option<&'static str>,
    /// Names begin with the remote's: `origin/main`.
    with_remote: bool,
}

const fn named(name: &'static str) -> Variable {
    Variable { name, only_with: None, tag: None, with_remote: false }
}

const fn named_with(name: &'static str, only_with: &'static str) -> Variable {
    Variable { only_with: Some(only_with), ..named(name) }
}

const fn named_or_tag(name: &'static str, tag: &'static str) -> Variable {
    Variable { tag: Some(tag), ..named(name) }
}

/// Asked in this order: first the branches that pull requests go into, then FerrFlow's variables in its order, then the others.
const VARIABLES: [Variable; 58] = [
    named("GITHUB_BASE_REF"),
    named("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    named("SYSTEM_PULLREQUEST_TARGETBRANCH"),
    named("BITBUCKET_PR_DESTINATION_BRANCH"),
    named("BITRISEIO_GIT_BRANCH_DEST"),
    named("BUDDY_EXECUTION_PULL_REQUEST_BASE_BRANCH"),
    named("BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
    named("CIRRUS_BASE_BRANCH"),
    named("CF_PULL_REQUEST_TARGET"),
    named_with("DRONE_TARGET_BRANCH", "DRONE_BUILD_EVENT=pull_request"),
    named("CI_COMMIT_TARGET_BRANCH"),
    named_with("CHANGE_TARGET", "CHANGE_ID"),
    named("ghprbTargetBranch"),
    named("gitlabTargetBranch"),
    named_with("PR_BASE_BRANCH_NAME", "SCREWDRIVER"),
    named_with("BASE_BRANCH", "IS_PULL_REQUEST=true"),
    named("VELA_PULL_REQUEST_TARGET"),
    named("GITHUB_REF"),
    named_or_tag("CI_COMMIT_REF_NAME", "CI_COMMIT_TAG"),
    named("BRANCH_NAME"),
    named("CIRCLE_BRANCH"),
    named("BITBUCKET_BRANCH"),
    named_or_tag("BUILDKITE_BRANCH", "BUILDKITE_TAG"),
    named_or_tag("TRAVIS_BRANCH", "TRAVIS_TAG"),
    named("CI_COMMIT_BRANCH"),
    named_with("GITHUB_REF_NAME", "GITHUB_REF_TYPE=branch"),
    named_with("GITHUB_REF_NAME", "!GITHUB_REF_TYPE"),
    named_or_tag("APPVEYOR_REPO_BRANCH", "APPVEYOR_REPO_TAG_NAME"),
    named("BUILD_SOURCEBRANCH"),
    // Only the last part of the name, so it comes after the whole one.
    named_with("BUILD_SOURCEBRANCHNAME", "!BUILD_SOURCEBRANCH"),
    named("bamboo_planRepository_1_branchName"),
    named("bamboo_planRepository_branchName"),
    named("bamboo_planRepository_branch"),
    named_or_tag("BITRISE_GIT_BRANCH", "BITRISE_GIT_TAG"),
    named("BUDDY_EXECUTION_BRANCH"),
    named_or_tag("CIRRUS_BRANCH", "CIRRUS_TAG"),
    named("CF_PAGES_BRANCH"),
    named("CODEBUILD_WEBHOOK_HEAD_REF"),
    named("CF_BRANCH"),
    named("CI_BRANCH"),
    named_or_tag("DRONE_BRANCH", "DRONE_TAG"),
    Variable { with_remote: true, ..named("GIT_LOCAL_BRANCH") },
    Variable { with_remote: true, ..named("GIT_BRANCH") },
    named("gitlabBranch"),
    named("JB_SPACE_GIT_BRANCH"),
    named_with("HEAD", "NETLIFY=true"),
    named_with("BRANCH", "NETLIFY=true"),
    named("DISTELLI_RELBRANCH"),
    named("SAIL_COMMIT_BRANCH"),
    named("SCRUTINIZER_BRANCH"),
    named_or_tag("SEMAPHORE_GIT_BRANCH", "SEMAPHORE_GIT_TAG_NAME"),
    named_with("BRANCH", "SHIPPABLE"),
    named_or_tag("VELA_BUILD_BRANCH", "VELA_BUILD_TAG"),
    named("VERCEL_GIT_COMMIT_REF"),
    named("NOW_GITHUB_COMMIT_REF"),
    named("WERCKER_GIT_BRANCH"),
    named("HEROKU_TEST_RUN_BRANCH"),
    named("RENDER_GIT_BRANCH"),
];

/// The branch that the system running this names, given a look-up of variables.
pub(super) fn branch(variable: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    let value = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
    let value = |name: &str| value(name).filter(|value| !value.is_empty());
    let holds = |condition: &str| match (condition.strip_prefix('!'), condition.split_once('=')) {
        (Some(absent), _) => value(absent).is_none(),
        (None, Some((name, wanted))) => value(name).as_deref() == Some(wanted),
        (None, None) => value(condition).is_some(),
    };
    let named = VARIABLES.iter().filter(|variable| variable.only_with.is_none_or(holds)).find_map(|variable| {
        let name = value(variable.name)?;
        if variable.tag.and_then(value).is_some_and(|tag| tag == name) {
            return None;
        }
        branch_of(&name, variable.with_remote)
    });
    named.or_else(|| from_properties(value))
}

/// The branch that a value means; `None` for tags and for the merges that are made to try pull requests.
fn branch_of(value: &str, with_remote: bool) -> Option<String> {
    let name = match value.strip_prefix("refs/heads/") {
        Some(name) => name,
        None if value.starts_with("refs/") || value == "HEAD" || value == "(no branch)" => return None,
        None if with_remote => value.strip_prefix("origin/").unwrap_or(value),
        None => value,
    };
    if let Some(queued) = name.strip_prefix("gh-readonly-queue/") {
        // A merge queue's own branch: what is queued, then `pr-` and a number.
        return queued.rsplit_once("/pr-").map(|(queued, _)| queued.to_owned());
    }
    let number = name.strip_suffix("/merge").or_else(|| name.strip_suffix("/head"));
    let is_request = number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    (!name.is_empty() && !is_request).then(|| name.to_owned())
}

/// TeamCity names the branch in a file that another file names.
fn from_properties(value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let build = std::fs::read_to_string(value("TEAMCITY_BUILD_PROPERTIES_FILE")?).ok()?;
    let configuration = std::fs::read_to_string(property(&build, "teamcity.configuration.properties.file")?).ok()?;
    branch_of(&property(&configuration, "teamcity.build.branch")?, false)
}

/// A value in a Java properties file, where `\` makes the next character literal.
fn property(text: &str, key: &str) -> Option<String> {
    let (_, value) = text.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == key)?;
    let mut characters = value.trim().chars();
    let literal = std::iter::from_fn(|| match characters.next() {
        Some('\\') => characters.next(),
        other => other,
    });
    Some(literal.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Option<String> {
        branch(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn every_system_names_the_branch() {
        for name in [
            "GITHUB_REF",
            "GITHUB_REF_NAME",
            "CI_COMMIT_BRANCH",
            "CI_COMMIT_REF_NAME",
            "BITBUCKET_BRANCH",
            "BRANCH_NAME",
            "BUILD_SOURCEBRANCH",
            "BUILD_SOURCEBRANCHNAME",
            "BUILDKITE_BRANCH",
            "DRONE_BRANCH",
            "TRAVIS_BRANCH",
            "GIT_BRANCH",
            "APPVEYOR_REPO_BRANCH",
            "SEMAPHORE_GIT_BRANCH",
            "CIRCLE_BRANCH",
            "bamboo_planRepository_1_branchName",
            "BITRISE_GIT_BRANCH",
            "BUDDY_EXECUTION_BRANCH",
            "CIRRUS_BRANCH",
            "CF_PAGES_BRANCH",
            "CODEBUILD_WEBHOOK_HEAD_REF",
            "CF_BRANCH",
            "CI_BRANCH",
            "gitlabBranch",
            "JB_SPACE_GIT_BRANCH",
            "DISTELLI_RELBRANCH",
            "SAIL_COMMIT_BRANCH",
            "SCRUTINIZER_BRANCH",
            "VELA_BUILD_BRANCH",
            "VERCEL_GIT_COMMIT_REF",
            "NOW_GITHUB_COMMIT_REF",
            "WERCKER_GIT_BRANCH",
        ] {
            assert_eq!(found(&[(name, "feature/x")]).as_deref(), Some("feature/x"), "{name}");
            assert_eq!(found(&[(name, "refs/heads/beta")]).as_deref(), Some("beta"), "{name}");
            assert_eq!(found(&[(name, "")]), None, "{name}");
        }
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_pull_request_is_planned_for_the_branch_it_goes_into() {
        for variables in [
            &[("GITHUB_REF", "refs/pull/12/merge"), ("GITHUB_HEAD_REF", "feature"), ("GITHUB_BASE_REF", "beta")][..],
            &[("CI_COMMIT_REF_NAME", "feature"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "beta")],
            &[("BUILD_SOURCEBRANCH", "refs/pull/1/merge"), ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/beta")],
            &[("BRANCH_NAME", "PR-12"), ("CHANGE_ID", "12"), ("CHANGE_TARGET", "beta")],
            &[("DRONE_BRANCH", "beta"), ("DRONE_BUILD_EVENT", "pull_request"), ("DRONE_TARGET_BRANCH", "beta")],
            &[("CI", "woodpecker"), ("CI_COMMIT_BRANCH", "x"), ("CI_COMMIT_TARGET_BRANCH", "beta")],
            &[("SHIPPABLE", "true"), ("IS_PULL_REQUEST", "true"), ("BASE_BRANCH", "beta"), ("BRANCH", "x")],
            &[("GITHUB_REF", "refs/heads/gh-readonly-queue/beta/pr-12-0123abc")],
        ] {
            assert_eq!(found(variables).as_deref(), Some("beta"), "{variables:?}");
        }
    }

    #[test]
    fn tags_and_trial_merges_are_no_branches() {
        for variables in [
            &[("GITHUB_REF", "refs/tags/v1.0.0"), ("GITHUB_REF_TYPE", "tag")][..],
            &[("CI_COMMIT_REF_NAME", "v1.0.0"), ("CI_COMMIT_TAG", "v1.0.0")],
            &[("TRAVIS_BRANCH", "v1.0.0"), ("TRAVIS_TAG", "v1.0.0")],
            &[("GITHUB_REF_NAME", "12/merge")],
            &[("GITHUB_REF", "refs/pull/12/merge")],
            &[("HEAD", "beta")],
            &[("BRANCH", "beta")],
        ] {
            assert_eq!(found(variables), None, "{variables:?}");
        }
    }

    #[test]
    fn remotes_are_no_part_of_a_branch() {
        assert_eq!(found(&[("GIT_BRANCH", "origin/beta")]).as_deref(), Some("beta"));
        assert_eq!(found(&[("BRANCH_NAME", "origin/beta")]).as_deref(), Some("origin/beta"));
    }

    #[test]
    fn properties_are_read_as_java_writes_them() {
        let text = "# comment\nteamcity.build.branch=feature/x\nother.file=C\\:\\\\work\\=1\n";
        assert_eq!(property(text, "teamcity.build.branch").as_deref(), Some("feature/x"));
        assert_eq!(property(text, "other.file").as_deref(), Some("C:\\work=1"));
        assert_eq!(property(text, "none"), None);
    }
}
