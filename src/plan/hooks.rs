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

/// The hooks of one release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlannedHooks {
    /// Those run while a package's files are written, with the package's index, in the order packages are released.
    pub while_bumping: Vec<(usize, PlannedHook)>,
    /// Those run once all files are written.
    pub afterwards: Vec<PlannedHook>,
}

type Moment = (&'static str, fn(&Hooks) -> &Option<String>);

const WHILE_BUMPING: [Moment; 2] = [("pre_bump", |hooks| &hooks.pre_bump), ("post_bump", |hooks| &hooks.post_bump)];

const AFTERWARDS: [Moment; 6] = [
    ("pre_commit", |hooks| &hooks.pre_commit),
    ("post_commit", |hooks| &hooks.post_commit),
    ("pre_tag", |hooks| &hooks.pre_tag),
    ("post_tag", |hooks| &hooks.post_tag),
    ("pre_publish", |hooks| &hooks.pre_publish),
    ("post_publish", |hooks| &hooks.post_publish),
];

/// What is named where dependents are taken along: FerrFlow then lists the later hooks moment by moment instead of package
/// by package, leaves out those around the commit and the tags, and adds the one that ends the run.
const AFTERWARDS_WITH_DEPENDENTS: [usize; 3] = [0, 4, 5];

const ON_SUCCESS: Moment = ("on_success", |hooks| &hooks.on_success);

/// The hooks of every package that moves of its own or with its group; packages reached through dependencies have none.
pub fn planned_hooks(config: &Config, plan: &Plan) -> PlannedHooks {
    let moving = plan.releases.iter().filter(|release| release.caused_by.is_empty());
    let moving: Vec<usize> = moving.map(|release| release.package).collect();
    let of_package = |package: usize, moment| Some((package, planned(config, package, moment)?));
    let bumping = moving.iter().flat_map(|&package| WHILE_BUMPING.iter().map(move |moment| (package, moment)));
    PlannedHooks {
        while_bumping: bumping.filter_map(|(package, moment)| of_package(package, moment)).collect(),
        afterwards: afterwards(config, &moving, moving.len() < plan.releases.len()),
    }
}

/// The command that a package's hooks, or the workspace's, have for the moment of that name.
pub(crate) fn hook_command(config: &Config, package: usize, moment: &str) -> Option<String> {
    let moments = [&WHILE_BUMPING[..], &AFTERWARDS, &[ON_SUCCESS]].concat();
    let moment = moments.iter().find(|(name, _)| *name == moment)?;
    planned(config, package, moment).map(|hook| hook.command)
}

fn afterwards(config: &Config, moving: &[usize], takes_dependents: bool) -> Vec<PlannedHook> {
    if !takes_dependents {
        let each = |&package: &usize| AFTERWARDS.iter().filter_map(move |moment| planned(config, package, moment));
        return moving.iter().flat_map(each).collect();
    }
    let moments = AFTERWARDS_WITH_DEPENDENTS.map(|index| &AFTERWARDS[index]);
    let each = |moment| moving.iter().filter_map(move |&package| planned(config, package, moment));
    let mut hooks: Vec<PlannedHook> = moments.into_iter().flat_map(each).collect();
    hooks.extend(config.workspace.hooks.as_ref().and_then(|hooks| named(&ON_SUCCESS, hooks)));
    hooks
}

/// A package's own command comes before the workspace's, hook by hook.
fn planned(config: &Config, package: usize, moment: &Moment) -> Option<PlannedHook> {
    let own = config.package[package].hooks.as_ref().and_then(|hooks| named(moment, hooks));
    own.or_else(|| named(moment, config.workspace.hooks.as_ref()?))
}

fn named((moment, command): &Moment, hooks: &Hooks) -> Option<PlannedHook> {
    Some(PlannedHook { moment, command: command(hooks).clone()? })
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
            tag_exists: false,
            label: Label::Level(Bump::Minor),
            origin: None,
            caused_by: caused_by.iter().map(|name| (*name).to_owned()).collect(),
            channel: None,
            commits: vec![0],
            aligned: false,
            floating: Vec::new(),
        }
    }

    fn config() -> Config {
        let every = |prefix: &str| Hooks {
            pre_bump: Some(format!("{prefix} bump")),
            pre_commit: Some(format!("{prefix} commit")),
            pre_tag: Some(format!("{prefix} tag")),
            post_publish: Some(format!("{prefix} publish")),
            on_success: Some("done".to_owned()),
            ..Hooks::default()
        };
        let mut config = Config { package: vec![Package::default(); 3], ..Config::default() };
        config.workspace.hooks = Some(every("shared"));
        config.package[1].hooks = Some(Hooks { pre_bump: Some("own bump".to_owned()), ..Hooks::default() });
        config
    }

    fn commands(releases: Vec<Release>) -> Vec<String> {
        let hooks = planned_hooks(&config(), &Plan { releases, ..Plan::default() });
        let bumping = hooks.while_bumping.into_iter().map(|(package, hook)| format!("{package} {}", hook.command));
        bumping.chain(hooks.afterwards.into_iter().map(|hook| hook.command)).collect()
    }

    #[test]
    fn bump_hooks_of_all_packages_come_before_the_later_ones_and_a_package_overrides_the_workspace() {
        let later = ["shared commit", "shared tag", "shared publish"];
        assert_eq!(
            commands(vec![release(0, &[]), release(1, &[])]),
            [&["0 shared bump", "1 own bump"], &later[..], &later[..]].concat()
        );
    }

    #[test]
    fn with_dependents_the_later_hooks_go_by_moment_and_those_of_commit_and_tags_are_not_named() {
        let (commit, publish) = ("shared commit", "shared publish");
        assert_eq!(
            commands(vec![release(0, &[]), release(1, &[]), release(2, &["a"])]),
            ["0 shared bump", "1 own bump", commit, commit, publish, publish, "done"]
        );
    }
}
