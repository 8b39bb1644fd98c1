//! Why a release can't be made, or not now.

use std::io;

use thiserror::Error;

use crate::version_files::VersionFileError;
use crate::workspace::WorkspaceError;

/// Why a release can't be made, or not now.
#[derive(Debug, Error)]
pub(crate) enum ReleaseError {
    /// The workspace can't be planned.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A version file can't be written.
    #[error(transparent)]
    VersionFile(#[from] VersionFileError),
    /// Git can't be started.
    #[error("git can't be started; a release writes with it")]
    NoGit { source: io::Error },
    /// Git failed.
    #[error("git {command}: {said}")]
    Git { command: String, said: String },
    /// A file can't be read.
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
    /// A file can't be written.
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
    /// Another run is at it.
    #[error("another release is running in this repository")]
    Running,
    /// The work tree has changes.
    #[error("the work tree has changes that are not committed:{}", listed(.files))]
    Dirty { files: Vec<String> },
    /// Git is in the middle of something.
    #[error("a {what} is going on in this work tree")]
    InProgress { what: &'static str },
    /// There is no commit.
    #[error("there is no commit to release")]
    NoCommit,
    /// HEAD is on no branch.
    #[error("HEAD is on no branch, and nothing says which one is released from")]
    NoBranch,
    /// The branch's name can't be handled.
    #[error("the branch's name is not UTF-8")]
    BranchName,
    /// A file of the release isn't one that can be written.
    #[error("{path} {problem}")]
    Path { path: String, problem: String },
    /// The tag is there already.
    #[error("package '{package}': tag {tag} exists already, outside of the history of HEAD")]
    TagExists { package: String, tag: String },
    /// Two packages would get one tag.
    #[error("packages '{first}' and '{second}' would both be tagged {tag}, at different commits")]
    TagTwice { first: String, second: String, tag: String },
    /// A moving tag would go back.
    #[error("tag {tag} is at {held}, above {version}, and would move back")]
    MovesBack { tag: String, held: String, version: String },
    /// The name can't be a tag's.
    #[error("package '{package}': git takes no tag called {tag:?}")]
    TagName { package: String, tag: String },
    /// A configured command failed.
    #[error("{what} `{command}` {problem}")]
    Command { what: String, command: String, problem: String },
    /// The version that a command gave can't be used.
    #[error("package '{package}': version_command gave {version:?}, {problem}")]
    CommandVersion { package: String, version: String, problem: &'static str },
    /// The journal can't be used.
    #[error("an unfinished release can't be read from {path}: {problem}")]
    Journal { path: String, problem: String },
    /// The release was begun elsewhere.
    #[error("a release that was begun in another work tree is unfinished (its git directory is {git_dir})")]
    OtherWorkTree { git_dir: String },
    /// Somebody else moved the branch or a tag.
    #[error("the branch or a tag was moved by somebody else meanwhile; nothing was released")]
    Moved,
    /// Whether the release was pushed can't be told.
    #[error("whether {remote} has the release can't be told: {said}")]
    Unseen { remote: String, said: String },
    /// What was pushed can't be taken back.
    #[error("{remote} has the release already; it can't be taken back here alone")]
    AlreadyPushed { remote: String },
    /// The remote moved on, again and again.
    #[error("the remote's {branch} moved on while this was released, {attempts} times; nothing was released")]
    Outrun { branch: String, attempts: usize },
    /// Local and remote branch have parted.
    #[error("{branch} here and {branch} of {remote} have parted; nothing was released")]
    Parted { branch: String, remote: String },
    /// The remote doesn't take the push.
    #[error("{remote} did not take the push: {said}")]
    Push { remote: String, said: String },
    /// The remote has something else than was pushed.
    #[error("{remote} has another {name} than was pushed")]
    NotAsPushed { remote: String, name: String },
    /// The branch of the pull request has work of somebody else.
    #[error("branch {branch} of {remote} has commits that relplan didn't make")]
    ForeignCommits { branch: String, remote: String },
    /// The plan that was given is not the plan.
    #[error("this is no longer what {file} plans: {difference}")]
    OtherPlan { file: String, difference: String },
    /// The plan that was given can't be read.
    #[error("{file} holds no plan of `relplan check --json`: {problem}")]
    NoPlan { file: String, problem: String },
}

impl ReleaseError {
    /// Stable code of the error, where it has one.
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Workspace(error) => error.code(),
            Self::Path { .. } => Some("E1018"),
            Self::TagExists { .. } => Some("E2003"),
            Self::Push { .. } | Self::Outrun { .. } => Some("E2004"),
            Self::Running => Some("E2011"),
            Self::Command { .. } => Some("E6001"),
            _ => None,
        }
    }

    /// What to do next, where the message doesn't say so already.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Workspace(error) => return error.hint(),
            Self::Dirty { .. } => "commit or stash them; untracked files are no hindrance",
            Self::InProgress { .. } => "finish or abort it first",
            Self::Running => "wait for it; the lock is let go of when that process ends, however it ends",
            Self::NoBranch => "check the branch out, or set workspace.branch",
            Self::BranchName => "release from a branch whose name is",
            Self::TagExists { package, .. } => {
                return Some(format!(
                    "delete it here and on the remote if it is a mistake, give another version with --force-version, \
                     or leave the package out with --exclude {package}"
                ));
            }
            Self::TagTwice { .. } => "give each package its own tag_template, or put them into one fixed group",
            Self::MovesBack { .. } => "--force moves it all the same",
            Self::Journal { .. } => {
                "finish it with the relplan that began it, or remove the file: git status and git tag show how far it got"
            }
            Self::OtherWorkTree { .. } => "run `relplan release` there first",
            Self::Push { .. } => {
                "the release is complete here; `relplan release` again sends it, `relplan release --abort` takes it back"
            }
            Self::Unseen { .. } => "--abort --force takes it back without asking",
            Self::NotAsPushed { .. } => "look at the remote; `relplan release` again sends the release",
            Self::Parted { .. } => "merge or rebase, then release again",
            Self::Outrun { .. } => "release when it is quieter",
            Self::ForeignCommits { .. } => "merge that pull request, or delete the branch",
            Self::OtherPlan { .. } => "plan again with the same options: relplan check --json",
            Self::Git { said, .. } if said.contains("tell me who you are") || said.contains("ident") => {
                "git config user.name and user.email say who releases"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Files one to a line, the first of them where they are many.
fn listed(files: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut text = String::new();
    for file in files.iter().take(SHOWN) {
        text.push_str("\n    ");
        text.push_str(file);
    }
    if files.len() > SHOWN {
        text.push_str(&format!("\n    and {} more", files.len() - SHOWN));
    }
    text
}
