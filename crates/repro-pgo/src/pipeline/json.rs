//! Results as JSON files.

use std::path::Path;

use serde::{Serialize, de::DeserializeOwned};

use super::StageError;

/// `value` as indented JSON with a line break at the end.
pub fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec_pretty(value).expect("results are plain data");
    json.push(b'\n');
    json
}

/// Reads what [`to_json`] wrote to `path`.
///
/// # Errors
/// [`StageError::File`] when the file is missing or holds something else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StageError> {
    let bytes = std::fs::read(path).map_err(StageError::file("cannot read", path))?;
    serde_json::from_slice(&bytes).map_err(|error| StageError::file("cannot read", path)(error.into()))
}
