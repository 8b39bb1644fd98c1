//! A first configuration for a repository: its packages as the build tools know them, what they depend on, and the tags
//! they already have.

mod by_folder;
mod cargo;
mod detection;
mod error;
mod go;
mod gradle;
mod maven;
mod member;
mod merge;
mod npm;
mod python;
mod release_please;
mod release_tools;
mod render;
mod repository_name;
mod spread;
mod tag_style;
mod text;
mod walk;

use std::collections::BTreeSet;
use std::path::Path;

pub use detection::detect;
pub use error::InitError;
pub use render::{Format, render};
pub use repository_name::repository_name;

use crate::config::{Config, Package};
use member::{Doubt, Member};
use release_tools::ReleaseTools;
use walk::{Folders, is_aside};

/// A configuration, and what could not be put into it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// The configuration.
    pub config: Config,
    /// What the user should look at, one sentence each.
    pub notes: Vec<String>,
}

/// Where is looked for packages.
struct Search<'a> {
    root: &'a Path,
    folders: Folders,
    /// The repository's name.
    name: &'a str,
}

impl Search<'_> {
    /// A name for what lies in `path` and has none.
    fn name_of(&self, path: &str) -> String {
        if path == "." { self.name.to_owned() } else { path.rsplit('/').next().unwrap_or(path).to_owned() }
    }
}

/// Finds packages in a folder, and notes what it can't use.
type Find = fn(&Search<'_>, &str, &mut Vec<String>) -> Result<Vec<Member>, InitError>;

/// How one build tool's packages are found.
struct Tool {
    /// Whether a file of this name is one of its manifests.
    is_manifest: fn(&str) -> bool,
    /// Finds the packages of the workspace in a folder; for tools without workspaces all of them, wherever they lie.
    find: Find,
    /// Whether there may be a workspace in each of several folders.
    has_workspaces: bool,
    /// Whether members in folders of tests and examples are none that are released, although nothing says so.
    shows_by_folder: bool,
}

const TOOLS: [Tool; 11] = [
    Tool {
        is_manifest: |name| name == cargo::MANIFEST,
        find: cargo::find,
        has_workspaces: true,
        shows_by_folder: false,
    },
    Tool { is_manifest: |name| name == npm::MANIFEST, find: npm::find, has_workspaces: true, shows_by_folder: true },
    Tool { is_manifest: |name| name == go::MANIFEST, find: go::find, has_workspaces: false, shows_by_folder: true },
    Tool { is_manifest: gradle::is_manifest, find: gradle::find, has_workspaces: true, shows_by_folder: true },
    Tool {
        is_manifest: |name| name == maven::MANIFEST,
        find: maven::find,
        has_workspaces: true,
        shows_by_folder: true,
    },
    Tool { is_manifest: python::is_manifest, find: python::find, has_workspaces: true, shows_by_folder: true },
    Tool { is_manifest: spread::is_dotnet, find: spread::dotnet, has_workspaces: false, shows_by_folder: true },
    Tool { is_manifest: spread::is_mix, find: spread::mix, has_workspaces: false, shows_by_folder: true },
    Tool { is_manifest: spread::is_gem, find: spread::gems, has_workspaces: false, shows_by_folder: true },
    Tool { is_manifest: spread::is_dart, find: spread::dart, has_workspaces: false, shows_by_folder: true },
    Tool { is_manifest: spread::is_chart, find: spread::charts, has_workspaces: false, shows_by_folder: true },
];

/// Manifests in the root that are known and not read, each with its tool.
const UNREAD: [(&str, &str); 12] = [
    ("MODULE.bazel", "Bazel"),
    ("WORKSPACE", "Bazel"),
    ("pants.toml", "Pants"),
    ("build.sbt", "sbt"),
    ("project.clj", "Leiningen"),
    ("build.xml", "Ant"),
    ("conanfile.py", "Conan"),
    ("meson.build", "Meson"),
    ("shard.yml", "Shards"),
    ("dune-project", "dune"),
    ("rebar.config", "rebar3"),
    ("dub.json", "dub"),
];

const CHANGELOG: &str = "CHANGELOG.md";

/// Makes a configuration for the repository at `root`, which is called `name` and whose tags are `tags`.
///
/// The build tools whose manifests lie in the root are asked for their packages; without any, those of the folders below. Where
/// there is none at all, the version files in the root or the tags alone make one package.
///
/// # Errors
/// When a manifest can't be read, or nothing is found.
pub fn propose(root: &Path, name: &str, tags: &[String]) -> Result<Proposal, InitError> {
    let search = Search { root, folders: Folders::below(root), name };
    let mut notes = Vec::new();
    let release_tools = ReleaseTools::read(&search)?;
    let members = members(&search, &release_tools, &mut notes)?;
    let unread = UNREAD.iter().filter(|(name, _)| root.join(name).is_file());
    notes.extend(unread.map(|(name, tool)| {
        format!("{name} is not read: what {tool} builds is left out unless it has other manifests")
    }));
    let mut config = merge::merge(&search, members, tags, &mut notes);
    release_tools.add_groups(&mut config, &mut notes);
    add_changelogs(root, &mut config.package);
    if !config.package.is_empty() {
        return Ok(Proposal { config, notes });
    }
    if let Some(config) = by_folder::packages(&search, tags) {
        return Ok(Proposal { config, notes });
    }
    let mut detected = detect(root, name, tags);
    notes.extend(detected.warnings);
    if detected.config.package.is_empty() {
        return Err(InitError::Nothing { notes });
    }
    // A changelog that isn't there yet is not for `init` to ask for.
    detected.config.package[0].changelog.take_if(|changelog| !root.join(&*changelog).is_file());
    if detected.config.package[0].versioned_files.is_empty() {
        notes.push(format!(
            "no manifest with a version was found, so {name} counts from its tags; if there are several packages, add a [[package]] with name and path for each"
        ));
    }
    Ok(Proposal { config: detected.config, notes })
}

/// Names the changelog that a package has in its folder; of several packages in one folder the first has it.
fn add_changelogs(root: &Path, packages: &mut [Package]) {
    let mut folders = BTreeSet::new();
    for package in packages.iter_mut().filter(|package| package.changelog.is_none()) {
        let path = if package.path == "." { CHANGELOG.to_owned() } else { format!("{}/{CHANGELOG}", package.path) };
        if root.join(&path).is_file() && folders.insert(package.path.clone()) {
            package.changelog = Some(path);
        }
    }
}

/// The packages of all tools: those of the root's first; what other tools have elsewhere is doubtful beside them.
fn members(
    search: &Search<'_>,
    release_tools: &ReleaseTools,
    notes: &mut Vec<String>,
) -> Result<Vec<Member>, InitError> {
    let mut members: Vec<Member> = Vec::new();
    let mut elsewhere: Vec<Member> = Vec::new();
    for tool in &TOOLS {
        let outermost = search.folders.outermost(tool.is_manifest);
        let bases: &[String] = if tool.has_workspaces { &outermost } else { &[".".to_owned()] };
        if outermost.iter().any(|folder| folder == ".") {
            let mut found = (tool.find)(search, ".", notes)?;
            for member in found.iter_mut().filter(|member| tool.shows_by_folder && is_aside(&member.path)) {
                member.doubt = member.doubt.max(Some(Doubt::Aside));
            }
            members.extend(found);
        } else if !outermost.is_empty() {
            for base in bases {
                // Broken examples are nobody's concern.
                match (tool.find)(search, base, &mut Vec::new()) {
                    Ok(found) => elsewhere.extend(found),
                    Err(_) if is_aside(base) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    let is_workspace = members.len() + elsewhere.len() > 1;
    release_tools.add_to_members(members.iter_mut().chain(&mut elsewhere), is_workspace);
    // A manifest without a version in the root mostly holds nothing but tools.
    let is_root_known = members.iter().any(|member| member.doubt.is_none() || !member.files.is_empty());
    for mut member in elsewhere {
        let doubts =
            [member.doubt, is_root_known.then_some(Doubt::Elsewhere), is_aside(&member.path).then_some(Doubt::Aside)];
        member.doubt = doubts.into_iter().flatten().max();
        members.push(member);
    }
    Ok(members)
}

/// Whether a version only stands where tools want one, such as `0.0.0-development`.
fn is_placeholder(version: &str) -> bool {
    let rest = version.strip_prefix("0.0.0-").or_else(|| version.strip_prefix("0.0.0."));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|it: char| it.is_ascii_digit() && it != '0'))
}

/// Names in a sentence, the first few of them.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0..=SHOWN => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}
