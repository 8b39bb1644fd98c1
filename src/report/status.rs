//! Where every package stands, one line each.

use std::io::{self, Write};

use serde::Serialize;

/// Where one package stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusLine {
    /// The package's name.
    pub name: String,
    /// Its current version.
    pub version: String,
    /// Its last release.
    pub last_tag: Option<String>,
    /// Whether its own unreleased commits ask for a release.
    pub has_changes: bool,
}

/// Writes one line a package; a filled dot marks those that have changes.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_status_text(packages: &[StatusLine], out: &mut dyn Write) -> io::Result<()> {
    packages.iter().try_for_each(|package| {
        let dot = if package.has_changes { '●' } else { '○' };
        let tag = package.last_tag.as_ref().map_or_else(|| "no tag".to_owned(), |tag| format!("tag: {tag}"));
        writeln!(out, "{dot} {:<20} v{}   ({tag})", package.name, package.version)
    })
}

/// Writes a list with one object a package.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_status_json(packages: &[StatusLine], out: &mut dyn Write) -> io::Result<()> {
    super::write_pretty(packages, out)
}
