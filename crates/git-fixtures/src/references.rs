//! Branches, tags and HEAD on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::object::ObjectId;
use crate::repository::Target;

/// The first line of `packed-refs`: every tag object's commit is given, and the lines are sorted.
const PACKED_HEADER: &str = "# pack-refs with: peeled fully-peeled sorted \n";

/// Writes all references, each in its own file or all in `packed-refs`.
pub(crate) fn write(git: &Path, references: &BTreeMap<String, Target>, loose: bool) -> io::Result<()> {
    fs::create_dir_all(git.join("refs/heads"))?;
    fs::create_dir_all(git.join("refs/tags"))?;
    if !loose {
        return fs::write(git.join("packed-refs"), packed(references));
    }
    for (name, target) in references {
        let file = git.join(name);
        fs::create_dir_all(file.parent().expect("a reference's name holds a slash"))?;
        fs::write(file, format!("{}\n", target.id))?;
    }
    Ok(())
}

/// Writes HEAD: the branch's name, or the commit when one is given.
pub(crate) fn write_head(git: &Path, branch: &str, commit: Option<ObjectId>) -> io::Result<()> {
    let text = match commit {
        Some(commit) => format!("{commit}\n"),
        None => format!("ref: refs/heads/{branch}\n"),
    };
    fs::write(git.join("HEAD"), text)
}

fn packed(references: &BTreeMap<String, Target>) -> String {
    let mut text = PACKED_HEADER.to_owned();
    for (name, target) in references {
        text.push_str(&format!("{} {name}\n", target.id));
        if let Some(commit) = target.peeled {
            text.push_str(&format!("^{commit}\n"));
        }
    }
    text
}
