//! One configuration out of what all build tools declare.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::member::Member;
use crate::config::{Config, Dependency, NestedPackages, Package, Propagate, VersionFileFormat, VersionedFile};
use crate::plan::DependencyGraph;
use crate::version_files;

/// Members in one folder become one package; what shares a version file becomes a fixed group; circles are opened.
pub(super) fn merge(root: &Path, members: Vec<Member>, notes: &mut Vec<String>) -> Config {
    let mut packages: Vec<(Package, Vec<String>)> = Vec::new();
    for member in members {
        match packages.iter_mut().find(|(package, _)| package.path == member.path) {
            Some((package, needs)) => {
                needs.extend(member.needs);
                package.versioned_files.extend(member.file.filter(|file| agrees(root, package, file, notes)));
            }
            None => packages.push((package(&member), member.needs)),
        }
    }
    name_apart(&mut packages);
    let names: BTreeMap<String, String> =
        packages.iter().map(|(package, _)| (package.path.clone(), package.name.clone())).collect();
    let mut config = Config::default();
    for (mut package, needs) in packages {
        let needed: BTreeSet<&String> = needs.iter().filter_map(|path| names.get(path)).collect();
        let dependency = |name: &&String| Dependency { name: (*name).clone(), propagate: Propagate::default() };
        package.depends_on = needed.iter().filter(|name| ***name != package.name).map(dependency).collect();
        config.package.push(package);
    }
    if config.package.len() == 1 {
        config.package[0].tag_template = None;
    }
    open_circles(&mut config, notes);
    config.workspace.fixed = fixed_groups(&config.package);
    if config.package.len() > 1 && config.package.iter().any(|package| package.path == ".") {
        config.workspace.nested_packages = NestedPackages::Exclusive;
    }
    config
}

fn package(member: &Member) -> Package {
    Package {
        name: member.name.clone(),
        path: member.path.clone(),
        versioned_files: member.file.iter().cloned().collect(),
        tag_template: member.tag_template.clone(),
        ..Package::default()
    }
}

/// Whether `file` carries the version that the package has already.
fn agrees(root: &Path, package: &Package, file: &VersionedFile, notes: &mut Vec<String>) -> bool {
    let Some(first) = package.versioned_files.first() else { return true };
    let is_tagged = file.format == VersionFileFormat::GoMod;
    let version = |file| version_files::read_version(root, file).ok();
    let agrees = is_tagged || version(first) == version(file);
    if !agrees {
        notes.push(format!("{} and {} have different versions; only the first is listed", first.path, file.path));
    }
    agrees
}

/// Gives packages of the same name the names of their folders.
fn name_apart(packages: &mut [(Package, Vec<String>)]) {
    let mut taken = BTreeSet::new();
    for (package, _) in packages {
        let mut name = package.name.clone();
        if taken.contains(&name) {
            name = package.path.clone();
        }
        while !taken.insert(name.clone()) {
            name.push('-');
        }
        package.name = name;
    }
}

/// Leaves out dependencies until none leads back to where it came from.
fn open_circles(config: &mut Config, notes: &mut Vec<String>) {
    while let Err(cycle) = DependencyGraph::new(&config.package) {
        let [.., from, to] = &cycle.path[..] else { return };
        let Some(package) = config.package.iter_mut().find(|package| package.name == *from) else { return };
        package.depends_on.retain(|dependency| dependency.name != *to);
        notes.push(format!("{cycle}; left out that {from} depends on {to}"));
    }
}

/// Names of the packages whose version stands in one file.
fn fixed_groups(packages: &[Package]) -> Vec<Vec<String>> {
    let mut sharing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in packages {
        if let Some(file) = package.versioned_files.first() {
            sharing.entry(&file.path).or_default().push(package.name.clone());
        }
    }
    sharing.into_values().filter(|names| names.len() > 1).collect()
}
