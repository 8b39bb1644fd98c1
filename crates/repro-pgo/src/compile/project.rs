//! The cargo workspace: its root, its packages, and the folders its dependencies are unpacked in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::{BuildError, environment};
use crate::declaration::BuildSpec;

/// What `cargo metadata` says about the workspace, as far as it matters here.
#[derive(Debug, Clone)]
pub struct Project {
    /// The workspace's root.
    pub root: PathBuf,
    /// The target directory, where the pipeline's own folder is.
    pub target_directory: PathBuf,
    /// The version of the package that ships.
    pub version: String,
    /// The names its crates have in symbols: the binary's and the library's.
    pub crates: Vec<String>,
    /// The folders that hold the packages from outside the workspace.
    pub sources: Vec<PathBuf>,
    /// The manifests of the workspace's packages.
    pub manifests: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Cargo: the one that runs this program, else the one on PATH.
pub fn cargo_program() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

impl Project {
    /// Asks cargo about the workspace at `directory`.
    ///
    /// # Errors
    /// [`BuildError`] when cargo fails, or the workspace lacks the package or the binary of `build`.
    pub fn discover(directory: &Path, build: &BuildSpec) -> Result<Self, BuildError> {
        let mut command = Command::new(cargo_program());
        let target_directory = std::env::var_os("CARGO_TARGET_DIR");
        environment::scrub(&mut command);
        command.envs(target_directory.map(|value| ("CARGO_TARGET_DIR", value)));
        command.args(["metadata", "--format-version=1", "--locked", "--filter-platform", &build.target]);
        command.current_dir(directory).stdin(Stdio::null());
        let started = |source| BuildError::Start { program: "cargo metadata".to_owned(), source };
        let output = command.output().map_err(started)?;
        let failed = |stderr: String| BuildError::Metadata { directory: directory.to_owned(), stderr };
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        let metadata = serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        Self::from_metadata(metadata, build)
    }

    fn from_metadata(metadata: Metadata, build: &BuildSpec) -> Result<Self, BuildError> {
        let is_member = |package: &&Package| metadata.workspace_members.contains(&package.id);
        let members: Vec<&Package> = metadata.packages.iter().filter(is_member).collect();
        let package = members.iter().find(|package| package.name == build.package);
        let package = package.ok_or_else(|| BuildError::NoSuchPackage {
            directory: metadata.workspace_root.clone(),
            package: build.package.clone(),
            known: listing(members.iter().map(|package| package.name.as_str())),
        })?;
        let mut names = crates(package, &build.binary)?;
        for more in &build.more_binaries {
            let wanted = more.package.as_ref().unwrap_or(&build.package);
            let package = members.iter().find(|package| package.name == *wanted);
            let package = package.ok_or_else(|| BuildError::NoSuchPackage {
                directory: metadata.workspace_root.clone(),
                package: wanted.clone(),
                known: listing(members.iter().map(|package| package.name.as_str())),
            })?;
            names.extend(crates(package, &more.binary)?);
        }
        names.sort();
        names.dedup();
        Ok(Self {
            sources: sources(&metadata, &members),
            version: package.version.clone(),
            crates: names,
            manifests: members.iter().map(|package| package.manifest_path.clone()).collect(),
            root: metadata.workspace_root.clone(),
            target_directory: metadata.target_directory.clone(),
        })
    }
}

fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn crates(package: &Package, binary: &str) -> Result<Vec<String>, BuildError> {
    let is = |target: &Target, kind: &str| target.kind.iter().any(|own| own == kind);
    let binaries = || package.targets.iter().filter(|target| is(target, "bin"));
    if !binaries().any(|target| target.name == binary) {
        return Err(BuildError::NoSuchBinary {
            package: package.name.clone(),
            binary: binary.to_owned(),
            known: listing(binaries().map(|target| target.name.as_str())),
        });
    }
    let libraries = package.targets.iter().filter(|target| is(target, "lib") || is(target, "rlib"));
    let names: BTreeSet<String> =
        libraries.map(|target| target.name.as_str()).chain([binary]).map(|name| name.replace('-', "_")).collect();
    Ok(names.into_iter().collect())
}

/// The parents of the folders of packages from outside the workspace. In a registry's source folder and in a vendored one
/// alike, a package's own folder is called `name-version`, so what is left after remapping is the same.
fn sources(metadata: &Metadata, members: &[&Package]) -> Vec<PathBuf> {
    let outside = metadata.packages.iter().filter(|package| !members.iter().any(|member| member.id == package.id));
    let parents = outside.filter_map(|package| Some(package.manifest_path.parent()?.parent()?.to_owned()));
    let distinct: BTreeSet<PathBuf> = parents.filter(|parent| *parent != metadata.workspace_root).collect();
    distinct.into_iter().collect()
}
