//! What a release would change in a file, as a unified diff with one line around each change.

use std::io::{self, Write};
use std::ops::Range;

use crate::workspace::FileChange;

/// Writes the name of the file, what changes in it, and an empty line; nothing for a file that stays as it is.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_diff(change: &FileChange, out: &mut dyn Write) -> io::Result<()> {
    let (before, after): (Vec<&str>, Vec<&str>) = (change.before.lines().collect(), change.after.lines().collect());
    let hunks = hunks(&differences(&before, &after), before.len());
    if hunks.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", change.path)?;
    for hunk in hunks {
        write_hunk(&hunk, &before, &after, out)?;
    }
    writeln!(out)
}

/// Lines of the old text that give way to lines of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LineChange {
    old: Range<usize>,
    new: Range<usize>,
}

/// Replacing a version keeps the lines, so that they are compared one by one; where their number changes, everything
/// between the first and the last difference counts as one.
fn differences(before: &[&str], after: &[&str]) -> Vec<LineChange> {
    if before.len() == after.len() {
        let differing = (0..before.len()).filter(|&line| before[line] != after[line]);
        return differing.map(|line| LineChange { old: line..line + 1, new: line..line + 1 }).collect();
    }
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = before.iter().zip(after).take_while(same).count();
    let end = before[start..].iter().rev().zip(after[start..].iter().rev()).take_while(same).count();
    vec![LineChange { old: start..before.len() - end, new: start..after.len() - end }]
}

/// Differences that are printed together, because no unchanged line lies between what surrounds them.
fn hunks(differences: &[LineChange], lines: usize) -> Vec<Vec<LineChange>> {
    let around = |difference: &LineChange| {
        difference.old.start.saturating_sub(CONTEXT)..(difference.old.end + CONTEXT).min(lines)
    };
    let mut hunks: Vec<Vec<LineChange>> = Vec::new();
    for difference in differences {
        match hunks.last_mut() {
            Some(hunk) if hunk.last().is_some_and(|last| around(last).end >= around(difference).start) => {
                hunk.push(difference.clone());
            }
            _ => hunks.push(vec![difference.clone()]),
        }
    }
    hunks
}

const CONTEXT: usize = 1;

fn write_hunk(hunk: &[LineChange], before: &[&str], after: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return Ok(()) };
    let lead = first.old.start.min(CONTEXT);
    let trail = (before.len() - last.old.end).min(CONTEXT);
    let (old, new) = (first.old.start - lead..last.old.end + trail, first.new.start - lead..last.new.end + trail);
    writeln!(out, "@@ -{},{} +{},{} @@", old.start + 1, old.len(), new.start + 1, new.len())?;
    let mut line = old.start;
    let write_same = |range: Range<usize>, out: &mut dyn Write| write_lines(' ', &before[range], out);
    for difference in joined(hunk) {
        write_same(line..difference.old.start, out)?;
        write_lines('-', &before[difference.old.clone()], out)?;
        write_lines('+', &after[difference.new.clone()], out)?;
        line = difference.old.end;
    }
    write_same(line..old.end, out)
}

/// Differences of neighbouring lines as one, so that the old lines stand together and the new ones after them.
fn joined(hunk: &[LineChange]) -> Vec<LineChange> {
    let mut joined: Vec<LineChange> = Vec::new();
    for difference in hunk {
        match joined.last_mut() {
            Some(last) if last.old.end == difference.old.start => {
                (last.old.end, last.new.end) = (difference.old.end, difference.new.end);
            }
            _ => joined.push(difference.clone()),
        }
    }
    joined
}

fn write_lines(mark: char, lines: &[&str], out: &mut dyn Write) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{mark}  {line}"))
}

#[cfg(test)]
mod tests {
    use super::{FileChange, write_diff};

    fn diff(before: &str, after: &str) -> String {
        let change = FileChange { path: "f".to_owned(), before: before.to_owned(), after: after.to_owned() };
        let mut out = Vec::new();
        write_diff(&change, &mut out).expect("memory is writable");
        String::from_utf8(out).expect("only text was written")
    }

    #[test]
    fn a_changed_line_with_one_around_it() {
        assert_eq!(diff("1\n2\n3\n4\n", "1\n2\nx\n4\n"), "f\n@@ -2,3 +2,3 @@\n   2\n-  3\n+  x\n   4\n\n");
        assert_eq!(diff("1", "2\n"), "f\n@@ -1,1 +1,1 @@\n-  1\n+  2\n\n");
        assert_eq!(diff("same\n", "same\n"), "");
    }

    #[test]
    fn neighbours_stand_together_and_distant_changes_apart() {
        assert_eq!(diff("a\nb\nc\n", "x\ny\nc\n"), "f\n@@ -1,3 +1,3 @@\n-  a\n-  b\n+  x\n+  y\n   c\n\n");
        assert_eq!(diff("a\n1\n2\nb\n", "x\n1\n2\ny\n"), "f\n@@ -1,4 +1,4 @@\n-  a\n+  x\n   1\n   2\n-  b\n+  y\n\n");
        assert_eq!(
            diff("a\n1\n2\n3\nb\n", "x\n1\n2\n3\ny\n"),
            "f\n@@ -1,2 +1,2 @@\n-  a\n+  x\n   1\n@@ -4,2 +4,2 @@\n   3\n-  b\n+  y\n\n"
        );
    }

    #[test]
    fn another_number_of_lines_is_one_difference() {
        assert_eq!(diff("a\nb\nc\n", "a\nx\n"), "f\n@@ -1,3 +1,2 @@\n   a\n-  b\n-  c\n+  x\n\n");
    }
}
