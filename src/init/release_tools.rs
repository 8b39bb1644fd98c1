//! What the settings of other release tools say of packages: changesets and Rush, and release-please by its own module.

use globset::GlobBuilder;
use serde_json::Value;

use super::member::{Doubt, Member};
use super::release_please::ReleasePlease;
use super::{InitError, Search, listed, text};
use crate::config::Config;

const CHANGESETS: &str = ".changeset/config.json";
const RUSH: &str = "rush.json";
const RUSH_POLICIES: &str = "common/config/rush/version-policies.json";

/// The settings that are there.
pub(super) struct ReleaseTools {
    release_please: Option<ReleasePlease>,
    changesets: Option<Value>,
    rush: Option<Value>,
    rush_policies: Option<Value>,
}

impl ReleaseTools {
    /// Reads them.
    ///
    /// # Errors
    /// When one of their files is there and can't be read.
    pub(super) fn read(search: &Search<'_>) -> Result<Self, InitError> {
        Ok(Self {
            release_please: ReleasePlease::read(search)?,
            changesets: text::json(search.root, CHANGESETS)?,
            rush: text::json(search.root, RUSH)?,
            rush_policies: text::json(search.root, RUSH_POLICIES)?,
        })
    }

    /// Adds how the tools' tags call packages, which packages they leave alone, and whether breaking changes keep them below 1.0.0.
    pub(super) fn add_to_members<'a>(&self, members: impl Iterator<Item = &'a mut Member>, is_workspace: bool) {
        for member in members {
            if let Some(settings) = &self.release_please {
                settings.add_to(member);
            }
            if let Some(changesets) = &self.changesets {
                let template = || "{name}@{version}".to_owned();
                member.expected_template = member.expected_template.take().or_else(|| is_workspace.then(template));
                if ignores(changesets, &member.name) {
                    member.doubt = member.doubt.max(Some(Doubt::Private));
                }
            }
            let project = self.rush.as_ref().and_then(|rush| project(rush, &member.name));
            if project.is_some_and(|project| !is_published(project)) {
                member.doubt = member.doubt.max(Some(Doubt::Private));
            }
        }
    }

    /// Puts their groups into `config`, and notes what can't be said there.
    pub(super) fn add_groups(&self, config: &mut Config, notes: &mut Vec<String>) {
        if let Some(settings) = &self.changesets {
            changesets_groups(settings, config, notes);
        }
        if let (Some(rush), Some(policies)) = (&self.rush, &self.rush_policies) {
            rush_groups(rush, policies, config, notes);
        }
        if let Some(release_please) = &self.release_please {
            release_please_groups(release_please, config, notes);
            release_please.note(config, notes);
        }
    }
}

/// Whether changesets leaves a package alone.
fn ignores(changesets: &Value, name: &str) -> bool {
    let patterns = changesets.get("ignore").and_then(Value::as_array).into_iter().flatten();
    patterns.filter_map(Value::as_str).any(|pattern| matches(pattern, name))
}

/// The entry of a package among Rush's projects.
fn project<'a>(rush: &'a Value, name: &str) -> Option<&'a Value> {
    let projects = rush.get("projects")?.as_array()?;
    projects.iter().find(|project| project.get("packageName").and_then(Value::as_str) == Some(name))
}

fn is_published(project: &Value) -> bool {
    project.get("shouldPublish") == Some(&Value::Bool(true))
        || project.get("versionPolicyName").is_some_and(Value::is_string)
}

fn changesets_groups(settings: &Value, config: &mut Config, notes: &mut Vec<String>) {
    for (key, is_fixed) in [("fixed", true), ("linked", false)] {
        for group in settings.get(key).and_then(Value::as_array).into_iter().flatten() {
            let patterns: Vec<&str> = group.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let named = |name: &str| patterns.iter().any(|pattern| matches(pattern, name));
            add_group(config, named, is_fixed, &format!("{CHANGESETS} has a {key} group"), notes);
        }
    }
}

fn rush_groups(rush: &Value, policies: &Value, config: &mut Config, notes: &mut Vec<String>) {
    for policy in policies.as_array().into_iter().flatten() {
        let text = |key| policy.get(key).and_then(Value::as_str);
        let (Some("lockStepVersion"), Some(policy)) = (text("definitionName"), text("policyName")) else {
            continue;
        };
        let named = |name: &str| {
            project(rush, name).and_then(|project| project.get("versionPolicyName")).and_then(Value::as_str)
                == Some(policy)
        };
        add_group(config, named, true, &format!("{RUSH_POLICIES} has the policy \"{policy}\""), notes);
    }
}

fn release_please_groups(settings: &ReleasePlease, config: &mut Config, notes: &mut Vec<String>) {
    for (group, components) in settings.linked_versions() {
        let packages: Vec<String> = config
            .package
            .iter()
            .filter(|package| components.contains(&settings.component(&package.path, &package.name)))
            .map(|package| package.name.clone())
            .collect();
        let what = format!("{} links the versions of \"{group}\"", settings.file());
        add_group(config, |name| packages.iter().any(|package| package == name), true, &what, notes);
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    pattern == name || glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

/// Makes the packages that `named` says a group, unless they are one already or belong to others.
fn add_group(config: &mut Config, named: impl Fn(&str) -> bool, is_fixed: bool, what: &str, notes: &mut Vec<String>) {
    let names: Vec<String> =
        config.package.iter().map(|package| package.name.clone()).filter(|name| named(name)).collect();
    let workspace = &mut config.workspace;
    if names.len() < 2 || workspace.fixed.iter().any(|group| names.iter().all(|name| group.contains(name))) {
        return;
    }
    let taken = |name: &String| workspace.fixed.iter().chain(&workspace.linked).any(|group| group.contains(name));
    let taken: Vec<String> = names.iter().filter(|name| taken(name)).cloned().collect();
    if !taken.is_empty() {
        notes.push(format!("{what}, which is left out because these are in another one: {}", listed(&taken)));
    } else if is_fixed {
        workspace.fixed.push(names);
    } else {
        workspace.linked.push(names);
    }
}
