//! The members of a Cargo workspace, as `cargo metadata` lists them, or the one package of a folder.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::member::{Doubt, Member, file};
use super::text::{at, file_in, strings, toml};
use super::walk::{Patterns, is_below, joined};
use super::{InitError, Search};
use crate::config::VersionFileFormat;

pub(super) const MANIFEST: &str = "Cargo.toml";

/// What a package needs when it is built or used; what only its tests need moves nobody.
const DEPENDENCIES: [&str; 2] = ["dependencies", "build-dependencies"];
/// Through a path in any of these a package becomes a member.
const ALL_DEPENDENCIES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];

/// The packages of the workspace whose manifest is in `base`.
pub(super) fn find(search: &Search<'_>, base: &str, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let root_manifest = file_in(base, MANIFEST);
    let Some(workspace) = toml(search.root, &root_manifest)? else { return Ok(Vec::new()) };
    let mut members = Vec::new();
    for (path, manifest) in manifests(search, base, &workspace)? {
        members.extend(member(&path, &manifest, base, &workspace, notes));
    }
    Ok(members)
}

/// The manifests of all members: the root's, those that the workspace names, and whatever these depend on by a path below
/// the workspace, unless it is excluded or a workspace of its own.
fn manifests(search: &Search<'_>, base: &str, workspace: &Table) -> Result<BTreeMap<String, Table>, InitError> {
    let excluded: Vec<String> =
        strings(workspace, &["workspace", "exclude"]).iter().map(|path| joined(base, path)).collect();
    let patterns = Patterns {
        file: MANIFEST,
        base,
        included: strings(workspace, &["workspace", "members"]),
        excluded: strings(workspace, &["workspace", "exclude"]),
    };
    let mut waiting = search.folders.members(MANIFEST, &patterns)?;
    waiting.push(base.to_owned());
    let is_workspace = workspace.contains_key("workspace");
    let mut seen = BTreeSet::new();
    let mut manifests = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let Some(manifest) = toml(search.root, &file_in(&path, MANIFEST))? else { continue };
        if path != base && manifest.contains_key("workspace") {
            continue;
        }
        if is_workspace {
            let needed = folders(&path, &manifest, base, workspace, &ALL_DEPENDENCIES);
            let inside =
                |folder: &String| is_below(folder, base) && !excluded.iter().any(|excluded| is_below(folder, excluded));
            waiting.extend(needed.into_iter().filter(inside));
        }
        if manifest.contains_key("package") {
            manifests.insert(path, manifest);
        }
    }
    Ok(manifests)
}

fn member(path: &str, manifest: &Table, base: &str, workspace: &Table, notes: &mut Vec<String>) -> Option<Member> {
    let name = at(manifest, &["package", "name"])?.as_str()?.to_owned();
    let version = version_file(path, manifest, base);
    if version.is_none() && is_published(manifest, workspace) {
        notes.push(format!("{name} ({}) has no version; its tags tell, if there are any", file_in(path, MANIFEST)));
    }
    let doubt = if !is_published(manifest, workspace) {
        Some(Doubt::Private)
    } else {
        version.is_none().then_some(Doubt::NoVersion)
    };
    Some(Member {
        name,
        path: path.to_owned(),
        files: version.map(|path| file(path, VersionFileFormat::Toml, None)).into_iter().collect(),
        needs: folders(path, manifest, base, workspace, &DEPENDENCIES),
        doubt,
        ..Member::default()
    })
}

/// Whether the package may be published: `publish` is neither `false` nor an empty list, here or where it is inherited from.
fn is_published(manifest: &Table, workspace: &Table) -> bool {
    let own = at(manifest, &["package", "publish"]);
    let inherits = own.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true);
    let publish = if inherits { at(workspace, &["workspace", "package", "publish"]) } else { own };
    !matches!(publish, Some(Value::Boolean(false)))
        && publish.and_then(Value::as_array).is_none_or(|list| !list.is_empty())
}

/// The package's own manifest, or the workspace's where the version is inherited.
fn version_file(path: &str, manifest: &Table, base: &str) -> Option<String> {
    match at(manifest, &["package", "version"])? {
        Value::String(_) => Some(file_in(path, MANIFEST)),
        Value::Table(table) if table.get("workspace") == Some(&Value::Boolean(true)) => Some(file_in(base, MANIFEST)),
        _ => None,
    }
}

/// Folders of the dependencies in `tables` that lie in the repository.
fn folders(path: &str, manifest: &Table, base: &str, workspace: &Table, tables: &[&str]) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values()).filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(targets) {
        for dependencies in tables.iter().filter_map(|key| table.get(*key)?.as_table()) {
            found.extend(dependencies.iter().filter_map(|(name, value)| folder(path, name, value, base, workspace)));
        }
    }
    found
}

/// The folder of a dependency that lies in the repository.
fn folder(path: &str, name: &str, value: &Value, base: &str, workspace: &Table) -> Option<String> {
    if let Some(own) = value.get("path").and_then(Value::as_str) {
        return Some(joined(path, own));
    }
    let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
    let shared = || at(workspace, &["workspace", "dependencies", name, "path"])?.as_str();
    inherits.then(shared).flatten().map(|shared| joined(base, shared))
}
