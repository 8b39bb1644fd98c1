//! Versions as they stand in manifests and other files, and what the files are like with another one in it. Nothing here
//! changes a file.

mod error;
mod json;
mod pattern;
mod rewrite;
mod toml;
mod xml;

use std::fs;
use std::path::Path;

pub(crate) use error::VersionFileError;
pub use error::VersionProblem;
pub(crate) use rewrite::preview;
pub use rewrite::replace;

use crate::config::{VersionFileFormat, VersionedFile};

/// The version that `file` carries; its path is relative to `root`. Files whose version is a tag's (`go.mod`) are
/// refused with [`VersionProblem::FromTags`], for the caller to answer.
pub(crate) fn read_version(root: &Path, file: &VersionedFile) -> Result<String, VersionFileError> {
    let failed = |problem| VersionFileError { path: file.path.clone(), problem };
    if file.format == VersionFileFormat::GoMod {
        return Err(failed(VersionProblem::FromTags));
    }
    let bytes = fs::read(root.join(&file.path)).map_err(|error| failed(VersionProblem::Unreadable(error)))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| failed(VersionProblem::NotText))?;
    parse(file.format, file.selector.as_deref(), text).map_err(failed)
}

/// The version in `text`, without blanks around it. `selector` matters for `txt` (a regular expression whose one group
/// is the version) and `xml` (`//element`, or the elements from the root joined by `/`).
pub fn parse(format: VersionFileFormat, selector: Option<&str>, text: &str) -> Result<String, VersionProblem> {
    let text = without_mark(text);
    let version = match format {
        VersionFileFormat::Json => return json::parse(text),
        VersionFileFormat::Toml => return toml::parse(text),
        VersionFileFormat::Xml => xml::parse(text, selector)?,
        VersionFileFormat::Csproj => xml::parse(text, Some("//Version"))?,
        VersionFileFormat::Txt => match selector {
            Some(selector) => pattern::selected(text, selector)?,
            None => {
                Some(text.trim()).filter(|version| !version.is_empty()).ok_or(VersionProblem::NotFound("any text"))?
            }
        },
        VersionFileFormat::GoMod => return Err(VersionProblem::FromTags),
        other => pattern::find(other, text)?,
    };
    Ok(version.trim().to_owned())
}

/// `text` without the byte order mark that some editors put before it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests;
