//! The common part of the three stages that run cargo.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use host::digest;
use host::progress::Task;
use host::stop::Stop;

use super::stamp::{self, MadeFrom, Stamp};
use super::{Pipeline, StageDir, StageError, State, sources};
use crate::compile::cargo::CargoBuild;
use crate::compile::flags::Variant;
use crate::compile::{CargoOutcome, audit_object, debuginfo, environment, flags};
use crate::package::crate_list::CrateList;

/// A build in `stage_dir`, described but not yet run.
pub struct Compilation<'a> {
    /// What all stages share.
    pub pipeline: &'a Pipeline,
    /// Where the result goes.
    pub stage_dir: StageDir,
    /// The stage's flags.
    pub variant: Variant,
    /// What the result depends on besides flags, toolchain and sources.
    pub made_from: MadeFrom,
    /// What ends it before its time.
    pub stop: Option<&'a Stop>,
}

impl Compilation<'_> {
    /// Builds unless nothing has changed. `inspect` judges the outcome, and may write the files it names, before the
    /// binary is put in place.
    pub fn run(
        self,
        task: &Task,
        inspect: impl FnOnce(&Path, &CargoOutcome) -> Result<Vec<&'static str>, StageError>,
    ) -> Result<State, StageError> {
        let (pipeline, directory) = (self.pipeline, self.pipeline.stage_dir(self.stage_dir));
        let build = CargoBuild {
            stage: self.stage_dir.name(),
            project: &pipeline.project,
            toolchain: &pipeline.toolchain,
            spec: &pipeline.spec.build,
            directory: &directory,
            audit_object: audit_object(pipeline, &self.variant, &directory)?,
            variant: self.variant,
            stop: self.stop,
        };
        // What is linked once more is taken apart then.
        let is_taken_apart =
            build.spec.debuginfo.is_some() && build.variant.ships() && self.stage_dir != StageDir::Unordered;
        let made_from = made_from(self.made_from, pipeline, &build);
        let Some(reason) = Stamp::outdated(&directory, &made_from) else { return Ok(State::UpToDate) };
        task.doing(&reason);
        std::fs::create_dir_all(&directory).map_err(StageError::file("cannot make", &directory))?;
        Stamp::remove(&directory)?;
        let started = SystemTime::now();
        let outcome = build.run(&|name| task.doing(&format!("compiling {name}")))?;
        if outcome.may_vary {
            task.say(&may_vary(&pipeline.spec.build.profile));
        }
        let inspected: Vec<&str> = inspect(&directory, &outcome)?;
        let mut outputs: Vec<String> = inspected.into_iter().map(str::to_owned).collect();
        for (name, executable) in &outcome.executables {
            if is_taken_apart {
                outputs.push(debuginfo::take_apart(executable, &directory.join(name), &directory)?);
            } else {
                stamp::replace_with_copy(executable, &directory.join(name))?;
            }
            outputs.push(name.clone());
        }
        let read = outcome.executables.iter().map(|(_, file)| sources::hashes(file, &pipeline.project, started));
        if let Some(sources) = read.collect::<Option<Vec<_>>>() {
            let sources = sources.into_iter().flatten().collect();
            Stamp::write(&directory, made_from, sources, &outputs)?;
        }
        Ok(State::Done)
    }
}

/// The object with the list of crates, where `[build] auditable` asks for it in what ships. The folder's name tells the lists
/// apart, because cargo would not notice that the object changed.
fn audit_object(pipeline: &Pipeline, variant: &Variant, directory: &Path) -> Result<Option<PathBuf>, StageError> {
    let (spec, root) = (&pipeline.spec.build, &pipeline.project.root);
    if !(spec.auditable && variant.ships()) {
        return Ok(None);
    }
    let list = CrateList::read(root, spec)?.compressed();
    let place = directory.join(format!("crates-{:.12}", digest::of_bytes(&list)));
    Ok(Some(audit_object::compile(&list, &spec.target, root, &place)?))
}

fn may_vary(profile: &str) -> String {
    format!(
        "warning: the cargo profile `{profile}` asks for ThinLTO over several codegen units, which does not give the same \
         bytes every time; set codegen-units = 1, or lto = \"fat\" or \"off\""
    )
}

fn made_from(mut made_from: MadeFrom, pipeline: &Pipeline, build: &CargoBuild<'_>) -> MadeFrom {
    let spec = &pipeline.spec.build;
    let compiles_c = |name: &str| {
        ["CC", "CXX", "AR", "CFLAGS", "CXXFLAGS"].iter().any(|part| {
            let affixed = name.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
            affixed || ["HOST_", "TARGET_"].iter().any(|kind| name.strip_prefix(kind) == Some(part))
        })
    };
    let linker = |name: &str| name.starts_with("CARGO_TARGET_") || compiles_c(name);
    let mut variables: Vec<String> = std::env::vars()
        .filter(|(name, _)| linker(name) && !environment::is_dropped(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    variables.sort();
    let mut program = format!("{} {} {} {}", spec.package, spec.binary, spec.target, spec.profile);
    let more =
        spec.more_binaries.iter().map(|more| format!("{}/{}", more.package.as_deref().unwrap_or(""), more.binary));
    let features = spec.features.iter().map(|feature| format!("+{feature}"));
    for word in more.chain(features).chain(spec.no_default_features.then(|| "no-default-features".to_owned())) {
        program.push(' ');
        program.push_str(&word);
    }
    let named = [
        ("the driver", env!("CARGO_PKG_VERSION").to_owned()),
        ("the compiler", format!("{} LLVM {}", pipeline.toolchain.banner, pipeline.toolchain.llvm)),
        ("the compiler flags", flags::encode(&build.flags())),
        ("the fixed environment", format!("{:?}", environment::FIXED)),
        ("the linker environment", variables.join(" ")),
        ("[build] of pgo.toml", program),
    ];
    made_from.extend(named.map(|(name, value)| (name.to_owned(), value)));
    made_from
}
