//! Which program of a workspace is meant, and how it is released: by its manifests, its configuration and its workflows.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;
use thiserror::Error;

use super::binaries;
use super::flags;
use super::releases::{self, Releases};
use crate::compile::configured;
use crate::declaration::BinarySpec;

/// Why it can't be told.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// Cargo does not understand the folder.
    #[error("cargo can't read the workspace in {}: {source}", directory.display())]
    Metadata {
        /// The folder.
        directory: PathBuf,
        /// Its words.
        source: Box<cargo_metadata::Error>,
    },
    /// Nothing to run.
    #[error("no package of {} has a binary; PGO trains programs", root.display())]
    NoBinary {
        /// The workspace.
        root: PathBuf,
    },
    /// None of that name.
    #[error("no such program; name one of: {}", known.join(", "))]
    Unknown {
        /// All of them as `package/binary`.
        known: Vec<String>,
    },
    /// More than one, and none stands out.
    #[error("which program? name it with --package and --bin: {}", known.join(", "))]
    Ambiguous {
        /// All of them as `package/binary`.
        known: Vec<String>,
    },
}

/// What is built and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The package's folder.
    pub directory: PathBuf,
    /// The file that the binary starts in.
    pub source: PathBuf,
    /// The package.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The binary.
    pub binary: String,
    /// The other binaries that releases hold.
    pub more: Vec<BinarySpec>,
    /// The cargo profile that releases are built with.
    pub profile: String,
    /// Flags of every build.
    pub rustflags: Vec<String>,
    /// Features that releases switch on, or that the binary needs.
    pub features: Vec<String>,
    /// The crates for threads that are among the dependencies.
    pub thread_crates: Vec<&'static str>,
    /// What a reader should know about these choices.
    pub notes: Vec<String>,
}

impl Program {
    /// The names of all binaries, this one's first.
    pub fn binaries(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.binary.as_str()).chain(self.more.iter().map(|more| more.binary.as_str()))
    }

    /// Looks at the workspace around `directory`; `package` and `binary` choose among several.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn look(
        directory: &Path,
        target: &str,
        package: Option<&str>,
        binary: Option<&str>,
    ) -> Result<Self, ProgramError> {
        let is_locked = directory.ancestors().any(|folder| folder.join("Cargo.lock").exists());
        let metadata = MetadataCommand::new().current_dir(directory).env("RUSTC_WRAPPER", "").exec();
        let metadata = metadata
            .map_err(|source| ProgramError::Metadata { directory: directory.to_owned(), source: Box::new(source) })?;
        let root = metadata.workspace_root.as_std_path().to_owned();
        let all = binaries::all(&metadata);
        let chosen = binaries::choose(&all, &root, directory, package, binary)?;
        let package = chosen.package;
        let releases = Releases::read(&root);
        let mut notes = Vec::new();
        if !is_locked {
            notes.push(
                "there was no Cargo.lock, so cargo made one: commit it, because a profile fits the versions in it"
                    .to_owned(),
            );
        }
        let configured = configured::rustflags(&root, target).into_iter().flat_map(|file| file.flags);
        let (mut rustflags, left_out) = flags::taken(configured);
        notes.extend(left_out);
        if !rustflags.is_empty() {
            notes.push("[build] rustflags are those of cargo's configuration files".to_owned());
        }
        let by_default = configured::default_target(&root).filter(|(_, configured)| configured != target);
        if let Some(for_musl) = for_musl(&releases, by_default.as_ref()).filter(|_| target.ends_with("-gnu")) {
            rustflags.push("-Ctarget-feature=+crt-static".to_owned());
            notes.push(format!(
                "{for_musl} for musl, so [build] makes a static binary too, with glibc: it is as self-contained and mostly faster"
            ));
        } else if let Some((file, configured)) = by_default {
            notes.push(format!(
                "{} builds for {configured}; [build] target is this machine's, where the program can be trained",
                file.display()
            ));
        }
        let (profile, profile_note) = releases::profile(&root, &releases);
        notes.extend(profile_note);
        let is_there = |feature: &&String| package.features.contains_key(feature.as_str());
        let mut features: Vec<String> = releases.features.iter().filter(is_there).cloned().collect();
        features.extend(chosen.features_off(&features));
        let thread_crates = ["rayon", "tokio"]
            .into_iter()
            .filter(|name| metadata.packages.iter().any(|package| package.name.as_str() == *name));
        Ok(Self {
            source: chosen.target.src_path.as_std_path().to_owned(),
            directory: package.manifest_path.parent().map_or(root.clone(), |folder| folder.as_std_path().to_owned()),
            package: package.name.to_string(),
            version: package.version.to_string(),
            binary: chosen.target.name.clone(),
            more: binaries::released_beside(&all, chosen, &features, &releases),
            profile,
            rustflags,
            features,
            thread_crates: thread_crates.collect(),
            notes,
            root,
        })
    }
}

/// What tells that the releases for Linux are musl's, with its verb.
fn for_musl(releases: &Releases, by_default: Option<&(PathBuf, String)>) -> Option<String> {
    if releases.are_static {
        return Some("the workflows build".to_owned());
    }
    by_default
        .filter(|(_, target)| target.ends_with("-linux-musl"))
        .map(|(file, _)| format!("{} builds", file.display()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::compile::configured::tests::configure;

    /// A program as others' tests have it.
    pub fn program() -> Program {
        Program {
            root: PathBuf::from("/w"),
            directory: PathBuf::from("/w"),
            source: PathBuf::from("/w/tool/src/main.rs"),
            package: "demo".to_owned(),
            version: "1.2.0".to_owned(),
            binary: "demo".to_owned(),
            more: Vec::new(),
            profile: "release".to_owned(),
            rustflags: vec!["-Ctarget-feature=+crt-static".to_owned()],
            features: vec!["fast".to_owned()],
            thread_crates: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Writes a workspace: each package as its name, the lines of its manifest, and the names of its binaries.
    fn workspace(packages: &[(&str, &str, &[&str])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let write = |name: &str, text: &str| {
            let file = root.path().join(name);
            std::fs::create_dir_all(file.parent().expect("it is below the root")).expect("the directory is ours");
            std::fs::write(file, text).expect("the directory is ours");
        };
        write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"*-package\"]\n");
        for (name, lines, binaries) in packages {
            let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.2.0\"\nedition = \"2021\"\n{lines}\n");
            write(&format!("{name}-package/Cargo.toml"), &manifest);
            for binary in *binaries {
                write(&format!("{name}-package/src/bin/{binary}.rs"), "fn main() {}\n");
            }
        }
        root
    }

    fn look(root: &Path, binary: Option<&str>) -> Result<Program, ProgramError> {
        Program::look(root, "x86_64-unknown-linux-gnu", None, binary)
    }

    #[test]
    fn the_only_program_for_users_is_meant() {
        let root = workspace(&[("tool", "", &["tool"]), ("xtask", "publish = false", &["xtask"])]);
        let found = look(root.path(), None).expect("one is published");
        assert_eq!((found.binary.as_str(), found.version.as_str()), ("tool", "1.2.0"));
        assert!(found.more.is_empty() && found.notes[0].contains("no Cargo.lock"), "{found:?}");
        let again = look(root.path(), None).expect("one is published");
        assert!(!again.notes.iter().any(|note| note.contains("Cargo.lock")), "{:?}", again.notes);
        let refused = look(root.path(), Some("other")).expect_err("there is none").to_string();
        assert_eq!(refused, "no such program; name one of: tool/tool, xtask/xtask");
    }

    #[test]
    fn the_target_of_cargos_configuration_is_told() {
        let root = workspace(&[("tool", "", &["tool"])]);
        let configured = |triple: &str| {
            configure(root.path(), &format!("[build]\ntarget = \"{triple}\"\n"));
            let found = look(root.path(), None).expect("there is one");
            (found.rustflags, found.notes.join("; "))
        };
        let (flags, note) = configured("x86_64-unknown-linux-musl");
        assert_eq!(flags, ["-Ctarget-feature=+crt-static"]);
        assert!(note.contains("config.toml builds for musl"), "{note}");
        let (flags, note) = configured("aarch64-unknown-linux-gnu");
        assert!(flags.is_empty() && note.contains("builds for aarch64-unknown-linux-gnu"), "{note}");
        assert!(!configured("x86_64-unknown-linux-gnu").1.contains("builds for"));
    }

    #[test]
    fn what_is_released_along_is_found_and_what_is_not_is_left_out() {
        let needs = "[features]\nextra = []\n[[bin]]\nname = \"heavy\"\npath = \"src/bin/heavy.rs\"\nrequired-features = [\"extra\"]";
        let root = workspace(&[
            ("tool", needs, &["find", "heavy", "testing-commands", "xargs"]),
            ("others", "", &["named", "unnamed"]),
        ]);
        let error = look(root.path(), None).expect_err("none stands out").to_string();
        assert!(error.contains("name it with --package and --bin") && error.contains("tool/xargs"), "{error}");
        let workflows = root.path().join(".github/workflows");
        std::fs::create_dir_all(&workflows).expect("the directory is ours");
        std::fs::write(workflows.join("release.yml"), "run: tar czf tools.tgz target/release/{find,named,xargs}\n")
            .expect("the directory is ours");
        let found = look(root.path(), Some("find")).expect("it is named");
        let more: Vec<_> = found.more.iter().map(|more| (more.binary.as_str(), more.package.as_deref())).collect();
        assert_eq!(more, [("named", Some("others")), ("xargs", None)]);
        assert_eq!(look(root.path(), Some("heavy")).expect("it is named").features, ["extra"]);
    }
}
