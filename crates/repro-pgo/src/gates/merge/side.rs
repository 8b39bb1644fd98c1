//! One side of the comparison, built for counting: the baseline's flags, names kept, entropy pinned.

use std::path::{Path, PathBuf};

use host::digest;
use host::progress::Task;

use super::StageError;
use crate::compile::cargo::CargoBuild;
use crate::compile::flags::Variant;
use crate::compile::{Project, entropy};
use crate::declaration::BuildSpec;
use crate::pipeline::stamp;
use crate::toolchain::Toolchain;

/// Where a side is built. Base and head are built in the same place one after the other, so that no path can make a
/// difference and dependencies are compiled once.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The folder that holds the others.
    pub directory: PathBuf,
}

impl Checkout {
    /// The files of the revision.
    pub fn source(&self) -> PathBuf {
        self.directory.join("source")
    }

    /// What git knows about the files there.
    pub fn index(&self) -> PathBuf {
        self.directory.join("source.index")
    }
}

/// A binary that was built for counting.
#[derive(Debug, Clone)]
pub struct Built {
    /// The binary.
    pub binary: PathBuf,
    /// Its hash.
    pub sha256: String,
    /// The compiler.
    pub compiler: String,
    /// The program of the micro-benchmarks, beside the binary, or why there is none; None where none are declared.
    pub micro_benchmarks: Option<Result<PathBuf, String>>,
}

/// Builds the workspace in `workspace`, which is in `place`, as `spec` declares it, and copies the binary into `to`. The bench target
/// `micro_benchmarks` comes with it; that it doesn't build is no error.
///
/// # Errors
/// [`StageError`] when the build fails.
pub fn build(
    which: &'static str,
    place: &Checkout,
    workspace: &Path,
    spec: &BuildSpec,
    micro_benchmarks: Option<&str>,
    to: &Path,
    task: &Task,
) -> Result<Built, StageError> {
    let toolchain = Toolchain::discover(workspace)?;
    let project = Project::discover(workspace, spec)?;
    // The name tells the content apart, because cargo would not notice that the object changed.
    let pinned = place.directory.join(format!("entropy-{:.12}", digest::of_bytes(entropy::source().as_bytes())));
    let entropy_object = entropy::compile(&spec.target, workspace, &pinned)?;
    let build = CargoBuild {
        stage: which,
        project: &project,
        toolchain: &toolchain,
        spec,
        directory: &place.directory,
        audit_object: None,
        variant: Variant::Counted { entropy_object },
        stop: None,
    };
    let outcome = build.run(&|name| task.doing(&format!("{which}: compiling {name}")))?;
    std::fs::create_dir_all(to).map_err(StageError::file("cannot make", to))?;
    let binary = to.join(&spec.binary);
    for (name, executable) in &outcome.executables {
        stamp::replace_with_copy(executable, &to.join(name))?;
    }
    let sha256 = digest::of_file(&binary).map_err(StageError::file("cannot read", &binary))?;
    let micro_benchmarks = micro_benchmarks.map(|name| {
        let bench =
            build.run_bench(name, &|crate_name| task.doing(&format!("{which}, {name}: compiling {crate_name}")));
        let copied = bench.map_err(StageError::from).and_then(|bench| {
            let copy = to.join(format!("micro-{name}"));
            stamp::replace_with_copy(&bench, &copy).map(|()| copy)
        });
        copied.map_err(|error| error.to_string())
    });
    Ok(Built { binary, sha256, compiler: toolchain.banner.clone(), micro_benchmarks })
}
