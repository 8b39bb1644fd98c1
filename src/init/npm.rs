//! The members of an npm, yarn, pnpm, Lerna or Nx workspace, or the one package of a folder.

use std::collections::BTreeMap;

use serde_json::Value;

use super::member::{Doubt, Member, file};
use super::text::{file_in, json, read};
use super::walk::Patterns;
use super::{InitError, Search, is_placeholder};
use crate::config::VersionFileFormat;

pub(super) const MANIFEST: &str = "package.json";
const PNPM: &str = "pnpm-workspace.yaml";
const LERNA: &str = "lerna.json";
const NX: &str = "nx.json";

/// What a package needs when it is used; what only its development needs moves nobody.
const DEPENDENCIES: [&str; 3] = ["dependencies", "peerDependencies", "optionalDependencies"];

/// The packages of the workspace whose manifest is in `base`.
pub(super) fn find(search: &Search<'_>, base: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let Some(manifest) = json(search.root, &file_in(base, MANIFEST))? else { return Ok(Vec::new()) };
    let fixed = shares_one_version(search, base)?;
    let expected_template = expected_template(search, base, fixed)?;
    let mut paths = search.folders.members(MANIFEST, &patterns(search, base, &manifest)?)?;
    // The root of a workspace is mostly a private shell around it.
    let is_shell = !paths.is_empty() && is_private(&manifest);
    if !is_shell {
        paths.insert(0, base.to_owned());
    }
    let mut manifests: Vec<(String, String, Value)> = Vec::new();
    for path in paths {
        let Some(manifest) = json(search.root, &file_in(&path, MANIFEST))? else { continue };
        let name = manifest.get("name").and_then(Value::as_str).unwrap_or(&path).to_owned();
        let name = if name == "." { search.name.to_owned() } else { name };
        manifests.push((path, name, manifest));
    }
    let paths: BTreeMap<&str, &str> = manifests.iter().map(|(path, name, _)| (name.as_str(), path.as_str())).collect();
    let member = |(path, name, manifest): &(String, String, Value)| {
        let version = manifest.get("version").and_then(Value::as_str).filter(|version| !is_placeholder(version));
        let manifest_file = file(file_in(path, MANIFEST), VersionFileFormat::Json, None);
        Member {
            name: name.clone(),
            path: path.clone(),
            files: version.map(|_| manifest_file).into_iter().collect(),
            needs: needs(manifest, &paths),
            fixed,
            expected_template: expected_template.clone(),
            doubt: if is_private(manifest) {
                Some(Doubt::Private)
            } else {
                version.is_none().then_some(Doubt::NoVersion)
            },
            ..Member::default()
        }
    };
    Ok(manifests.iter().map(member).collect())
}

fn is_private(manifest: &Value) -> bool {
    manifest.get("private") == Some(&Value::Bool(true))
}

/// Whether Lerna or Nx gives all packages one version: Lerna's file says one, Nx's release settings don't say otherwise.
fn shares_one_version(search: &Search<'_>, base: &str) -> Result<bool, InitError> {
    if let Some(version) = json(search.root, &file_in(base, LERNA))?.as_ref().and_then(|lerna| lerna.get("version")) {
        return Ok(version.as_str().is_some_and(|version| version != "independent"));
    }
    let nx = json(search.root, &file_in(base, NX))?;
    let release = nx.as_ref().and_then(|nx| nx.get("release")).and_then(Value::as_object);
    Ok(release.is_some_and(|release| {
        !release.contains_key("groups")
            && release.get("projectsRelationship").and_then(Value::as_str).is_none_or(|relation| relation == "fixed")
    }))
}

/// How Lerna or Nx will name the tags of packages with versions of their own.
fn expected_template(search: &Search<'_>, base: &str, fixed: bool) -> Result<Option<String>, InitError> {
    let usual = || Some("{name}@{version}".to_owned());
    if fixed {
        return Ok(None);
    }
    if json(search.root, &file_in(base, LERNA))?.is_some() {
        return Ok(usual());
    }
    let nx = json(search.root, &file_in(base, NX))?;
    let Some(release) = nx.as_ref().and_then(|nx| nx.get("release")) else { return Ok(None) };
    let pattern =
        release.pointer("/releaseTag/pattern").or_else(|| release.get("releaseTagPattern")).and_then(Value::as_str);
    let template = pattern.map(|pattern| pattern.replace("{projectName}", "{name}"));
    Ok(template
        .filter(|template| template.ends_with("{version}") && !template.contains("{releaseGroupName}"))
        .or_else(usual))
}

/// Globs of the members: `workspaces` as npm and yarn have it, else pnpm's file, else Lerna's.
fn patterns<'a>(search: &Search<'_>, base: &'a str, manifest: &Value) -> Result<Patterns<'a>, InitError> {
    let workspaces = manifest.get("workspaces");
    let listed = workspaces.and_then(|value| value.get("packages")).or(workspaces).and_then(Value::as_array);
    let (file, included) = match (listed, read(search.root, &file_in(base, PNPM))?) {
        (Some(list), _) => (MANIFEST, strings(list)),
        (None, Some(text)) => (PNPM, yaml_list(&text, "packages")),
        (None, None) => {
            let lerna = json(search.root, &file_in(base, LERNA))?;
            let list = lerna.as_ref().and_then(|lerna| lerna.get("packages")).and_then(Value::as_array);
            let nx = search.root.join(file_in(base, NX)).is_file();
            let usual = || if nx { vec!["packages/**".to_owned(), "libs/**".to_owned()] } else { Vec::new() };
            (LERNA, list.map_or_else(usual, |list| strings(list)))
        }
    };
    Ok(Patterns { file, base, included, excluded: Vec::new() })
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
pub(super) fn yaml_list(text: &str, key: &str) -> Vec<String> {
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
