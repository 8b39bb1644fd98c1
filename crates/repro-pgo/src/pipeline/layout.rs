//! Stage `layout`: the order of the functions of the optimized binary, and the link that follows it.
//!
//! The binary is compiled once, into [`StageDir::Unordered`], where its link is recorded. Stage `optimize` repeats that link with the
//! order, which is refused if it was made for another binary.

use std::collections::BTreeSet;
use std::path::Path;

use host::digest;
use host::progress::Task;
use serde::{Deserialize, Serialize};

use super::optimize::{self, Optimized, UNMATCHED};
use super::stamp::{self, MadeFrom, Stamp};
use super::{InputHashes, Pipeline, StageDir, StageError, State};
use crate::compile::{debuginfo, entropy};
use crate::layout::map::{Broken, Map};
use crate::layout::order::Order;
use crate::layout::recorder::Recorder;
use crate::layout::{self, LayoutError, LayoutRecord, ORDER, RECORD, RecordedLink};
use crate::toolchain::Emulator;
use crate::training::TrainingRequest;

/// The order and where it came from.
#[derive(Debug)]
pub struct LaidOut {
    /// Whether the stage ran.
    pub state: State,
    /// What the order was made from.
    pub record: LayoutRecord,
}

/// The optimized binary in the linker's own order.
#[derive(Debug)]
pub(super) struct Unordered {
    optimized: Optimized,
    link: RecordedLink,
    sha256: String,
}

/// Compiles the optimized binary with `profile`, traces the training on its twin, and writes [`ORDER`] and [`RECORD`] into
/// [`StageDir::Layout`].
///
/// # Errors
/// [`StageError`] when the build is refused, no emulator is there, or the runs don't agree.
pub fn layout(pipeline: &Pipeline, profile: &Path, hashes: &InputHashes, task: &Task) -> Result<LaidOut, StageError> {
    let spec = &pipeline.spec;
    let emulator = Emulator::choose_user(&spec.build.target, &spec.training.cpu_models);
    let emulator = emulator.map_err(LayoutError::NoEmulator)?;
    let unordered = compile(pipeline, profile, task)?;
    let output = pipeline.stage_dir(StageDir::Layout);
    let made_from = made_from(pipeline, profile, hashes, &unordered, &emulator)?;
    let Some(reason) = Stamp::outdated(&output, &made_from) else {
        return Ok(LaidOut { state: State::UpToDate, record: super::read_json(&output.join(RECORD))? });
    };
    task.doing(&reason);
    std::fs::create_dir_all(&output).map_err(StageError::file("cannot make", &output))?;
    Stamp::remove(&output)?;
    let directory = pipeline.stage_dir(StageDir::Unordered);
    let functions = repeat(&unordered.link, &pipeline.binary(StageDir::Unordered), &unordered.sha256, &directory)?;
    let entropy_object = entropy::compile(&spec.build.target, &pipeline.project.root, &output)?;
    let twin = output.join(&spec.build.binary);
    unordered.link.twin(&entropy_object, &twin)?;
    let request = TrainingRequest {
        binary: &twin,
        inputs: &pipeline.stage_dir(StageDir::Inputs),
        output: &output,
        build: &spec.build,
        c_code: Vec::new(),
        training: &spec.training,
        limits: &spec.limits,
        emulator: &emulator,
        tool: &pipeline.tool,
        pins: false,
    };
    let of = Compiled { profile_sha256: hash(profile)?, unordered_sha256: unordered.sha256, functions };
    let record = trace(&request, of, task)?;
    Stamp::write(&output, made_from, Default::default(), &[ORDER, RECORD])?;
    Ok(LaidOut { state: State::Done, record })
}

/// The optimized binary before its functions are ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Compiled {
    /// Hash of the profile that it was built with.
    pub(super) profile_sha256: String,
    /// Its own hash.
    pub(super) unordered_sha256: String,
    /// The names in it.
    pub(super) functions: BTreeSet<String>,
}

/// Traces the training of `request` on the twin of the binary `of`, and writes [`ORDER`] and [`RECORD`] into the request's output.
pub(super) fn trace(request: &TrainingRequest<'_>, of: Compiled, task: &Task) -> Result<LayoutRecord, StageError> {
    let traced = layout::trace(request, task)?;
    // What only the twin has, such as its fixed entropy, is nothing to order.
    let order = Order::new(traced.functions.into_iter().filter(|name| of.functions.contains(name)).collect());
    stamp::replace(&request.output.join(ORDER), order.text().as_bytes())?;
    let record = LayoutRecord {
        order_sha256: digest::of_bytes(order.text().as_bytes()),
        functions: order.len() as u64,
        profile_sha256: of.profile_sha256,
        unordered_sha256: of.unordered_sha256,
        emulator: request.emulator.describe(),
        left_out_cpu_models: request.emulator.left_out().to_vec(),
        replicates: request.training.replicates,
        runs: traced.runs as u64,
    };
    stamp::replace(&request.output.join(RECORD), &super::to_json(&record))?;
    Ok(record)
}

/// Compiles the optimized binary, and records its link.
pub(super) fn compile(pipeline: &Pipeline, profile: &Path, task: &Task) -> Result<Unordered, StageError> {
    let build = &pipeline.spec.build;
    if !build.more_binaries.is_empty() {
        return Err(LayoutError::SeveralBinaries.into());
    }
    let directory = pipeline.stage_dir(StageDir::Unordered);
    let recorder = Recorder::new(&build.binary, &build.target, &pipeline.project.root, &directory)?;
    let read = || RecordedLink::read(&recorder, &build.binary, &build.target);
    if read().is_err() {
        Stamp::remove(&directory)?;
    }
    recorder.install()?;
    let optimized = optimize::compile(pipeline, StageDir::Unordered, Some(&recorder), profile, task)?;
    Ok(Unordered { optimized, link: read()?, sha256: hash(&pipeline.binary(StageDir::Unordered))? })
}

/// Repeats in `directory` the recorded link of `binary`, whose hash is `sha256`, and returns the names in what it gives, which are those
/// of cargo's binary if the bytes are the same.
pub(super) fn repeat(
    link: &RecordedLink,
    binary: &Path,
    sha256: &str,
    directory: &Path,
) -> Result<BTreeSet<String>, StageError> {
    let (again, map) = (directory.join("again"), directory.join("again.map"));
    link.again(&again, &map)?;
    if hash(&again)? != sha256 {
        let binary = binary.display().to_string();
        return Err(LayoutError::OtherBytes { binary, directory: directory.to_owned() }.into());
    }
    let text = read(&map)?;
    let names = Map::read(&text).ok_or(LayoutError::NotLld)?.symbols().into_iter().map(str::to_owned).collect();
    for file in [again, map] {
        std::fs::remove_file(&file).map_err(StageError::file("cannot remove", &file))?;
    }
    Ok(names)
}

/// Links `unordered` in the order of stage `layout` into [`StageDir::Optimized`].
pub(super) fn in_order(
    pipeline: &Pipeline,
    unordered: Unordered,
    profile: &Path,
    task: &Task,
) -> Result<Optimized, StageError> {
    let order = pipeline.stage_dir(StageDir::Layout).join(ORDER);
    let record = require_current(
        &order,
        &[("the profile", hash(profile)?), ("the unordered binary", unordered.sha256.clone())],
    )?;
    let directory = pipeline.stage_dir(StageDir::Optimized);
    let made_from = MadeFrom::from([
        ("the recorded link".to_owned(), unordered.link.sha256.clone()),
        ("the order of the functions".to_owned(), record.order_sha256),
        ("the unordered binary".to_owned(), unordered.sha256.clone()),
    ]);
    let Some(reason) = Stamp::outdated(&directory, &made_from) else {
        return Ok(Optimized { state: State::UpToDate, ..unordered.optimized });
    };
    task.doing(&reason);
    std::fs::create_dir_all(&directory).map_err(StageError::file("cannot make", &directory))?;
    Stamp::remove(&directory)?;
    let compiled = pipeline.stage_dir(StageDir::Unordered);
    repeat(&unordered.link, &pipeline.binary(StageDir::Unordered), &unordered.sha256, &compiled)?;
    let binary = pipeline.binary(StageDir::Optimized);
    link(&unordered.link, &order, &directory, &binary)?;
    let mut outputs = vec![UNMATCHED.to_owned(), pipeline.spec.build.binary.clone()];
    if pipeline.spec.build.debuginfo.is_some() {
        outputs.push(debuginfo::take_apart(&binary, &binary, &directory)?);
    }
    stamp::replace(&directory.join(UNMATCHED), &super::to_json(&unordered.optimized.unmatched))?;
    Stamp::write(&directory, made_from, Default::default(), &outputs)?;
    Ok(Optimized { state: State::Done, ..unordered.optimized })
}

/// Repeats the link in `order`, in `directory`, and puts what follows it to `binary`.
pub(super) fn link(link: &RecordedLink, order: &Path, directory: &Path, binary: &Path) -> Result<(), StageError> {
    let (ordered, map) = (directory.join("ordered"), directory.join("link.map"));
    link.ordered(order, &ordered, &map)?;
    require_followed(order, &map)?;
    stamp::replace_with_copy(&ordered, binary)?;
    std::fs::remove_file(&ordered).map_err(StageError::file("cannot remove", &ordered))
}

/// Refuses an order that was made for another binary than the one with these hashes, or changed since.
pub(super) fn require_current(order: &Path, current: &[(&str, String); 2]) -> Result<LayoutRecord, StageError> {
    let stale = |what: String| LayoutError::Stale { order: order.to_owned(), what };
    let record: LayoutRecord = super::read_json(&order.with_file_name(RECORD))
        .map_err(|_| stale(format!("there is no {RECORD} beside it")))?;
    let [profile, unordered] = current;
    let found = [
        (&record.order_sha256, &("the order", hash(order)?)),
        (&record.profile_sha256, profile),
        (&record.unordered_sha256, unordered),
    ];
    for (recorded, (what, current)) in found {
        if recorded != current {
            return Err(stale(format!("{what} has the hash {current:.12}…, and {RECORD} says {recorded:.12}…")).into());
        }
    }
    Ok(record)
}

/// Refuses a binary whose functions are not in the order that was asked for.
fn require_followed(order: &Path, map: &Path) -> Result<(), StageError> {
    let (wanted, text) = (Order::read(&read(order)?), read(map)?);
    let followed = Map::read(&text).ok_or(LayoutError::NotLld)?.follows(&wanted);
    let order = order.to_owned();
    Ok(followed.map_err(|broken| match broken {
        Broken::Missing(function) => LayoutError::Foreign { order, function },
        Broken::Misplaced([misplaced, expected]) => LayoutError::Ignored { misplaced, expected, order },
    })?)
}

fn made_from(
    pipeline: &Pipeline,
    profile: &Path,
    hashes: &InputHashes,
    unordered: &Unordered,
    emulator: &Emulator,
) -> Result<MadeFrom, StageError> {
    let training = &pipeline.spec.training;
    let mut made_from = MadeFrom::from([
        ("the driver".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("the profile".to_owned(), hash(profile)?),
        ("the recorded link".to_owned(), unordered.link.sha256.clone()),
        ("the unordered binary".to_owned(), unordered.sha256.clone()),
        ("[training] of pgo.toml".to_owned(), serde_json::to_string(training).expect("the declaration is plain data")),
        ("the emulator".to_owned(), emulator.describe()),
        ("the pinned-entropy object".to_owned(), digest::of_bytes(entropy::source().as_bytes())),
    ]);
    for set in training.sets() {
        let hash = hashes.get(set).map_or("missing", |hash| &hash.sha256);
        made_from.insert(format!("input set {set}"), hash.to_owned());
    }
    Ok(made_from)
}

pub(super) fn hash(path: &Path) -> Result<String, StageError> {
    digest::of_file(path).map_err(StageError::file("cannot read", path))
}

/// A text, which may hold names that are no Unicode.
fn read(path: &Path) -> Result<String, StageError> {
    let bytes = std::fs::read(path).map_err(StageError::file("cannot read", path))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
