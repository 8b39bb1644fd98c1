//! A proposed configuration as the text of a file. JSON spells keys in camelCase, TOML in snake_case, as their users do.

use std::fmt::Write;

use serde::Serialize;
use toml::Value;

use crate::config::{Config, NestedPackages, Package, VersionedFile, Versioning};

/// The formats a configuration can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// JSON with a comment.
    Json5,
}

/// The text of the file. Only keys that a proposal sets are written.
pub fn render(config: &Config, format: Format) -> String {
    match format {
        Format::Toml => toml(config),
        Format::Json => json(config),
        Format::Json5 => format!("// Made by `relplan init`; `relplan schema` lists all keys.\n{}", json(config)),
    }
}

fn toml(config: &Config) -> String {
    let mut text = "# Made by `relplan init`; `relplan schema` lists all keys.\n".to_owned();
    let workspace = &config.workspace;
    let mut settings = Vec::new();
    settings.extend(workspace.tag_template.as_ref().map(|template| format!("tag_template = {}", quoted(template))));
    if workspace.nested_packages == NestedPackages::Exclusive {
        settings.push("nested_packages = \"exclusive\"".to_owned());
    }
    for (key, groups) in [("fixed", &workspace.fixed), ("linked", &workspace.linked)] {
        let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
        settings.extend((!groups.is_empty()).then(|| format!("{key} = [{}]", groups.join(", "))));
    }
    if !settings.is_empty() {
        text += &format!("\n[workspace]\n{}\n", settings.join("\n"));
    }
    for package in &config.package {
        text += "\n[[package]]\n";
        text += &package_lines(package);
    }
    text
}

fn package_lines(package: &Package) -> String {
    let mut lines = format!("name = {}\npath = {}\n", quoted(&package.name), quoted(&package.path));
    // Writing to a string never fails.
    if !package.versioned_files.is_empty() {
        let files: Vec<String> = package.versioned_files.iter().map(file).collect();
        let _ = writeln!(lines, "versioned_files = [{}]", files.join(", "));
    }
    if let Some(changelog) = &package.changelog {
        let _ = writeln!(lines, "changelog = {}", quoted(changelog));
    }
    if let Some(template) = &package.tag_template {
        let _ = writeln!(lines, "tag_template = {}", quoted(template));
    }
    if let Some(versioning) = package.versioning {
        let _ = writeln!(lines, "versioning = \"{}\"", versioning.name());
    }
    if !package.depends_on.is_empty() {
        let names: Vec<String> = package.depends_on.iter().map(|dependency| dependency.name.clone()).collect();
        let _ = writeln!(lines, "depends_on = {}", list(&names));
    }
    lines
}

fn file(file: &VersionedFile) -> String {
    let selector = file.selector.as_ref().map(|selector| format!(", selector = {}", quoted(selector)));
    format!("{{ path = {}, format = \"{}\"{} }}", quoted(&file.path), file.format.name(), selector.unwrap_or_default())
}

fn list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<WorkspaceDocument<'a>>,
    package: Vec<PackageDocument<'a>>,
}

#[derive(Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nested_packages: Option<&'static str>,
    #[serde(skip_serializing_if = "<[Vec<String>]>::is_empty")]
    fixed: &'a [Vec<String>],
    #[serde(skip_serializing_if = "<[Vec<String>]>::is_empty")]
    linked: &'a [Vec<String>],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageDocument<'a> {
    name: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versioned_files: Vec<FileDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changelog: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versioning: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<&'a str>,
}

#[derive(Serialize)]
struct FileDocument<'a> {
    path: &'a str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<&'a str>,
}

fn json(config: &Config) -> String {
    let workspace = &config.workspace;
    let settings = WorkspaceDocument {
        tag_template: workspace.tag_template.as_deref(),
        nested_packages: (workspace.nested_packages == NestedPackages::Exclusive).then_some("exclusive"),
        fixed: &workspace.fixed,
        linked: &workspace.linked,
    };
    let document = Document {
        workspace: (settings != WorkspaceDocument::default()).then_some(settings),
        package: config.package.iter().map(package_document).collect(),
    };
    serde_json::to_string_pretty(&document).expect("strings and lists are always JSON") + "\n"
}

fn package_document(package: &Package) -> PackageDocument<'_> {
    PackageDocument {
        name: &package.name,
        path: &package.path,
        versioned_files: package.versioned_files.iter().map(file_document).collect(),
        changelog: package.changelog.as_deref(),
        tag_template: package.tag_template.as_deref(),
        versioning: package.versioning.map(Versioning::name),
        depends_on: package.depends_on.iter().map(|dependency| dependency.name.as_str()).collect(),
    }
}

fn file_document(file: &VersionedFile) -> FileDocument<'_> {
    FileDocument { path: &file.path, format: file.format.name(), selector: file.selector.as_deref() }
}
