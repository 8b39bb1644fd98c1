//! Findings about the folders and files that a configuration names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Findings;
use crate::config::{Config, Package, SharedPattern, VersionFileFormat, Versioning};
use crate::version;
use crate::version_files::{self, Place};

/// Adds what is wrong with what `config` names below `root`. In a `sparse` checkout files may be missing.
pub(super) fn check(config: &Config, root: &Path, sparse: bool, findings: &mut Findings) {
    for package in &config.package {
        match path_problem(root, &package.path) {
            Some(_) if sparse => {
                missing(findings, sparse, &package.name, &format!("package path \"{}\"", package.path))
            }
            Some(problem) => findings.error(&package.name, format!("package {problem}")),
            None => {}
        }
    }
    for package in &config.package {
        let versions = versions(package, root, sparse, findings);
        agree(package, &versions, findings);
        continue_by_strategy(config, package, &versions, findings);
    }
    shared_places(config, root, findings);
    for package in &config.package {
        if let Some(changelog) = package.changelog.as_ref().filter(|changelog| !root.join(changelog).exists()) {
            findings.warn(changelog, format!("changelog \"{changelog}\" does not exist yet"));
        }
        for shared in &package.shared_paths {
            // What a pattern matches in the end is `check`'s to say.
            let pattern = SharedPattern::new(shared);
            let path = pattern.as_ref().map_or(shared.as_str(), SharedPattern::base);
            if !root.join(path).exists() {
                findings.warn(shared, format!("shared path \"{path}\" does not exist"));
            }
        }
    }
}

/// Packages whose version stands in one place, unless a fixed group gives them one version.
fn shared_places(config: &Config, root: &Path, findings: &mut Findings) {
    let mut by_place: BTreeMap<Place, BTreeSet<&str>> = BTreeMap::new();
    for package in &config.package {
        for place in package.versioned_files.iter().filter_map(|file| version_files::place(root, file)) {
            by_place.entry(place).or_default().insert(&package.name);
        }
    }
    for (place, names) in by_place.iter().filter(|(_, names)| names.len() > 1) {
        let is_one = |group: &Vec<String>| names.iter().all(|name| group.iter().any(|member| member == name));
        if !config.workspace.fixed.iter().any(is_one) {
            let named = names.iter().copied().collect::<Vec<_>>().join("\", \"");
            let problem = "have one version together, which only a fixed group can give them";
            findings.warn(&place.path, format!("packages \"{named}\" {problem}"));
        }
    }
}

/// What is wrong with a package's path, if nothing is there, and what was probably meant.
pub fn path_problem(root: &Path, path: &str) -> Option<String> {
    if root.join(path).exists() {
        return None;
    }
    let hint = if path.contains(['*', '?', '[']) {
        "; a path is one folder, not a pattern: list a package for each".to_owned()
    } else {
        similar_path(root, &path.replace('\\', "/"))
            .map_or_else(String::new, |similar| format!("; did you mean \"{similar}\"?"))
    };
    Some(format!("path \"{path}\" does not exist{hint}"))
}

/// The path that is there and differs in nothing but upper and lower case.
fn similar_path(root: &Path, path: &str) -> Option<String> {
    let mut found = String::new();
    for part in path.split('/') {
        let entries = std::fs::read_dir(root.join(&found)).ok()?.flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        let exact = names.iter().find(|name| *name == part);
        let name = exact.or_else(|| names.iter().find(|name| name.to_lowercase() == part.to_lowercase()))?;
        found = if found.is_empty() { name.clone() } else { format!("{found}/{name}") };
    }
    Some(found)
}

/// The versions that the package's files carry, each with its file.
fn versions<'a>(package: &'a Package, root: &Path, sparse: bool, findings: &mut Findings) -> Vec<(&'a str, String)> {
    let mut versions = Vec::new();
    for file in &package.versioned_files {
        let path = file.path.as_str();
        if !root.join(path).exists() {
            missing(findings, sparse, path, &format!("versioned file \"{path}\""));
        } else if file.format != VersionFileFormat::GoMod {
            match version_files::read_version(root, file) {
                Ok(version) => versions.push((path, version)),
                Err(error) => {
                    findings.error(path, format!("cannot read version from \"{path}\": {}", error.problem));
                }
            }
        }
    }
    versions
}

fn missing(findings: &mut Findings, sparse: bool, about: &str, what: &str) {
    if sparse {
        findings.warn(about, format!("{what} is not in this sparse checkout, so it was not looked at"));
    } else {
        findings.error(about, format!("{what} does not exist"));
    }
}

fn agree(package: &Package, versions: &[(&str, String)], findings: &mut Findings) {
    let Some((first_path, first)) = versions.first() else { return };
    for (path, version) in versions.iter().filter(|(_, version)| version != first) {
        let problem = format!("\"{first_path}\" has \"{first}\", \"{path}\" has \"{version}\"");
        findings.error(&package.name, format!("version mismatch: {problem}"));
    }
}

/// A version that its declared strategy can't count on would end every plan. What the tags may say is not asked.
fn continue_by_strategy(config: &Config, package: &Package, versions: &[(&str, String)], findings: &mut Findings) {
    let workspace = &config.workspace;
    let has_template = package.version_template.is_some() || workspace.version_template.is_some();
    let strategy = package.versioning.or(workspace.versioning);
    if has_template || !matches!(strategy, Some(Versioning::Semver | Versioning::Zerover)) {
        return;
    }
    if let Some((path, version)) = versions.first()
        && let Err(error) = version::require_semantic(version)
    {
        findings.error(*path, error.to_string());
    }
}
