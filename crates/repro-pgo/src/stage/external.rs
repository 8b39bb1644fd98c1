//! For build systems that run cargo themselves, such as crane in Nix: the flags of a stage, and the judgement over a
//! build that used a profile. The stages of this program use the same parts.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::StageError;
use super::optimize::{require_few_unmatched, require_own};
use crate::build::flags::{self, Variant};
use crate::build::{Project, Unmatched, entropy, log};
use crate::spec::{BuildSpec, LimitsSpec};
use crate::toolchain::{ProfileTool, Toolchain};

/// Which of the three builds, and what it takes.
#[derive(Debug, Clone, Copy)]
pub enum ExternalStage<'a> {
    /// The binary that counts; the pinned-entropy object is compiled into `work`.
    Instrumented {
        /// A folder whose path is the same in every run.
        work: &'a Path,
    },
    /// The binary built with a profile.
    Optimized {
        /// The profile.
        profile: &'a Path,
    },
    /// The binary built without.
    Baseline,
}

/// The workspace, its compiler and its declaration, which need not lie in it.
#[derive(Debug)]
pub struct External {
    build: BuildSpec,
    project: Project,
    toolchain: Toolchain,
    tool: ProfileTool,
}

impl External {
    /// Looks at the workspace in `directory`. `llvm_profdata` replaces the built-in reader.
    ///
    /// # Errors
    /// [`StageError`] when there is no compiler, or no such package and binary in the workspace.
    pub fn open(build: BuildSpec, directory: &Path, llvm_profdata: Option<&Path>) -> Result<Self, StageError> {
        let toolchain = Toolchain::discover(directory)?;
        let tool = ProfileTool::discover(llvm_profdata, toolchain.llvm_major, &toolchain.llvm_tools())?;
        let project = Project::discover(directory, &build)?;
        Ok(Self { build, project, toolchain, tool })
    }

    /// All compiler flags of `stage`.
    ///
    /// # Errors
    /// [`StageError`] when the target can't be instrumented, or the profile is unreadable or of another program.
    pub fn flags(&self, stage: ExternalStage<'_>) -> Result<Vec<String>, StageError> {
        let (build, project, toolchain) = (&self.build, &self.project, &self.toolchain);
        let variant = match stage {
            ExternalStage::Instrumented { work } => {
                toolchain.require_instrumentation(&build.target)?;
                let entropy_object = entropy::compile(&build.target, &project.root, work)?;
                Variant::Instrumented { entropy_object }
            }
            ExternalStage::Optimized { profile } => {
                require_own(&self.tool, &project.crates, profile)?;
                Variant::Optimized { profile: profile.to_owned(), link_map: None }
            }
            ExternalStage::Baseline => Variant::Baseline,
        };
        let (sysroot, commit) = (&toolchain.sysroot, toolchain.commit.as_deref());
        let maps = flags::remappings(&project.root, &project.target_directory, &project.sources, sysroot, commit);
        Ok(flags::all(&build.rustflags, &maps, &variant))
    }
}

/// What the build whose output is in the file `output` made of `profile`, held to `limits`.
///
/// # Errors
/// [`StageError`] when the profile was not used, or more functions have no data than allowed.
pub fn judge(limits: &LimitsSpec, output: &Path, profile: &Path) -> Result<Unmatched, StageError> {
    let file = File::open(output).map_err(StageError::file("cannot read", output))?;
    let unmatched = log::unmatched(BufReader::new(file), output, profile)?;
    require_few_unmatched(&unmatched, limits.max_unmatched_functions)?;
    Ok(unmatched)
}
