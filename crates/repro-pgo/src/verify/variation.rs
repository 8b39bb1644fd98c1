//! What the second build varies, and what this machine does not permit to vary.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use host::linux;
use host::linux::CpuSet;
use serde::Serialize;

use super::preload::{self, Preload};

/// Something that was not varied, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// The conditions of the second build.
#[derive(Debug, Clone)]
pub struct Variation {
    /// What is varied, for people.
    pub varied: Vec<String>,
    /// What is not.
    pub skipped: Vec<Skipped>,
    host_name: bool,
    addresses: bool,
    processor: Option<usize>,
    preload: Option<Preload>,
}

/// The loader's variable.
pub const PRELOAD: &str = "LD_PRELOAD";

const HOST_NAME: &[u8] = b"elsewhere";

impl Variation {
    /// Finds out what can be varied here; `place` is a folder for what that takes.
    pub fn detect(place: &Path) -> Self {
        let always = ["directory name and depth", "order of file creation", "home", "user name", "time zone"];
        let also = ["locale", "file mode mask", "environment size", "the second of the clock", "other work beside it"];
        let mut found = Self {
            varied: always.iter().chain(&also).map(|what| (*what).to_owned()).collect(),
            skipped: Vec::new(),
            host_name: permitted(rename_host),
            addresses: permitted(linux::fix_addresses),
            processor: one_of_several(),
            preload: None,
        };
        let permission = "this machine does not permit it";
        found.note(found.host_name, "host name", permission);
        found.note(found.addresses, "address space randomisation", permission);
        found.note(found.processor.is_some(), "number of processors", "there is only one");
        found.preload(preload::prepare(place));
        found
    }

    /// The date and the order of directory entries, which take an object loaded into every program.
    fn preload(&mut self, prepared: Result<Preload, String>) {
        let ignored = "this machine's programs don't load the object that varies it";
        let (preload, why) = match prepared {
            Ok(preload) => (Some(preload), ignored.to_owned()),
            Err(why) => (None, why),
        };
        let seen = |change: fn(&Preload) -> bool| preload.as_ref().is_some_and(change);
        let (date, folders) = (seen(|preload| preload.shifts_the_date), seen(|preload| preload.reverses_folders));
        self.note(date, "the date (13 months ahead, but for cargo itself)", &why);
        self.note(folders, "order of directory entries", &why);
        self.preload = preload.filter(|_| date || folders);
    }

    /// What the build without variation loads, so that its folders are not listed as the varied one's by accident.
    pub fn counterpart(&self) -> Option<&Path> {
        self.preload.as_ref().map(|preload| preload.counterpart.as_path())
    }

    fn note(&mut self, is_varied: bool, what: &str, why: &str) {
        if is_varied {
            self.varied.push(what.to_owned());
        } else {
            self.skipped.push(Skipped { what: what.to_owned(), why: why.to_owned() });
        }
    }

    /// Makes `command` run under the other conditions; `home` is an empty folder.
    pub fn apply(&self, command: &mut Command, home: &Path) {
        for (name, path) in toolchain_homes() {
            command.env(name, path);
        }
        command.env_remove("SOURCE_DATE_EPOCH").env("HOME", home).env("USER", "somebody").env("LOGNAME", "somebody");
        command.env("TZ", "Asia/Kathmandu").env("LC_ALL", "tr_TR.UTF-8").env("LANG", "tr_TR.UTF-8");
        command.env("A_VARIABLE_OF_NO_MEANING", "x".repeat(4000));
        command.envs(self.preload.as_ref().map(|preload| (PRELOAD, &preload.object)));
        let (host_name, addresses, processor) = (self.host_name, self.addresses, self.processor);
        let prepare = move || {
            rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
            if host_name {
                rename_host()?;
            }
            if addresses {
                linux::fix_addresses()?;
            }
            processor.map_or(Ok(()), use_only)
        };
        // SAFETY: the closure allocates nothing, takes no lock and makes system calls only.
        unsafe { command.pre_exec(prepare) };
    }
}

/// Where cargo and rustup are; with another home they would look in the wrong place.
fn toolchain_homes() -> Vec<(&'static str, PathBuf)> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let of = |name: &'static str, folder: &str| {
        let named = std::env::var_os(name).map(|path: OsString| PathBuf::from(path));
        let default = home.as_ref().map(|home| home.join(folder)).filter(|path| path.is_dir());
        named.or(default).map(|path| (name, path))
    };
    [of("CARGO_HOME", ".cargo"), of("RUSTUP_HOME", ".rustup")].into_iter().flatten().collect()
}

/// Whether a process may do what `prepare` does.
fn permitted(prepare: fn() -> io::Result<()>) -> bool {
    let Ok(own) = std::env::current_exe() else { return false };
    let mut command = Command::new(own);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: both functions passed here make system calls only.
    unsafe { command.pre_exec(prepare) };
    command.status().is_ok_and(|status| status.success())
}

fn rename_host() -> io::Result<()> {
    linux::rename_host(HOST_NAME)
}

fn one_of_several() -> Option<usize> {
    let allowed = linux::affinity().ok()?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu))?;
    (allowed.count() > 1).then_some(last)
}

fn use_only(processor: usize) -> io::Result<()> {
    let mut only = CpuSet::new();
    only.set(processor);
    linux::set_affinity(None, &only)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected() -> (tempfile::TempDir, Variation) {
        let place = tempfile::tempdir().expect("a temporary directory can be made");
        let variation = Variation::detect(place.path());
        (place, variation)
    }

    #[test]
    fn everything_is_varied_or_told() {
        let (_place, mut variation) = detected();
        assert_eq!(variation.varied.len() + variation.skipped.len(), 15);
        variation.preload(Err("there is no linker".to_owned()));
        assert_eq!(variation.skipped.last().map(|skipped| skipped.why.as_str()), Some("there is no linker"));
    }

    #[test]
    fn the_other_conditions_reach_the_child() {
        let home = tempfile::tempdir().expect("a temporary directory can be made");
        let mut command = Command::new("/bin/sh");
        // Of the shell alone: in a build sandbox there may be no other program.
        command.args(["-c", "umask; echo $HOME; echo $TZ; read -r name </proc/sys/kernel/hostname; echo $name"]);
        let (_place, variation) = detected();
        variation.apply(&mut command, home.path());
        let output = command.output().expect("the shell starts");
        let told = String::from_utf8(output.stdout).expect("it is text");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[..3], ["0077", &*home.path().to_string_lossy(), "Asia/Kathmandu"]);
        assert_eq!(lines[3] == "elsewhere", variation.host_name);
    }
}
