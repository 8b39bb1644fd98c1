//! Finding programs, and reading what they say about themselves.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The first executable called `name` on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    in_directories(name, &path)
}

/// The first executable called `name` in the directories of `path`, a PATH-like list.
fn in_directories(name: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|directory| directory.join(name)).find(|file| is_executable(file))
}

/// `program` itself where it is a path, else the file of that name on PATH; unchanged where there is none.
pub fn resolve(program: &Path) -> PathBuf {
    let is_name = program.components().count() == 1 && !program.is_file();
    let found = program.to_str().filter(|_| is_name).and_then(on_path);
    found.unwrap_or_else(|| program.to_owned())
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The line that `program` answers on stdout; `None` where it fails or can't be started. What it warns of is left out: a compiler
/// that is a shell script complains about a locale that is not installed.
pub fn answer_of(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What `program` prints to stdout and stderr with `arguments`; `None` where it can't be started.
pub fn output_of(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_free_of_warnings_and_of_failures() {
        let say = |script| answer_of(Path::new("/bin/sh"), &["-c", script]);
        assert_eq!(say("echo 'no such locale' >&2; echo /lib/libc.a").as_deref(), Some("/lib/libc.a"));
        assert_eq!(say("echo /lib/libc.a; exit 1"), None);
        assert_eq!(answer_of(Path::new("/no/such/program"), &[]), None);
    }
}
