//! Findings that need nothing but the configuration itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, WHOLE};
use crate::commit::Classifier;
use crate::config::{BranchRule, Channel, Config, Hooks, Package, nearest_name};
use crate::plan::{DependencyGraph, group_problems};
use crate::version::{self, TagTemplate, VersionTemplate};

/// Adds what is wrong with the settings of `config`.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    duplicate_paths(&config.package, findings);
    templates(config, findings);
    colliding_tags(config, findings);
    for problem in group_problems(config) {
        findings.error(WHOLE, problem);
    }
    if let Err(cycle) = DependencyGraph::new(&config.package) {
        findings.error(WHOLE, cycle.to_string());
    }
    unknown_dependencies(&config.package, findings);
    if let Err(error) = Classifier::new(&config.workspace) {
        findings.error("workspace.commitSkipMarkers", error.to_string());
    }
    branches(config, findings);
    hooks("workspace", config.workspace.hooks.as_ref(), findings);
    for package in &config.package {
        hooks(&package.name, package.hooks.as_ref(), findings);
    }
}

fn duplicate_paths(packages: &[Package], findings: &mut Findings) {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        names.entry(&package.path).or_default().push(&package.name);
    }
    for (path, names) in names.iter().filter(|(_, names)| names.len() > 1) {
        findings.error(WHOLE, format!("duplicate package path \"{path}\" (packages: \"{}\")", names.join("\", \"")));
    }
}

/// Templates of the workspace and of every package: of tags, of the alias tag, and of versions.
fn templates(config: &Config, findings: &mut Findings) {
    let workspace = &config.workspace;
    let of_package = |package: &Package| {
        let (tag, latest) = (package.tag_template.clone(), package.latest_tag.clone());
        (package.name.clone(), tag, latest, package.version_template.clone())
    };
    let of_workspace = (
        "workspace".to_owned(),
        workspace.tag_template.clone(),
        workspace.latest_tag.clone(),
        workspace.version_template.clone(),
    );
    for (owner, tag, latest, version) in std::iter::once(of_workspace).chain(config.package.iter().map(of_package)) {
        if let Some(tag) = tag {
            tag_template(&owner, &tag, findings);
        }
        if let Some(latest) = latest {
            latest_tag(&owner, &latest, config.is_monorepo(), findings);
        }
        if let Some(Err(error)) = version.as_deref().map(VersionTemplate::parse) {
            findings.error(format!("{owner}.versionTemplate"), error.to_string());
        }
    }
}

fn tag_template(owner: &str, template: &str, findings: &mut Findings) {
    let path = format!("{owner}.tagTemplate");
    if !template.contains("{version}") {
        findings.error(&path, format!("tag template \"{template}\" must contain {{version}}"));
    }
}

/// Packages whose tags are the same release each other, unless one fixed group gives them one version.
fn colliding_tags(config: &Config, findings: &mut Findings) {
    let mut sharing: BTreeMap<String, Vec<&Package>> = BTreeMap::new();
    for package in &config.package {
        sharing.entry(TagTemplate::of(config, package).render("{version}")).or_default().push(package);
    }
    for (template, packages) in sharing.iter().filter(|(_, packages)| packages.len() > 1) {
        let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        let is_one = |group: &Vec<String>| names.iter().all(|name| group.iter().any(|member| member == name));
        if config.workspace.fixed.iter().any(is_one) {
            continue;
        }
        let owner = packages.iter().find(|package| package.tag_template.is_some()).map_or("workspace", |it| &it.name);
        let path = format!("{owner}.tagTemplate");
        let named = names.into_iter().collect::<Vec<_>>().join("\", \"");
        let template = config.workspace.tag_template.as_ref().filter(|_| owner == "workspace").unwrap_or(template);
        findings.warn(path, format!(
            "tag template \"{template}\" does not contain {{name}} — tags will collide in monorepo (packages \"{named}\"; a fixed group may share tags)"
        ));
    }
}

fn latest_tag(owner: &str, template: &str, monorepo: bool, findings: &mut Findings) {
    let path = format!("{owner}.latestTag");
    if template.contains("{version}") {
        let problem = "contains {version}, which is not substituted: the alias is a name, not a version";
        findings.error(&path, format!("latest tag template \"{template}\" {problem}"));
    }
    if monorepo && !template.contains("{name}") {
        let problem = "does not contain {name}: every package would overwrite the same ref";
        findings.warn(&path, format!("latest tag template \"{template}\" {problem}"));
    }
}

fn unknown_dependencies(packages: &[Package], findings: &mut Findings) {
    for Unknown { path, dependency, similar } in unknown(packages) {
        let hint = similar.map(|similar| format!("; did you mean \"{similar}\"?")).unwrap_or_default();
        findings.warn(path, format!("\"{dependency}\" {IS_UNKNOWN}{hint}"));
    }
}

/// What is probably misspelt among dependencies, one sentence each. Others may be packages of other repositories, which move
/// nobody.
pub(crate) fn misspelt_dependencies(packages: &[Package]) -> Vec<String> {
    let told = unknown(packages).into_iter().filter_map(|Unknown { path, dependency, similar }| {
        Some(format!("{path}: \"{dependency}\" {IS_UNKNOWN}; did you mean \"{}\"?", similar?))
    });
    told.collect()
}

const IS_UNKNOWN: &str = "is no package of this configuration, so it is ignored";

/// A dependency that is no package.
struct Unknown<'a> {
    path: String,
    dependency: &'a str,
    /// The package that was probably meant.
    similar: Option<&'a str>,
}

fn unknown(packages: &[Package]) -> Vec<Unknown<'_>> {
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut unknown = Vec::new();
    for package in packages {
        for dependency in package.depends_on.iter().filter(|dependency| !names.contains(dependency.name.as_str())) {
            let similar = nearest_name(names.iter().copied().filter(|name| *name != package.name), &dependency.name);
            let path = format!("{}.dependsOn", package.name);
            unknown.push(Unknown { path, dependency: &dependency.name, similar });
        }
    }
    unknown
}

fn branches(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.workspace.branches.iter().enumerate() {
        let name = match &rule.channel {
            Channel::Named(name) => version::validate_channel_name(name),
            Channel::Stable(_) => Ok(()),
        };
        // As a stable rule it fails for its glob only.
        let stable = BranchRule { channel: Channel::Stable(false), ..rule.clone() };
        let glob = version::channel_of_branch(None, "main", &[stable]).map(drop);
        for error in [name, glob].into_iter().filter_map(Result::err) {
            findings.error(format!("workspace.branches[{index}]"), error.to_string());
        }
    }
}

fn hooks(owner: &str, hooks: Option<&Hooks>, findings: &mut Findings) {
    let Some(hooks) = hooks else { return };
    let commands = [
        ("preBump", &hooks.pre_bump),
        ("postBump", &hooks.post_bump),
        ("preCommit", &hooks.pre_commit),
        ("postCommit", &hooks.post_commit),
        ("preTag", &hooks.pre_tag),
        ("postTag", &hooks.post_tag),
        ("prePublish", &hooks.pre_publish),
        ("postPublish", &hooks.post_publish),
    ];
    for (moment, command) in commands {
        if command.as_ref().is_some_and(|command| command.trim().is_empty()) {
            findings.warn(format!("{owner}.hooks.{moment}"), "is blank; remove it, or say what to run");
        }
    }
}
