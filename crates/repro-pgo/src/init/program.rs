//! Which program of a workspace is meant, and how it is released: by its manifests, its configuration and its workflows.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};
use thiserror::Error;

use super::releases::{self, Releases};
use crate::compile::configured;

/// Why it can't be told.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// Cargo does not understand the folder.
    #[error("cargo can't read the workspace in {}: {source}", directory.display())]
    Metadata {
        /// The folder.
        directory: PathBuf,
        /// Its words.
        source: Box<cargo_metadata::Error>,
    },
    /// Nothing to run.
    #[error("no package of {} has a binary; PGO trains programs", root.display())]
    NoBinary {
        /// The workspace.
        root: PathBuf,
    },
    /// More than one, and none stands out.
    #[error("which program? name it with --package and --bin: {}", known.join(", "))]
    Ambiguous {
        /// All of them as `package/binary`.
        known: Vec<String>,
    },
}

/// What is built and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The package's folder.
    pub directory: PathBuf,
    /// The file that the binary starts in.
    pub source: PathBuf,
    /// The package.
    pub package: String,
    /// The binary.
    pub binary: String,
    /// The cargo profile that releases are built with.
    pub profile: String,
    /// Flags of every build.
    pub rustflags: Vec<String>,
    /// Features that releases switch on.
    pub features: Vec<String>,
    /// Whether a crate for threads is among the dependencies.
    pub thread_crates: Vec<&'static str>,
    /// What a reader should know about these choices.
    pub notes: Vec<String>,
}

impl Program {
    /// Looks at the workspace around `directory`; `package` and `binary` choose among several.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn look(
        directory: &Path,
        target: &str,
        package: Option<&str>,
        binary: Option<&str>,
    ) -> Result<Self, ProgramError> {
        let metadata = MetadataCommand::new().current_dir(directory).exec();
        let metadata = metadata
            .map_err(|source| ProgramError::Metadata { directory: directory.to_owned(), source: Box::new(source) })?;
        let (package, binary) = choose(&metadata, directory, package, binary)?;
        let root = metadata.workspace_root.as_std_path().to_owned();
        let releases = Releases::read(&root);
        let mut notes = Vec::new();
        let mut rustflags: Vec<String> =
            configured::rustflags(&root, target).into_iter().flat_map(|file| file.flags).collect();
        if !rustflags.is_empty() {
            notes.push("[build] rustflags are those of cargo's configuration files".to_owned());
        }
        if releases.are_static && target.ends_with("-gnu") {
            rustflags.push("-Ctarget-feature=+crt-static".to_owned());
            notes.push(
                "the workflows build for musl, so [build] makes a static binary too, with glibc: it is as self-contained and \
                 mostly faster"
                    .to_owned(),
            );
        }
        let (profile, profile_note) = releases::profile(&root, &releases);
        notes.extend(profile_note);
        let is_there = |feature: &&String| package.features.contains_key(feature.as_str());
        let thread_crates = ["rayon", "tokio"]
            .into_iter()
            .filter(|name| metadata.packages.iter().any(|package| package.name.as_str() == *name));
        let target = package.targets.iter().find(|target| target.is_bin() && target.name == binary);
        Ok(Self {
            source: target.map(|target| target.src_path.as_std_path().to_owned()).unwrap_or_default(),
            directory: package.manifest_path.parent().map_or(root.clone(), |folder| folder.as_std_path().to_owned()),
            package: package.name.to_string(),
            binary,
            profile,
            rustflags,
            features: releases.features.iter().filter(is_there).cloned().collect(),
            thread_crates: thread_crates.collect(),
            notes,
            root,
        })
    }
}

/// The named one, the only one, the default one, or the one that is called as its folder is.
fn choose<'a>(
    metadata: &'a Metadata,
    directory: &Path,
    package: Option<&str>,
    binary: Option<&str>,
) -> Result<(&'a Package, String), ProgramError> {
    let root = metadata.workspace_root.as_std_path();
    let members = metadata.workspace_packages();
    let is_wanted = |found: &&(&Package, String)| {
        package.is_none_or(|wanted| found.0.name.as_str() == wanted) && binary.is_none_or(|wanted| found.1 == wanted)
    };
    let all: Vec<(&Package, String)> = members
        .iter()
        .flat_map(|package| {
            let binaries = package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Bin));
            binaries.map(|target| (*package, target.name.clone()))
        })
        .collect();
    let wanted: Vec<&(&Package, String)> = all.iter().filter(is_wanted).collect();
    let chosen = |found: &(&'a Package, String)| (found.0, found.1.clone());
    if let [only] = wanted.as_slice() {
        return Ok(chosen(only));
    }
    if all.is_empty() {
        return Err(ProgramError::NoBinary { root: root.to_owned() });
    }
    let folder = |package: &Package| package.manifest_path.parent().map(|folder| folder.as_std_path().to_owned());
    let here = wanted.iter().filter(|found| folder(found.0).is_some_and(|own| own == directory)).copied();
    let here: Vec<_> = here.collect();
    let by_default = here.iter().find(|found| found.0.default_run.as_deref() == Some(&found.1));
    let named = |found: &&&(&Package, String)| {
        root.file_name().is_some_and(|name| name == found.1.as_str()) || found.0.name.as_str() == found.1
    };
    let decided = match here.as_slice() {
        [only] => Some(*only),
        _ => by_default.copied().or_else(|| here.iter().find(named).copied()),
    };
    let same_name = || {
        let mut same = wanted.iter().filter(|found| root.file_name().is_some_and(|name| name == found.1.as_str()));
        same.next().copied()
    };
    let known = || wanted.iter().map(|found| format!("{}/{}", found.0.name, found.1)).collect();
    decided.or_else(same_name).map(chosen).ok_or_else(|| ProgramError::Ambiguous { known: known() })
}
