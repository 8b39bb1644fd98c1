//! What a run left of its entry: a program that writes files answers by them, not by what it prints.

use std::collections::BTreeMap;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use globset::GlobSet;
use host::copy::sorted_entries;
use host::digest;

/// Files, links and folders by their path, with what each holds.
pub type Written = BTreeMap<PathBuf, String>;

/// How two runs left a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its path, the entry's name first.
    pub file: PathBuf,
    /// What happened to it, as a sentence goes on after the file's name.
    pub how: &'static str,
}

/// Everything at and below `entry` but what `ignored` matches, which sees paths without the entry's own name.
///
/// # Errors
/// The system's, when something can't be read.
pub fn read(entry: &Path, ignored: &GlobSet) -> io::Result<Written> {
    let mut found = Written::new();
    let name = PathBuf::from(entry.file_name().unwrap_or_default());
    if let Ok(facts) = entry.symlink_metadata() {
        visit(entry, (&name, Path::new("")), facts.file_type(), ignored, &mut found)?;
    }
    Ok(found)
}

fn visit(
    path: &Path,
    (told, within): (&Path, &Path),
    kind: FileType,
    ignored: &GlobSet,
    found: &mut Written,
) -> io::Result<()> {
    if ignored.is_match(within) {
        return Ok(());
    }
    let held = if kind.is_dir() {
        for inner in sorted_entries(path)? {
            let name = inner.file_name().unwrap_or_default();
            let kind = inner.symlink_metadata()?.file_type();
            visit(&inner, (&told.join(name), &within.join(name)), kind, ignored, found)?;
        }
        "a folder".to_owned()
    } else if kind.is_symlink() {
        format!("a link to {}", path.read_link()?.display())
    } else if kind.is_file() {
        digest::of_file(path)?
    } else {
        "neither a file nor a folder".to_owned()
    };
    found.insert(told.to_owned(), held);
    Ok(())
}

/// The first path that the two runs left differently.
pub fn first_difference(baseline: &Written, optimized: &Written) -> Option<Difference> {
    let files = baseline.keys().chain(optimized.keys()).collect::<std::collections::BTreeSet<_>>();
    // A folder differs only by what is in it, which comes after it.
    let file = files.into_iter().find(|file| baseline.get(*file) != optimized.get(*file))?;
    let how = match (baseline.contains_key(file), optimized.contains_key(file)) {
        (true, true) => "differs after the run",
        (true, false) => "is there after the baseline's run only",
        _ => "is there after the optimized binary's run only",
    };
    Some(Difference { file: file.clone(), how })
}

#[cfg(test)]
mod tests {
    use globset::{Glob, GlobSetBuilder};

    use super::*;

    #[test]
    fn files_that_differ_are_found_and_ignored_ones_are_not() {
        let scratch = tempfile::tempdir().expect("a temporary directory can be made");
        let entry = scratch.path().join("entry");
        std::fs::create_dir_all(entry.join("cache")).expect("the directory is ours");
        std::fs::write(entry.join("kept"), "x").expect("the directory is ours");
        let before = read(&entry, &GlobSet::empty()).expect("all can be read");
        std::fs::write(entry.join("cache/time"), "1").expect("the directory is ours");
        let after = read(&entry, &GlobSet::empty()).expect("all can be read");
        let found = first_difference(&before, &after).expect("a file is new");
        assert_eq!(found.file, Path::new("entry/cache/time"));
        assert_eq!(found.how, "is there after the optimized binary's run only");
        let ignored = GlobSetBuilder::new().add(Glob::new("cache/*").expect("a glob")).build().expect("one glob");
        let after = read(&entry, &ignored).expect("all can be read");
        assert_eq!(first_difference(&before, &after), None);
        std::fs::write(entry.join("kept"), "y").expect("the directory is ours");
        let after = read(&entry, &ignored).expect("all can be read");
        assert_eq!(first_difference(&before, &after).map(|found| found.how), Some("differs after the run"));
    }
}
