//! Bulk mode's packages: where they lie, what their files and tags are called, and the configuration that lists them.

use serde_json::{Value, json};

use super::random::Random;
use crate::definition::{Bulk, RepoPath};

/// Names and paths of the packages of one bulk repository.
pub(super) struct Packages {
    count: usize,
    depth: u32,
    files: u32,
}

impl Packages {
    pub(super) fn new(parameters: &Bulk) -> Self {
        Self { count: parameters.packages as usize, depth: parameters.depth, files: parameters.files_per_package }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn is_single(&self) -> bool {
        self.count == 1
    }

    pub(super) fn name(&self, package: usize) -> String {
        if self.is_single() { "myapp".to_owned() } else { format!("pkg-{:03}", package + 1) }
    }

    pub(super) fn tag(&self, package: usize, version: &str) -> String {
        if self.is_single() { format!("v{version}") } else { format!("{}@v{version}", self.name(package)) }
    }

    fn path(&self, package: usize, below: &str) -> RepoPath {
        let path = if self.is_single() { below.to_owned() } else { format!("packages/{}/{below}", self.name(package)) };
        RepoPath::try_from(path).expect("generated paths are valid")
    }

    /// The file with the package's version, and its text.
    pub(super) fn manifest(&self, package: usize, version: &str) -> (RepoPath, String) {
        let name = self.name(package);
        let text = format!("{{\n  \"name\": \"{name}\",\n  \"version\": \"{version}\"\n}}\n");
        (self.path(package, "package.json"), text)
    }

    /// The files that commits change, all of them.
    pub(super) fn files(&self, package: usize) -> Vec<RepoPath> {
        (0..self.files).map(|file| self.file(package, file)).collect()
    }

    /// One of the files that commits change.
    pub(super) fn random_file(&self, package: usize, random: &mut Random) -> RepoPath {
        let file = if self.files == 0 { 0 } else { random.below(self.files as usize) as u32 };
        self.file(package, file)
    }

    /// Files spread over folders: two at the first level, three in each of these, and so on.
    fn file(&self, package: usize, file: u32) -> RepoPath {
        let folders: String =
            (0..self.depth).map(|level| format!("level{}-{}/", level + 1, (file >> level) % (level + 2))).collect();
        let name = if self.files == 0 { "dummy.txt".to_owned() } else { format!("file-{:03}.txt", file + 1) };
        self.path(package, &format!("{folders}{name}"))
    }

    /// The configuration that lists all packages; with dependencies when `graph` is set.
    pub(super) fn configuration(&self, graph: bool, random: &mut Random) -> Value {
        let packages: Vec<Value> = (0..self.count).map(|package| self.entry(package, graph, random)).collect();
        if graph {
            json!({"workspace": {"recoverMissedReleases": true}, "package": packages})
        } else {
            json!({"package": packages})
        }
    }

    fn entry(&self, package: usize, graph: bool, random: &mut Random) -> Value {
        let (manifest, _) = self.manifest(package, "");
        let path = if self.is_single() { ".".to_owned() } else { format!("packages/{}", self.name(package)) };
        let mut entry = json!({
            "name": self.name(package),
            "path": path,
            "versionedFiles": [{"path": manifest.as_str(), "format": "json"}],
        });
        let dependencies = if graph { self.dependencies(package, random) } else { Vec::new() };
        if !dependencies.is_empty() {
            entry["dependsOn"] = Value::Array(dependencies);
        }
        entry
    }

    /// Up to two packages listed earlier, so that there are no cycles; one in four names its own policy.
    fn dependencies(&self, package: usize, random: &mut Random) -> Vec<Value> {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..random.below(3).min(package) {
            let candidate = random.below(package);
            if !chosen.contains(&candidate) {
                chosen.push(candidate);
            }
        }
        let mut entry = |dependency| {
            let name = self.name(dependency);
            if !random.one_in(4) {
                return json!(name);
            }
            json!({"name": name, "propagate": random.pick(&["same", "major-on-major", "patch", "none"])})
        };
        chosen.into_iter().map(&mut entry).collect()
    }
}
