//! Runs the commands that the configuration names, and nothing else: with what they need to know in their environment, without
//! secrets, within a time limit.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::ReleaseError;
use super::git::Git;
use super::redact::{is_secret, redacted};
use super::settings::Tell;

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// The end of a command's output that is quoted when it fails.
const QUOTED: usize = 2000;

/// A command of the configuration.
#[derive(Debug, Clone)]
pub(super) struct Configured<'a> {
    /// What to call it: the hook's name, or the key's.
    pub(super) what: &'a str,
    /// For `sh -c`.
    pub(super) command: &'a str,
    /// What it finds in its environment, under names that begin with `RELPLAN_` and `FERRFLOW_`.
    pub(super) environment: &'a [(String, String)],
    /// The process group is killed after this time.
    pub(super) limit: Duration,
    /// Who is shown its output as it comes, line by line.
    pub(super) shown: Option<Tell>,
}

/// What the command printed on standard output.
///
/// # Errors
/// When it can't be started, fails, or takes too long. Its output is quoted, without secrets.
pub(super) fn run(git: &Git, hook: &Configured<'_>) -> Result<String, ReleaseError> {
    let failed = |problem: String| ReleaseError::Command {
        what: hook.what.to_owned(),
        command: redacted(hook.command),
        problem,
    };
    let mut command = shell(git, hook);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(format!("can't be started: {error}")))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let shown = hook.shown;
    let (out, err) = (thread::spawn(move || read(out, shown)), thread::spawn(move || read(err, shown)));
    let ended = wait(&mut child, hook.limit);
    // What the command left running may hold the pipes open; its output is of no interest then.
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        let deadline = Instant::now() + Duration::from_secs(1);
        while !reader.is_finished() && Instant::now() < deadline {
            thread::sleep(LOOK);
        }
        if !reader.is_finished() {
            return String::new();
        }
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    let (out, err) = (text(out), text(err));
    match ended {
        Ok(Some(status)) if status.success() => Ok(out),
        Ok(Some(status)) => Err(failed(format!("failed ({status}){}", quoted(&out, &err)))),
        Ok(None) => Err(failed(format!(
            "was still running after {} s and was killed{}",
            hook.limit.as_secs(),
            quoted(&out, &err)
        ))),
        Err(error) => Err(failed(format!("can't be waited for: {error}"))),
    }
}

fn shell(git: &Git, hook: &Configured<'_>) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(hook.command).current_dir(git.root());
    let secrets = env::vars_os().map(|(name, _)| name).filter(|name| is_secret(&name.to_string_lossy()));
    secrets.for_each(|name| {
        command.env_remove(name);
    });
    for prefix in ["RELPLAN", "FERRFLOW"] {
        command.envs(hook.environment.iter().map(|(name, value)| (format!("{prefix}_{name}"), value)));
    }
    own_group(&mut command);
    command
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// How it ended; `None` if it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            kill(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // The group exists for as long as its leader isn't waited for, so this can't hit anyone else's processes.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

/// Everything that comes, shown in whole lines, so that a secret is never cut in two and missed.
fn read(stream: Option<impl Read>, shown: Option<Tell>) -> Vec<u8> {
    let mut text = Vec::new();
    let Some(stream) = stream else { return text };
    let mut stream = BufReader::new(stream);
    let mut start = 0;
    while let Ok(1..) = stream.read_until(b'\n', &mut text) {
        if let Some(tell) = shown {
            tell(redacted(&String::from_utf8_lossy(&text[start..])).trim_end_matches(['\r', '\n']));
        }
        start = text.len();
    }
    text
}

fn quoted(out: &str, err: &str) -> String {
    let said = [out.trim(), err.trim()].join("\n");
    let said = redacted(said.trim());
    let mut start = said.len().saturating_sub(QUOTED);
    while !said.is_char_boundary(start) {
        start += 1;
    }
    if said.is_empty() { String::new() } else { format!(":\n{}", &said[start..]) }
}
