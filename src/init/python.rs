//! The members of a uv workspace, or the one package of a repository.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::InitError;
use super::member::Member;
use super::text::{at, file_in, strings, toml};
use super::walk::{Folders, Patterns, joined};
use crate::config::{VersionFileFormat, VersionedFile};

const MANIFEST: &str = "pyproject.toml";

/// The packages of the workspace whose manifest is in the root.
pub(super) fn find(root: &Path, folders: &Folders, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let Some(workspace) = toml(root, MANIFEST)? else { return Ok(Vec::new()) };
    let patterns = Patterns {
        file: MANIFEST,
        included: strings(&workspace, &["tool", "uv", "workspace", "members"]),
        excluded: strings(&workspace, &["tool", "uv", "workspace", "exclude"]),
    };
    let mut manifests = vec![(".".to_owned(), workspace)];
    for path in folders.members(root, MANIFEST, &patterns)? {
        manifests.extend(toml(root, &file_in(&path, MANIFEST))?.map(|manifest| (path, manifest)));
    }
    let paths: BTreeMap<String, &str> =
        manifests.iter().filter_map(|(path, manifest)| Some((normalised(name(manifest)?), path.as_str()))).collect();
    Ok(manifests.iter().filter_map(|(path, manifest)| member(path, manifest, &paths, notes)).collect())
}

fn name(manifest: &Table) -> Option<&str> {
    let tables: [&[&str]; 2] = [&["project", "name"], &["tool", "poetry", "name"]];
    tables.iter().find_map(|path| at(manifest, path)?.as_str())
}

fn member(path: &str, manifest: &Table, paths: &BTreeMap<String, &str>, notes: &mut Vec<String>) -> Option<Member> {
    let name = name(manifest)?.to_owned();
    let tables: [&[&str]; 2] = [&["project", "version"], &["tool", "poetry", "version"]];
    let has_version = tables.iter().any(|path| at(manifest, path).is_some_and(Value::is_str));
    if !has_version {
        notes.push(format!("{name} ({}) has no version in its manifest; its tags tell", file_in(path, MANIFEST)));
    }
    let file = VersionedFile { path: file_in(path, MANIFEST), format: VersionFileFormat::Toml, selector: None };
    let file = has_version.then_some(file);
    Some(Member { name, path: path.to_owned(), file, needs: needs(path, manifest, paths), tag_template: None })
}

/// Folders of what a package needs: by name in `project.dependencies`, by folder as Poetry has it.
fn needs(path: &str, manifest: &Table, paths: &BTreeMap<String, &str>) -> Vec<String> {
    let required = strings(manifest, &["project", "dependencies"]);
    let by_name = required.iter().filter_map(|requirement| paths.get(&normalised(distribution(requirement))));
    let poetry = at(manifest, &["tool", "poetry", "dependencies"]).and_then(Value::as_table);
    let by_folder = poetry.into_iter().flat_map(|table| table.values()).filter_map(|value| value.get("path")?.as_str());
    by_name.map(|path| (*path).to_owned()).chain(by_folder.map(|folder| joined(path, folder))).collect()
}

/// The name that a requirement (PEP 508) begins with.
fn distribution(requirement: &str) -> &str {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let requirement = requirement.trim();
    &requirement[..requirement.find(|character| !is_part(character)).unwrap_or(requirement.len())]
}

/// A distribution's name as package indexes compare it (PEP 503).
fn normalised(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{distribution, normalised};

    #[test]
    fn requirements_and_names() {
        assert_eq!(distribution(" my.pkg[extra]>=1 ; python_version>'3'"), "my.pkg");
        assert_eq!(normalised("My__Pkg.x"), "my-pkg-x");
    }
}
