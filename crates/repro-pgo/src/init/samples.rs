//! Inputs that a project already has: the folders of its fixtures, and what in them can be an entry.

use std::path::{Path, PathBuf};

use host::copy::sorted_entries;

/// Where projects keep inputs, the likeliest first.
const FOLDERS: [&str; 25] = [
    "benches/data",
    "benches/fixtures",
    "bench/data",
    "benches/inputs",
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
    "samples",
    "corpus",
    "inputs",
    "data",
    "assets",
    "examples",
    "tests",
    "test",
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

/// Every known folder below `package` or `root` that holds at least two usable entries, and of all other folders there those that
/// hold most files of one kind: fixtures lie in packages of their own, and deeper.
pub fn find(package: &Path, root: &Path) -> Vec<Samples> {
    let mut directories: Vec<PathBuf> = Vec::new();
    let mut deeper: Vec<Collection> = Vec::new();
    for name in FOLDERS {
        for directory in [package, root].map(|base| base.join(name)) {
            if !directories.contains(&directory) {
                directories.push(directory);
            }
        }
    }
    collections(root, false, DEPTH, &mut deeper);
    if !package.starts_with(root) {
        collections(package, false, DEPTH, &mut deeper);
    }
    deeper.sort_by(|left, right| {
        (right.of_tests, right.files)
            .cmp(&(left.of_tests, left.files))
            .then_with(|| left.directory.cmp(&right.directory))
    });
    let deeper = deeper.into_iter().map(|collection| collection.directory);
    let deeper: Vec<PathBuf> = deeper.filter(|directory| !directories.contains(directory)).take(MOST_DEEPER).collect();
    let all =
        directories.into_iter().chain(deeper).map(|directory| Samples { entries: entries(&directory), directory });
    all.filter(|samples| samples.entries.len() >= 2).collect()
}

/// Folders in which no collections are looked for: sources, what tools make, and what belongs to others.
const PASSED_OVER: [&str; 8] =
    ["examples", "docs", "src", "target", "node_modules", "vendor", "third_party", "snapshots"];
/// Folders whose names say that inputs are below.
const OF_TESTS: [&str; 14] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "bench",
    "benches",
    "benchmarks",
    "fixtures",
    "samples",
    "corpus",
    "inputs",
    "data",
];
/// How deep collections are looked for.
const DEPTH: u32 = 6;
/// How many of them are tried.
const MOST_DEEPER: usize = 6;

/// A folder of files of one kind.
struct Collection {
    /// Whether it is one of tests or benchmarks.
    of_tests: bool,
    /// How many files have the ending that most of them have.
    files: usize,
    directory: PathBuf,
}

/// The folders below `directory` that hold at least three files with the same ending; `of_tests` is whether it is one of tests.
fn collections(directory: &Path, of_tests: bool, depth: u32, found: &mut Vec<Collection>) {
    for folder in sorted_entries(directory).unwrap_or_default() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_folder = folder.symlink_metadata().is_ok_and(|facts| facts.is_dir());
        if !is_folder || name.starts_with('.') || PASSED_OVER.contains(&name.as_str()) {
            continue;
        }
        let of_tests = of_tests || OF_TESTS.contains(&name.as_str());
        let files = most_alike(&folder);
        if files >= 3 {
            found.push(Collection { of_tests, files, directory: folder.clone() });
        }
        if depth > 1 {
            collections(&folder, of_tests, depth - 1, found);
        }
    }
}

/// How many files of the folder have the same ending.
fn most_alike(folder: &Path) -> usize {
    let mut endings = std::collections::BTreeMap::<std::ffi::OsString, usize>::new();
    for file in sorted_entries(folder).unwrap_or_default() {
        // Tests' own code and what they expect are no inputs of the program.
        if let Some(ending) = file.extension().filter(|ending| *ending != "rs" && *ending != "snap" && file.is_file()) {
            *endings.entry(ending.to_owned()).or_default() += 1;
        }
    }
    endings.into_values().max().unwrap_or(0)
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

impl Samples {
    /// Whether they are the program's own source.
    pub fn are_sources(&self) -> bool {
        self.directory.ends_with("src")
    }
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

    #[test]
    fn a_folder_named_test_is_one_of_fixtures_and_sources_are_the_last() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        for name in ["src/main.rs", "src/lib.rs", "test/first.txt", "test/second.txt"] {
            let file = root.path().join(name);
            std::fs::create_dir_all(file.parent().expect("it is below the root")).expect("the directory is ours");
            std::fs::write(file, "some words of an input").expect("the directory is ours");
        }
        let found: Vec<_> = find(root.path(), root.path()).into_iter().map(|samples| samples.directory).collect();
        assert_eq!(found, [root.path().join("test"), root.path().join("src")]);
    }

    #[test]
    fn collections_are_found_where_they_lie_deeper() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let folder = root.path().join("tests/suite/shapes");
        std::fs::create_dir_all(&folder).expect("the directory is ours");
        for name in ["circle.svg", "line.svg", "star.svg", "notes.md"] {
            std::fs::write(folder.join(name), "a drawing of something").expect("the directory is ours");
        }
        let found = find(root.path(), root.path());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].directory, folder);
    }

    #[test]
    fn collections_of_other_packages_are_found_those_of_tests_first() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let write = |folder: &str, ending: &str, files: usize| {
            let folder = root.path().join(folder);
            std::fs::create_dir_all(&folder).expect("the directory is ours");
            for number in 0..files {
                std::fs::write(folder.join(format!("{number}.{ending}")), "some words of an input").expect("ours");
            }
        };
        write("crates/parser/tests/cases", "json", 3);
        write("crates/tool/words", "csv", 4);
        for passed_over in ["target/words", ".git/words", "crates/tool/src/words", "crates/parser/tests/snapshots"] {
            write(passed_over, "csv", 5);
        }
        let found = find(&root.path().join("crates/tool"), root.path());
        let found: Vec<_> = found.into_iter().map(|samples| samples.directory).collect();
        let expected = ["crates/parser/tests/cases", "crates/tool/words"].map(|name| root.path().join(name));
        assert_eq!(found, expected);
    }
}
