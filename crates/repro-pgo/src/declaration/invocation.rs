//! How a declared command runs on an entry of an input set: in which directory, and with which arguments.

use std::path::{Path, PathBuf};

/// A command on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The working directory: the entry, or the set's folder where the entry is a file.
    pub directory: PathBuf,
    /// The arguments, `{entry}` replaced by the entry's absolute path.
    pub args: Vec<String>,
}

/// Places `args` on the `entry` of the set in the folder `set`.
pub fn place(set: &Path, entry: &str, args: &[String]) -> Placed {
    let path = set.join(entry);
    let args = args.iter().map(|argument| argument.replace("{entry}", &path.to_string_lossy())).collect();
    Placed { directory: if path.is_dir() { path } else { set.to_owned() }, args }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_working_directory_and_a_file_is_named() {
        let set = tempfile::tempdir().expect("a temporary directory can be made");
        std::fs::create_dir(set.path().join("folder")).expect("the directory is ours");
        std::fs::write(set.path().join("file"), "").expect("the directory is ours");
        let args = ["read".to_owned(), "{entry}".to_owned()];
        let file = place(set.path(), "file", &args);
        assert_eq!(file.directory, set.path());
        assert_eq!(file.args[1], set.path().join("file").to_string_lossy());
        assert_eq!(place(set.path(), "folder", &args).directory, set.path().join("folder"));
    }
}
