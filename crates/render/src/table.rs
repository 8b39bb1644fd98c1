//! A table as plain data, so that Markdown, HTML and text can't disagree about its cells.

use serde::{Deserialize, Serialize};

/// A heading row and the rows below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The names of the columns.
    pub heading: Vec<String>,
    /// The rows; each has as many cells as the heading.
    pub rows: Vec<Vec<String>>,
}

/// A row of these texts.
pub fn cells(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
