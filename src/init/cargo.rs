//! The members of a Cargo workspace, or the one package of a repository.

use std::path::Path;

use toml::{Table, Value};

use super::InitError;
use super::member::Member;
use super::text::{at, file_in, strings, toml};
use super::walk::{Folders, Patterns, joined};
use crate::config::{VersionFileFormat, VersionedFile};

const MANIFEST: &str = "Cargo.toml";

/// What a package needs when it is built or used; what only its tests need moves nobody.
const DEPENDENCIES: [&str; 2] = ["dependencies", "build-dependencies"];

/// The packages of the workspace whose manifest is in the root.
pub(super) fn find(root: &Path, folders: &Folders, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let Some(workspace) = toml(root, MANIFEST)? else { return Ok(Vec::new()) };
    let patterns = Patterns {
        file: MANIFEST,
        included: strings(&workspace, &["workspace", "members"]),
        excluded: strings(&workspace, &["workspace", "exclude"]),
    };
    let mut paths = folders.members(root, MANIFEST, &patterns)?;
    if workspace.contains_key("package") {
        paths.insert(0, ".".to_owned());
    }
    let mut members = Vec::new();
    for path in paths {
        let Some(manifest) = toml(root, &file_in(&path, MANIFEST))? else { continue };
        members.extend(member(&path, &manifest, &workspace, notes));
    }
    Ok(members)
}

fn member(path: &str, manifest: &Table, workspace: &Table, notes: &mut Vec<String>) -> Option<Member> {
    let name = at(manifest, &["package", "name"])?.as_str()?.to_owned();
    let Some(file) = version_file(path, manifest) else {
        notes.push(format!("{name} ({}) has no version and is left out", file_in(path, MANIFEST)));
        return None;
    };
    let file = VersionedFile { path: file, format: VersionFileFormat::Toml, selector: None };
    Some(Member {
        name,
        path: path.to_owned(),
        file: Some(file),
        needs: needs(path, manifest, workspace),
        tag_template: None,
    })
}

/// The package's own manifest, or the workspace's where the version is inherited.
fn version_file(path: &str, manifest: &Table) -> Option<String> {
    match at(manifest, &["package", "version"])? {
        Value::String(_) => Some(file_in(path, MANIFEST)),
        Value::Table(table) if table.get("workspace") == Some(&Value::Boolean(true)) => Some(MANIFEST.to_owned()),
        _ => None,
    }
}

fn needs(path: &str, manifest: &Table, workspace: &Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables = targets.into_iter().flat_map(|targets| targets.values()).filter_map(Value::as_table);
    let mut needs = Vec::new();
    for table in std::iter::once(manifest).chain(tables) {
        for dependencies in DEPENDENCIES.iter().filter_map(|key| table.get(*key)?.as_table()) {
            needs.extend(dependencies.iter().filter_map(|(name, value)| folder(path, name, value, workspace)));
        }
    }
    needs
}

/// The folder of a dependency that lies in the repository.
fn folder(path: &str, name: &str, value: &Value, workspace: &Table) -> Option<String> {
    if let Some(own) = value.get("path").and_then(Value::as_str) {
        return Some(joined(path, own));
    }
    let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
    let shared = || at(workspace, &["workspace", "dependencies", name, "path"])?.as_str();
    inherits.then(shared).flatten().map(|shared| joined(".", shared))
}
