//! The cargo workspace: its root, its packages, and the folders its dependencies are unpacked in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{Metadata, MetadataCommand, Package, Target, TargetKind};

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
        Self::discover_any(directory, build, &[TargetKind::Bin])
    }

    /// The same where others run cargo, who may build a library for another program as well: an extension module of Python.
    ///
    /// # Errors
    /// [`BuildError`] as [`Self::discover`].
    pub fn discover_elsewhere(directory: &Path, build: &BuildSpec) -> Result<Self, BuildError> {
        Self::discover_any(directory, build, &[TargetKind::Bin, TargetKind::CDyLib])
    }

    fn discover_any(directory: &Path, build: &BuildSpec, kinds: &[TargetKind]) -> Result<Self, BuildError> {
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
            return Err(failed(told(String::from_utf8_lossy(&output.stderr).trim())));
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let metadata = MetadataCommand::parse(said).map_err(|error| failed(error.to_string()))?;
        Self::from_metadata(&metadata, build, kinds)
    }

    fn from_metadata(metadata: &Metadata, build: &BuildSpec, kinds: &[TargetKind]) -> Result<Self, BuildError> {
        let members = metadata.workspace_packages();
        let root = metadata.workspace_root.as_std_path();
        let named = |name: &str| {
            members.iter().find(|package| *package.name == name).ok_or_else(|| BuildError::NoSuchPackage {
                directory: root.to_owned(),
                package: name.to_owned(),
                known: listing(members.iter().map(|package| package.name.as_str())),
            })
        };
        let package = named(&build.package)?;
        let mut names = crates(package, &build.binary, kinds)?;
        for more in &build.more_binaries {
            let package = named(more.package.as_ref().unwrap_or(&build.package))?;
            names.extend(crates(package, &more.binary, kinds)?);
        }
        names.sort();
        names.dedup();
        Ok(Self {
            sources: sources(metadata, &members),
            version: package.version.to_string(),
            crates: names,
            manifests: members.iter().map(|package| package.manifest_path.clone().into_std_path_buf()).collect(),
            root: root.to_owned(),
            target_directory: metadata.target_directory.clone().into_std_path_buf(),
        })
    }
}

/// What cargo said, with what to do about a lock file: the user gave no `--locked`.
fn told(stderr: &str) -> String {
    let way_out = "\nevery build takes the versions in Cargo.lock: make or mend it with `cargo update --workspace`, and commit it";
    format!("{stderr}{}", if stderr.contains("--locked") { way_out } else { "" })
}

fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn crates(package: &Package, binary: &str, kinds: &[TargetKind]) -> Result<Vec<String>, BuildError> {
    let is = |target: &Target, kind: &TargetKind| target.kind.contains(kind);
    let binaries = || package.targets.iter().filter(|target| kinds.iter().any(|kind| is(target, kind)));
    if !binaries().any(|target| target.name == binary) {
        return Err(BuildError::NoSuchBinary {
            package: package.name.to_string(),
            binary: binary.to_owned(),
            known: listing(binaries().map(|target| target.name.as_str())),
        });
    }
    let is_library = |target: &&Target| is(target, &TargetKind::Lib) || is(target, &TargetKind::RLib);
    let libraries = package.targets.iter().filter(is_library);
    let names: BTreeSet<String> =
        libraries.map(|target| target.name.as_str()).chain([binary]).map(|name| name.replace('-', "_")).collect();
    Ok(names.into_iter().collect())
}

/// The parents of the folders of packages from outside the workspace. In a registry's source folder and in a vendored one
/// alike, a package's own folder is called `name-version`, so what is left after remapping is the same.
fn sources(metadata: &Metadata, members: &[&Package]) -> Vec<PathBuf> {
    let outside = metadata.packages.iter().filter(|package| !members.iter().any(|member| member.id == package.id));
    let parents =
        outside.filter_map(|package| Some(package.manifest_path.parent()?.parent()?.as_std_path().to_owned()));
    let distinct: BTreeSet<PathBuf> =
        parents.filter(|parent| *parent != *metadata.workspace_root.as_std_path()).collect();
    distinct.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_lock_file_has_a_way_out() {
        let missing =
            told("error: cannot create the lock file /w/Cargo.lock because --locked was passed to prevent this");
        assert!(missing.ends_with("`cargo update --workspace`, and commit it"), "{missing}");
        assert_eq!(told("error: no such package"), "error: no such package");
    }
}
