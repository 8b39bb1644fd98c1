//! Why a repository can't be opened or an object can't be read.

use std::path::PathBuf;

use gix_hash::ObjectId;

/// Why a repository can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither the directory nor any above it holds a repository.
    #[error("{} is not inside a git repository; run `git init` or change into one", start.display())]
    NotARepository {
        /// Where the search began.
        start: PathBuf,
    },
    /// The repository has no work tree, so there are no files to release from.
    #[error("{} is a bare repository; clone it or add a work tree with `git worktree add`", path.display())]
    Bare {
        /// The repository.
        path: PathBuf,
    },
    /// The environment names a repository that isn't one.
    #[error("GIT_DIR says {}, which is no git repository; unset it, or set it to the `.git` directory", path.display())]
    NamedIsNone {
        /// What it says.
        path: PathBuf,
    },
    /// The configuration names a work tree that isn't there.
    #[error(
        "the configuration in {} says that the work tree is {}, but there is no such directory; \
         `git config --unset core.worktree` forgets it", git_dir.display(), path.display()
    )]
    NoWorkTree {
        /// The repository.
        git_dir: PathBuf,
        /// The work tree.
        path: PathBuf,
    },
    /// Part of the history is missing, so that any plan would be a guess.
    #[error(
        "the clone is shallow ({} is not empty), so commits and tags since the last release may be missing; run \
         `git fetch --unshallow --tags`, or set `fetch-depth: 0` for actions/checkout", path.display()
    )]
    Shallow {
        /// The file that lists where history was cut.
        path: PathBuf,
    },
    /// A `.git` file that points nowhere.
    #[error("{} says `{content}`, but there is no such directory; `git worktree repair` mends moved work trees", path.display())]
    DanglingGitFile {
        /// The `.git` file.
        path: PathBuf,
        /// What it says.
        content: String,
    },
    /// The repository is stored in a way that this program can't read.
    #[error("{} is stored in a format that is not supported: {reason}", path.display())]
    UnsupportedFormat {
        /// The repository.
        path: PathBuf,
        /// What is not supported.
        reason: String,
    },
    /// The repository's configuration can't be parsed.
    #[error("{} can't be parsed as git configuration: {reason}", path.display())]
    Settings {
        /// The configuration file.
        path: PathBuf,
        /// What is wrong in it.
        reason: String,
    },
    /// HEAD is neither a branch nor a commit.
    #[error("HEAD in {} can't be read: {reason}", path.display())]
    Head {
        /// The directory that holds `HEAD`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The tables of refs can't be read.
    #[error("the refs of {} can't be read: {reason}; `git refs verify` says more", path.display())]
    Refs {
        /// The repository.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// What stands for other objects can't be read.
    #[error("the replacement refs in {} can't be read: {reason}; `git replace -l` lists them", path.display())]
    Replacements {
        /// The repository.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file can't be read.
    #[error("{} can't be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl OpenError {
    /// The error's stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotARepository { .. } | Self::DanglingGitFile { .. } | Self::NamedIsNone { .. } => "E2001",
            Self::Bare { .. } | Self::NoWorkTree { .. } => "E2002",
            Self::Shallow { .. } => "E2020",
            Self::UnsupportedFormat { .. } | Self::Settings { .. } => "E2021",
            Self::Head { .. } | Self::Refs { .. } | Self::Replacements { .. } | Self::Read { .. } => "E2022",
        }
    }
}

/// Why an object can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The object isn't there although another one refers to it.
    #[error("{kind} {id} is missing from the repository; `git fsck` lists the damage, a fresh clone mends it")]
    Missing {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: &'static str,
    },
    /// The object isn't there, and neither is a folder that the clone borrows objects from.
    #[error(
        "{kind} {id} is missing, because this clone borrows objects from {}, which isn't there; bring that back, or clone \
         anew (with `--dissociate` nothing is borrowed)",
        lender.display()
    )]
    Borrowed {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: &'static str,
        /// The folder that `objects/info/alternates` names.
        lender: PathBuf,
    },
    /// The object isn't there because the clone left it out.
    #[error(
        "{kind} {id} is missing because this is a partial clone; commits and trees are needed: run \
         `git fetch --refetch --filter=blob:none`, or clone with `--filter=blob:none` at most"
    )]
    LeftOut {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: &'static str,
    },
    /// The object is there but damaged.
    #[error("{kind} {id} is damaged ({reason}); `git fsck` lists the damage, a fresh clone mends it")]
    Corrupt {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}
