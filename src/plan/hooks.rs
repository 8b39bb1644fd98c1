//! Which hooks a release would run, in the order it would run them.

use super::model::Plan;
use crate::config::{Config, Hooks};

/// A hook that a release would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedHook {
    /// The hook's snake_case name.
    pub moment: &'static str,
    /// The shell command.
    pub command: String,
}

type Moment = (&'static str, fn(&Hooks) -> &Option<String>);

/// Run while a package's files are written.
const WHILE_BUMPING: [Moment; 2] = [("pre_bump", |hooks| &hooks.pre_bump), ("post_bump", |hooks| &hooks.post_bump)];

/// Run once all files are written.
const AFTERWARDS: [Moment; 6] = [
    ("pre_commit", |hooks| &hooks.pre_commit),
    ("post_commit", |hooks| &hooks.post_commit),
    ("pre_tag", |hooks| &hooks.pre_tag),
    ("post_tag", |hooks| &hooks.post_tag),
    ("pre_publish", |hooks| &hooks.pre_publish),
    ("post_publish", |hooks| &hooks.post_publish),
];

/// The hooks of every package that moves of its own; packages reached through dependencies have none.
pub fn planned_hooks(config: &Config, plan: &Plan) -> Vec<PlannedHook> {
    let direct: Vec<usize> = plan
        .releases
        .iter()
        .filter(|release| release.caused_by.is_empty() && !release.commits.is_empty())
        .map(|release| release.package)
        .collect();
    let mut hooks = Vec::new();
    for moments in [&WHILE_BUMPING[..], &AFTERWARDS[..]] {
        for &package in &direct {
            hooks.extend(moments.iter().filter_map(|moment| planned(config, package, moment)));
        }
    }
    hooks
}

/// A package's own command comes before the workspace's, hook by hook.
fn planned(config: &Config, package: usize, (moment, command): &Moment) -> Option<PlannedHook> {
    let own = config.package[package].hooks.as_ref().and_then(|hooks| command(hooks).as_ref());
    let shared = config.workspace.hooks.as_ref().and_then(|hooks| command(hooks).as_ref());
    let command = own.or(shared)?.clone();
    Some(PlannedHook { moment, command })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Bump;
    use crate::config::Package;
    use crate::plan::{Label, Release};

    fn release(package: usize, caused_by: &[&str]) -> Release {
        Release {
            package,
            name: String::new(),
            current: String::new(),
            next: None,
            tag: None,
            label: Label::Level(Bump::Minor),
            origin: None,
            caused_by: caused_by.iter().map(|name| (*name).to_owned()).collect(),
            channel: None,
            commits: vec![0],
            aligned: false,
            floating: Vec::new(),
        }
    }

    #[test]
    fn bump_hooks_of_all_packages_come_before_the_later_ones_and_a_package_overrides_the_workspace() {
        let hooks = |bump: &str, tag: Option<&str>| Hooks {
            pre_bump: Some(bump.to_owned()),
            pre_tag: tag.map(str::to_owned),
            ..Hooks::default()
        };
        let mut config = Config { package: vec![Package::default(); 3], ..Config::default() };
        config.workspace.hooks = Some(hooks("shared", Some("tag")));
        config.package[1].hooks = Some(hooks("own", None));
        let plan = Plan { releases: vec![release(0, &[]), release(1, &[]), release(2, &["a"])], ..Plan::default() };
        let found: Vec<_> =
            planned_hooks(&config, &plan).into_iter().map(|hook| format!("{} {}", hook.moment, hook.command)).collect();
        assert_eq!(found, ["pre_bump shared", "pre_bump own", "pre_tag tag", "pre_tag tag"]);
    }
}
