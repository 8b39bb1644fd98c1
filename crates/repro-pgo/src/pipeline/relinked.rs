//! The order of functions for build systems that run cargo themselves, in three steps that may run in different places: the recorded
//! link is kept, with the twin; the training is traced on the twin; the link is repeated in that order.
//!
//! The stages of this program use the same parts.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use host::progress::Task;

use super::layout::{self, Compiled};
use super::{StageError, external, stamp};
use crate::compile::messages::{self, Message};
use crate::compile::{BuildError, entropy};
use crate::declaration::{BuildSpec, Spec};
use crate::layout::{LayoutError, LayoutRecord, ORDER, RecordedLink};
use crate::toolchain::{Emulator, ProfileTool};
use crate::training::TrainingRequest;

/// What the binary is, in a kept link's folder.
const COMPILED: &str = "compiled.json";
/// The twin's folder there.
const TWIN: &str = "twin";
/// Cargo's message about the binary there, for those who install what its messages name.
const ARTIFACT: &str = "artifact.json";
/// The folder that the build ran in, which that message names.
const DIRECTORY: &str = "directory";

/// Keeps in `output` the link that a build in the current folder recorded in `work`, and links its twin. `log` is what cargo printed.
///
/// # Errors
/// [`StageError`] when nothing was recorded, or the link can't be repeated.
pub fn keep(build: &BuildSpec, profile: &Path, work: &Path, log: &Path, output: &Path) -> Result<(), StageError> {
    let root = Path::new(".");
    let recorder = external::recorder(build, root, work)?;
    let link = RecordedLink::read(&recorder, &build.binary, &build.target)?;
    let (artifact, binary) = built(&build.binary, log)?;
    let unordered_sha256 = layout::hash(&binary)?;
    let functions = layout::repeat(&link, &binary, &unordered_sha256, work)?;
    let compiled = Compiled { profile_sha256: layout::hash(profile)?, unordered_sha256, functions };
    let twin = output.join(TWIN);
    std::fs::create_dir_all(&twin).map_err(StageError::file("cannot make", &twin))?;
    let twin = twin.canonicalize().map_err(StageError::file("cannot find", &twin))?;
    link.twin(&entropy::compile(&build.target, root, work)?, &twin.join(&build.binary))?;
    link.keep(output)?;
    let directory = root.canonicalize().map_err(StageError::file("cannot find", root))?;
    stamp::replace(&output.join(DIRECTORY), directory.display().to_string().as_bytes())?;
    stamp::replace(&output.join(ARTIFACT), format!("{artifact}\n").as_bytes())?;
    stamp::replace(&output.join(COMPILED), &super::to_json(&compiled))
}

/// Cargo's message about `binary` in `log`, and the file that it names.
fn built(binary: &str, log: &Path) -> Result<(String, PathBuf), StageError> {
    let file = File::open(log).map_err(StageError::file("cannot read", log))?;
    let mut found = None;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(StageError::file("cannot read", log))?;
        if let Some(Message::CompilerArtifact { target, executable: Some(executable), .. }) = messages::read(&line)
            && target.name == binary
        {
            found = Some((line, executable));
        }
    }
    Ok(found.ok_or_else(|| BuildError::EmptyLog { log: log.to_owned() })?)
}

/// Traces the training of `spec` on the twin that [`keep`] put into `kept`, and writes the order and its record into `output`.
///
/// # Errors
/// [`StageError`] when no emulator is there, a run fails, or the runs don't agree.
pub fn trace(
    spec: &Spec,
    tool: &ProfileTool,
    kept: &Path,
    inputs: &Path,
    output: &Path,
    task: &Task,
) -> Result<LayoutRecord, StageError> {
    let emulator = Emulator::choose_user(&spec.build.target, &spec.training.cpu_models);
    let emulator = emulator.map_err(LayoutError::NoEmulator)?;
    std::fs::create_dir_all(output).map_err(StageError::file("cannot make", output))?;
    let request = TrainingRequest {
        binary: &kept.join(TWIN).join(&spec.build.binary),
        inputs,
        output,
        build: &spec.build,
        c_code: Vec::new(),
        training: &spec.training,
        limits: &spec.limits,
        emulator: &emulator,
        tool,
        pins: false,
    };
    layout::trace(&request, super::read_json(&kept.join(COMPILED))?, task)
}

/// Repeats the link that [`keep`] put into `kept` in the order that [`trace`] wrote into `order`, to the file `output`.
///
/// # Errors
/// [`StageError`] when the order is another build's, or not followed.
pub fn link(kept: &Path, order: &Path, output: &Path) -> Result<LayoutRecord, StageError> {
    let compiled: Compiled = super::read_json(&kept.join(COMPILED))?;
    let order = order.join(ORDER).canonicalize().map_err(StageError::file("cannot find", order))?;
    let made_for = [("the profile", compiled.profile_sha256), ("the unordered binary", compiled.unordered_sha256)];
    let record = layout::require_current(&order, &made_for)?;
    let directory = tempfile::tempdir().map_err(StageError::file("cannot make a folder for", output))?;
    layout::link(&RecordedLink::kept(kept)?, &order, directory.path(), output)?;
    Ok(record)
}
