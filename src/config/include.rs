//! Packages described in files of their own, listed under `include`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use super::check;
use super::error::ConfigError;
use super::model::{Config, Package};
use super::node::Node;
use super::path::within_repository;
use super::schema;
use super::source::Source;

/// Folders that globs don't enter, besides hidden ones.
const NEVER_ENTERED: [&str; 6] = ["node_modules", "target", "dist", "build", "vendor", "coverage"];

/// How many folders deep a glob looks.
const DEEPEST: usize = 8;

/// Keys that make a file a configuration of its own.
const CONFIG_KEYS: [&str; 3] = ["workspace", "include", "package"];

/// Adds the included packages to `config`, in the order of its entries and, for a glob, of the paths.
pub(super) fn resolve(
    root: &Path,
    config_path: &Path,
    config: &mut Config,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let folder = config_path.parent().unwrap_or(root);
    for pattern in &config.include {
        let not_found = |problem: String| ConfigError::IncludeNotFound {
            file: config_path.strip_prefix(root).unwrap_or(config_path).display().to_string(),
            pattern: pattern.clone(),
            problem,
        };
        if leaves_repository(pattern, folder.strip_prefix(root).unwrap_or(Path::new(""))) {
            return Err(not_found(" (it leaves the repository)".to_owned()));
        }
        let paths = expand(pattern, root, folder, config_path).map_err(|error| not_found(format!(" ({error})")))?;
        if paths.is_empty() {
            return Err(not_found(String::new()));
        }
        for path in paths {
            config.package.push(read(root, &path, warnings)?);
        }
    }
    Ok(())
}

/// Whether a pattern in a configuration in `folder` of the repository looks outside of it, where no package can be.
fn leaves_repository(pattern: &str, folder: &Path) -> bool {
    let from_root = format!("./{}/{pattern}", slashes(folder).unwrap_or_default());
    Path::new(pattern).is_absolute() || within_repository(&from_root).is_err()
}

fn read(root: &Path, path: &Path, warnings: &mut Vec<String>) -> Result<Package, ConfigError> {
    let source = Source::read(root, path)?;
    let invalid = |problem: String| ConfigError::IncludeInvalid { file: source.file.clone(), problem };
    let mut node = source.parse()?;
    let Node::Object(entries) = &node else { return Err(invalid(format!("holds {}", node.describe()))) };
    if let Some((key, _)) = entries.iter().find(|(key, _)| CONFIG_KEYS.contains(&key.as_ref())) {
        return Err(invalid(format!("declares `{key}`, which only belongs in the root config")));
    }
    check::conform(&source, &mut node, schema::PACKAGE, warnings).map_err(|error| error.in_include())?;
    let mut package = Package::deserialize(node).map_err(|error| invalid(format!("is no package: {error}")))?;
    package.path = package_path(root, path, &package.path)
        .ok_or_else(|| ConfigError::IncludeOutside { file: source.file.clone(), path: package.path.clone() })?;
    Ok(package)
}

/// `declared`, relative to the folder of the included file at `path`, as a path in the repository.
fn package_path(root: &Path, path: &Path, declared: &str) -> Option<String> {
    // Both without `.` components: the root may well be `.` itself.
    let path = plain(path);
    let folder = path.parent()?.strip_prefix(plain(root)).ok()?;
    let declared = Path::new(declared);
    let joined =
        if declared.is_absolute() { declared.strip_prefix(root).ok()?.to_owned() } else { folder.join(declared) };
    within_repository(&slashes(&joined)?).ok()
}

fn slashes(path: &Path) -> Option<String> {
    let components: Option<Vec<&str>> = path.components().map(|component| component.as_os_str().to_str()).collect();
    Some(components?.join("/"))
}

/// The files that `pattern` names, sorted; never the configuration itself.
fn expand(pattern: &str, root: &Path, folder: &Path, config_path: &Path) -> Result<Vec<PathBuf>, globset::Error> {
    if !pattern.contains(['*', '?', '[', '{']) {
        let path = plain(&folder.join(pattern));
        return Ok(if path.is_file() { vec![path] } else { Vec::new() });
    }
    let matcher = GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher();
    let levels = if pattern.contains("**") || pattern.contains('{') { DEEPEST } else { pattern.matches('/').count() };
    let mut search = Search { root, folder, config_path, matcher, linked: BTreeSet::new(), found: Vec::new() };
    search.visit(
        &folder.join(literal_start(pattern)),
        literal_start(pattern).matches('/').count(),
        levels.min(DEEPEST),
    );
    search.found.sort();
    Ok(search.found)
}

/// The folders that every match lies in: what precedes the component with the first wildcard.
fn literal_start(pattern: &str) -> &str {
    let wildcard = pattern.find(['*', '?', '[', '{', '\\']).unwrap_or(pattern.len());
    pattern[..wildcard].rfind('/').map_or("", |slash| &pattern[..=slash])
}

/// `path` without `.` and `..` components.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

struct Search<'a> {
    root: &'a Path,
    folder: &'a Path,
    config_path: &'a Path,
    matcher: GlobMatcher,
    linked: BTreeSet<PathBuf>,
    found: Vec<PathBuf>,
}

impl Search<'_> {
    /// Collects matches in `directory`, which is `depth` folders below the start, and in folders down to `deepest`.
    /// Folders that can't be read hold no matches.
    fn visit(&mut self, directory: &Path, depth: usize, deepest: usize) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if path.is_dir() {
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                if is_link && !self.enters_link(&path) {
                    continue;
                }
                if depth < deepest && !name.starts_with('.') && !NEVER_ENTERED.contains(&name) {
                    self.visit(&path, depth + 1, deepest);
                }
            } else if path != self.config_path && self.matches(&path) {
                self.found.push(path);
            }
        }
    }

    /// Links are followed within the repository, but only once to each folder: they may lead in circles.
    fn enters_link(&mut self, link: &Path) -> bool {
        let (Ok(folder), Ok(root)) = (link.canonicalize(), self.root.canonicalize()) else { return false };
        folder.starts_with(root) && self.linked.insert(folder)
    }

    fn matches(&self, path: &Path) -> bool {
        path.strip_prefix(self.folder).is_ok_and(|relative| self.matcher.is_match(relative))
    }
}
