//! The members of a uv workspace, or the one project of a folder, with the version where its build backend reads it.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::member::{Doubt, Member, file};
use super::text::{at, file_in, read, strings, toml};
use super::walk::{Patterns, joined};
use super::{InitError, Search};
use crate::config::{VersionFileFormat, VersionedFile};
use crate::version_files;

pub(super) const MANIFEST: &str = "pyproject.toml";
const SETUP_CFG: &str = "setup.cfg";
const SETUP_PY: &str = "setup.py";

/// Finds the version in a Python module.
const IN_MODULE: &str = r#"(?m)^(?:__version__|VERSION|version)[ \t]*(?::[^=\n]+)?=[ \t]*["']([^"']+)["']"#;
/// Finds the version in `setup.cfg`.
const IN_SETUP_CFG: &str = r"(?m)^version[ \t]*=[ \t]*([0-9]\S*)";
/// Finds the version in `setup.py`.
const IN_SETUP_PY: &str = r#"\bversion[ \t]*=[ \t]*["']([0-9][^"']*)["']"#;

/// Whether a file belongs to a Python project.
pub(super) fn is_manifest(name: &str) -> bool {
    [MANIFEST, SETUP_CFG, SETUP_PY].contains(&name)
}

/// The packages of the workspace whose manifest is in `base`.
pub(super) fn find(search: &Search<'_>, base: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let workspace = toml(search.root, &file_in(base, MANIFEST))?.unwrap_or_default();
    let patterns = Patterns {
        file: MANIFEST,
        base,
        included: strings(&workspace, &["tool", "uv", "workspace", "members"]),
        excluded: strings(&workspace, &["tool", "uv", "workspace", "exclude"]),
    };
    let mut manifests = vec![(base.to_owned(), workspace)];
    for path in search.folders.members(MANIFEST, &patterns)? {
        manifests.extend(toml(search.root, &file_in(&path, MANIFEST))?.map(|manifest| (path, manifest)));
    }
    let paths: BTreeMap<String, &str> =
        manifests.iter().filter_map(|(path, manifest)| Some((normalised(name(manifest)?), path.as_str()))).collect();
    let mut members = Vec::new();
    for (path, manifest) in &manifests {
        members.extend(member(search, path, manifest, &paths)?);
    }
    Ok(members)
}

fn name(manifest: &Table) -> Option<&str> {
    let tables: [&[&str]; 2] = [&["project", "name"], &["tool", "poetry", "name"]];
    tables.iter().find_map(|path| at(manifest, path)?.as_str())
}

fn member(
    search: &Search<'_>,
    path: &str,
    manifest: &Table,
    paths: &BTreeMap<String, &str>,
) -> Result<Option<Member>, InitError> {
    let files: Vec<VersionedFile> = version_file(search, path, manifest)?.into_iter().collect();
    let name = match name(manifest) {
        Some(name) => name.to_owned(),
        // Without a name of its own it is a project only by a version in one of setuptools' own files.
        None if files.is_empty() => return Ok(None),
        None => setup_name(search, path)?.unwrap_or_else(|| search.name_of(path)),
    };
    Ok(Some(Member {
        also_called: vec![normalised(&name), normalised(&name).replace('-', "_")],
        name,
        path: path.to_owned(),
        files,
        needs: needs(path, manifest, paths),
        doubt: is_private(manifest).then_some(Doubt::Private),
        ..Member::default()
    }))
}

/// Whether a project is never uploaded: uv doesn't build it, or its classifiers keep it from an index.
fn is_private(manifest: &Table) -> bool {
    let is_built = at(manifest, &["tool", "uv", "package"]).and_then(Value::as_bool) != Some(false);
    let is_package = at(manifest, &["tool", "poetry", "package-mode"]).and_then(Value::as_bool) != Some(false);
    let classifiers = strings(manifest, &["project", "classifiers"]);
    !is_built || !is_package || classifiers.iter().any(|classifier| classifier.starts_with("Private ::"))
}

/// Where a project's version stands: its manifest, else where its build backend reads it from.
fn version_file(search: &Search<'_>, path: &str, manifest: &Table) -> Result<Option<VersionedFile>, InitError> {
    let tables: [&[&str]; 2] = [&["project", "version"], &["tool", "poetry", "version"]];
    let in_manifest = tables.iter().filter_map(|path| at(manifest, path)?.as_str());
    if in_manifest.into_iter().any(|version| !super::is_placeholder(version)) {
        return Ok(Some(file(file_in(path, MANIFEST), VersionFileFormat::Toml, None)));
    }
    let mut candidates: Vec<(String, Option<&str>)> = Vec::new();
    for backend in ["hatch", "pdm"] {
        let named = at(manifest, &["tool", backend, "version", "path"]).and_then(Value::as_str);
        candidates.extend(named.map(|named| (joined(path, named), Some(IN_MODULE))));
    }
    let dynamic = ["tool", "setuptools", "dynamic", "version"];
    if let Some(attribute) = at(manifest, &[&dynamic[..], &["attr"]].concat()).and_then(Value::as_str) {
        candidates.extend(modules(attribute).map(|module| (joined(path, &module), Some(IN_MODULE))));
    }
    if let Some(named) = at(manifest, &[&dynamic[..], &["file"]].concat()) {
        let named = named.as_str().or_else(|| named.as_array()?.first()?.as_str());
        candidates.extend(named.map(|named| (joined(path, named), None)));
    }
    if strings(manifest, &["project", "dynamic"]).iter().any(|key| key == "version")
        && let Some(name) = name(manifest)
        && at(manifest, &["build-system", "build-backend"])
            .and_then(Value::as_str)
            .is_some_and(|it| it.starts_with("flit"))
    {
        let module = format!("{}.__version__", normalised(name).replace('-', "_"));
        candidates.extend(modules(&module).map(|module| (joined(path, &module), Some(IN_MODULE))));
    }
    candidates.push((file_in(path, SETUP_CFG), Some(IN_SETUP_CFG)));
    candidates.push((file_in(path, SETUP_PY), Some(IN_SETUP_PY)));
    for (candidate, selector) in candidates {
        let Some(text) = read(search.root, &candidate)? else { continue };
        let version = version_files::parse(VersionFileFormat::Txt, selector, &text);
        if version.is_ok_and(|version| !version.contains(char::is_whitespace) && !super::is_placeholder(&version)) {
            return Ok(Some(file(candidate, VersionFileFormat::Txt, selector)));
        }
    }
    Ok(None)
}

/// The files in which `a.b.attribute` may be set, below the project's folder.
fn modules(attribute: &str) -> impl Iterator<Item = String> {
    let module = attribute.rsplit_once('.').map_or(attribute, |(module, _)| module).replace('.', "/");
    ["src/", ""]
        .into_iter()
        .flat_map(move |folder| [format!("{folder}{module}/__init__.py"), format!("{folder}{module}.py")])
}

/// The name in `setup.cfg` or `setup.py`.
fn setup_name(search: &Search<'_>, path: &str) -> Result<Option<String>, InitError> {
    let places = [(SETUP_CFG, r"(?m)^name[ \t]*=[ \t]*(\S+)"), (SETUP_PY, r#"\bname[ \t]*=[ \t]*["']([^"']+)["']"#)];
    for (manifest, selector) in places {
        let text = read(search.root, &file_in(path, manifest))?;
        let found = text.and_then(|text| version_files::parse(VersionFileFormat::Txt, Some(selector), &text).ok());
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
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
    use super::{distribution, modules, normalised};

    #[test]
    fn requirements_and_names() {
        assert_eq!(distribution(" my.pkg[extra]>=1 ; python_version>'3'"), "my.pkg");
        assert_eq!(normalised("My__Pkg.x"), "my-pkg-x");
        assert_eq!(modules("shop.__version__").next().as_deref(), Some("src/shop/__init__.py"));
    }
}
