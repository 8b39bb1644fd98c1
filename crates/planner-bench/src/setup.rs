//! The least configuration with which each tool plans the packages of a repository. Files are put into a copy of the
//! repository and excluded from git's view, so that no tool finds uncommitted changes.

use serde_json::{Value, json};

use super::shape::{PackageShape, Shape};

/// What a copy of a repository gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// Paths and contents. `{origin}` stands for the path of the remote.
    pub files: Vec<(String, String)>,
    /// New tags, each beside an existing one.
    pub tags: Vec<(String, String)>,
    /// Set `workspace.recoverMissedReleases` in ferrflow.json.
    pub recovers_missed_releases: bool,
    /// Give it a remote: a bare copy in a local folder.
    pub has_origin: bool,
    /// Files that the local API adds to the head; `None` where no API is needed.
    pub api_files: Option<Vec<(String, String)>>,
}

/// Nothing at all.
pub fn nothing(_: &Shape) -> Setup {
    Setup::default()
}

/// Every package against its own last release.
pub fn recover_missed_releases(_: &Shape) -> Setup {
    Setup { recovers_missed_releases: true, ..Setup::default() }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// A configuration without templates of its own; path and tags of the package come on the command line.
pub fn git_cliff(_: &Shape) -> Setup {
    let configuration = "[git]\nconventional_commits = true\nfilter_unconventional = true\n";
    Setup { files: vec![("cliff.toml".to_owned(), configuration.to_owned())], ..Setup::default() }
}

/// The arguments that give the next version of one package.
pub fn git_cliff_arguments(package: &PackageShape) -> Vec<String> {
    let pattern = format!("^{}[0-9].*", package.tag_prefix);
    let mut arguments = ["--offline", "--bumped-version", "--tag-pattern"].map(str::to_owned).to_vec();
    arguments.push(pattern);
    if package.path != "." {
        arguments.extend(["--include-path".to_owned(), package.file("**")]);
    }
    arguments
}

/// `cog.toml` with the repository's tag format.
pub fn cocogitto(shape: &Shape) -> Setup {
    let mut text = "tag_prefix = \"v\"\n".to_owned();
    if !shape.is_single() {
        text.push_str(
            "monorepo_version_separator = \"@\"\ngenerate_mono_repository_global_tag = false\n\n[monorepo.packages]\n",
        );
        for package in &shape.packages {
            text.push_str(&format!("{} = {{ path = \"{}\" }}\n", package.name, package.path));
        }
    }
    Setup { files: vec![("cog.toml".to_owned(), text)], ..Setup::default() }
}

/// `knope.toml` with a workflow of one step, and tags in the only format knope knows.
pub fn knope(shape: &Shape) -> Setup {
    let mut text = String::new();
    for package in &shape.packages {
        let table = if shape.is_single() { "[package]".to_owned() } else { format!("[packages.{}]", package.name) };
        text.push_str(&format!("{table}\nversioned_files = [\"{}\"]\n", package.file("package.json")));
        if !shape.is_single() {
            text.push_str(&format!("scopes = [\"{}\"]\n", package.name));
        }
        text.push('\n');
    }
    text.push_str("[[workflows]]\nname = \"release\"\n\n[[workflows.steps]]\ntype = \"PrepareRelease\"\n");
    let tag = |package: &PackageShape| (format!("{}/v{}", package.name, package.version), package.tag.clone());
    let tags = if shape.is_single() { Vec::new() } else { shape.packages.iter().map(tag).collect() };
    Setup { files: vec![("knope.toml".to_owned(), text)], tags, ..Setup::default() }
}

/// An npm workspace with one changeset a package. Without a lock file changesets can't tell the package manager.
pub fn changesets(shape: &Shape) -> Setup {
    let mut files = Vec::new();
    if !shape.is_single() {
        let root = json!({ "name": "root", "version": "0.0.0", "private": true, "workspaces": ["packages/*"] });
        files.push(("package.json".to_owned(), pretty(&root)));
    }
    files.push(("package-lock.json".to_owned(), pretty(&json!({ "lockfileVersion": 3, "packages": {} }))));
    let configuration = json!({ "changelog": false, "commit": false, "access": "restricted", "baseBranch": "main" });
    files.push((".changeset/config.json".to_owned(), pretty(&configuration)));
    files.extend(shape.packages.iter().map(|package| {
        let changeset = format!("---\n\"{}\": minor\n---\n\nA change of {}.\n", package.name, package.name);
        (format!(".changeset/change-{}.md", package.name), changeset)
    }));
    Setup { files, ..Setup::default() }
}

/// Manifest mode, with searches deep enough for the whole history and requests as large as the API allows.
pub fn release_please(shape: &Shape) -> Setup {
    let package = |package: &PackageShape| {
        let own = json!({ "component": package.name, "release-type": "simple", "include-component-in-tag": !shape.is_single() });
        (package.path.clone(), own)
    };
    let configuration = json!({
        "packages": shape.packages.iter().map(package).collect::<serde_json::Map<_, _>>(),
        "tag-separator": "@",
        "commit-search-depth": shape.commits + 1,
        "release-search-depth": shape.tags + 1,
        "commit-batch-size": 100,
    });
    let version = |package: &PackageShape| (package.path.clone(), Value::from(package.version.clone()));
    let manifest = Value::Object(shape.packages.iter().map(version).collect());
    let files = vec![
        ("release-please-config.json".to_owned(), pretty(&configuration)),
        (".release-please-manifest.json".to_owned(), pretty(&manifest)),
    ];
    Setup { api_files: Some(files), ..Setup::default() }
}

/// The first package's tags, and the two plugins that plan.
pub fn semantic_release(shape: &Shape) -> Setup {
    let configuration = json!({
        "branches": ["main"],
        "repositoryUrl": "file://{origin}",
        "tagFormat": format!("{}${{version}}", shape.packages[0].tag_prefix),
        "plugins": ["@semantic-release/commit-analyzer", "@semantic-release/release-notes-generator"],
    });
    let files = vec![(".releaserc.json".to_owned(), pretty(&configuration))];
    Setup { files, has_origin: true, ..Setup::default() }
}

/// The arguments that plan one package.
pub fn commit_and_tag_version_arguments(package: &PackageShape) -> Vec<String> {
    let file = package.file("package.json");
    let mut arguments: Vec<String> =
        ["--dry-run", "--tag-prefix", &package.tag_prefix, "--packageFiles", &file, "--bumpFiles", &file]
            .map(str::to_owned)
            .to_vec();
    if package.path != "." {
        arguments.extend(["--path".to_owned(), package.path.clone()]);
    }
    arguments
}
