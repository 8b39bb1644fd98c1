//! Messages (warnings, hints, failures, times) go to standard error, as they are or as JSON lines; reports don't, they are the
//! answer and go to standard output.

use std::io::{self, Write};
use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Serialize;

use super::arguments::LogFormat;
use super::failure::CommandError;

static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Chooses how lines are written, once for the whole run.
pub fn choose(format: LogFormat) {
    // A second choice can't happen: there is one command line.
    let _ = FORMAT.set(format);
}

/// Writes a message to standard error.
///
/// # Errors
/// Whatever `write` returns, or when standard error can't be written.
pub fn write(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    let mut text = Vec::new();
    write(&mut text)?;
    Ok(send(&text, "INFO")?)
}

/// Writes what is odd, one line a warning.
///
/// # Errors
/// When standard error can't be written.
pub fn write_warnings<'a>(warnings: impl IntoIterator<Item = &'a String>) -> Result<(), CommandError> {
    write(|out| warnings.into_iter().try_for_each(|warning| writeln!(out, "{warning}")))
}

/// Writes one line at once, for what goes on while the command works.
pub fn tell(line: &str) {
    // The work goes on when nobody is left to read.
    let _ = send(format!("{line}\n").as_bytes(), "INFO");
}

/// Writes why the command failed.
pub fn write_failure(error: &CommandError) {
    let mut text = Vec::new();
    // Nobody is left to read it when standard error is closed too.
    let _ = error.write(&mut text).and_then(|()| send(&text, "ERROR"));
}

fn send(text: &[u8], level: &'static str) -> io::Result<()> {
    let mut out = io::stderr().lock();
    match FORMAT.get().copied().unwrap_or_default() {
        LogFormat::Human => out.write_all(text),
        LogFormat::Json => out.write_all(&as_json(&String::from_utf8_lossy(text), level)?),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: &'a str,
    level: &'a str,
    fields: Fields<'a>,
    target: &'a str,
}

#[derive(Serialize)]
struct Fields<'a> {
    message: &'a str,
}

fn as_json(text: &str, level: &'static str) -> io::Result<Vec<u8>> {
    let timestamp = format!("{:.6}", Timestamp::now());
    let mut lines = Vec::new();
    for message in text.lines() {
        let level = if message.starts_with("Warning: ") { "WARN" } else { level };
        let line = Line { timestamp: &timestamp, level, fields: Fields { message }, target: "relplan" };
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    Ok(lines)
}
