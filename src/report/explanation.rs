//! One package's decision and everything it rests on.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::version::SourceKind;

/// More lines than this say less.
const MOST_PLACES: usize = 20;

/// Why one package is released, or isn't.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Its name.
    pub package: String,
    /// Its folder.
    pub path: String,
    /// How its versions are counted.
    pub strategy: String,
    /// The version it is at.
    pub current_version: String,
    /// Where that was found.
    pub version_source: SourceKind,
    /// The pre-release channel planned for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether several packages share the repository.
    pub monorepo: bool,
    /// Which of its files changed.
    pub touch: TouchCheck,
    /// Its last release that HEAD can reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_tag: Option<LastTag>,
    /// The commits that count.
    pub commits: Vec<CommitLine>,
    /// Unreleased commits that don't count, because the package isn't touched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting_commits: Vec<CommitLine>,
    /// What its dependencies pass on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<DependencyLine>,
    /// What follows from all this.
    pub decision: Decision,
}

/// Which of a package's files changed.
#[derive(Debug, Clone, Serialize)]
pub struct TouchCheck {
    /// Whether any did.
    pub touched: bool,
    /// Whether that took a look at all changes since its last release.
    pub recovered: bool,
    /// Whether such a look is taken at all.
    #[serde(skip)]
    pub recovers: bool,
    /// The changed files, each with the rule that makes it the package's.
    pub files: Vec<FileLine>,
}

/// A changed file.
#[derive(Debug, Clone, Serialize)]
pub struct FileLine {
    /// Its path.
    pub path: String,
    /// The rule that makes it the package's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
}

/// A package's last release.
#[derive(Debug, Clone, Serialize)]
pub struct LastTag {
    /// The tag's name.
    pub name: String,
    /// The commit, seven digits.
    pub commit: String,
    /// The day it was committed, UTC.
    pub date: String,
    /// Always true: other tags are no releases of this history.
    pub reachable_from_head: bool,
}

/// A commit and what it asks for.
#[derive(Debug, Clone, Serialize)]
pub struct CommitLine {
    /// Eight digits.
    pub hash: String,
    /// First line of its message.
    pub subject: String,
    /// `none`, `patch`, `minor` or `major`.
    pub bump: &'static str,
    /// Why it moves nothing, where its message alone doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// A dependency and what it passes on.
#[derive(Debug, Clone, Serialize)]
pub struct DependencyLine {
    /// Its name.
    pub name: String,
    /// The policy.
    pub propagate: &'static str,
    /// How far it moves; `None` when it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_bump: Option<&'static str>,
    /// How far that moves the package.
    pub resulting_bump: &'static str,
}

/// What follows for the package.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Decision {
    /// It is released.
    Bump {
        /// What the bump is called.
        bump: &'static str,
        /// The version it has.
        from: String,
        /// The version it gets; `None` when a version command decides.
        to: Option<String>,
        /// The tag it gets.
        tag: Option<String>,
        /// Whether that is a pre-release.
        prerelease: bool,
        /// `commits`, `dependency` or `group`.
        triggered_by: &'static str,
        /// Whether its group gives it a higher version than that.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        aligned: bool,
        /// The dependencies that ask for it, or for more than its own commits do.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        through: Vec<String>,
    },
    /// It stays.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// Writes the explanation from what is known to what follows.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_explanation_text(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    write_package(explanation, out)?;
    write_touch(&explanation.touch, out)?;
    write_commits(explanation, out)?;
    if !explanation.dependencies.is_empty() {
        writeln!(out, "Dependencies:")?;
        for dependency in &explanation.dependencies {
            write_dependency(dependency, out)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "Decision: {}", decision(&explanation.decision))
}

/// Writes the explanation as one JSON document.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_explanation_json(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    super::write_pretty(explanation, out)
}

fn write_package(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Package: {}", explanation.package)?;
    writeln!(out, "  Path:          {}", explanation.path)?;
    writeln!(out, "  Strategy:      {}", explanation.strategy)?;
    writeln!(out, "  Version:       {} ({})", explanation.current_version, explanation.version_source)?;
    if let Some(channel) = &explanation.channel {
        writeln!(out, "  Channel:       {channel}")?;
    }
    match &explanation.last_tag {
        Some(tag) => writeln!(out, "\nLast tag: {} ({}, {}, reachable from HEAD)\n", tag.name, tag.commit, tag.date),
        None => writeln!(out, "\nLast tag: none — this package was never released in the history of HEAD\n"),
    }
}

fn write_touch(touch: &TouchCheck, out: &mut dyn Write) -> io::Result<()> {
    let compared = if touch.recovered { "since the last tag" } else { "at HEAD" };
    writeln!(out, "Touch check (changed files {compared}):")?;
    for (place, matched) in places(&touch.files) {
        match matched {
            Some(rule) => writeln!(out, "  ✓ {place:<46} matches {rule}")?,
            None => writeln!(out, "  ✗ {place:<46} no match")?,
        }
    }
    if touch.files.is_empty() {
        writeln!(out, "  (none)")?;
    }
    let recovered = if touch.touched && touch.recovered { " (recovered by recoverMissedReleases)" } else { "" };
    writeln!(out, "→ {}touched{recovered}\n", if touch.touched { "" } else { "not " })
}

/// The files, or where they are many the folders that they lie in, as deep as their number allows, each with its rule.
fn places(files: &[FileLine]) -> Vec<(String, Option<&str>)> {
    if files.len() <= MOST_PLACES {
        return files.iter().map(|file| (file.path.clone(), file.matched.as_deref())).collect();
    }
    let deepest = files.iter().map(|file| file.path.matches('/').count()).max().unwrap_or_default();
    let at_depth = |depth| {
        let mut folders: BTreeMap<(&str, Option<&str>), Vec<&str>> = BTreeMap::new();
        for file in files {
            folders.entry((folder(&file.path, depth), file.matched.as_deref())).or_default().push(&file.path);
        }
        folders
    };
    let few = (1..=deepest).rev().map(at_depth).find(|folders| folders.len() <= MOST_PLACES);
    let folders = few.unwrap_or_else(|| at_depth(1)).into_iter();
    let line = folders.map(|((folder, matched), files)| match files[..] {
        [file] => (file.to_owned(), matched),
        _ => (format!("{folder} ({} files)", files.len()), matched),
    });
    line.collect()
}

/// The first `depth` folders of a path, with the slash after them; `./` for a file in the root.
fn folder(path: &str, depth: usize) -> &str {
    let slashes = path.match_indices('/').map(|(index, _)| index + 1);
    slashes.take(depth).last().map_or("./", |end| &path[..end])
}

fn write_commits(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    if explanation.touch.touched {
        writeln!(out, "Commits considered ({}):", explanation.commits.len())?;
        write_commit_lines(&explanation.commits, out)?;
    }
    if !explanation.waiting_commits.is_empty() {
        writeln!(out, "Commits not considered ({}):", explanation.waiting_commits.len())?;
        write_commit_lines(&explanation.waiting_commits, out)?;
        let advice = if explanation.touch.recovers {
            "Together they leave the package as its last release has it."
        } else {
            "Set recoverMissedReleases to compare against the last tag, so that they count."
        };
        writeln!(out, "{advice}\n")?;
    }
    Ok(())
}

fn write_commit_lines(commits: &[CommitLine], out: &mut dyn Write) -> io::Result<()> {
    for commit in commits {
        let bump = if commit.bump == "none" { "—" } else { commit.bump };
        let note = commit.note.map(|note| format!(" ({note})")).unwrap_or_default();
        writeln!(out, "  {}  {:<52} {bump}{note}", commit.hash, commit.subject)?;
    }
    writeln!(out)
}

fn write_dependency(dependency: &DependencyLine, out: &mut dyn Write) -> io::Result<()> {
    let DependencyLine { name, propagate, upstream_bump, resulting_bump } = dependency;
    let upstream = upstream_bump.map_or_else(|| "not bumping".to_owned(), |bump| format!("bumping ({bump})"));
    writeln!(out, "  {name:<24} {upstream:<20} propagate: {propagate} → {resulting_bump}")
}

fn decision(decision: &Decision) -> String {
    let (bump, from, to, tag, triggered_by, aligned, through) = match decision {
        Decision::Skipped { reason } => return format!("no release — {reason}"),
        Decision::Bump { bump, from, to, tag, triggered_by, aligned, through, .. } => {
            (bump, from, to, tag, *triggered_by, *aligned, through.join(", "))
        }
    };
    let cause = match triggered_by {
        "dependency" => "from the dependency cascade".to_owned(),
        "group" => "with its release group".to_owned(),
        _ if through.is_empty() => "from its own commits".to_owned(),
        _ => format!("from its own commits, raised by {through}"),
    };
    let aligned = if aligned { ", at the version of its release group" } else { "" };
    let to = to.as_deref().unwrap_or(super::SET_BY_COMMAND);
    let tag = tag.as_ref().map(|tag| format!(", tag {tag}")).unwrap_or_default();
    format!("{bump} bump {cause}{aligned} — {from} → {to}{tag}")
}

#[cfg(test)]
mod tests {
    use super::{FileLine, places};

    #[test]
    fn many_files_are_told_by_folder_and_rule() {
        let file = |path: String, matched: Option<&str>| FileLine { path, matched: matched.map(str::to_owned) };
        let mut files: Vec<FileLine> = (0..30).map(|index| file(format!("a/{index}/x.rs"), Some("a/"))).collect();
        files.push(file("README".to_owned(), None));
        files.push(file("b/c/d".to_owned(), None));
        assert_eq!(
            places(&files),
            [("README".to_owned(), None), ("a/ (30 files)".to_owned(), Some("a/")), ("b/c/d".to_owned(), None),]
        );
        assert_eq!(places(&files[..20]).len(), 20);
    }
}
