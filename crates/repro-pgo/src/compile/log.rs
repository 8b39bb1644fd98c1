//! The saved output of a cargo run that something else started: what it says about the profile.

use std::io::{self, BufRead};
use std::path::Path;

use super::messages::{self, Message};
use super::unmatched::{self, Warning};
use super::{BuildError, Unmatched, cargo};

/// Counts the functions without profile data in `log`, the output of `cargo build -vv --message-format=json`.
///
/// Without the linker's map, functions of libraries that the program never calls count too: what the linker threw away is
/// not in the log.
/// Packages that cargo took from its cache count too: it repeats their warnings, provided they were built with `-vv`.
///
/// # Errors
/// [`BuildError::ProfileIgnored`] when rustc said that it went on without the profile, [`BuildError::EmptyLog`] when no
/// package is in the log, [`BuildError::File`] when it can't be read.
pub fn unmatched(
    log: impl BufRead,
    path: &Path,
    profile: &Path,
    link_map: Option<&Path>,
) -> Result<Unmatched, BuildError> {
    let mut missing = Unmatched::default();
    let mut changed = Vec::new();
    let mut packages = 0_usize;
    for line in log.lines() {
        let line = line.map_err(|error: io::Error| BuildError::file("cannot read", path)(error))?;
        match messages::read(&line) {
            Some(Message::CompilerMessage { target, message }) if message.level == "warning" => {
                match unmatched::classify(&message.message, &profile.to_string_lossy()) {
                    Warning::Missing(function) => missing.add(&target.name, function),
                    Warning::Changed(function) => changed.push((target.name, function.to_owned())),
                    Warning::Ignored => {
                        return Err(BuildError::ProfileIgnored {
                            profile: profile.to_owned(),
                            reason: message.message,
                        });
                    }
                    Warning::Other => {}
                }
            }
            Some(Message::CompilerArtifact { .. }) => packages += 1,
            _ => {}
        }
    }
    if packages == 0 {
        return Err(BuildError::EmptyLog { log: path.to_owned() });
    }
    cargo::linked(missing, changed, link_map)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str = r#"{"reason":"compiler-artifact","package_id":"p","target":{"kind":["lib"],"name":"demo"},"filenames":[],"executable":null,"fresh":true}"#;

    fn warning(text: &str) -> String {
        let target = r#"{"kind":["lib"],"name":"demo"}"#;
        format!(
            r#"{{"reason":"compiler-message","target":{target},"message":{{"message":"{text}","level":"warning","rendered":null}}}}"#
        )
    }

    fn read(lines: &[&str]) -> Result<Unmatched, BuildError> {
        unmatched(lines.join("\n").as_bytes(), Path::new("log.json"), Path::new("/p.profdata"), None)
    }

    #[test]
    fn warnings_of_cached_packages_count() {
        let missing = warning("a: no profile data available for function f Hash = 7 up to 0 count discarded");
        let found = read(&["not JSON", &missing, &missing, ARTIFACT]).expect("the log is complete");
        assert_eq!(found.count(), 1);
    }

    #[test]
    fn an_ignored_profile_is_refused() {
        let ignored = warning("/p.profdata: invalid instrumentation profile data");
        let error = read(&[&ignored, ARTIFACT]).expect_err("rustc ignored it");
        assert!(error.to_string().contains("would have gone on without it"), "{error}");
    }

    #[test]
    fn a_log_without_packages_proves_nothing() {
        let error = read(&["{}"]).expect_err("nothing was built");
        assert!(error.to_string().contains("--message-format=json"), "{error}");
    }
}
