//! Which branch a release is made from.

use std::env;

use crate::config::Config;
use crate::history::Repository;

/// Variables in which continuous-integration systems name the branch, asked in this order when HEAD is detached.
const CI_VARIABLES: [&str; 8] = [
    "GITHUB_REF",
    "CI_COMMIT_REF_NAME",
    "BRANCH_NAME",
    "CIRCLE_BRANCH",
    "BITBUCKET_BRANCH",
    "BUILDKITE_BRANCH",
    "TRAVIS_BRANCH",
    "CI_COMMIT_BRANCH",
];

/// The branch that is released from: HEAD's, else what the CI system says, else the configured one.
pub(super) fn released_from(repository: &Repository, config: &Config) -> String {
    let from_ci = || CI_VARIABLES.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    let branch = repository.head_branch().map(str::to_owned).or_else(from_ci);
    let branch = branch.or_else(|| config.workspace.branch.clone());
    let branch = branch.unwrap_or_else(|| "main".to_owned());
    branch.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(branch)
}
