//! Plans of small made-up repositories, asked for the decisions that users would notice.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::*;
use crate::commit::Bump;
use crate::config::{Config, Dependency, Package, Propagate, VersionFileFormat, VersionedFile, Versioning};
use crate::version::{Candidate, Found, Prerelease, TagTemplate, VersionError};

/// A world with the file versions it is given, where it is always the same day.
#[derive(Default)]
struct World {
    files: BTreeMap<usize, &'static str>,
}

impl PlanContext for World {
    fn file_version(&self, package: usize) -> Option<String> {
        self.files.get(&package).map(|version| (*version).to_owned())
    }

    fn today(&self) -> Date {
        date(2026, 11, 23)
    }

    fn prerelease(
        &self,
        _package: usize,
        base: &str,
        channel: &Prerelease,
        _current: &str,
    ) -> Result<String, VersionError> {
        Ok(format!("{base}-{}.1", channel.channel))
    }

    fn is_tagged(&self, _package: usize, tag: &str) -> bool {
        tag == "a@v1.1.0"
    }

    fn tag_exists(&self, name: &str) -> bool {
        name == "a@v1"
    }
}

fn package(name: &str, depends_on: &[(&str, Propagate)]) -> Package {
    let dependency = |(name, propagate): &(&str, Propagate)| Dependency {
        name: (*name).into(),
        propagate: *propagate,
        is_default: false,
    };
    let file = VersionedFile { path: format!("{name}/v.txt"), format: VersionFileFormat::Txt, selector: None };
    Package {
        name: name.to_owned(),
        path: name.to_owned(),
        depends_on: depends_on.iter().map(dependency).collect(),
        versioned_files: vec![file],
        ..Package::default()
    }
}

fn config(packages: Vec<Package>) -> Config {
    Config { package: packages, ..Config::default() }
}

fn unreleased(name: &str) -> PackageState {
    PackageState {
        touched: false,
        commits: Vec::new(),
        bump: Bump::None,
        highest_tag: None,
        tag_template: TagTemplate::new("{name}@v{version}", name),
        detected: None,
        candidate: None,
        asked: None,
        forced: None,
        allow_downgrade: false,
        excluded: false,
    }
}

fn tagged(name: &str, version: &str) -> PackageState {
    PackageState {
        highest_tag: Some(Found { version: version.to_owned(), place: format!("{name}@v{version}") }),
        ..unreleased(name)
    }
}

fn moving(state: PackageState, bump: Bump) -> PackageState {
    PackageState { touched: true, commits: vec![0], bump, ..state }
}

fn lines(plan: &Plan) -> Vec<String> {
    let line = |release: &Release| {
        let next = release.next.as_deref().unwrap_or("?");
        let causes = release.caused_by.join("+");
        format!("{} {} {next} {} {causes}", release.name, release.current, release.label.name()).trim_end().to_owned()
    };
    plan.releases.iter().map(line).collect()
}

#[test]
fn a_package_with_commits_moves_and_its_dependents_follow() {
    let config = config(vec![
        package("app", &[("lib", Propagate::Patch)]),
        package("lib", &[("core", Propagate::Same)]),
        package("core", &[]),
    ]);
    let states = [tagged("app", "3.0.0"), tagged("lib", "2.0.0"), moving(tagged("core", "1.0.0"), Bump::Minor)];
    let world = World { files: [(0, "3.0.0"), (1, "2.0.0"), (2, "1.0.0")].into() };
    let plan = plan(&config, &states, None, &world).expect("a plan");
    assert_eq!(lines(&plan), ["core 1.0.0 1.1.0 minor", "lib 2.0.0 2.1.0 minor core", "app 3.0.0 3.0.1 patch lib"]);
}

#[test]
fn a_dependent_without_a_version_file_stays_but_passes_the_bump_on() {
    let config = config(vec![
        package("core", &[]),
        package("glue", &[("core", Propagate::Same)]),
        package("app", &[("glue", Propagate::Same)]),
    ]);
    let states = [moving(tagged("core", "1.0.0"), Bump::Patch), unreleased("glue"), unreleased("app")];
    let world = World { files: [(0, "1.0.0"), (2, "1.0.0")].into() };
    let plan = plan(&config, &states, None, &world).expect("a plan");
    assert_eq!(lines(&plan), ["core 1.0.0 1.0.1 patch", "app 1.0.0 1.0.1 patch glue"]);
}

#[test]
fn an_own_patch_is_raised_to_what_the_dependency_asks() {
    let config = config(vec![package("app", &[("core", Propagate::Same)]), package("core", &[])]);
    let states = [moving(tagged("app", "1.0.0"), Bump::Patch), moving(tagged("core", "1.0.0"), Bump::Major)];
    let plan = plan(&config, &states, None, &World::default()).expect("a plan");
    assert_eq!(lines(&plan), ["core 1.0.0 2.0.0 major", "app 1.0.0 2.0.0 major"]);
}

#[test]
fn reasons_to_stay_are_told_apart() {
    let config = config(vec![package("a", &[]), package("b", &[]), package("c", &[]), package("d", &[])]);
    let touched = |state: PackageState| PackageState { touched: true, ..state };
    let same_day = Package { versioning: Some(Versioning::Calver), ..package("d", &[]) };
    let config = Config { package: [config.package[..3].to_vec(), vec![same_day]].concat(), ..config };
    let states = [
        tagged("a", "1.0.0"),
        touched(tagged("b", "1.0.0")),
        moving(tagged("c", "1.0.0"), Bump::None),
        moving(tagged("d", "2026.11.23"), Bump::None),
    ];
    let plan = plan(&config, &states, None, &World::default()).expect("a plan");
    let reasons: Vec<_> = plan.skipped.into_iter().map(|skipped| skipped.reason).collect();
    let unchanged = SkipReason::VersionUnchanged { version: "2026.11.23".into() };
    assert_eq!(reasons, [SkipReason::NotTouched, SkipReason::NoNewCommits, SkipReason::NoReleasableCommits, unchanged]);
}

#[test]
fn a_fixed_group_takes_its_highest_version_and_members_without_one_join() {
    let mut config = config(vec![package("a", &[]), package("b", &[]), package("c", &[])]);
    config.workspace.fixed = vec![["a", "b", "c"].map(str::to_owned).to_vec()];
    let states =
        [moving(tagged("a", "1.0.0"), Bump::Minor), moving(tagged("b", "1.5.0"), Bump::Patch), tagged("c", "1.0.0")];
    let plan = plan(&config, &states, None, &World::default()).expect("a plan");
    assert_eq!(lines(&plan), ["a 1.0.0 1.5.1 minor", "b 1.5.0 1.5.1 patch", "c 1.0.0 1.5.1 fixed"]);
    assert_eq!(
        plan.releases[2].origin,
        Some(crate::version::SourceKind::Tag { tag: "c@v1.0.0".into() }),
        "as `status` has it"
    );
    assert!(plan.releases[0].aligned && !plan.releases[1].aligned);
}

#[test]
fn a_channel_marks_versions_and_moves_no_floating_tag() {
    let mut config = config(vec![package("a", &[]), package("b", &[])]);
    config.workspace.floating_tags = vec![crate::config::FloatingLevel::Major];
    let states = [moving(tagged("a", "1.0.0"), Bump::Minor), tagged("b", "1.0.0")];
    let channel = Prerelease { channel: "beta".into(), identifier: Default::default() };
    let on_channel = plan(&config, &states, Some(&channel), &World::default()).expect("a plan");
    assert_eq!(on_channel.releases[0].tag.as_deref(), Some("a@v1.1.0-beta.1"));
    assert!(on_channel.releases[0].floating.is_empty());
    let stable = plan(&config, &states, None, &World::default()).expect("a plan");
    assert_eq!(stable.releases[0].floating, [FloatingTag { name: "a@v1".into(), exists: true }]);
}

#[test]
fn a_version_that_its_strategy_cannot_read_is_refused_with_the_package_named() {
    let config = config(vec![package("a", &[])]);
    let states = [moving(tagged("a", "not-a-version"), Bump::Minor)];
    let error = plan(&config, &states, None, &World::default()).expect_err("refused");
    assert_eq!(error.to_string(), "package 'a'");
    assert_eq!(error.code(), Some("E5010"));
}

#[test]
fn a_group_never_takes_a_member_below_its_own_version() {
    let mut config = config(vec![package("a", &[]), package("b", &[])]);
    config.workspace.fixed = vec![["a", "b"].map(str::to_owned).to_vec()];
    let states = [moving(tagged("a", "1.0.0"), Bump::Minor), tagged("b", "1.5.0")];
    let world = World { files: [(1, "1.5.0")].into() };
    let plan = plan(&config, &states, None, &world).expect("a plan");
    assert_eq!(lines(&plan), ["a 1.0.0 1.6.0 minor", "b 1.5.0 1.6.0 fixed"]);
}

#[test]
fn a_forced_version_below_needs_saying_twice() {
    let config = config(vec![package("a", &[])]);
    let forced = PackageState { forced: Some("1.0.0".into()), ..tagged("a", "1.4.0") };
    let error = plan(&config, std::slice::from_ref(&forced), None, &World::default()).expect_err("refused");
    let PlanError::Version { source, .. } = error else { panic!("another error: {error}") };
    assert!(source.to_string().contains("--allow-downgrade"), "{source}");
    let allowed = PackageState { allow_downgrade: true, ..forced };
    assert_eq!(lines(&plan(&config, &[allowed], None, &World::default()).expect("a plan")), ["a 1.4.0 1.0.0 forced"]);
}

#[test]
fn a_version_that_a_commit_asks_for_is_planned_but_never_below() {
    let config = config(vec![package("a", &[])]);
    let asked = |version: &str| {
        let asked = Some(Asked { version: version.into(), commit: "1234567".into() });
        [PackageState { asked, ..moving(tagged("a", "1.4.0"), Bump::None) }]
    };
    assert_eq!(
        lines(&plan(&config, &asked("2.0.0"), None, &World::default()).expect("a plan")),
        ["a 1.4.0 2.0.0 forced"]
    );
    let channel = Prerelease { channel: "beta".into(), identifier: Default::default() };
    let on_channel = plan(&config, &asked("2.0.0"), Some(&channel), &World::default()).expect("a plan");
    assert_eq!(lines(&on_channel), ["a 1.4.0 2.0.0-beta.1 forced"]);
    let error = plan(&config, &asked("1.4.0"), None, &World::default()).expect_err("refused");
    let PlanError::Version { source, .. } = error else { panic!("another error: {error}") };
    assert!(source.to_string().contains("Release-As: 1.4.0") && source.to_string().contains("1234567"), "{source}");
}

#[test]
fn the_first_stable_release_is_what_its_pre_releases_announced() {
    let config = config(vec![package("a", &[])]);
    let tag = Found { version: "1.0.0-rc.2".into(), place: "a@v1.0.0-rc.2".into() };
    let candidate = Some(Candidate { tag, leads_to: "1.0.0".into(), revision: false });
    let state = PackageState { candidate, ..moving(unreleased("a"), Bump::Patch) };
    assert_eq!(lines(&plan(&config, &[state], None, &World::default()).expect("a plan")), ["a 1.0.0-rc.2 1.0.0 patch"]);
}
