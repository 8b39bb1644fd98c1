//! For build systems that run cargo themselves, such as crane in Nix: the flags of a stage, and the judgement over a
//! build that used a profile. The stages of this program use the same parts.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::StageError;
use super::optimize::{require_few_unmatched, require_own};
use crate::compile::flags::Variant;
use crate::compile::{Project, audit_object, entropy, flags, log};
use crate::declaration::{BuildSpec, LimitsSpec};
use crate::layout::LayoutError;
use crate::layout::recorder::Recorder;
use crate::package::crate_list::CrateList;
use crate::toolchain::{ProfileTool, Toolchain};

/// The linker's map, in the folder that `flags` is told to work in.
const LINK_MAP: &str = "link.map";

/// Which build, and what it takes.
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
        /// A folder whose path is the same in every run, for the linker's map.
        work: Option<&'a Path>,
    },
    /// The same, linked by a program that keeps the link for [`super::relinked`].
    Recorded {
        /// The profile.
        profile: &'a Path,
        /// A folder whose path is the same in every run.
        work: &'a Path,
    },
    /// The binary built without.
    Baseline {
        /// A folder whose path is the same in every run, for the list of crates.
        work: Option<&'a Path>,
    },
}

impl ExternalStage<'_> {
    /// The folder that it works in.
    fn work(&self) -> Option<&Path> {
        match *self {
            Self::Instrumented { work } | Self::Recorded { work, .. } => Some(work),
            Self::Optimized { work, .. } | Self::Baseline { work } => work,
        }
    }
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
        let project = Project::discover_elsewhere(directory, &build)?;
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
            ExternalStage::Optimized { profile, work } => {
                require_own(&self.tool, &project.crates, profile)?;
                let link_map = work.map(place_of_link_map).transpose()?;
                Variant::Optimized { profile: profile.to_owned(), link_map, recorder: None }
            }
            ExternalStage::Recorded { profile, work } => {
                require_own(&self.tool, &project.crates, profile)?;
                let recorder = recorder(build, &project.root, work)?;
                recorder.install()?;
                let link_map = Some(place_of_link_map(work)?);
                Variant::Optimized { profile: profile.to_owned(), link_map, recorder: Some(recorder.program) }
            }
            ExternalStage::Baseline { .. } => Variant::Baseline,
        };
        let (sysroot, commit) = (&toolchain.sysroot, toolchain.commit.as_deref());
        let maps = flags::remappings(&project.root, &project.target_directory, &project.sources, sysroot, commit);
        let list = (build.auditable && variant.ships()).then(|| self.list(stage.work())).transpose()?;
        let ships = flags::of_what_ships(build, list.as_deref());
        let mut flags = flags::all(&build.rustflags, &maps, &ships, &variant);
        if let Variant::Optimized { recorder: Some(program), .. } = &variant {
            flags.push(format!("-Clinker={}", program.display()));
        }
        Ok(flags)
    }

    /// The object with the list of crates.
    fn list(&self, work: Option<&Path>) -> Result<PathBuf, StageError> {
        let (build, root) = (&self.build, &self.project.root);
        let work = work.ok_or(StageError::NoWork)?;
        let list = CrateList::read(root, build)?.compressed();
        Ok(audit_object::compile(&list, &build.target, root, work)?)
    }
}

/// What stands in for the linker of a build whose folder is `work`. NB: rustc is told its absolute path, and runs elsewhere.
pub(super) fn recorder(build: &BuildSpec, root: &Path, work: &Path) -> Result<Recorder, StageError> {
    if !build.more_binaries.is_empty() {
        return Err(LayoutError::SeveralBinaries.into());
    }
    std::fs::create_dir_all(work).map_err(StageError::file("cannot make", work))?;
    let work = work.canonicalize().map_err(StageError::file("cannot find", work))?;
    Ok(Recorder::new(&build.binary, &build.target, root, &work)?)
}

/// Where the linker is told to write its map; it does not make folders.
fn place_of_link_map(work: &Path) -> Result<PathBuf, StageError> {
    std::fs::create_dir_all(work).map_err(StageError::file("cannot make", work))?;
    Ok(work.join(LINK_MAP))
}

/// What the build whose output is in the file `output` made of `profile`, held to `limits`. With the linker's map, functions
/// that it threw away don't count, as in [`super::optimize()`].
///
/// # Errors
/// [`StageError`] when the profile was not used, or more functions have no data than allowed. The limit is returned too.
pub fn judge(
    limits: &LimitsSpec,
    output: &Path,
    profile: &Path,
    link_map: Option<&Path>,
) -> Result<(log::Told, usize), StageError> {
    let file = File::open(output).map_err(StageError::file("cannot read", output))?;
    let told = log::read(BufReader::new(file), output, profile, link_map)?;
    let functions = pgo_profile::Profile::read(profile).map_or(0, |profile| profile.functions().len());
    let limit = limits.unmatched(functions);
    require_few_unmatched(&told.unmatched, limit, functions)?;
    Ok((told, limit))
}
