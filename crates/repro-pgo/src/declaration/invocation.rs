//! How a declared command runs on an entry of an input set: in which directory, with which arguments and surroundings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::background::Readiness;
use paired_bench::measure::case::with_binary;

use super::ServiceSpec;

/// A command as it is declared, whether it is trained, checked or measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandSpec {
    /// Another binary than the one that ships.
    pub binary: Option<String>,
    /// A program of the system instead of a binary.
    pub program: Option<String>,
    /// The arguments.
    pub args: Vec<String>,
    /// Variables added to the fixed environment.
    pub env: BTreeMap<String, String>,
    /// The file that standard input reads.
    pub stdin: Option<String>,
    /// The working directory.
    pub directory: Option<String>,
    /// Commands before each run.
    pub setup: Vec<Vec<String>>,
    /// Commands after each run.
    pub teardown: Vec<Vec<String>>,
    /// Whether each run gets a fresh copy of its entry.
    pub writes: bool,
    /// What runs beside it.
    pub services: Vec<ServiceSpec>,
}

/// A service on an entry, its program not yet known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedService {
    /// Its command as it is declared, which is its name in messages.
    pub name: String,
    /// Which binary `{binary}` is.
    pub binary: Option<String>,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// What tells that it is ready.
    pub ready: Readiness,
    /// The command that stops it; empty where SIGTERM does.
    pub stop: Vec<String>,
    /// Whether it is one of the trained binaries.
    pub is_trained: bool,
}

impl PlacedService {
    /// The same, where the `{binary}` is the file `binary`.
    pub fn of(&self, binary: &Path) -> Self {
        Self { command: with_binary(&self.command, binary), stop: with_binary(&self.stop, binary), ..self.clone() }
    }
}

/// A command on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The working directory: the entry, or the set's folder where the entry is a file, or what is declared below it.
    pub directory: PathBuf,
    /// The arguments.
    pub args: Vec<String>,
    /// The added variables, by name.
    pub environment: Vec<(String, String)>,
    /// What standard input reads.
    pub stdin: Option<PathBuf>,
    /// Commands before the run.
    pub setup: Vec<Vec<String>>,
    /// Commands after the run.
    pub teardown: Vec<Vec<String>>,
    /// What runs beside it.
    pub services: Vec<PlacedService>,
}

impl CommandSpec {
    /// A command that only has arguments.
    pub fn with_args(args: &[String]) -> Self {
        Self { args: args.to_vec(), ..Self::default() }
    }

    /// Places the command on the `entry` of the set in the folder `set`: `{entry}` and `{set}` become their absolute paths.
    pub fn place(&self, set: &Path, entry: &str) -> Placed {
        let path = set.join(entry);
        let filled =
            |text: &String| text.replace("{entry}", &path.to_string_lossy()).replace("{set}", &set.to_string_lossy());
        let all = |words: &[String]| words.iter().map(filled).collect::<Vec<_>>();
        let commands = |commands: &[Vec<String>]| commands.iter().map(|command| all(command)).collect();
        let mut directory = if path.is_dir() { path.clone() } else { set.to_owned() };
        if let Some(declared) = &self.directory {
            directory = directory.join(filled(declared));
        }
        let services = self.services.iter().map(|service| PlacedService {
            name: service.command.join(" "),
            binary: service.binary.clone(),
            command: all(&service.command),
            ready: match (service.ready.port, &service.ready.file) {
                (Some(port), _) => Readiness::Port(port),
                (None, file) => Readiness::File(directory.join(file.as_ref().map(&filled).unwrap_or_default())),
            },
            stop: all(&service.stop),
            is_trained: service.is_trained(),
        });
        Placed {
            services: services.collect(),
            args: all(&self.args),
            environment: self.env.iter().map(|(name, value)| (name.clone(), filled(value))).collect(),
            stdin: self.stdin.as_ref().map(|file| directory.join(filled(file))),
            setup: commands(&self.setup),
            teardown: commands(&self.teardown),
            directory,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> tempfile::TempDir {
        let set = tempfile::tempdir().expect("a temporary directory can be made");
        std::fs::create_dir(set.path().join("folder")).expect("the directory is ours");
        std::fs::write(set.path().join("file"), "").expect("the directory is ours");
        set
    }

    #[test]
    fn a_folder_is_the_working_directory_and_a_file_is_named() {
        let set = set();
        let command = CommandSpec::with_args(&["read".to_owned(), "{entry}".to_owned()]);
        let file = command.place(set.path(), "file");
        assert_eq!(file.directory, set.path());
        assert_eq!(file.args[1], set.path().join("file").to_string_lossy());
        assert_eq!(command.place(set.path(), "folder").directory, set.path().join("folder"));
    }

    #[test]
    fn surroundings_are_relative_to_the_entry() {
        let set = set();
        let command = CommandSpec {
            env: BTreeMap::from([("HOME".to_owned(), "{set}/home".to_owned())]),
            stdin: Some("../words".to_owned()),
            directory: Some("inner".to_owned()),
            setup: vec![vec!["touch".to_owned(), "{entry}/seen".to_owned()]],
            ..CommandSpec::default()
        };
        let placed = command.place(set.path(), "folder");
        let entry = set.path().join("folder");
        assert_eq!(placed.directory, entry.join("inner"));
        assert_eq!(placed.stdin, Some(entry.join("inner/../words")));
        assert_eq!(placed.environment[0].1, set.path().join("home").to_string_lossy());
        assert_eq!(placed.setup[0][1], entry.join("seen").to_string_lossy());
        let stdin = CommandSpec { stdin: Some("{entry}".to_owned()), ..CommandSpec::default() };
        assert_eq!(stdin.place(set.path(), "file").stdin, Some(set.path().join("file")));
    }
}
