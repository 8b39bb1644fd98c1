//! Variables by which git is told where a repository's parts lie, as hooks and build systems set them. They mean here what
//! they mean to git (`git help git`, "The Git Repository").

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// What the environment says of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// The repository itself: nothing is searched then.
    pub(super) git_dir: Option<PathBuf>,
    /// Top of the work tree.
    pub(super) work_tree: Option<PathBuf>,
    /// What all work trees share.
    pub(super) common_dir: Option<PathBuf>,
    /// Where objects are.
    pub(super) object_dir: Option<PathBuf>,
    /// Where further objects are.
    pub(super) alternates: Vec<PathBuf>,
    /// Directories that a search doesn't climb to.
    pub(super) ceilings: Vec<PathBuf>,
    /// Where replacement refs are, `refs/replace/` unless said otherwise; `None` if they don't count.
    pub(super) replacements: Option<String>,
    /// The file that gives commits other parents.
    pub(super) graft_file: Option<PathBuf>,
}

impl Environment {
    /// The process's own.
    pub(super) fn of_process() -> Self {
        let base = value("GIT_REPLACE_REF_BASE").and_then(|base| base.into_string().ok());
        let base = base.unwrap_or_else(|| "refs/replace/".to_owned());
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            common_dir: path("GIT_COMMON_DIR"),
            object_dir: path("GIT_OBJECT_DIRECTORY"),
            alternates: paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            ceilings: paths("GIT_CEILING_DIRECTORIES").into_iter().filter(|path| path.is_absolute()).collect(),
            replacements: env::var_os("GIT_NO_REPLACE_OBJECTS")
                .is_none()
                .then(|| base.trim_end_matches('/').to_owned() + "/"),
            graft_file: path("GIT_GRAFT_FILE"),
        }
    }
}

/// An empty variable counts as one that isn't set.
fn value(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn path(name: &str) -> Option<PathBuf> {
    value(name).map(PathBuf::from)
}

fn paths(name: &str) -> Vec<PathBuf> {
    let list = value(name).unwrap_or_default();
    env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
}
