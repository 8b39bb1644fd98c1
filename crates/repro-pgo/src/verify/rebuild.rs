//! One of the two builds: the driver itself, run in a copy of the source.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::load::Load;
use super::variation::PRELOAD;
use super::{Variation, VerifyError};

/// How many lines of a failed build are shown.
const LINES: usize = 25;

/// Where a build's results are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The workspace's copy; its path must not be in any result.
    pub workspace: PathBuf,
    /// The pipeline's folder, with `instrumented/` and the others.
    pub rooms: PathBuf,
    /// Where the tarball is.
    pub packed: PathBuf,
}

/// A build in a copy.
#[derive(Debug)]
pub struct Rebuild<'a> {
    /// `first` or `varied`, for messages.
    pub which: &'static str,
    /// The copy of the workspace.
    pub workspace: PathBuf,
    /// The declaration in the copy.
    pub spec: PathBuf,
    /// The triple.
    pub target: &'a str,
    /// The commit of the source, which a copy does not know.
    pub revision: Option<String>,
    /// What the loader puts into every program of the first build.
    pub preload: Option<PathBuf>,
    /// The other conditions and an empty home, for the second build.
    pub variation: Option<(&'a Variation, PathBuf)>,
}

impl Rebuild<'_> {
    /// Runs `repro-pgo build` with these further `arguments`.
    ///
    /// # Errors
    /// [`VerifyError::Build`] with the last lines, when it does not succeed.
    pub fn run(&self, arguments: &[&str]) -> Result<Built, VerifyError> {
        let own = std::env::current_exe().map_err(VerifyError::file("cannot find", Path::new("repro-pgo")))?;
        let built = self.built();
        let mut command = Command::new(&own);
        command.arg("build").args(arguments).arg("--spec").arg(&self.spec).arg("--output").arg(&built.packed);
        command.current_dir(&self.workspace).env_remove("CARGO_TARGET_DIR").env("CI", "1").stdin(Stdio::null());
        command.envs(self.revision.as_ref().map(|revision| ("REPRO_PGO_REVISION", revision)));
        command.envs(self.preload.as_ref().map(|object| (PRELOAD, object)));
        if let Some((variation, home)) = &self.variation {
            std::fs::create_dir_all(home).map_err(VerifyError::file("cannot make", home))?;
            variation.apply(&mut command, home);
        }
        let _load = self.variation.as_ref().map(|_| Load::begin());
        let output = command.output().map_err(VerifyError::file("cannot run", &own))?;
        if output.status.success() {
            return Ok(built);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().collect();
        let said = lines[lines.len().saturating_sub(LINES)..].join("\n");
        Err(VerifyError::Build { which: self.which, directory: self.workspace.clone(), said })
    }

    fn built(&self) -> Built {
        let rooms = self.workspace.join("target/repro-pgo").join(self.target);
        Built { packed: self.workspace.join("dist"), rooms, workspace: self.workspace.clone() }
    }
}

/// A build that is there already: `directory` is a workspace, or the pipeline's folder in one.
///
/// # Errors
/// [`VerifyError::NothingThere`].
pub fn existing(directory: &Path, target: &str) -> Result<Built, VerifyError> {
    let at = |rooms: PathBuf, packed: PathBuf| Built { workspace: directory.to_owned(), rooms, packed };
    let inside = directory.join("target/repro-pgo").join(target);
    if inside.join("instrumented").is_dir() {
        return Ok(at(inside, directory.join("dist")));
    }
    if directory.join("instrumented").is_dir() {
        return Ok(at(directory.to_owned(), directory.join("dist")));
    }
    Err(VerifyError::NothingThere { directory: directory.to_owned(), target: target.to_owned() })
}
