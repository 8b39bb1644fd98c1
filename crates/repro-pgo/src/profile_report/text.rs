//! Profiles and comparisons as plain text.

use std::fmt::Write;

use render::number;
use render::table::Table;

use super::comparison::Comparison;
use super::load::Shown;
use super::tables::{self, Section};

/// The figures of a profile; the last line is the verdict.
pub fn profile(shown: &Shown) -> String {
    let overview = &shown.overview;
    let mut text = format!(
        "{}\nsha256 {}\n{} counts, {} in the largest block\n",
        shown.file.display(),
        shown.sha256,
        number::count(overview.count),
        number::count(overview.largest_block),
    );
    sections(&mut text, &tables::of_profile(shown));
    let _ = writeln!(text, "\n{}", overview.sentence());
    text
}

/// A comparison; the last line is the verdict. `demanded` is the floor, from 0 to 1, where one is set.
pub fn comparison(names: [&str; 2], comparison: &Comparison, top: usize, demanded: Option<f64>) -> String {
    let mut text = format!("first:  {}\nsecond: {}\n", names[0], names[1]);
    sections(&mut text, &tables::of_comparison(comparison, top));
    if let Some(note) = comparison.note() {
        let _ = writeln!(text, "\nnote: {note}");
    }
    let _ = writeln!(text, "\n{}", comparison.sentence(demanded));
    text
}

fn sections(text: &mut String, sections: &[Section]) {
    for section in sections {
        let _ = writeln!(text, "\n{}", section.title);
        text.push_str(&columns(&section.table, section.long_names));
    }
}

/// The first column to the left, figures to the right; long names stand behind the figures, where they align nothing.
fn columns(table: &Table, long_names: bool) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(&table.heading)
        .chain(&table.rows)
        .map(|row| {
            let mut cells: Vec<String> = row.iter().map(|cell| printable(cell)).collect();
            if long_names {
                cells.rotate_left(1);
            }
            cells
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.heading.len()).map(width).collect();
    rows.iter().map(|row| line(row, &widths, long_names)).collect()
}

fn line(row: &[String], widths: &[usize], long_names: bool) -> String {
    let last = row.len() - 1;
    let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
        column if column == last && long_names => cell.clone(),
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    });
    format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
}

/// Names come from a file: a line break or an escape sequence in one is not passed on to the terminal.
fn printable(cell: &str) -> String {
    cell.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use render::table::cells;

    use super::*;

    fn table() -> Table {
        let rows = vec![cells(&["a", "1 %"]), cells(&["a long name", "10 %"])];
        Table { heading: cells(&["name", "share"]), rows }
    }

    #[test]
    fn figures_stand_to_the_right() {
        assert_eq!(columns(&table(), false), "  name         share\n  a              1 %\n  a long name   10 %\n");
    }

    #[test]
    fn long_names_stand_last() {
        assert_eq!(columns(&table(), true), "  share  name\n  1 %    a\n  10 %   a long name\n");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(printable("a\x1b[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
