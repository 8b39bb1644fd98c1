//! What the release of one package would take along.

use std::io::{self, Write};

use serde::Serialize;

use crate::plan::{Impact, Joined, Move};

#[derive(Serialize)]
struct ImpactDocument<'a> {
    seed: &'a str,
    seed_bump: &'static str,
    packages: Vec<MoveDocument<'a>>,
}

#[derive(Serialize)]
struct MoveDocument<'a> {
    name: &'a str,
    bump: &'static str,
    current_version: &'a str,
    next_version: Option<&'a str>,
    joined: &'static str,
    depth: u32,
    through: &'a [String],
}

/// Writes the seed, then a line for each package that would be released with it.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_impact_text(impact: &Impact, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "relplan — Release impact\n")?;
    let (seed, others): (Vec<&Move>, Vec<&Move>) = impact.moves.iter().partition(|moved| moved.joined == Joined::Seed);
    match seed.first() {
        Some(seed) => writeln!(out, "  {} {} ({}, assumed)\n", seed.name, versions(seed), impact.bump)?,
        None => writeln!(out, "  {} stays at the version its strategy gives it today\n", impact.seed)?,
    }
    if others.is_empty() {
        return writeln!(out, "  nothing else would be released");
    }
    writeln!(out, "  would also release")?;
    for moved in others {
        writeln!(out, "    {:<20} {:<18} {}", moved.name, versions(moved), reason(moved))?;
    }
    let total = impact.moves.len();
    writeln!(out, "\n  {total} {} in total", if total == 1 { "package" } else { "packages" })
}

/// Writes the impact as one JSON document.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_impact_json(impact: &Impact, out: &mut dyn Write) -> io::Result<()> {
    let packages = impact.moves.iter().map(document).collect();
    super::write_pretty(&ImpactDocument { seed: &impact.seed, seed_bump: impact.bump.name(), packages }, out)
}

/// The version a package has and the one it would get.
pub(super) fn versions(moved: &Move) -> String {
    format!("{} → {}", moved.current, moved.next.as_deref().unwrap_or(super::SET_BY_COMMAND))
}

fn reason(moved: &Move) -> String {
    match moved.joined {
        Joined::Group => "same release group".to_owned(),
        Joined::Seed | Joined::Dependency => format!("{} bump, depends on {}", moved.bump, moved.through.join(", ")),
    }
}

fn document(moved: &Move) -> MoveDocument<'_> {
    MoveDocument {
        name: &moved.name,
        bump: moved.bump.name(),
        current_version: &moved.current,
        next_version: moved.next.as_deref(),
        joined: match moved.joined {
            Joined::Seed => "seed",
            Joined::Group => "group",
            Joined::Dependency => "dependency",
        },
        depth: moved.depth,
        through: &moved.through,
    }
}
