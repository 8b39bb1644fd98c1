//! What the first commit holds: the configuration, packages with their versions, given files and hooks.

use serde_json::{Map, Value};

use crate::build::BuildError;
use crate::definition::{ConfigFile, ConfigFormat, Definition, RepoPath};
use crate::tree::{File, Tree};

/// The first commit's tree.
pub(crate) fn tree(definition: &Definition) -> Result<Tree, BuildError> {
    let mut tree = Tree::default();
    for (index, package) in definition.packages.iter().enumerate() {
        let path = package.path.join("version.toml").expect("a folder joined with a file's name is a valid path");
        let text = format!("[package]\nname = \"{}\"\nversion = \"{}\"\n", package.name, package.initial_version);
        put(&mut tree, &path, &text, false, &format!("packages[{index}].path"))?;
    }
    for (path, text) in &definition.files {
        put(&mut tree, path, text, false, "files")?;
    }
    if let Some(config) = &definition.config {
        put(&mut tree, &config_path(config), &config_text(config), false, "config.filename")?;
    }
    for (index, hook) in definition.hooks.iter().enumerate() {
        put(&mut tree, &hook.path, &hook.content, true, &format!("hooks[{index}].path"))?;
    }
    Ok(tree)
}

fn put(tree: &mut Tree, path: &RepoPath, text: &str, executable: bool, at: &str) -> Result<(), BuildError> {
    tree.set(path, File::new(text, executable)).map_err(|source| BuildError::Change { at: at.to_owned(), source })
}

fn config_path(config: &ConfigFile) -> RepoPath {
    let default = match config.format {
        ConfigFormat::Json => "ferrflow.json",
        ConfigFormat::Json5 => "ferrflow.json5",
        ConfigFormat::Toml => "ferrflow.toml",
    };
    let default = || RepoPath::try_from(default.to_owned()).expect("a plain file name");
    config.filename.clone().unwrap_or_else(default)
}

fn config_text(config: &ConfigFile) -> String {
    match &config.content {
        Value::String(text) => text.clone(),
        object => json_text(object),
    }
}

/// Indented JSON with sorted keys: the same whether or not serde_json was built to keep the order of keys.
pub(crate) fn json_text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(&sorted(value)).expect("a value is always serialisable");
    text.push('\n');
    text
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort();
            Value::Object(keys.into_iter().map(|key| (key.clone(), sorted(&object[key]))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
