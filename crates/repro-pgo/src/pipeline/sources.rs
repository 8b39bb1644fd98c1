//! The files a build depends on. Cargo's dependency file lists exactly the sources it read, files included by macros and
//! named by build scripts among them; manifests, lock file and configuration are added.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use host::digest;

use crate::compile::Project;

/// The files in the text of a dependency file (`target: file file ...`, spaces in names escaped).
pub fn listed(dependency_file: &str) -> Vec<PathBuf> {
    let names = dependency_file.lines().filter_map(|line| line.split_once(": ").map(|(_, names)| names));
    names.flat_map(split_escaped).map(PathBuf::from).collect()
}

fn split_escaped(names: &str) -> Vec<String> {
    let joined = names.replace("\\ ", "\u{0}");
    joined.split_whitespace().map(|name| name.replace('\u{0}', " ")).collect()
}

/// The hashes of the files that `executable` was built from. `None` when one has changed since `started`, so that
/// nobody knows which content was compiled.
pub fn hashes(executable: &Path, project: &Project, started: SystemTime) -> Option<BTreeMap<PathBuf, String>> {
    let text = std::fs::read_to_string(executable.with_extension("d")).ok()?;
    let generated = |path: &PathBuf| path.starts_with(&project.target_directory);
    let read = listed(&text).into_iter().filter(|path| !generated(path));
    let hashed = read.chain(declared(project)).filter(|path| path.is_file()).map(|path| {
        let changed = path.metadata().ok()?.modified().ok()? >= started;
        let hash = digest::of_file(&path).ok()?;
        (!changed).then_some((path, hash))
    });
    hashed.collect()
}

/// Manifests, lock file, and the configuration files cargo and rustup read.
fn declared(project: &Project) -> Vec<PathBuf> {
    let root = &project.root;
    let mut files = project.manifests.clone();
    let own =
        ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];
    files.extend(own.map(|name| root.join(name)));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    files.extend(home.into_iter().map(|home| home.join("config.toml")));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_spaces_are_kept_whole() {
        let text = "/t/release/demo: /w/src/main.rs /w/a\\ b.txt\n";
        assert_eq!(listed(text), [PathBuf::from("/w/src/main.rs"), PathBuf::from("/w/a b.txt")]);
    }
}
