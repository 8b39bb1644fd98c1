//! What is in a binary: the crates that cargo compiles into it, with their licence texts, and how they depend on each other.
//!
//! `cargo tree` resolves features as a build does, so the list holds what is linked in: no build scripts, no procedural macros, nothing of
//! other targets. Texts and hashes are those of the published crates, so they are the same wherever the crates were unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::{MetadataCommand, Package};
use serde::Deserialize;

use super::DistError;
use crate::compile::{environment, project};
use crate::declaration::BuildSpec;

/// A crate by name and version.
pub type CrateId = (String, String);

/// One crate of the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crate {
    /// Name and version.
    pub id: CrateId,
    /// The licence as its manifest says it, as an SPDX expression.
    pub license: Option<String>,
    /// Where it is from, as in the lock file; none for a package of the workspace.
    pub source: Option<String>,
    /// SHA-256 of the published file, where it is from a registry.
    pub checksum: Option<String>,
    /// The licence texts it carries, by their file names.
    pub texts: BTreeMap<String, String>,
    /// The crates it uses.
    pub dependencies: BTreeSet<CrateId>,
}

/// All crates of a binary, the program's own first, then by name and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The package that ships.
    pub root: CrateId,
    /// Every crate, the package itself among them.
    pub crates: BTreeMap<CrateId, Crate>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Inventory {
    /// Asks cargo about the binaries of `build` in the workspace at `root`.
    ///
    /// # Errors
    /// [`DistError::Inventory`] when cargo fails or answers something unknown; [`DistError::Read`] for a file.
    pub fn read(root: &Path, build: &BuildSpec) -> Result<Self, DistError> {
        let graph = tree(root, build, "normal,no-proc-macro")?;
        let packages = packages(root, build)?;
        let lock_file = root.join("Cargo.lock");
        let lock = std::fs::read_to_string(&lock_file)
            .map_err(|source| DistError::Read { path: lock_file.clone(), source })?;
        let lock: Lock = toml::from_str(&lock).map_err(unreadable)?;
        let mut crates = BTreeMap::new();
        for (id, dependencies) in graph.edges {
            let package = of_id(&packages, &id)?;
            let locked = lock.package.iter().find(|locked| (&locked.name, &locked.version) == (&id.0, &id.1));
            let one = Crate {
                license: package.license.as_deref().map(expression),
                source: package.source.as_ref().map(|source| source.repr.clone()),
                checksum: locked.and_then(|locked| locked.checksum.clone()),
                texts: texts(package)?,
                dependencies,
                id: id.clone(),
            };
            crates.insert(id, one);
        }
        Ok(Self { root: graph.root, crates })
    }

    /// The crates from outside the workspace.
    pub fn foreign(&self) -> impl Iterator<Item = &Crate> {
        self.crates.values().filter(|one| one.source.is_some())
    }
}

fn inventory(problem: String) -> DistError {
    DistError::Inventory { problem }
}

fn unreadable(error: impl std::error::Error) -> DistError {
    inventory(error.to_string())
}

/// The crates that the binaries of `build` reach over `edges`, which are named as `cargo tree --edges` does.
pub(super) fn tree(root: &Path, build: &BuildSpec, edges: &str) -> Result<Graph, DistError> {
    let mut asked = vec!["tree", "--locked", "--edges", edges, "--prefix", "depth", "--format", "{p}"];
    asked.extend(build.packages().into_iter().flat_map(|package| ["--package", package]));
    asked.extend(["--target", build.target.as_str()]);
    let features = build.feature_arguments();
    asked.extend(features.iter().map(String::as_str));
    graph(&cargo(root, &asked)?, &build.package)
}

/// All packages that the build of `build` knows.
pub(super) fn packages(root: &Path, build: &BuildSpec) -> Result<Vec<Package>, DistError> {
    let mut asked = vec!["metadata", "--locked", "--format-version", "1", "--filter-platform", build.target.as_str()];
    let features = build.feature_arguments();
    asked.extend(features.iter().map(String::as_str));
    Ok(MetadataCommand::parse(cargo(root, &asked)?).map_err(unreadable)?.packages)
}

/// The one of `packages` with this name and version.
pub(super) fn of_id<'a>(packages: &'a [Package], id: &CrateId) -> Result<&'a Package, DistError> {
    let is_this = |package: &&Package| *package.name == id.0 && package.version.to_string() == id.1;
    let unknown = || inventory(format!("`cargo metadata` doesn't know {} {}", id.0, id.1));
    packages.iter().find(is_this).ok_or_else(unknown)
}

/// cargo's answer.
fn cargo(root: &Path, arguments: &[&str]) -> Result<String, DistError> {
    let mut command = Command::new(project::cargo_program());
    environment::scrub(&mut command);
    command.args(arguments).current_dir(root).stdin(Stdio::null());
    let output = command.output().map_err(unreadable)?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(unreadable);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(inventory(format!("`cargo {}` failed: {said}", arguments[0])))
}

/// SPDX's spelling of the slash that older manifests have for "or".
fn expression(license: &str) -> String {
    license.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

/// Crates and what each of them uses.
pub(super) struct Graph {
    /// The package that was asked about.
    pub root: CrateId,
    /// Every crate, the package itself among them.
    pub edges: BTreeMap<CrateId, BTreeSet<CrateId>>,
}

/// Reads what `cargo tree --prefix depth` prints of one or several packages: the depth, then `name vVERSION (where)`, each
/// crate's own tree only once. The root is the one that is called `package`.
fn graph(tree: &str, package: &str) -> Result<Graph, DistError> {
    let mut root = None;
    let mut edges: BTreeMap<CrateId, BTreeSet<CrateId>> = BTreeMap::new();
    let mut above: Vec<CrateId> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let unknown = || inventory(format!("`cargo tree` says {line:?}"));
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let depth: usize = line[..digits].parse().map_err(|_| unknown())?;
        let mut words = line[digits..].split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let version = version.strip_prefix('v').ok_or_else(unknown)?;
        let id = (name.to_owned(), version.to_owned());
        if depth > above.len() {
            return Err(unknown());
        }
        if depth == 0 && name == package {
            root = Some(id.clone());
        }
        above.truncate(depth);
        if let Some(user) = above.last() {
            edges.entry(user.clone()).or_default().insert(id.clone());
        }
        edges.entry(id.clone()).or_default();
        above.push(id);
    }
    let root = root.ok_or_else(|| inventory(format!("`cargo tree` says nothing of {package}")))?;
    Ok(Graph { root, edges })
}

/// The licence texts beside a crate's manifest: by the names that authors give them, and the one its manifest names.
fn texts(package: &Package) -> Result<BTreeMap<String, String>, DistError> {
    let folder = package.manifest_path.as_std_path().parent().unwrap_or(Path::new("/"));
    let listed = std::fs::read_dir(folder).map_err(|source| DistError::Read { path: folder.to_owned(), source })?;
    let names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: BTreeSet<String> = names.filter(|name| is_license(name) && folder.join(name).is_file()).collect();
    names.extend(package.license_file.as_ref().map(ToString::to_string));
    let read = |name: String| {
        let path = folder.join(&name);
        let bytes = std::fs::read(&path).map_err(|source| DistError::Read { path, source })?;
        Ok((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n")))
    };
    names.into_iter().map(read).collect()
}

/// Whether a file's name says that it holds a licence or a notice.
fn is_license(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let starts = ["licence", "license", "copying", "copyright", "notice", "unlicense"];
    starts.iter().any(|start| name.starts_with(start)) && !name.ends_with(".rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, version: &str) -> CrateId {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn the_tree_gives_every_crate_with_what_it_uses() {
        let tree = "0tool v1.0.0 (/somewhere else)\n1a v0.1.0\n2c v2.0.0\n1b v0.2.0+meta\n2a v0.1.0 (*)\n2c v3.0.0\n";
        let graph = graph(tree, "tool").expect("it is one");
        assert_eq!(graph.root, id("tool", "1.0.0"));
        assert_eq!(graph.edges.len(), 5, "{:?}", graph.edges);
        assert_eq!(graph.edges[&id("a", "0.1.0")], [id("c", "2.0.0")].into());
        assert_eq!(graph.edges[&id("b", "0.2.0+meta")], [id("a", "0.1.0"), id("c", "3.0.0")].into());
        assert!(graph.edges[&id("c", "3.0.0")].is_empty());
    }

    #[test]
    fn several_packages_have_one_graph_whose_root_is_the_first_binarys() {
        let tree = "0extras v1.0.0 (/w/extras)\n1a v0.1.0\n2c v2.0.0\n\n0tool v2.0.0 (/w)\n1a v0.1.0 (*)\n";
        let graph = graph(tree, "tool").expect("it is one");
        assert_eq!(graph.root, id("tool", "2.0.0"));
        assert_eq!(graph.edges.len(), 4, "{:?}", graph.edges);
        assert_eq!(graph.edges[&id("a", "0.1.0")], [id("c", "2.0.0")].into());
    }

    #[test]
    fn another_answer_is_refused() {
        for tree in ["", "tool v1.0.0\n", "0tool 1.0.0\n", "0tool v1.0.0\n2a v1.0.0\n"] {
            assert!(graph(tree, "tool").is_err(), "{tree:?}");
        }
    }

    #[test]
    fn licences_are_known_by_their_names() {
        for name in ["LICENSE", "LICENSE-MIT", "license.md", "COPYING", "COPYRIGHT", "UNLICENSE", "NOTICE.txt"] {
            assert!(is_license(name), "{name}");
        }
        for name in ["README.md", "src", "license.rs", "Cargo.toml"] {
            assert!(!is_license(name), "{name}");
        }
        assert_eq!(expression("Unlicense/MIT"), "Unlicense OR MIT");
    }

    /// What this program itself is made of: every crate from outside carries a text.
    #[test]
    fn the_drivers_own_crates_have_texts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut build = crate::declaration::load(&root.join("pgo.toml")).expect("it is there").build;
        build.package = env!("CARGO_PKG_NAME").to_owned();
        let inventory = Inventory::read(&root, &build).expect("cargo knows this workspace");
        assert_eq!(inventory.root.0, build.package);
        let names: Vec<&str> = inventory.crates.keys().map(|id| id.0.as_str()).collect();
        assert!(names.contains(&"object") && names.contains(&"clap_builder") && names.contains(&"host"), "{names:?}");
        // A procedural macro, a dependency of the tests, and one of another target.
        for absent in ["serde_derive", "insta", "windows-sys"] {
            assert!(!names.contains(&absent), "{absent} is in no binary");
        }
        for one in inventory.foreign() {
            assert!(!one.texts.is_empty() && one.checksum.is_some() && one.license.is_some(), "{:?}", one.id);
        }
    }

    /// A crate that a feature of the build brings is in the binary, and has to be told.
    #[test]
    fn what_a_feature_brings_is_listed() {
        let place = tempfile::tempdir().expect("a scratch directory");
        let write = |name: &str, text: &str| {
            let path = place.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        };
        let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n");
        let tables = "[dependencies]\nusual = { path = \"usual\", optional = true }\nextra = { path = \"extra\", optional = true }\n\
            [features]\ndefault = [\"usual\"]\n";
        write("Cargo.toml", &(manifest("tool") + tables + "[workspace]\n"));
        write("src/main.rs", "fn main() {}\n");
        for name in ["usual", "extra"] {
            write(&format!("{name}/Cargo.toml"), &manifest(name));
            write(&format!("{name}/src/lib.rs"), "");
        }
        cargo(place.path(), &["generate-lockfile", "--offline"]).expect("nothing has to be fetched");
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pgo.toml");
        let mut build = crate::declaration::load(&own).expect("it is there").build;
        build.package = "tool".to_owned();
        let named = |build: &BuildSpec| {
            let inventory = Inventory::read(place.path(), build).expect("cargo knows it");
            inventory.crates.into_keys().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(named(&build), ["tool", "usual"]);
        build.features = vec!["extra".to_owned()];
        assert_eq!(named(&build), ["extra", "tool", "usual"]);
        build.no_default_features = true;
        assert_eq!(named(&build), ["extra", "tool"]);
    }
}
