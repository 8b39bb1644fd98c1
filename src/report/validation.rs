//! Whether a configuration is fit for use: a line for each finding and a summary, or one JSON document.

use std::io::{self, Write};

use serde::Serialize;

use crate::validation::{Finding, Findings};

/// The findings together with what they are about.
#[derive(Debug, Clone, Copy)]
pub struct ValidationView<'a> {
    /// The findings.
    pub findings: &'a Findings,
    /// The configuration's file, where there is one that could be found.
    pub file: Option<&'a str>,
    /// How many packages it has; `None` when it couldn't be read.
    pub packages: Option<usize>,
}

#[derive(Serialize)]
struct ValidationDocument<'a> {
    valid: bool,
    config_file: Option<&'a str>,
    package_count: usize,
    errors: &'a [Finding],
    warnings: &'a [Finding],
    suggestions: &'a [Finding],
}

/// Writes what is in order, then the findings from the worst down, then how many there are.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_validation_text(view: &ValidationView<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nrelplan validate\n")?;
    if let Some(packages) = view.packages {
        match view.file {
            Some(file) => writeln!(out, "  ✓ config parsed ({file})")?,
            None => writeln!(out, "  ✓ no config file, packages are found by their version files")?,
        }
        if packages > 0 {
            writeln!(out, "  ✓ {} found", counted(packages, "package"))?;
        }
    }
    let findings = view.findings;
    let groups = [('✗', &findings.errors), ('⚠', &findings.warnings), ('◆', &findings.suggestions)];
    for (mark, Finding { path, message }) in
        groups.iter().flat_map(|(mark, group)| group.iter().map(move |finding| (mark, finding)))
    {
        writeln!(out, "  {mark} {path}: {message}")?;
    }
    let summary = summary(findings);
    if summary.is_empty() {
        return writeln!(out, "  ✓ no issues found\n\n  all checks passed\n");
    }
    writeln!(out, "\n  {summary}\n")
}

/// Writes the findings as one JSON document.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_validation_json(view: &ValidationView<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Findings { errors, warnings, suggestions } = view.findings;
    let document = ValidationDocument {
        valid: errors.is_empty(),
        config_file: view.file,
        package_count: view.packages.unwrap_or(0),
        errors,
        warnings,
        suggestions,
    };
    super::write_pretty(&document, out)
}

fn summary(findings: &Findings) -> String {
    let groups = [(&findings.errors, "error"), (&findings.warnings, "warning"), (&findings.suggestions, "suggestion")];
    let counts = groups.iter().filter(|(group, _)| !group.is_empty()).map(|(group, noun)| counted(group.len(), noun));
    counts.collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
