//! Reading manifests.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::InitError;
use crate::jsonc;

/// The text of a file, or nothing where there is none.
///
/// # Errors
/// When it is there and can't be read.
pub(super) fn read(root: &Path, file: &str) -> Result<Option<String>, InitError> {
    let path = root.join(file);
    if !path.is_file() {
        return Ok(None);
    }
    let refuse = |problem: String| InitError::Manifest { file: file.to_owned(), problem };
    let bytes = fs::read(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    String::from_utf8(bytes).map(Some).map_err(|_| refuse("is not UTF-8; save it as UTF-8".to_owned()))
}

/// A TOML manifest, or nothing where there is none.
///
/// # Errors
/// When it is there and can't be parsed.
pub(super) fn toml(root: &Path, file: &str) -> Result<Option<Table>, InitError> {
    let parse = |text: String| {
        text.parse::<Table>().map_err(|error| InitError::Manifest { file: file.to_owned(), problem: error.to_string() })
    };
    read(root, file)?.map(parse).transpose()
}

/// A JSON manifest, with or without comments, or nothing where there is none.
///
/// # Errors
/// When it is there and can't be parsed.
pub(super) fn json(root: &Path, file: &str) -> Result<Option<serde_json::Value>, InitError> {
    let parse = |text: String| {
        serde_json::from_str(&jsonc::plain(text.trim_start_matches('\u{feff}')))
            .map_err(|error| InitError::Manifest { file: file.to_owned(), problem: error.to_string() })
    };
    read(root, file)?.map(parse).transpose()
}

/// What lies at `path` below a table.
pub(super) fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (last, folders) = path.split_last()?;
    let mut table = table;
    for folder in folders {
        table = table.get(*folder)?.as_table()?;
    }
    table.get(*last)
}

/// The strings of a list at `path`; whatever else is in it is left out.
pub(super) fn strings(table: &Table, path: &[&str]) -> Vec<String> {
    let list = at(table, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The file called `name` in the folder `path`.
pub(super) fn file_in(path: &str, name: &str) -> String {
    if path == "." { name.to_owned() } else { format!("{path}/{name}") }
}
