//! `pgo-manifest.json`: what it takes to get the same bytes again.
//!
//! It lies inside the tarball, so it holds facts that are the same on every run from the same source, and no others.
//! Maps are sorted and the fields have one order, so its text is reproducible too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::toolchain::MachineRecord;

/// Version of this format; it grows when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Name of the manifest inside the tarball.
pub const FILE_NAME: &str = "pgo-manifest.json";

/// How a release was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Name of the program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Platform as in the tarball's name.
    pub platform: String,
    /// Which of the two builds is inside.
    pub variant: Variant,
    /// What makes the same bytes again: Nix and cargo take other compilers and C libraries.
    pub built_by: Builder,
    /// The source.
    pub source: Source,
    /// The tools.
    pub toolchain: Toolchain,
    /// The build.
    pub build: Build,
    /// SHA-256 of each binary besides the one that the release is named for, by its name in the tarball.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more_binaries: BTreeMap<String, String>,
    /// What holds the debug information of each binary, by its name in the archive beside the tarball; empty where none is kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub debuginfo: BTreeMap<String, DebugFile>,
    /// The profile; none in an LTO-only release.
    pub profile: Option<Profile>,
}

/// The debug information of one binary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebugFile {
    /// The build id of both.
    pub build_id: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Which of the two builds is inside. The ship gate's figures and verdict lie beside the tarball.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// Link-time optimized with a profile.
    Pgo,
    /// Link-time optimized only.
    Lto,
}

impl Variant {
    /// Its name in manifests and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pgo => "pgo",
            Self::Lto => "lto",
        }
    }
}

/// What a release was built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Builder {
    /// The flake: every tool is locked.
    Nix,
    /// cargo, with the machine's own linker and C library.
    Cargo,
}

/// The source a release was built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Commit, where it is known.
    pub revision: Option<String>,
    /// Whether files differed from that commit: then the revision alone doesn't give the same bytes.
    pub dirty: bool,
    /// SHA-256 of each lock file, by its path in the workspace.
    pub lock_files: BTreeMap<String, String>,
}

/// The tools that decide about the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// First line of `rustc --version`.
    pub rustc: String,
    /// LLVM version of that rustc.
    pub llvm: String,
    /// The linker and its version.
    pub linker: String,
    /// SHA-256 of the static C library that was linked in, if one was.
    pub libc_sha256: Option<String>,
    /// Version of llvm-profdata; none where nothing was merged.
    pub llvm_profdata: Option<String>,
}

/// What cargo was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Target triple.
    pub target: String,
    /// Cargo profile.
    pub profile: String,
    /// rustc flags of each stage, with paths replaced by placeholders.
    pub flags: BTreeMap<String, Vec<String>>,
}

/// The profile and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// SHA-256 of the merged `.profdata`.
    pub sha256: String,
    /// SHA-256 of its canonical text.
    pub text_sha256: String,
    /// How it was trained.
    pub training: Training,
    /// Whether an earlier build made it: then this source and these inputs need not give it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
    /// Times the whole training was run; all of them gave the same bytes.
    pub replicates: u32,
    /// CPU models it was trained on and their weights in the merge.
    pub cpu_models: Vec<CpuModel>,
    /// Optional CPU models that the emulator did not have; one that has them gives another profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu_models_left_out: Vec<String>,
    /// Content hash of each set of inputs; of a frozen profile they are not known.
    pub inputs: BTreeMap<String, String>,
    /// Functions in the profile.
    pub functions: u64,
    /// Functions that ran at least once.
    pub covered_functions: u64,
    /// Functions compiled without profile data.
    pub unmatched_functions: u64,
    /// The C code that build scripts compiled in; what is not `profiled` was optimized without the profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub c_code: Vec<crate::compile::c_code::CCode>,
    /// The order of the functions in the binary; none where the linker chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
}

/// The order of the functions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// SHA-256 of the list that the linker was given.
    pub order_sha256: String,
    /// How many functions are in it.
    pub functions: u64,
    /// What the training was traced with.
    pub emulator: String,
}

/// A CPU the training ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuModel {
    /// The emulator's name of it.
    pub name: String,
    /// Weight in the merge.
    pub weight: u64,
}

/// What ran the instrumented binary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "lowercase", deny_unknown_fields)]
pub enum Training {
    /// An emulator: the profile depends on nothing of the machine.
    Emulated {
        /// Its name.
        emulator: String,
        /// Its version.
        version: String,
        /// The whole machine, where it emulates one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        machine: Option<MachineRecord>,
    },
    /// The machine itself.
    Native {
        /// What else has to be the same for the same profile: "the CPU model Example 1234", "the environment".
        depends_on: Vec<String>,
    },
}

impl Manifest {
    /// How the names of the release's files begin: `<name>-<version>-<platform>`.
    pub fn stem(&self) -> String {
        format!("{}-{}-{}", self.name, self.version, self.platform)
    }

    /// The text that lies in the tarball.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("maps have text keys, and nothing here can fail");
        text.push('\n');
        text
    }

    /// Reads the text of a manifest. The message names line and column.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if manifest.schema_version == SCHEMA_VERSION {
            return Ok(manifest);
        }
        Err(format!("its schema version is {}, this program reads {SCHEMA_VERSION}", manifest.schema_version))
    }
}
