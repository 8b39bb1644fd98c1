//! Linked and fixed groups: members that share one version when one of them moves.

use std::collections::HashMap;

use thiserror::Error;

use super::model::Label;
use crate::config::{Config, nearest_name};

/// Groups that can't be followed.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("invalid linked/fixed groups:\n{}", .problems.iter().map(|problem| format!("    - {problem}")).collect::<Vec<_>>().join("\n"))]
pub struct GroupError {
    /// One sentence a problem.
    pub problems: Vec<String>,
}

/// Packages that move together.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// [`Label::Fixed`] or [`Label::Linked`].
    pub label: Label,
    /// Indices of the members, in the order they are listed.
    pub members: Vec<usize>,
}

/// The groups of `config`, fixed ones first.
///
/// # Errors
/// [`GroupError`] when a group has fewer than two members, names an unknown package, or shares a member with another.
pub fn groups(config: &Config) -> Result<Vec<Group>, GroupError> {
    let (found, problems) = resolve(config);
    if problems.is_empty() { Ok(found) } else { Err(GroupError { problems }) }
}

/// What is wrong with the groups of `config`, one sentence a problem.
pub fn group_problems(config: &Config) -> Vec<String> {
    resolve(config).1
}

fn resolve(config: &Config) -> (Vec<Group>, Vec<String>) {
    let by_name: HashMap<&str, usize> =
        config.package.iter().enumerate().map(|(index, package)| (package.name.as_str(), index)).collect();
    let mut problems = Vec::new();
    let mut owner = vec![false; config.package.len()];
    let mut found = Vec::new();
    let declared = [(Label::Fixed, &config.workspace.fixed), (Label::Linked, &config.workspace.linked)];
    for (label, names) in declared.iter().flat_map(|(label, lists)| lists.iter().map(|names| (*label, names))) {
        if names.len() < 2 {
            problems.push(format!("{} group {names:?} must list at least two packages", label.name()));
        }
        let mut members = Vec::new();
        for name in names {
            match by_name.get(name.as_str()) {
                None => {
                    let similar = nearest_name(config.package.iter().map(|package| package.name.as_str()), name);
                    let hint = similar.map(|similar| format!("; did you mean '{similar}'?")).unwrap_or_default();
                    problems.push(format!("{} group names unknown package '{name}'{hint}", label.name()));
                }
                Some(&member) if owner[member] => {
                    problems.push(format!("package '{name}' appears in more than one linked/fixed group"));
                }
                Some(&member) => {
                    owner[member] = true;
                    if config.decides_by_command(member) {
                        problems.push(format!(
                            "package '{name}' in a {} group sets versionCommand, which would break the version the group keeps in step",
                            label.name()
                        ));
                    }
                    members.push(member);
                }
            }
        }
        found.push(Group { label, members });
    }
    (found, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Package;

    fn config(fixed: &[&[&str]], linked: &[&[&str]]) -> Config {
        let own = |lists: &[&[&str]]| {
            lists.iter().map(|list| list.iter().map(|name| (*name).to_owned()).collect()).collect::<Vec<Vec<String>>>()
        };
        let package = |name: &str| Package { name: name.to_owned(), ..Package::default() };
        let mut config = Config { package: ["a", "b", "c", "d"].map(package).to_vec(), ..Config::default() };
        config.workspace.fixed = own(fixed);
        config.workspace.linked = own(linked);
        config
    }

    #[test]
    fn fixed_groups_come_first_with_members_as_listed() {
        let groups = groups(&config(&[&["d", "a"]], &[&["b", "c"]])).expect("valid");
        assert_eq!(groups[0], Group { label: Label::Fixed, members: vec![3, 0] });
        assert_eq!(groups[1], Group { label: Label::Linked, members: vec![1, 2] });
    }

    #[test]
    fn every_problem_is_named() {
        let error = groups(&config(&[&["a", "b"]], &[&["b", "x"], &["c"]])).expect_err("invalid");
        assert_eq!(
            error.problems,
            [
                "package 'b' appears in more than one linked/fixed group",
                "linked group names unknown package 'x'",
                "linked group [\"c\"] must list at least two packages"
            ]
        );
    }
}
