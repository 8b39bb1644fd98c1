//! The modules of a Maven build, each with the version of its own or the one it has from its parent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::member::{Doubt, Member, file};
use super::text::{file_in, read};
use super::walk::joined;
use super::{InitError, Search};
use crate::config::{VersionFileFormat, VersionedFile};
use crate::version_files;

pub(super) const MANIFEST: &str = "pom.xml";

/// A project, and where its version stands.
struct Project {
    text: String,
    files: Vec<VersionedFile>,
    inherits: bool,
}

/// The project in `base` and its modules, and their modules in turn.
pub(super) fn find(search: &Search<'_>, base: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let mut projects: BTreeMap<String, Project> = BTreeMap::new();
    let mut waiting = vec![(base.to_owned(), None::<String>)];
    let mut seen = BTreeSet::new();
    while let Some((path, outer)) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let Some(text) = read(search.root, &file_in(&path, MANIFEST))? else { continue };
        let text = without_comments(&text);
        waiting.extend(
            modules(&text).map(|module| (joined(&path, module.trim_end_matches(MANIFEST)), Some(path.clone()))),
        );
        let parent = outer.as_ref().and_then(|_| parent(&text, &projects));
        let (files, inherits) = match (own_version(&path, &text), parent) {
            (Some(own), _) => (vec![own], false),
            (None, Some(parent)) => {
                let mut files = parent.files.clone();
                // The module names its parent's version, so that it has to follow.
                if !files.is_empty()
                    && element(&text, "project/parent/version").is_some_and(|version| !version.contains("${"))
                {
                    files.truncate(1);
                    files.push(file(file_in(&path, MANIFEST), VersionFileFormat::Xml, Some("project/parent/version")));
                }
                (files, true)
            }
            (None, None) => (Vec::new(), false),
        };
        projects.insert(path, Project { text, files, inherits });
    }
    Ok(projects.iter().map(|(path, project)| member(search, path, project, &projects)).collect())
}

fn member(search: &Search<'_>, path: &str, project: &Project, projects: &BTreeMap<String, Project>) -> Member {
    let artifact = element(&project.text, "project/artifactId").unwrap_or_else(|| search.name.to_owned());
    let group = element(&project.text, "project/groupId").or_else(|| element(&project.text, "project/parent/groupId"));
    let is_alone = projects.len() == 1;
    let is_aggregator = element(&project.text, "project/packaging").as_deref() == Some("pom") && !is_alone;
    let is_shared = projects.iter().any(|(other, project)| other != path && project.inherits && shares(project, path));
    let doubt = match project.files.is_empty() {
        true => Some(Doubt::NoVersion),
        false if is_aggregator && !is_shared && !project.inherits => Some(Doubt::Aggregator),
        false => None,
    };
    Member {
        also_called: group
            .iter()
            .flat_map(|group| [format!("{group}.{artifact}"), format!("{group}:{artifact}")])
            .collect(),
        name: artifact,
        path: path.to_owned(),
        files: project.files.clone(),
        needs: needs(&project.text, path, projects),
        doubt,
        ..Member::default()
    }
}

/// Whether a project has its version from the one in `path`.
fn shares(project: &Project, path: &str) -> bool {
    project.files.first().is_some_and(|file| file.path == file_in(path, MANIFEST))
}

/// The project's file if it says a version of its own, in its element or in the properties that the element refers to.
fn own_version(path: &str, text: &str) -> Option<VersionedFile> {
    let version = version_files::parse(VersionFileFormat::Xml, None, text).ok()?;
    (!version.contains("${")).then(|| file(file_in(path, MANIFEST), VersionFileFormat::Xml, None))
}

/// The project of this build that `text` names as its parent.
fn parent<'a>(text: &str, projects: &'a BTreeMap<String, Project>) -> Option<&'a Project> {
    let name = element(text, "project/parent/artifactId")?;
    projects.values().find(|project| element(&project.text, "project/artifactId").as_ref() == Some(&name))
}

/// Folders of the modules that a project depends on, tests left out.
fn needs(text: &str, path: &str, projects: &BTreeMap<String, Project>) -> Vec<String> {
    static DEPENDENCY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)<dependency>(.*?)</dependency>").expect("the pattern is a constant, and tested")
    });
    let names: BTreeMap<String, &String> = projects
        .iter()
        .filter_map(|(folder, project)| Some((element(&project.text, "project/artifactId")?, folder)))
        .collect();
    let is_test = |dependency: &str| dependency.contains("<scope>test</scope>");
    let artifact = |dependency: &str| element(&format!("<d>{dependency}</d>"), "d/artifactId");
    let listed = DEPENDENCY.captures_iter(text).filter_map(|captures| captures.get(1)).map(|found| found.as_str());
    let folders =
        listed.filter(|dependency| !is_test(dependency)).filter_map(|dependency| names.get(&artifact(dependency)?));
    folders.filter(|folder| **folder != path).map(|folder| (*folder).clone()).collect()
}

fn modules(text: &str) -> impl Iterator<Item = &str> {
    static MODULE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"<module>\s*([^<\s]+)\s*</module>").expect("the pattern is a constant, and tested")
    });
    MODULE.captures_iter(text).filter_map(|captures| captures.get(1)).map(|module| module.as_str())
}

fn element(text: &str, selector: &str) -> Option<String> {
    version_files::parse(VersionFileFormat::Xml, Some(selector), text).ok()
}

fn without_comments(text: &str) -> String {
    static COMMENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->").expect("the pattern is a constant, and tested"));
    COMMENT.replace_all(text, "").into_owned()
}
