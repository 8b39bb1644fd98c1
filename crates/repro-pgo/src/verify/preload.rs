//! The object that gives the programs of a varied build another date and another order of directory entries. Neither can
//! be varied without privileges otherwise: the kernel's name spaces shift other clocks only.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::compile::environment;
use crate::toolchain::rustc;

/// The object's sources, by file; the first one is the crate's root.
const SOURCES: [(&str, &str); 2] = [
    ("other_conditions.rs", include_str!("../../assets/other_conditions.rs")),
    ("sorted_directories.rs", include_str!("../../assets/sorted_directories.rs")),
];

/// Whatever is further ahead is no accident.
const FAR: Duration = Duration::from_secs(300 * 86400);

/// The compiled objects and what they were seen to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preload {
    /// For the varied build.
    pub object: PathBuf,
    /// For the build it is compared with: the date is the machine's, folders are listed the other way round.
    pub counterpart: PathBuf,
    /// Whether programs see another date.
    pub shifts_the_date: bool,
    /// Whether programs see another order of directory entries.
    pub reverses_folders: bool,
}

/// Compiles the objects into `directory` and tries them on this machine's own programs.
///
/// # Errors
/// Why it can't be used, for people.
pub fn prepare(directory: &Path) -> Result<Preload, String> {
    let object = directory.join("other-conditions.so");
    // The loader takes spaces and colons for separators.
    if object.to_string_lossy().contains([' ', ':']) {
        return Err(format!("{} has a space or colon in its path", object.display()));
    }
    let counterpart = directory.join("same-conditions.so");
    compile(directory, &object, &["--cfg", "varied"])?;
    compile(directory, &counterpart, &[])?;
    let shifts_the_date = date(&object).is_some_and(|date| date > SystemTime::now() + FAR);
    let orders = [(&object, "d\nc\nb\na\n"), (&counterpart, "a\nb\nc\nd\n")];
    let reverses_folders = orders.iter().all(|(object, order)| listed(directory, object).as_deref() == Some(*order));
    Ok(Preload { object, counterpart, shifts_the_date, reverses_folders })
}

fn compile(directory: &Path, object: &Path, flags: &[&str]) -> Result<(), String> {
    for (name, text) in SOURCES {
        std::fs::write(directory.join(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(rustc::program());
    environment::scrub(&mut command);
    command.args([
        "--edition=2024",
        "--crate-type=cdylib",
        "-Cpanic=abort",
        "-Copt-level=2",
        "-Ccodegen-units=1",
        "-o",
    ]);
    command.arg(object).args(flags).arg(directory.join(SOURCES[0].0)).current_dir(directory).stdin(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or("rustc failed").to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("the object for it does not compile: {first}")) }
}

/// What `command` prints with the object loaded.
fn printed(object: &Path, program: &str, arguments: &[&str], directory: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).env("LD_PRELOAD", object).stdin(Stdio::null());
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn date(object: &Path) -> Option<SystemTime> {
    let seconds = printed(object, "date", &["+%s"], Path::new("/"))?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.trim().parse().ok()?))
}

/// How a folder of `a` to `d` is listed with `object` loaded.
fn listed(directory: &Path, object: &Path) -> Option<String> {
    let probe = directory.join("probe");
    std::fs::create_dir_all(&probe).ok()?;
    ["b", "d", "a", "c"].iter().try_for_each(|name| std::fs::write(probe.join(name), "")).ok()?;
    printed(object, "ls", &["-U", "-1"], &probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_see_another_date_and_another_order() {
        let directory =
            tempfile::Builder::new().prefix("preload").tempdir().expect("a temporary directory can be made");
        let preload = prepare(directory.path()).expect("the object compiles");
        assert!(preload.shifts_the_date && preload.reverses_folders, "{preload:?}");
        let cargo = directory.path().join("cargo");
        std::fs::copy("/bin/date", &cargo).expect("there is a date program");
        let told = printed(&preload.object, &cargo.to_string_lossy(), &["+%s"], Path::new("/")).expect("it runs");
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set").as_secs();
        assert!(told.trim().parse::<u64>().expect("it is a number") < now + 60, "cargo's caches belong to the user");
    }

    #[test]
    fn a_path_that_the_loader_would_split_is_refused() {
        let error = prepare(Path::new("/no such/place")).expect_err("it has a space");
        assert!(error.contains("has a space or colon"), "{error}");
    }
}
