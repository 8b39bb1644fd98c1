//! Scripts that stand in for programs.

use std::path::Path;
use std::process::Command;

/// Writes an executable file, and the folder that it is in.
///
/// By a child, because a file that any thread of this process has open for writing can't be started.
#[track_caller]
pub fn script(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
    let mut write = Command::new("/bin/sh");
    write.args(["-c", "printf %s \"$2\" > \"$1\" && chmod +x \"$1\"", "sh"]).arg(path).arg(text);
    assert!(write.status().is_ok_and(|status| status.success()), "the folder is ours");
}
