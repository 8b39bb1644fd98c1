//! The members of an npm, yarn or pnpm workspace, or the one package of a repository.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::InitError;
use super::member::Member;
use super::text::{file_in, json, read};
use super::walk::{Folders, Patterns};
use crate::config::{VersionFileFormat, VersionedFile};

const MANIFEST: &str = "package.json";
const PNPM: &str = "pnpm-workspace.yaml";
const LERNA: &str = "lerna.json";

/// What a package needs when it is used; what only its development needs moves nobody.
const DEPENDENCIES: [&str; 3] = ["dependencies", "peerDependencies", "optionalDependencies"];

/// The packages of the workspace whose manifest is in the root.
pub(super) fn find(root: &Path, folders: &Folders, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let Some(manifest) = json(root, MANIFEST)? else { return Ok(Vec::new()) };
    let patterns = patterns(root, &manifest)?;
    let mut paths = folders.members(root, MANIFEST, &patterns)?;
    // The root of a workspace is mostly a private shell around it.
    if paths.is_empty() || manifest.get("private") != Some(&Value::Bool(true)) {
        paths.insert(0, ".".to_owned());
    }
    let mut manifests: Vec<(String, String, Value)> = Vec::new();
    for path in paths {
        let Some(manifest) = json(root, &file_in(&path, MANIFEST))? else { continue };
        let name = manifest.get("name").and_then(Value::as_str).unwrap_or(&path).to_owned();
        if manifest.get("version").is_some_and(Value::is_string) {
            manifests.push((path, name, manifest));
        } else if path != "." {
            notes.push(format!("{name} ({}) has no version and is left out", file_in(&path, MANIFEST)));
        }
    }
    let paths: BTreeMap<&str, &str> = manifests.iter().map(|(path, name, _)| (name.as_str(), path.as_str())).collect();
    let member = |(path, name, manifest): &(String, String, Value)| Member {
        name: if name == "." { "root".to_owned() } else { name.clone() },
        path: path.clone(),
        file: Some(VersionedFile { path: file_in(path, MANIFEST), format: VersionFileFormat::Json, selector: None }),
        needs: needs(manifest, &paths),
        tag_template: None,
    };
    Ok(manifests.iter().map(member).collect())
}

/// Globs of the members: `workspaces` as npm and yarn have it, else pnpm's file, else Lerna's.
fn patterns(root: &Path, manifest: &Value) -> Result<Patterns<'static>, InitError> {
    let workspaces = manifest.get("workspaces");
    let listed = workspaces.and_then(|value| value.get("packages")).or(workspaces).and_then(Value::as_array);
    let (file, included) = match (listed, read(root, PNPM)?) {
        (Some(list), _) => (MANIFEST, strings(list)),
        (None, Some(text)) => (PNPM, yaml_list(&text, "packages")),
        (None, None) => {
            let lerna = json(root, LERNA)?;
            let list = lerna.as_ref().and_then(|lerna| lerna.get("packages")).and_then(Value::as_array);
            (LERNA, list.map(|list| strings(list)).unwrap_or_default())
        }
    };
    Ok(Patterns { file, included, excluded: Vec::new() })
}

fn strings(list: &[Value]) -> Vec<String> {
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn needs(manifest: &Value, paths: &BTreeMap<&str, &str>) -> Vec<String> {
    let tables = DEPENDENCIES.iter().filter_map(|key| manifest.get(*key)?.as_object());
    let names = tables.flat_map(|table| table.keys());
    names.filter_map(|name| paths.get(name.as_str())).map(|path| (*path).to_owned()).collect()
}

/// The entries of a top-level list in a simple YAML file, block (`- a`) or flow (`[a, b]`).
fn yaml_list(text: &str, key: &str) -> Vec<String> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{key}:")));
    let Some(first) = lines.next() else { return Vec::new() };
    let inline = first[key.len() + 1..].trim();
    if let Some(flow) = inline.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return flow.0.split(',').map(unquoted).filter(|entry| !entry.is_empty()).collect();
    }
    let is_inside = |line: &&str| line.starts_with([' ', '-', '#', '\t']) || line.trim().is_empty();
    lines.take_while(is_inside).filter_map(|line| line.trim_start().strip_prefix("- ").map(unquoted)).collect()
}

fn unquoted(entry: &str) -> String {
    let entry = entry.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = entry.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside.to_owned();
        }
    }
    entry.split(" #").next().unwrap_or(entry).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::yaml_list;

    #[test]
    fn lists_of_simple_yaml() {
        let block = "# c\nother:\n  - x\npackages:\n  # all\n  - 'packages/*'\n  - \"!**/test\" # no\n  - plain # c\n\ncatalog:\n  - y\n";
        assert_eq!(yaml_list(block, "packages"), ["packages/*", "!**/test", "plain"]);
        assert_eq!(yaml_list("packages: [a, 'b/*']\n", "packages"), ["a", "b/*"]);
        assert_eq!(yaml_list("packages:\n- a\nb: 1\n", "packages"), ["a"]);
        assert!(yaml_list("x: 1\n", "packages").is_empty());
    }
}
