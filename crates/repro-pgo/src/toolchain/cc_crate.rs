//! The `cc` crate of a program's lock file: several of its versions refuse the way in which most people ask for counters.

use std::path::Path;

use toml::{Table, Value};

/// The versions of `cc` in the lock file of the workspace around `directory`, each with what is to be known about it.
pub fn in_lock_file(directory: &Path) -> Vec<String> {
    let locks = directory.ancestors().map(|folder| folder.join("Cargo.lock"));
    let text = locks.into_iter().find_map(|lock| std::fs::read_to_string(lock).ok()).unwrap_or_default();
    let lock: Table = text.parse().unwrap_or_default();
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
    let own = packages.filter(|package| package.get("name").and_then(Value::as_str) == Some("cc"));
    own.filter_map(|package| Some(told(package.get("version")?.as_str()?))).collect()
}

/// A version, and what it refuses.
fn told(version: &str) -> String {
    let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
    let refuses = numbers.as_slice() >= [1, 2, 2].as_slice() && numbers.as_slice() <= [1, 7, 0].as_slice();
    if !refuses {
        return version.to_owned();
    }
    format!(
        "{version}, which stops at `-Cprofile-generate` without a folder: the stages ask with `-Cprofile_generate`, which it \
         passes; for builds of your own take that from `repro-pgo flags`, or `cargo update -p cc`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_refuse_are_told_apart() {
        for (version, refuses) in
            [("1.0.94", false), ("1.2.1", false), ("1.2.2", true), ("1.7.0", true), ("1.7.1", false)]
        {
            assert_eq!(told(version).contains("repro-pgo flags"), refuses, "{version}");
        }
    }

    #[test]
    fn the_lock_file_above_is_read() {
        let workspace = tempfile::tempdir().expect("a temporary directory can be made");
        let member = workspace.path().join("member");
        std::fs::create_dir(&member).expect("the directory is ours");
        assert!(
            in_lock_file(&member).is_empty()
                || workspace.path().ancestors().any(|above| above.join("Cargo.lock").exists())
        );
        let lock = "version = 4\n[[package]]\nname = \"cc\"\nversion = \"1.2.41\"\n[[package]]\nname = \"ccx\"\nversion = \"1.0.0\"\n";
        std::fs::write(workspace.path().join("Cargo.lock"), lock).expect("the directory is ours");
        assert_eq!(in_lock_file(&member), [told("1.2.41")]);
    }
}
