//! Versions as they stand in manifests and other files, and what the files are like with another one in it. Nothing here
//! changes a file.

mod dotnet;
mod error;
mod follow;
mod json;
mod lines;
mod located;
mod maven;
mod pattern;
mod pyproject;
mod rewrite;
mod scripts;
mod toml;
mod xml;

pub(crate) use error::VersionFileError;
pub use error::{Candidate, VersionProblem};
pub(crate) use follow::{Place, Preview, carrier, place, preview, read_version};
pub use rewrite::replace;

use crate::config::VersionFileFormat;
use located::Located;

/// The version in `text`, without blanks around it. `selector` matters for `txt` (a regular expression whose one group
/// is the version), `xml` (`//element`, or the elements from the root joined by `/`), `toml` (keys joined by `.`) and
/// `properties` (a key).
///
/// # Errors
/// When `text` has no version, or only says where it is.
pub fn parse(format: VersionFileFormat, selector: Option<&str>, text: &str) -> Result<String, VersionProblem> {
    let text = without_mark(text);
    match (format, selector) {
        (VersionFileFormat::Json, _) => json::parse(text),
        (VersionFileFormat::Toml, None) => toml::parse(text),
        _ => Ok(locate(format, selector, text)?.version),
    }
}

/// Where the version stands in `text`, which has no byte order mark.
fn locate(format: VersionFileFormat, selector: Option<&str>, text: &str) -> Result<Located, VersionProblem> {
    use VersionFileFormat as Format;
    match (format, selector) {
        (Format::Json, _) => Located::whole(text, &text[json::locate(text)?]),
        (Format::Toml, None) => toml::locate(text),
        (Format::Toml, Some(selector)) => toml::select(text, selector),
        (Format::Xml, None) if xml::root(text) == Some("project") => maven::locate(text),
        (Format::Xml, selector) => Located::whole(text, xml::parse(text, selector)?),
        (Format::Csproj, _) => dotnet::locate(text),
        (Format::Txt, None) => lines::plain(text),
        (Format::Txt, Some(selector)) => Located::whole(text, pattern::selected(text, selector)?),
        (Format::Properties, key) => lines::properties(text, key),
        (Format::SetupCfg, _) => lines::setup_cfg(text),
        (Format::Gradle, _) => scripts::gradle(text),
        (Format::MixExs, _) => scripts::elixir(text),
        (Format::Gemspec, _) => scripts::ruby(text),
        (Format::Python, _) => scripts::python(text),
        (Format::GoMod, _) => Err(VersionProblem::FromTags),
        (other, _) => Located::whole(text, pattern::find(other, text)?),
    }
}

/// A path without `.` components, so that the same file has the same.
pub(crate) fn plain_path(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// `text` without the byte order mark that some editors put before it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests;
