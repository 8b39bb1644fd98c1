//! What the reader of a first `pgo.toml` should know about the commands in it, in sentences.

use std::path::Path;

use super::trials::Workable;
use super::usage::Usage;

/// A word about a command that is over before it did anything.
pub fn short(name: &str, workable: &Workable) -> Option<String> {
    let longest = workable.entries.first().map_or(0.0, |(_, rehearsed)| rehearsed.cpu_seconds);
    (longest < 0.02).then(|| {
        format!(
            "`{name}` takes {:.0} ms of processor time at most, so the gate measures mostly how the program starts; add an input that is as \
             large as your users'",
            longest * 1e3
        )
    })
}

/// A word about subcommands that only the reader knows to be harmless.
pub fn untried(binary: &str, usage: &Usage) -> Option<String> {
    let names = usage.untried();
    (!names.is_empty()).then(|| {
        let more = if names.len() > NAMED { ", ..." } else { "" };
        format!(
            "subcommands of {binary} that were not tried, because they may change something: {}{more}; declare those that your users \
             run, with `writes = true` where they write into their entry",
            names[..names.len().min(NAMED)].join(", ")
        )
    })
}

/// How many subcommands are named.
const NAMED: usize = 12;

/// A word about exit codes that may mean something else.
pub fn findings(name: &str, workable: &Workable) -> Option<String> {
    let codes: Vec<String> = workable.exit_codes().iter().filter(|code| **code != 0).map(i32::to_string).collect();
    (!codes.is_empty()).then(|| {
        format!(
            "`{name}` ends with exit code {} where it answers something: that is taken for its way to tell that it found something; \
             if it tells of an error, take the workload out",
            codes.join(" or ")
        )
    })
}

/// A word about inputs that change with the program.
pub fn sources<'a>(directories: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let directory = directories.into_iter().find(|directory| Path::new(directory).ends_with("src"))?;
    Some(format!(
        "the inputs are the program's own source, {directory}, for want of others: every change of the code changes the profile; \
         put files like your users' into a folder and name that"
    ))
}
