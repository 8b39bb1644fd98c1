//! Makes annotated tags as git objects, which nobody sees until a ref leads to them.
//!
//! A signed one is made by `git tag` itself, because it alone knows how the user signs: with which program, format and key.
//! It always makes a ref too, so it works in a scratch repository that has the real one's objects and configuration.

use std::fs;

use super::ReleaseError;
use super::commits::is_set;
use super::git::{Git, output};

/// Makes tags of one repository.
#[derive(Debug)]
pub(super) struct Tagger<'a> {
    git: &'a Git,
    signs: bool,
    tagger: String,
}

impl<'a> Tagger<'a> {
    /// Tags as `git` is configured to make them.
    ///
    /// # Errors
    /// When nobody is known who tags, or the scratch repository can't be made.
    pub(super) fn new(git: &'a Git) -> Result<Self, ReleaseError> {
        let signs = is_set(git, "tag.gpgSign") || is_set(git, "tag.forceSignAnnotated");
        let tagger = Self { git, signs, tagger: git.line(&["var", "GIT_COMMITTER_IDENT"], &[])? };
        if signs {
            tagger.make_scratch()?;
        }
        Ok(tagger)
    }

    /// The tag `name` of `commit`.
    ///
    /// # Errors
    /// When git can't make or sign it.
    pub(super) fn tag(&self, name: &str, commit: &str, message: &str) -> Result<String, ReleaseError> {
        if self.signs {
            return self.signed(name, commit, message);
        }
        let text = format!("object {commit}\ntype commit\ntag {name}\ntagger {}\n\n{message}\n", self.tagger);
        self.git.line(&["mktag"], text.as_bytes())
    }

    fn signed(&self, name: &str, commit: &str, message: &str) -> Result<String, ReleaseError> {
        self.in_scratch(&["tag", "-s", "-f", "-F", "-", "--", name, commit], message.as_bytes())?;
        let reference = format!("refs/tags/{name}");
        let tag = self.in_scratch(&["rev-parse", "--verify", &reference], &[])?;
        Ok(String::from_utf8_lossy(&tag).trim_end().to_owned())
    }

    fn make_scratch(&self) -> Result<(), ReleaseError> {
        let path = self.git.own_dir().join("scratch");
        let shown = path.display().to_string();
        let failed = |source| ReleaseError::Write { path: shown.clone(), source };
        if path.exists() {
            fs::remove_dir_all(&path).map_err(failed)?;
        }
        let format = self.git.line(&["rev-parse", "--show-object-format"], &[])?;
        let mut command = self.git.command();
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_COMMON_DIR");
        let arguments =
            ["init", "--quiet", "--bare", &format!("--object-format={format}"), "--template=", "relplan/scratch"];
        command.current_dir(self.git.common_dir()).args(arguments);
        output(command, &["init"], &[])?;
        let configuration = self.git.common_dir().join("config");
        let included = configuration.to_string_lossy().into_owned();
        // The real one may say that it isn't bare and where its work tree is; neither matters here.
        self.in_scratch(&["config", "include.path", &included], &[]).map(drop)
    }

    fn in_scratch(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ReleaseError> {
        let mut command = self.git.command();
        command
            .env("GIT_DIR", self.git.own_dir().join("scratch"))
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_COMMON_DIR");
        command.env("GIT_OBJECT_DIRECTORY", self.git.common_dir().join("objects")).args(arguments);
        output(command, arguments, input)
    }
}
