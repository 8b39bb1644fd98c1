//! A recorded link, and its repetitions: as it was, as the twin that is traced, and in another order.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use host::{copy, digest};
use serde::{Deserialize, Serialize};

use super::LayoutError;
use super::recorder::{self, Recorder};
use crate::compile::{entropy, environment};

/// A kept link, in its folder.
const LINK: &str = "link.json";
/// The files that it takes.
const FILES: &str = "files";

/// How many lines of a failed link are told.
const LINES: usize = 12;

/// What one link of cargo's was told, with copies of the files it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedLink {
    linker: PathBuf,
    directory: PathBuf,
    arguments: Vec<String>,
    /// Where the copies are.
    files: PathBuf,
    /// The hash of all of it.
    pub sha256: String,
}

impl RecordedLink {
    /// What `recorder` kept of the link of `binary` for `target`.
    ///
    /// # Errors
    /// [`LayoutError::NotRecorded`] when it kept nothing, or the link of something else.
    pub fn read(recorder: &Recorder, binary: &str, target: &str) -> Result<Self, LayoutError> {
        let kept = &recorder.kept;
        let refused = |reason: String| LayoutError::NotRecorded {
            directory: kept.clone(),
            reason,
            variable: recorder::variable(target),
        };
        let read = |name: &str| std::fs::read(kept.join(name)).map_err(|error| refused(format!("{name}: {error}")));
        let mut directory = read("directory")?;
        directory.pop();
        let text =
            String::from_utf8(read("arguments")?).map_err(|_| refused("an argument is no Unicode".to_owned()))?;
        let arguments: Vec<String> = text.split_terminator('\0').map(str::to_owned).collect();
        if arguments.iter().any(|argument| argument.starts_with('@')) {
            return Err(refused("its arguments are in a file of rustc's, which is gone".to_owned()));
        }
        let output = output(&arguments).and_then(|place| arguments[place].rsplit('/').next());
        if output.is_none_or(|output| !output.starts_with(&binary.replace('-', "_")) && !output.starts_with(binary)) {
            return Err(refused(format!("the last link was that of {}", output.unwrap_or("nothing"))));
        }
        let sha256 = hash(kept, &recorder.describe()).map_err(LayoutError::file("cannot read", kept))?;
        let directory = PathBuf::from(std::ffi::OsString::from_vec(directory));
        Ok(Self { linker: recorder.linker.clone(), directory, arguments, files: kept.clone(), sha256 })
    }

    /// Puts it into `directory`, with the files it takes, to be repeated elsewhere.
    ///
    /// # Errors
    /// [`LayoutError::File`].
    pub fn keep(&self, directory: &Path) -> Result<(), LayoutError> {
        let (files, record) = (directory.join(FILES), directory.join(LINK));
        copy::tree(&self.files, &files).map_err(LayoutError::file("cannot write", &files))?;
        let text = serde_json::to_vec_pretty(self).expect("it is plain data");
        std::fs::write(&record, text).map_err(LayoutError::file("cannot write", &record))
    }

    /// The one that was kept in `directory`. It is repeated where this process works, which stands for the folder that it was recorded in.
    ///
    /// # Errors
    /// [`LayoutError::File`] when there is none.
    pub fn kept(directory: &Path) -> Result<Self, LayoutError> {
        let record = directory.join(LINK);
        let refused = LayoutError::file("cannot read the recorded link in", &record);
        let text = std::fs::read(&record).and_then(|text| Ok(serde_json::from_slice::<Self>(&text)?));
        let mut link = text.map_err(refused)?;
        let files = directory.join(FILES).canonicalize().map_err(LayoutError::file("cannot find", &record))?;
        for argument in &mut link.arguments {
            if let Ok(name) = Path::new(argument).strip_prefix(&link.files) {
                *argument = files.join(name).display().to_string();
            }
        }
        Ok(Self { files, directory: PathBuf::from("."), ..link })
    }

    /// Links as it was linked, to `output`, with the linker's `map`, whose names are as in object files.
    ///
    /// # Errors
    /// [`LayoutError::Link`].
    pub fn again(&self, output: &Path, map: &Path) -> Result<(), LayoutError> {
        self.link("the recorded build", |_| true, &map_arguments(map), output)
    }

    /// Links the twin to `output`: with the object that pins entropy, and with the names of its functions.
    ///
    /// # Errors
    /// [`LayoutError::Link`].
    pub fn twin(&self, entropy_object: &Path, output: &Path) -> Result<(), LayoutError> {
        let wrapped = entropy::LINK_ARGUMENT.trim_start_matches("-Clink-arg=").to_owned();
        let added = [entropy_object.display().to_string(), wrapped];
        self.link("the twin", |argument| !STRIPS.contains(&argument), &added, output)
    }

    /// Links to `output` with the functions in the order of the file `order`, and the linker's `map`.
    ///
    /// # Errors
    /// [`LayoutError::Link`].
    pub fn ordered(&self, order: &Path, output: &Path, map: &Path) -> Result<(), LayoutError> {
        let added =
            order_arguments(&order.display().to_string()).into_iter().chain(map_arguments(map)).collect::<Vec<_>>();
        self.link("the ordered binary", |_| true, &added, output)
    }

    /// One link: the recorded arguments that are `wanted`, with those `added` in the place where rustc puts a build's own.
    fn link(
        &self,
        what: &'static str,
        wanted: impl Fn(&str) -> bool,
        added: &[String],
        output: &Path,
    ) -> Result<(), LayoutError> {
        let mut arguments: Vec<String> = Vec::new();
        let mut own = Some(added);
        for argument in self.arguments.iter().filter(|argument| wanted(argument)) {
            let is_map = argument.starts_with("-Map=") && arguments.last().is_some_and(|last| last == "-Xlinker");
            if is_map {
                arguments.pop();
                arguments.extend(own.take().into_iter().flatten().cloned());
            } else {
                arguments.push(argument.clone());
            }
        }
        arguments.extend(own.into_iter().flatten().cloned());
        if let Some(place) = self::output(&arguments) {
            arguments[place] = output.display().to_string();
        }
        let mut command = Command::new(&self.linker);
        environment::scrub(&mut command);
        command.args(&arguments).current_dir(&self.directory).stdin(Stdio::null());
        let program = self.linker.display().to_string();
        let ran = command.output().map_err(|source| LayoutError::Start { program, source })?;
        if ran.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ran.stderr);
        let lines: Vec<&str> = said.lines().collect();
        Err(LayoutError::Link { what, stderr: lines[..lines.len().min(LINES)].join("\n") })
    }
}

/// What takes the names of functions away.
const STRIPS: [&str; 3] = ["-Wl,--strip-all", "-Wl,-s", "-s"];

/// The arguments that put functions into the order of the file `order`; `-Xlinker` because `-Wl` splits a path at its commas.
pub fn order_arguments(order: &str) -> [String; 4] {
    let xlinker = || "-Xlinker".to_owned();
    [xlinker(), format!("--symbol-ordering-file={order}"), xlinker(), "--no-warn-symbol-ordering".to_owned()]
}

fn map_arguments(map: &Path) -> [String; 4] {
    let xlinker = || "-Xlinker".to_owned();
    [xlinker(), format!("-Map={}", map.display()), xlinker(), "--no-demangle".to_owned()]
}

/// The place of the output's path.
fn output(arguments: &[String]) -> Option<usize> {
    let flag = arguments.iter().position(|argument| argument == "-o")?;
    (flag + 1 < arguments.len()).then_some(flag + 1)
}

/// The hash of what was kept: of the arguments, and of every file, and of the linker.
fn hash(kept: &Path, linker: &str) -> std::io::Result<String> {
    let mut hashes: BTreeMap<String, String> = BTreeMap::new();
    for path in copy::sorted_entries(kept)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        hashes.insert(name, digest::of_file(&path)?);
    }
    Ok(digest::of_bytes(format!("{hashes:?} {linker}").as_bytes()))
}
