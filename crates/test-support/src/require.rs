//! Tools that a machine may lack: without them a test is skipped in sight of everyone, or fails where that is asked for.

use std::env;
use std::io::{self, Write as _};
use std::panic::Location;
use std::path::PathBuf;
use std::thread;

/// Where this variable is set (to anything but `0`), a missing tool fails its tests: for machines that have to have everything.
pub const REQUIRE_VARIABLE: &str = "REPRO_PGO_REQUIRE_TOOLS";

/// The path of a program that the calling test needs. Where it is missing, says so and returns `None`, for the test to return.
///
/// ```
/// let Some(_cargo) = test_support::require("cargo") else { return };
/// ```
///
/// # Panics
/// Where it is missing and [`REQUIRE_VARIABLE`] is set.
#[track_caller]
pub fn require(program: &str) -> Option<PathBuf> {
    require_found(program, on_path(program))
}

/// The same for what is looked for in other ways; `found` is what came of it.
///
/// # Panics
/// Where nothing was found and [`REQUIRE_VARIABLE`] is set.
#[track_caller]
pub fn require_found<Found>(what: &str, found: Option<Found>) -> Option<Found> {
    if found.is_none() {
        let line = skipped(thread::current().name(), Location::caller(), what);
        assert!(
            !everything_is_required(env::var(REQUIRE_VARIABLE).ok().as_deref()),
            "{line}, and {REQUIRE_VARIABLE} is set"
        );
        // Past the test harness, which shows what a test prints only when it fails.
        writeln!(io::stderr(), "{line}").expect("standard error is open");
    }
    found
}

/// The first file of that name on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

fn everything_is_required(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value, "" | "0"))
}

/// Each test has a thread of its name, except where they run one at a time; then the place says which one it is.
fn skipped(thread: Option<&str>, place: &Location<'_>, what: &str) -> String {
    let test = thread.filter(|name| *name != "main").unwrap_or("a test");
    format!("skipped: {test} ({}:{}) needs {what}, which is not here", place.file(), place.line())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found() {
        let cargo = require("cargo").expect("cargo runs this test");
        assert!(cargo.is_file());
        assert_eq!(require_found("a number", Some(3)), Some(3));
        assert_eq!(on_path("no-program-of-this-name"), None);
    }

    #[test]
    fn what_is_missing_is_named_with_test_and_place() {
        let place = Location::caller();
        let line = skipped(thread::current().name(), place, "valgrind");
        assert!(line.starts_with("skipped: "), "{line}");
        assert!(line.contains("require.rs:") && line.ends_with("needs valgrind, which is not here"), "{line}");
        assert!(skipped(Some("module::a_test"), place, "x").contains("module::a_test"));
    }

    #[test]
    fn a_variable_says_whether_everything_has_to_be_there() {
        assert!(everything_is_required(Some("1")) && everything_is_required(Some("yes")));
        assert!(
            !everything_is_required(None) && !everything_is_required(Some("0")) && !everything_is_required(Some(""))
        );
    }
}
