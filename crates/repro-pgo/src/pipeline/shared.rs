//! What all stages share: the declaration, the workspace, the compiler, and where results are kept.

use std::path::{Path, PathBuf};

use host::digest;

use super::StageError;
use super::stamp::MadeFrom;
use crate::compile::Project;
use crate::declaration;
use crate::declaration::Spec;
use crate::toolchain::{ProfileTool, Toolchain};
use crate::training::session::PROFILE;

/// A folder under `target/repro-pgo/<target>/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageDir {
    /// The binary that counts.
    Instrumented,
    /// The sets.
    Inputs,
    /// The merged profile.
    Profile,
    /// The binary built with the profile, before its functions are put into their order.
    Unordered,
    /// The order of its functions.
    Layout,
    /// The binary built with the profile.
    Optimized,
    /// The binary built without.
    Baseline,
    /// What the two binaries answered.
    Check,
    /// Measurements outside the gate.
    Bench,
    /// The ship gate's measurements and verdict.
    Gate,
    /// The binary that the ship gate is tried on.
    Trial,
}

impl StageDir {
    /// The folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instrumented => "instrumented",
            Self::Inputs => "inputs",
            Self::Profile => "profile",
            Self::Unordered => "unordered",
            Self::Layout => "layout",
            Self::Optimized => "optimized",
            Self::Baseline => "baseline",
            Self::Check => "check",
            Self::Bench => "bench",
            Self::Gate => "gate",
            Self::Trial => "trial",
        }
    }
}

/// What all stages share.
#[derive(Debug)]
pub struct Pipeline {
    /// The declaration.
    pub spec: Spec,
    /// The folder of `pgo.toml`, which its paths are relative to.
    pub directory: PathBuf,
    /// The workspace.
    pub project: Project,
    /// The compiler.
    pub toolchain: Toolchain,
    /// What merges profiles.
    pub tool: ProfileTool,
    /// The profile that was given on the command line, used instead of training.
    pub given_profile: Option<PathBuf>,
    /// The folder of the stages, below `repro-pgo/` in the target directory.
    folder: String,
}

/// The folder of a declaration's stages: the target's name, and which declaration it is where it is not `pgo.toml` at the
/// workspace's root. Two declarations of one workspace would make each other's stages anew otherwise.
pub fn folder(spec_file: &Path, root: &Path, target: &str) -> String {
    let spec_file = spec_file.canonicalize().unwrap_or_else(|_| spec_file.to_owned());
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let told = spec_file.to_string_lossy();
    let inside = spec_file.strip_prefix(&root).map(|inside| inside.to_string_lossy().into_owned());
    let name = inside.unwrap_or_else(|_| {
        format!(
            "{}-{:.8}",
            spec_file.file_name().unwrap_or_default().to_string_lossy(),
            digest::of_bytes(told.as_bytes())
        )
    });
    let name = name.strip_suffix(".toml").unwrap_or(&name);
    let name = name.strip_suffix("pgo").filter(|rest| rest.is_empty() || rest.ends_with('/')).unwrap_or(name);
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
    let name: String = name.trim_matches('/').chars().map(plain).collect();
    if name.is_empty() { target.to_owned() } else { format!("{target}.{name}") }
}

impl Pipeline {
    /// Reads the declaration at `spec_file` and finds out about the workspace and the compiler. `llvm_profdata` replaces
    /// the built-in merge.
    ///
    /// # Errors
    /// [`StageError`] for a wrong declaration, a missing compiler or a workspace that cargo can't read.
    pub fn open(spec_file: &Path, llvm_profdata: Option<&Path>) -> Result<Self, StageError> {
        Self::of(declaration::load(spec_file)?, spec_file, llvm_profdata)
    }

    /// As [`Self::open`], with the declaration that the file at `spec_file` has or will have.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of(spec: Spec, spec_file: &Path, llvm_profdata: Option<&Path>) -> Result<Self, StageError> {
        let directory = spec_file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let directory = directory.canonicalize().map_err(StageError::file("cannot find", directory))?;
        let toolchain = Toolchain::discover(&directory)?;
        let tool = ProfileTool::discover(llvm_profdata, toolchain.llvm_major, &toolchain.llvm_tools())?;
        let project = Project::discover(&directory, &spec.build)?;
        let folder = folder(spec_file, &project.root, &spec.build.target);
        Ok(Self { spec, directory, project, toolchain, tool, given_profile: None, folder })
    }

    /// The folder of `stage_dir`.
    pub fn stage_dir(&self, stage_dir: StageDir) -> PathBuf {
        self.project.target_directory.join("repro-pgo").join(&self.folder).join(stage_dir.name())
    }

    /// The program in `stage_dir`.
    pub fn binary(&self, stage_dir: StageDir) -> PathBuf {
        self.stage_dir(stage_dir).join(&self.spec.build.binary)
    }

    /// The profile that is used instead of training: the one that was given, or the one that `[training] pinned` names.
    pub fn frozen_profile(&self) -> Option<PathBuf> {
        let pinned = self.spec.training.pinned.as_ref().map(|folder| self.directory.join(folder).join(PROFILE));
        self.given_profile.clone().or(pinned)
    }

    /// What every stage behind the builds depends on: both binaries.
    ///
    /// # Errors
    /// [`StageError::File`] when one is not there yet.
    pub fn both_binaries(&self) -> Result<MadeFrom, StageError> {
        let binaries = [("the baseline binary", StageDir::Baseline), ("the optimized binary", StageDir::Optimized)];
        let hashed = binaries.map(|(name, stage_dir)| {
            let binary = self.binary(stage_dir);
            let hash = digest::of_file(&binary).map_err(StageError::file("cannot read", &binary))?;
            Ok((name.to_owned(), hash))
        });
        hashed.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_declaration_has_stages_of_its_own() {
        let folder = |file: &str| folder(Path::new(file), Path::new("/w"), "t");
        assert_eq!(folder("/w/pgo.toml"), "t");
        assert_eq!(folder("/w/crates/one/pgo.toml"), "t.crates-one");
        assert_eq!(folder("/w/other.toml"), "t.other");
        assert_eq!(folder("/w/pgo-other.toml"), "t.pgo-other");
        let outside = folder("/elsewhere/pgo.toml");
        assert!(outside.starts_with("t.pgo-toml-") && outside != folder("/another/pgo.toml"), "{outside}");
    }
}
