//! The plan as people read it: one block a package, then what stays and why.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::PlanView;
use crate::plan::{Label, PlannedHook, Release, SkipReason, Skipped};

/// How the text is shaped.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextOptions {
    /// List commits, changed files and untouched packages too.
    pub verbose: bool,
    /// Name the moving tags of packages that only their dependencies move; FerrFlow doesn't.
    pub floating_of_dependents: bool,
    /// Whether packages are compared with their own last release, so that no hint about it is due.
    pub recover: bool,
}

/// Writes `view` as text.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_text(view: &PlanView<'_>, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "relplan — Check (dry run)\n")?;
    if options.verbose {
        write_changed_files(view, out)?;
    }
    write_progress(view, options, out)?;
    for (index, release) in view.plan.releases.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_release(view, release, options, out)?;
    }
    let remarks = remarks(view, options);
    if !remarks.is_empty() {
        writeln!(out)?;
    }
    for remark in remarks {
        writeln!(out, "{remark}")?;
    }
    if view.plan.releases.is_empty() && !options.verbose {
        writeln!(out, "Nothing to release.")?;
    }
    Ok(())
}

fn write_changed_files(view: &PlanView<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Changed files in last commit:")?;
    for file in view.head_files {
        writeln!(out, "  {file}")?;
    }
    writeln!(out)
}

/// What a release would report while it works, package by package in its order: commands it runs, and who stays.
fn write_progress(view: &PlanView<'_>, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    for command in view.build_metadata {
        writeln!(out, "  [buildMetadata] {command}")?;
    }
    let grouped = grouped(view);
    let mut hooks = view.hooks.while_bumping.iter().peekable();
    let mut staying = view.plan.skipped.iter().peekable();
    for package in &view.plan.order {
        while let Some((_, hook)) = hooks.next_if(|(owner, _)| owner == package) {
            write_hook(hook, out)?;
        }
        while let Some(skipped) = staying.next_if(|skipped| skipped.package == *package) {
            write_staying(skipped, options.verbose && !grouped.contains(package), out)?;
        }
    }
    view.hooks.afterwards.iter().try_for_each(|hook| write_hook(hook, out))
}

fn write_hook(hook: &PlannedHook, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  ⊙ [{}] {}", hook.moment, hook.command)
}

fn write_staying(skipped: &Skipped, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    match skipped.reason {
        SkipReason::Excluded => writeln!(out, "○ {} — excluded by --exclude", skipped.name),
        SkipReason::NotTouched if verbose => writeln!(out, "○ {} — not touched, skipping", skipped.name),
        SkipReason::NoNewCommits if verbose => writeln!(out, "○ {} — no new commits", skipped.name),
        _ => Ok(()),
    }
}

fn write_release(view: &PlanView<'_>, release: &Release, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", release_line(release))?;
    if let (true, Some(tag)) = (release.tag_exists, &release.tag) {
        writeln!(out, "    ! tag {tag} exists already, outside of the history of HEAD")?;
    }
    if options.verbose {
        for &commit in &release.commits {
            let commit = &view.history.commits[commit as usize];
            writeln!(out, "    {} {}", commit.id.to_hex_with_len(8), view.history.subject(commit))?;
        }
    }
    let floating =
        if release.caused_by.is_empty() || options.floating_of_dependents { &release.floating[..] } else { &[] };
    for floating in floating {
        let verb = if floating.exists { "move" } else { "create" };
        writeln!(out, "    → {verb} floating tag {}", floating.name)?;
    }
    Ok(())
}

/// The first line of a package's block: which version it moves to, and why.
pub fn release_line(release: &Release) -> String {
    let next = release.next.as_deref().unwrap_or(super::SET_BY_COMMAND);
    format!("● {}  {} → {next}  ({})", release.name, release.current, reason(release))
}

fn reason(release: &Release) -> String {
    let label = release.label.name();
    if !release.caused_by.is_empty() {
        return format!("{label}, dependency: {}", release.caused_by.join(", "));
    }
    let channel = release.channel.as_ref().map(|channel| format!(" [{channel}]")).unwrap_or_default();
    match &release.origin {
        Some(origin) => format!("{label}, {origin}{channel}"),
        None => format!("{label}{channel}"),
    }
}

fn remarks(view: &PlanView<'_>, options: TextOptions) -> Vec<String> {
    let mut remarks = Vec::new();
    let grouped = grouped(view);
    let mut untouched = 0;
    for skipped in view.plan.skipped.iter().filter(|skipped| !grouped.contains(&skipped.package)) {
        match &skipped.reason {
            SkipReason::NoReleasableCommits => remarks.push(format!("○ {} — no releasable commits", skipped.name)),
            SkipReason::CannotFollow { problem } => {
                remarks.push(format!("! {} depends on a package that moves, but stays: {problem}", skipped.name));
            }
            SkipReason::VersionUnchanged { version } => remarks.push(format!(
                "! {} has releasable commits but stays at {version}, so nothing was published",
                skipped.name
            )),
            SkipReason::NotTouched => untouched += 1,
            _ => {}
        }
    }
    if untouched > 0 && !options.recover && view.is_monorepo {
        let noun = if untouched == 1 { "package" } else { "packages" };
        remarks.push(format!(
            "○ {untouched} {noun} not touched by the last commit. Set recoverMissedReleases to compare against the last tag instead."
        ));
    }
    remarks.extend(view.unknown_types.map(|unknown| format!("! {unknown}")));
    remarks
}

/// Packages that move with a group although nothing touched them.
fn grouped(view: &PlanView<'_>) -> BTreeSet<usize> {
    let with_group = |release: &&Release| matches!(release.label, Label::Linked | Label::Fixed);
    view.plan.releases.iter().filter(with_group).map(|release| release.package).collect()
}
