//! Inputs that a project already has: the folders of its fixtures, and what in them can be an entry.

use std::path::{Path, PathBuf};

use host::copy::sorted_entries;

/// Where projects keep inputs, the likeliest first.
const FOLDERS: [&str; 18] = [
    "benches/data",
    "benches/fixtures",
    "bench/data",
    "benchmarks/data",
    "benchmarks/fixtures",
    "tests/fixtures",
    "tests/data",
    "tests/inputs",
    "tests/resources",
    "tests/testdata",
    "testdata",
    "test-data",
    "test_data",
    "fixtures",
    "examples",
    "tests",
    "docs",
    "src",
];

/// Larger entries make a training long; smaller ones only start the program.
const LARGEST: u64 = 4_000_000;
/// How many entries are looked at.
const MOST: usize = 12;

/// A folder and the entries that can be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// The folder.
    pub directory: PathBuf,
    /// Names in it, the largest first.
    pub entries: Vec<String>,
}

/// Every folder below `package` or `root` that holds at least two usable entries.
pub fn find(package: &Path, root: &Path) -> Vec<Samples> {
    let mut found: Vec<Samples> = Vec::new();
    for name in FOLDERS {
        for base in [package, root] {
            let directory = base.join(name);
            let known = found.iter().any(|samples| samples.directory == directory);
            let entries = if known { Vec::new() } else { entries(&directory) };
            if entries.len() >= 2 {
                found.push(Samples { directory, entries });
            }
        }
    }
    found
}

fn entries(directory: &Path) -> Vec<String> {
    let listed = sorted_entries(directory).unwrap_or_default();
    let sized = listed.iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        let size = size(path);
        (!name.starts_with('.') && (16..=LARGEST).contains(&size)).then(|| (size, name.to_owned()))
    });
    let mut sized: Vec<(u64, String)> = sized.collect();
    sized.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    sized.truncate(MOST);
    sized.into_iter().map(|(_, name)| name).collect()
}

/// The bytes of a file or of all files of a folder; 0 for links.
fn size(path: &Path) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else { return 0 };
    if metadata.is_dir() {
        return sorted_entries(path).unwrap_or_default().iter().map(|entry| size(entry)).sum();
    }
    if metadata.is_file() { metadata.len() } else { 0 }
}

/// A word that the entry has several times, for programs that search.
pub fn common_word(path: &Path) -> String {
    let mut file = path.to_owned();
    while file.is_dir() {
        let inner = sorted_entries(&file).unwrap_or_default();
        let Some(first) = inner.into_iter().find(|entry| size(entry) > 0) else { break };
        file = first;
    }
    let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap_or_default()).into_owned();
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for word in text.split(|character: char| !character.is_ascii_alphabetic()).filter(|word| word.len() >= 3) {
        *counts.entry(word).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(word, count)| (*count, std::cmp::Reverse(*word)));
    most.map_or_else(|| "the".to_owned(), |(word, _)| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_found_with_the_largest_first() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let folder = root.path().join("tests/data");
        std::fs::create_dir_all(&folder).expect("the directory is ours");
        for (name, size) in [("small", 20), ("large", 200), ("tiny", 1)] {
            std::fs::write(folder.join(name), "word ".repeat(size / 5)).expect("the directory is ours");
        }
        let found = find(root.path(), root.path());
        assert_eq!(found[0].directory, folder);
        assert_eq!(found[0].entries, ["large", "small"]);
        assert_eq!(common_word(&folder), "word");
    }
}
