//! `release` from outside: what it writes, commits, tags and pushes, what it refuses, and what is left when it dies.

mod changelogs;
mod hooks;
mod manifests;
mod modes;
mod own;
mod pushes;
mod refusals;
mod releases;
mod signatures;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod killed;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod trace;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub use self::signatures::sign_with_ssh;

use crate::common::{MISLEADING, git, relplan, stderr, stdout, write};

/// A clone with its remote, both in one folder.
pub struct Site {
    folder: TempDir,
}

impl Site {
    /// Two packages at 1.0.0, of which `cli` depends on `core`, with changelogs, and one feature in `core` since. `settings` is
    /// the configuration's `workspace`, in JSON.
    pub fn monorepo(settings: &str) -> Self {
        let site = Self::empty();
        let config = format!(
            r#"{{"workspace":{settings},"package":[
  {{"name":"core","path":"core","changelog":"core/CHANGELOG.md","versionedFiles":[{{"path":"core/version.toml","format":"toml"}}]}},
  {{"name":"cli","path":"cli","changelog":"cli/CHANGELOG.md","versionedFiles":[{{"path":"cli/version.toml","format":"toml"}}],
   "dependsOn":["core"]}}
]}}"#
        );
        write(&site.root(), "ferrflow.json", &config);
        write(&site.root(), "core/version.toml", "[package]\nname = \"core\"\nversion = \"1.0.0\"\n");
        write(
            &site.root(),
            "cli/version.toml",
            "[package]\nname = \"cli\"\nversion = \"1.0.0\" # cli's\n[dependencies]\ncore = \"^1.0.0\"\n",
        );
        site.start(&["core@v1.0.0", "cli@v1.0.0"]);
        site.commit("core/lib.rs", "feat(core): add parser");
        git(&site.root(), &["push", "-q", "origin", "main"]);
        site
    }

    /// One package at 1.0.0 with one feature since. `settings` are lines of `[workspace]`, `package` of `[[package]]`.
    pub fn single(settings: &str, package: &str) -> Self {
        let site = Self::empty();
        let config = format!(
            "[workspace]\n{settings}\n[[package]]\nname = \"app\"\npath = \".\"\n\
             versioned_files = [{{ path = \"package.json\", format = \"json\" }}]\n{package}\n"
        );
        write(&site.root(), "relplan.toml", &config);
        write(&site.root(), "package.json", "{\n  \"name\": \"app\",\n  \"version\": \"1.0.0\"\n}\n");
        site.start(&["v1.0.0"]);
        site.commit("lib.js", "feat: add parser");
        git(&site.root(), &["push", "-q", "origin", "main"]);
        site
    }

    fn empty() -> Self {
        let site = Self { folder: TempDir::new().expect("a temporary folder") };
        let (root, remote) = (site.root(), site.remote());
        git(site.folder.path(), &["init", "-q", "--template=", "-b", "main", &root.to_string_lossy()]);
        git(site.folder.path(), &["init", "-q", "--template=", "--bare", "-b", "main", &remote.to_string_lossy()]);
        git(&root, &["config", "user.name", "Releaser"]);
        git(&root, &["config", "user.email", "releaser@example.org"]);
        git(&root, &["remote", "add", "origin", &remote.to_string_lossy()]);
        site
    }

    fn start(&self, tags: &[&str]) {
        self.commit("README", "chore: initial");
        tags.iter().for_each(|tag| {
            git(&self.root(), &["tag", tag]);
        });
        git(&self.root(), &["push", "-q", "origin", "main", "--tags"]);
    }

    /// The clone.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The bare repository that the clone pushes to.
    pub fn remote(&self) -> PathBuf {
        self.folder.path().join("remote.git")
    }

    /// Commits one more file, which holds the message.
    pub fn commit(&self, file: &str, message: &str) {
        crate::common::commit(&self.root(), file, message);
    }

    /// Runs `release`, which must succeed, and returns its report.
    pub fn release(&self, args: &[&str]) -> String {
        let output = relplan(&self.root(), &[&["release"], args].concat());
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }

    /// Runs `release`, which must fail, and returns its message.
    pub fn refused(&self, args: &[&str]) -> String {
        let output = relplan(&self.root(), &[&["release"], args].concat());
        assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
        stderr(&output)
    }

    /// A file of the clone.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("the file is there")
    }

    /// What git says in the clone.
    pub fn git(&self, args: &[&str]) -> String {
        git(&self.root(), args)
    }

    /// All refs of a repository, one a line, without what tracks a remote.
    pub fn refs(repository: &Path) -> String {
        git(repository, &["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"])
    }

    /// Everything is committed, and the remote has it.
    pub fn assert_settled(&self) {
        assert_eq!(self.git(&["status", "--porcelain", "--ignored"]).trim(), "");
        assert_eq!(Self::refs(&self.root()), Self::refs(&self.remote()));
        assert!(!self.root().join(".git/relplan/release.json").exists());
    }
}
