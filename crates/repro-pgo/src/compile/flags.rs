//! The compiler flags of each stage. All stages share everything but the profile's own flags.

use std::path::{Path, PathBuf};

use super::{audit_object, debuginfo, entropy};
use crate::declaration::BuildSpec;

/// Joins flags for `CARGO_ENCODED_RUSTFLAGS`, where spaces are safe.
pub fn encode(flags: &[String]) -> String {
    flags.join("\u{1f}")
}

/// What a stage adds to the common flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variant {
    /// Counts, with the object that pins entropy linked in.
    Instrumented {
        /// The object.
        entropy_object: PathBuf,
    },
    /// Uses a profile.
    Optimized {
        /// The profile.
        profile: PathBuf,
        /// Where the linker writes down what it kept, if that is wanted; the binary does not depend on it.
        link_map: Option<PathBuf>,
        /// What stands in for the linker and keeps what it is told, if that is wanted.
        recorder: Option<PathBuf>,
    },
    /// Neither.
    Baseline,
    /// The baseline made for counting: its functions keep their names, and the object that pins entropy is linked in.
    Counted {
        /// The object.
        entropy_object: PathBuf,
    },
    /// The baseline that can be told to take longer: what a gate is tried on.
    SlowedDown {
        /// The object that takes longer.
        work_object: PathBuf,
    },
}

impl Variant {
    /// Whether a binary of this stage may be the one that ships.
    pub fn ships(&self) -> bool {
        matches!(self, Self::Optimized { .. } | Self::Baseline)
    }

    /// The flags of this stage alone.
    ///
    /// NB: rustc takes either spelling of an option, `-Cprofile-generate` and `-Cprofile_generate`; the `cc` crate before
    /// 1.7.1 knows the first one only, and refuses it without a value. C code gets its flags by
    /// [`super::c_compiler::variables`].
    ///
    /// NB: `-Cprofile-generate` gets no directory: it would be baked into the binary. `LLVM_PROFILE_FILE` says where
    /// at run time. And the instrumented binary gets no build id: profiles carry it, and would differ with the order in
    /// which a linker lays out the same code.
    pub fn flags(&self) -> Vec<String> {
        match self {
            Self::Instrumented { entropy_object } => {
                let no_build_id = "-Clink-arg=-Wl,--build-id=none".to_owned();
                let entropy = format!("-Clink-arg={}", entropy_object.display());
                vec!["-Cprofile_generate".to_owned(), no_build_id, entropy, entropy::LINK_ARGUMENT.to_owned()]
            }
            Self::Optimized { profile, link_map, .. } => {
                let used = format!("-Cprofile-use={}", profile.display());
                let warned = "-Cllvm-args=-pgo-warn-missing-function".to_owned();
                // `-Xlinker` because `-Wl` would split a path at its commas.
                let map =
                    |path: &PathBuf| ["-Clink-arg=-Xlinker".to_owned(), format!("-Clink-arg=-Map={}", path.display())];
                [used, warned].into_iter().chain(link_map.iter().flat_map(map)).collect()
            }
            Self::Baseline => Vec::new(),
            // rustc takes the last `-Cstrip`, and cargo puts these flags behind its profile's.
            Self::Counted { entropy_object } => {
                let entropy = format!("-Clink-arg={}", entropy_object.display());
                vec!["-Cstrip=debuginfo".to_owned(), entropy, entropy::LINK_ARGUMENT.to_owned()]
            }
            Self::SlowedDown { work_object } => vec![format!("-Clink-arg={}", work_object.display())],
        }
    }
}

/// One path prefix and what replaces it in the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remapping {
    /// The prefix on this machine.
    pub from: PathBuf,
    /// The prefix everywhere.
    pub to: String,
}

impl Remapping {
    /// Replaces `from` by `to`.
    pub fn new(from: impl Into<PathBuf>, to: impl Into<String>) -> Self {
        Self { from: from.into(), to: to.into() }
    }
}

/// The remappings of a build in `workspace` whose cargo target directory is `target_directory`. `sources` are the folders
/// that hold the packages from registries and elsewhere. rustc takes the last that matches, so the inner ones come later.
pub fn remappings(
    workspace: &Path,
    target_directory: &Path,
    sources: &[PathBuf],
    sysroot: &Path,
    commit: Option<&str>,
) -> Vec<Remapping> {
    let library = sysroot.join("lib/rustlib/src/rust");
    let mut mapped = vec![Remapping::new(workspace, "/build")];
    mapped.extend(sources.iter().map(|source| Remapping::new(source, "/cargo")));
    mapped.push(Remapping::new(target_directory, "/build/target"));
    mapped.push(Remapping::new(library, format!("/rustc/{}", commit.unwrap_or("unknown"))));
    mapped
}

/// All flags of one build: the declared ones, the remappings, those of what `ships`, then the stage's own.
pub fn all(declared: &[String], remappings: &[Remapping], ships: &[String], variant: &Variant) -> Vec<String> {
    let remap = remappings.iter().map(|map| format!("--remap-path-prefix={}={}", map.from.display(), map.to));
    let ships = ships.iter().filter(|_| variant.ships()).cloned();
    declared.iter().cloned().chain(remap).chain(ships).chain(variant.flags()).collect()
}

/// What the builds that ship add to all others: the list of crates in `audit_object`, where there is one, and debug information.
pub fn of_what_ships(build: &BuildSpec, audit_object: Option<&Path>) -> Vec<String> {
    let list = audit_object.map(|object| audit_object::flags(object, &build.target));
    let debuginfo = build.debuginfo.map(debuginfo::flags);
    list.into_iter().flatten().chain(debuginfo.into_iter().flatten()).collect()
}

/// Whether a rustc `command_line` of cargo asks for ThinLTO over several modules, which does not give the same bytes every
/// time (measured with rustc 1.95: one build in 20 to 60 differs). Without any `lto` flag rustc does it within a crate.
pub fn may_vary(command_line: &str) -> bool {
    let words: Vec<&str> = command_line.split_whitespace().collect();
    let value = |key: &str| words.iter().rev().find_map(|word| word.trim_start_matches("-C").strip_prefix(key));
    match value("lto") {
        Some("=thin") => true,
        Some(_) => false,
        None => value("codegen-units=") != Some("1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thin_lto_over_several_modules_may_vary() {
        for stable in ["-C lto=fat -C x", "-C lto -C codegen-units=16", "-C codegen-units=1", "-Clto=off"] {
            assert!(!may_vary(stable), "{stable}");
        }
        for varying in ["-C opt-level=3", "-C codegen-units=16", "-C lto=thin -C codegen-units=1"] {
            assert!(may_vary(varying), "{varying}");
        }
    }

    #[test]
    fn stages_differ_in_the_profile_alone() {
        let declared = ["-Ctarget-feature=+crt-static".to_owned()];
        let maps = remappings(Path::new("/w"), Path::new("/w/target"), &[PathBuf::from("/c")], Path::new("/s"), None);
        let variant =
            Variant::Optimized { profile: PathBuf::from("/p"), link_map: Some(PathBuf::from("/m")), recorder: None };
        let list = ["-Clink-arg=/l.o".to_owned()];
        let baseline = all(&declared, &maps, &list, &Variant::Baseline);
        let optimized = all(&declared, &maps, &list, &variant);
        assert!(baseline.ends_with(&list));
        assert_eq!(optimized[..baseline.len()], baseline);
        assert_eq!(
            optimized[baseline.len()..],
            ["-Cprofile-use=/p", "-Cllvm-args=-pgo-warn-missing-function", "-Clink-arg=-Xlinker", "-Clink-arg=-Map=/m"]
        );
    }

    #[test]
    fn inner_folders_come_after_outer_ones() {
        let maps = remappings(Path::new("/w"), Path::new("/w/target"), &[], Path::new("/s"), Some("abc"));
        let targets: Vec<_> = maps.iter().map(|map| map.to.as_str()).collect();
        assert_eq!(targets, ["/build", "/build/target", "/rustc/abc"]);
    }
}
