//! Reading definitions from files, with mistakes located by file, line, column and field.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use host::tree_hash::ContentHash;
use sha2::{Digest, Sha256};

use super::Definition;
use super::locate::{Step, locate};
use super::unknown_fields::{self, Complaint};
use super::validate::{Mistake, validate};

/// Why definitions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// A file or folder is not readable.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A definition is not what it should be.
    #[error("{}:{line}:{column}: {field}{message}", path.display())]
    Invalid {
        /// The definition's file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// The field, like `commits[3].files: `; empty when the mistake is the whole file's.
        field: String,
        /// What is wrong with it, and where it is known what was meant.
        message: String,
    },
    /// A folder without any definition.
    #[error("no definitions (*.json) in {}", .0.display())]
    None(PathBuf),
}

/// A definition and where it comes from.
#[derive(Debug, Clone)]
pub struct LoadedDefinition {
    /// The file's stem: the repository's name.
    pub name: String,
    /// SHA-256 of the definition file's bytes.
    pub digest: ContentHash,
    /// What the file says.
    pub definition: Definition,
    /// One line about each field that no grammar of ours knows, with file, place and field; such a field is ignored, so that
    /// other tools' definitions can be read unchanged.
    pub warnings: Vec<String>,
}

/// All `*.json` files directly in `folder`, in name order, by stem; nothing is parsed.
pub fn list_definitions(folder: &Path) -> Result<BTreeMap<String, PathBuf>, DefinitionError> {
    let failed = |source| DefinitionError::Read { path: folder.to_owned(), source };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
        if let (Some(stem), true) = (stem, path.extension().is_some_and(|extension| extension == "json")) {
            files.insert(stem, path);
        }
    }
    if files.is_empty() { Err(DefinitionError::None(folder.to_owned())) } else { Ok(files) }
}

/// Reads and checks every definition directly in `folder`, in name order.
pub fn load_definitions(folder: &Path) -> Result<Vec<LoadedDefinition>, DefinitionError> {
    list_definitions(folder)?.values().map(|path| load_definition(path)).collect()
}

/// Reads and checks one definition file.
pub fn load_definition(path: &Path) -> Result<LoadedDefinition, DefinitionError> {
    let text = fs::read_to_string(path).map_err(|source| DefinitionError::Read { path: path.to_owned(), source })?;
    let (definition, warnings) = parse_definition(path, &text)?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(&definition.meta.name).to_owned();
    Ok(LoadedDefinition { name, digest: ContentHash(Sha256::digest(&text).into()), definition, warnings })
}

/// Parses and checks a definition's text; returns with it the [`LoadedDefinition::warnings`]. `path` is only used in what
/// is said about the text.
pub fn parse_definition(path: &Path, text: &str) -> Result<(Definition, Vec<String>), DefinitionError> {
    let invalid = |Complaint { position: (line, column), field, message }| {
        let field = if field.is_empty() || field == "." { String::new() } else { format!("{field}: ") };
        DefinitionError::Invalid { path: path.to_owned(), line, column, field, message }
    };
    let (definition, ignored) = unknown_fields::parse(text).map_err(invalid)?;
    validate(&definition).map_err(|Mistake { steps, message }| {
        invalid(Complaint { position: locate(text, &steps), field: describe(&steps), message })
    })?;
    let warnings = ignored.into_iter().map(|field| invalid(field).to_string()).collect();
    Ok((definition, warnings))
}

fn describe(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse_definition(Path::new("d.json"), text).expect_err("must be refused").to_string()
    }

    #[test]
    fn unknown_fields_are_ignored_and_reported_with_a_suggestion_and_a_place() {
        let text = "{\n \"meta\": {\"name\": \"a\"},\n \"commits\": [{\"message\": \"x\", \"file\": []}]\n}";
        let (definition, warnings) = parse_definition(Path::new("d.json"), text).expect("valid otherwise");
        assert_eq!(definition.commits[0].message, "x");
        assert_eq!(warnings, ["d.json:3:36: commits[0].file: unknown field `file` is ignored; did you mean `files`?"]);
    }

    #[test]
    fn ignored_fields_are_accepted() {
        let text = r#"{"$schema": "x", "meta": {"name": "a"}, "tool_configs": {"any": []}}"#;
        let (_, warnings) = parse_definition(Path::new("d.json"), text).expect("valid");
        assert_eq!(warnings, [""; 0]);
    }

    #[test]
    fn every_mistake_names_its_field() {
        for (body, expected) in [
            (r#""commits": [{"message": "x", "files": ["../x"]}]"#, "commits[0].files[0]: path `../x` holds `..`"),
            (r#""tags": [{"name": "v1", "at_commit": 0}]"#, "tags[0].at_commit: 0 is out of range"),
            (r#""tags": [{"name": "v1", "at_commit": -2}]"#, "tags[0].at_commit: -2 is out of range"),
            (
                r#""tags": [{"name": "v1", "at_commit": -1}, {"name": "v1", "at_commit": -1}]"#,
                "tags[1].name: `v1` is defined twice",
            ),
            (
                r#""tags": [{"name": "v", "at_commit": -1}, {"name": "v/1", "at_commit": -1}]"#,
                "tags[1].name: `v/1` and `v` cannot both",
            ),
            (r#""tags": [{"name": "v", "at_commit": -1, "message": "m"}]"#, "tags[0].message: only an annotated"),
            (
                r#""packages": [{"name": "a", "path": "a", "initial_version": "1", "tag": "t"}], "tags": [{"name": "t", "at_commit": -1}]"#,
                "tags[0].name: `t` is defined twice",
            ),
            (r#""generate": {"seed": 0}"#, "generate.seed: invalid value: integer `0`, expected a nonzero u64"),
            (r#""generate": {"packages": 0}"#, "generate.packages: must lie between"),
            (r#""generate": {"tags": 3, "releases": 3}"#, "generate.tags: `tags` and `releases`"),
            (r#""generate": {}, "commits": [{"message": "x"}]"#, "commits: cannot stand beside `generate`"),
            (r#""commits": [{"message": " "}]"#, "commits[0].message: a message needs"),
            (r#""commits": [{"message": "x", "date": -5}]"#, "commits[0].date: must lie between"),
            (r#""commits": [{"message": "x", "merges": ["side"]}]"#, "commits[0].merges: there is no branch `side`"),
            (r#""branches": [{"name": "side", "from": "gone"}]"#, "branches[0].from: there is no branch `gone`"),
            (r#""branches": [{"name": "side", "at_commit": 3}]"#, "branches[0].at_commit: 3 is out of range"),
            (r#""head": "side""#, "head: there is no branch `side`"),
            (
                r#""branch": "a", "meta": {"name": "a", "default_branch": "a"}"#,
                "branch: the default branch is named twice",
            ),
            (
                r#""branches": [{"name": "side", "commits": [{"message": "x"}], "merge": "gone"}]"#,
                "branches[0].merge: there is no branch `gone` before this one",
            ),
            (r#""branches": [{"name": "side", "merge": 1}]"#, "branches[0].merge: expected true, false or the name"),
            (r#""config": {"content": {}, "format": "toml"}"#, "config.content: give the file's text"),
        ] {
            let meta = if body.contains("\"meta\"") { "" } else { r#""meta": {"name": "a"}, "# };
            let text = format!("{{{meta}{body}}}");
            let message = refusal(&text);
            assert!(message.contains(expected), "{message}\n  does not contain\n{expected}");
            assert!(message.starts_with("d.json:1:"), "{message}");
        }
    }

    #[test]
    fn text_after_the_definition_is_refused() {
        assert_eq!(refusal("{\"meta\": {\"name\": \"a\"}} x"), "d.json:1:25: trailing characters");
    }
}
