//! The saved output of a cargo run that something else started: what it says about the profile.

use std::io::{self, BufRead};
use std::path::Path;

use super::messages::{self, Message};
use super::unmatched::{self, Warning};
use super::{BuildError, Unmatched, cargo};

/// What such an output tells.
#[derive(Debug)]
pub struct Told {
    /// Functions without profile data.
    pub unmatched: Unmatched,
    /// Whether it shows the compiler's command lines, and with them that the compiler was given a profile.
    pub shows_commands: bool,
}

/// What has been read of it so far.
#[derive(Default)]
struct Reading {
    missing: Unmatched,
    changed: Vec<(String, String)>,
    packages: usize,
    commands: usize,
    commands_with_profile: usize,
    commands_with_environment: usize,
}

/// Counts the functions without profile data in `log`: the output of `cargo build -vv` or of a tool that calls it so, with rustc's
/// messages as JSON or as people read them.
///
/// Without the linker's map, functions of libraries that the program never calls count too: what the linker threw away is
/// not in the log.
/// Packages that cargo took from its cache count too: it repeats their warnings, provided they were built with `-vv`.
///
/// # Errors
/// [`BuildError::ProfileIgnored`] when rustc said that it went on without the profile, [`BuildError::NoProfileGiven`] when it was
/// told of none, [`BuildError::QuietLog`] when warnings of dependencies are not in the log, [`BuildError::EmptyLog`] when no package is,
/// [`BuildError::File`] when it can't be read.
pub fn read(log: impl BufRead, path: &Path, profile: &Path, link_map: Option<&Path>) -> Result<Told, BuildError> {
    let mut reading = Reading::default();
    for line in log.split(b'\n') {
        let line = line.map_err(|error: io::Error| BuildError::file("cannot read", path)(error))?;
        let line = String::from_utf8_lossy(&line);
        match messages::read(&line) {
            Some(Message::CompilerMessage { target, message }) if message.level == "warning" => {
                reading.warning(Some(&target.name), &message.message, profile)?;
            }
            Some(Message::CompilerArtifact { .. }) => reading.packages += 1,
            Some(_) => {}
            None => reading.talk(&without_colours(&line), profile)?,
        }
    }
    let log = || path.to_owned();
    if reading.packages + reading.commands == 0 {
        return Err(BuildError::EmptyLog { log: log() });
    }
    let shows_commands = reading.commands > 0;
    if shows_commands && reading.commands_with_profile == 0 {
        return Err(BuildError::NoProfileGiven { log: log() });
    }
    if shows_commands && reading.commands_with_environment == 0 {
        return Err(BuildError::QuietLog { log: log() });
    }
    Ok(Told { unmatched: cargo::linked(reading.missing, reading.changed, link_map)?, shows_commands })
}

impl Reading {
    /// A line between the messages: a warning as people read it, or a command, which only `-vv` shows with its environment.
    fn talk(&mut self, line: &str, profile: &Path) -> Result<(), BuildError> {
        if let Some(text) = line.strip_prefix("warning: ") {
            return self.warning(None, text, profile);
        }
        if line.contains(" --crate-name ") && line.contains(" --crate-type ") {
            self.commands += 1;
            self.commands_with_profile += usize::from(line.contains("profile-use=") || line.contains("profile_use="));
            self.commands_with_environment += usize::from(line.contains("CARGO_PKG_VERSION="));
        }
        Ok(())
    }

    /// A warning about a crate; where only the text is known, LLVM's name of the module (`demo.5580-cgu.0: …`) tells which.
    fn warning(&mut self, crate_name: Option<&str>, text: &str, profile: &Path) -> Result<(), BuildError> {
        let crate_name = crate_name.or_else(|| text.split('.').next()).unwrap_or_default();
        match unmatched::classify(text, &profile.to_string_lossy()) {
            Warning::Missing(function) => self.missing.add(crate_name, function),
            Warning::Changed(function) => self.changed.push((crate_name.to_owned(), function.to_owned())),
            Warning::Ignored => {
                return Err(BuildError::ProfileIgnored { profile: profile.to_owned(), reason: text.to_owned() });
            }
            Warning::Other => {}
        }
        Ok(())
    }
}

/// The line without a terminal's escape sequences, which `CARGO_TERM_COLOR=always` puts into files too.
fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.find(|letter: char| letter.is_ascii_alphabetic()).map_or("", |end| &piece[end + 1..]));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str = r#"{"reason":"compiler-artifact","package_id":"p","target":{"kind":["lib"],"name":"demo"},"filenames":[],"executable":null,"fresh":true}"#;
    const COMMAND: &str =
        "     Running `CARGO_PKG_VERSION=1.0.0 rustc --crate-name demo --crate-type bin -Cprofile-use=/p.profdata`";

    fn warning(text: &str) -> String {
        let target = r#"{"kind":["lib"],"name":"demo"}"#;
        format!(
            r#"{{"reason":"compiler-message","target":{target},"message":{{"message":"{text}","level":"warning","rendered":null}}}}"#
        )
    }

    fn read(lines: &[&str]) -> Result<Told, BuildError> {
        super::read(lines.join("\n").as_bytes(), Path::new("log.json"), Path::new("/p.profdata"), None)
    }

    #[test]
    fn warnings_of_cached_packages_count() {
        let missing = warning("a: no profile data available for function f Hash = 7 up to 0 count discarded");
        let found = read(&["not JSON", &missing, &missing, ARTIFACT]).expect("the log is complete");
        assert_eq!((found.unmatched.count(), found.shows_commands), (1, false));
    }

    #[test]
    fn warnings_as_people_read_them_count_in_colours_too() {
        let plain =
            "warning: demo.5580-cgu.0: no profile data available for function f Hash = 7 up to 0 count discarded";
        let coloured = "\u{1b}[1m\u{1b}[33mwarning\u{1b}[0m\u{1b}[1m: memchr.1-cgu.0: function control flow change detected \
                        (hash mismatch) g Hash = 7 up to 4 count discarded\u{1b}[0m";
        let coloured_command = COMMAND.replace("     Running", "\u{1b}[1m\u{1b}[92m     Running\u{1b}[0m");
        let found = read(&[plain, "", coloured, &coloured_command]).expect("the log is complete");
        assert!(found.shows_commands);
        let crates: Vec<&str> = found.unmatched.by_crate.keys().map(String::as_str).collect();
        assert_eq!((found.unmatched.count(), crates), (2, vec!["demo", "memchr"]));
    }

    #[test]
    fn an_ignored_profile_is_refused() {
        let ignored = "/p.profdata: invalid instrumentation profile data";
        for line in [warning(ignored), format!("warning: {ignored}")] {
            let error = read(&[&line, ARTIFACT, COMMAND]).expect_err("rustc ignored it");
            assert!(error.to_string().contains("would have gone on without it"), "{error}");
        }
    }

    #[test]
    fn a_log_without_packages_proves_nothing() {
        let error = read(&["{}"]).expect_err("nothing was built");
        assert!(error.to_string().contains("--message-format=json"), "{error}");
    }

    #[test]
    fn a_tool_that_dropped_the_flags_is_refused() {
        let error = read(&[ARTIFACT, &COMMAND.replace(" -Cprofile-use=/p.profdata", "")]).expect_err("no profile");
        assert!(error.to_string().contains("CARGO_ENCODED_RUSTFLAGS"), "{error}");
    }

    #[test]
    fn a_log_that_hides_the_warnings_of_dependencies_is_refused() {
        let error = read(&[ARTIFACT, &COMMAND.replace("CARGO_PKG_VERSION=1.0.0 ", "")]).expect_err("only -v");
        assert!(error.to_string().contains("`-vv`"), "{error}");
    }
}
