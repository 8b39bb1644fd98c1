//! The repository that every run starts from, with a remote that doesn't die with it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{MISLEADING, git};
use crate::release::Site;

/// The repository and the daemon that serves the remotes.
pub struct Ground {
    site: Site,
    daemon: Child,
    address: String,
}

impl Ground {
    pub fn new(site: Site) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let base = site.folder.path().to_string_lossy().into_owned();
        // Not by way of `git`, which would stay beside it.
        let programs = git(site.folder.path(), &["--exec-path"]);
        let daemon = Command::new(Path::new(programs.trim()).join("git-daemon"))
            .args(["--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"])
            .args([format!("--port={port}"), format!("--base-path={base}"), base])
            .stderr(Stdio::null())
            .spawn()
            .expect("git has a daemon");
        let ground = Self { site, daemon, address: format!("127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&ground.address).is_err() {
            assert!(Instant::now() < deadline, "the daemon does not answer");
            thread::sleep(Duration::from_millis(10));
        }
        ground
    }

    /// A clone and a remote of their own.
    pub fn copy(&self, name: &str) -> (PathBuf, PathBuf) {
        let folder = self.site.folder.path();
        let (root, remote) = (folder.join(name), folder.join(format!("{name}.git")));
        copy_folder(&self.site.root(), &root);
        copy_folder(&self.site.remote(), &remote);
        let config = root.join(".git/config");
        let text = fs::read_to_string(&config).expect("it is there");
        let url = format!("git://{}/{name}.git", self.address);
        fs::write(config, text.replace(&*self.site.remote().to_string_lossy(), &url)).expect("writable");
        (root, remote)
    }

    pub fn program(&self, root: &Path, time: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
        MISLEADING.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.arg("release").current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_DATE", time).env("GIT_COMMITTER_DATE", time).env("TMPDIR", self.site.folder.path());
        command
    }

    /// Until the daemon has nothing to do any more: what it was sent before the blow, it still takes.
    pub fn wait_for_remote(&self) {
        let daemon = self.daemon.id();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let children = fs::read_to_string(format!("/proc/{daemon}/task/{daemon}/children")).unwrap_or_default();
            let works =
                |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
            if !children.split_whitespace().any(works) {
                return;
            }
            assert!(Instant::now() < deadline, "the daemon does not come to rest");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a writable folder");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("readable").is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).expect("writable");
            }
        }
    }
}
