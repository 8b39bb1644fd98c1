//! Puts another version where one stands, and leaves every other byte as it is.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::{VersionFileError, VersionProblem, json, parse, pattern, toml, without_mark, xml};
use crate::config::{VersionFileFormat, VersionedFile};

/// The text of `file` as it is, and as it is with `version` in it; its path is relative to `root`.
///
/// # Errors
/// When the file can't be read, or has no version to replace; a `go.mod` never has one.
pub fn preview(root: &Path, file: &VersionedFile, version: &str) -> Result<(String, String), VersionFileError> {
    let failed = |problem| VersionFileError { path: file.path.clone(), problem };
    let bytes = fs::read(root.join(&file.path)).map_err(|error| failed(VersionProblem::Unreadable(error)))?;
    let before = String::from_utf8(bytes).map_err(|_| failed(VersionProblem::NotText))?;
    let after = replace(file.format, file.selector.as_deref(), &before, version).map_err(failed)?;
    Ok((before, after))
}

/// `text` with `version` where [`parse`] finds one. A chart's `appVersion` follows.
///
/// # Errors
/// When there is no version in `text`.
pub fn replace(
    format: VersionFileFormat,
    selector: Option<&str>,
    text: &str,
    version: &str,
) -> Result<String, VersionProblem> {
    let body = without_mark(text);
    let replaced = match format {
        VersionFileFormat::Txt if selector.is_none() => {
            parse(format, selector, text)?;
            format!("{version}\n")
        }
        VersionFileFormat::Toml => spliced(body, toml::locate(body)?, &format!("\"{version}\"")),
        VersionFileFormat::Helm => with_app_version(&spliced(body, locate(format, selector, body)?, version), version),
        _ => spliced(body, locate(format, selector, body)?, version),
    };
    let mark = &text[..text.len() - body.len()];
    Ok(mark.to_owned() + &replaced)
}

/// Where the version stands, without the blanks around it.
fn locate(format: VersionFileFormat, selector: Option<&str>, text: &str) -> Result<Range<usize>, VersionProblem> {
    let found = match format {
        VersionFileFormat::Json => &text[json::locate(text)?],
        VersionFileFormat::Xml => xml::parse(text, selector)?,
        VersionFileFormat::Csproj => xml::parse(text, Some("//Version"))?,
        VersionFileFormat::Txt => pattern::selected(text, selector.unwrap_or_default())?,
        VersionFileFormat::GoMod => return Err(VersionProblem::FromTags),
        other => pattern::find(other, text)?,
    };
    let found = found.trim();
    let start = found.as_ptr() as usize - text.as_ptr() as usize;
    Ok(start..start + found.len())
}

fn spliced(text: &str, range: Range<usize>, replacement: &str) -> String {
    [&text[..range.start], replacement, &text[range.end..]].concat()
}

fn with_app_version(text: &str, version: &str) -> String {
    static APP_VERSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)^appVersion:[ \t]*["']?([^"'\s#]+)"#).expect("the pattern is a constant, and tested")
    });
    let found = APP_VERSION.captures(text).and_then(|captures| captures.get(1));
    found.map_or_else(|| text.to_owned(), |found| spliced(text, found.range(), version))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, replace};
    use crate::config::VersionFileFormat as Format;

    #[test]
    fn only_the_version_changes() {
        for (format, selector, text, expected) in [
            (
                Format::Toml,
                None,
                "[package]\nversion = '1.0' # c\r\nx = 1",
                "[package]\nversion = \"2.0\" # c\r\nx = 1",
            ),
            (
                Format::Toml,
                None,
                "[package]\nversion.workspace = true\n[workspace.package]\nversion = \"1.0\"\n",
                "[package]\nversion.workspace = true\n[workspace.package]\nversion = \"2.0\"\n",
            ),
            (
                Format::Json,
                None,
                "{\"a\": {\"version\": \"1.0\"},\n\"version\" : \"1.0\"}",
                "{\"a\": {\"version\": \"1.0\"},\n\"version\" : \"2.0\"}",
            ),
            (Format::Json, None, "{\"v\\u0065rsion\":\"1\",\"x\":[1,{}]}", "{\"v\\u0065rsion\":\"2.0\",\"x\":[1,{}]}"),
            (Format::Xml, None, "<p><version> 1.0 </version></p>", "<p><version> 2.0 </version></p>"),
            (Format::Csproj, None, "<P><G><Version>1</Version></G></P>", "<P><G><Version>2.0</Version></G></P>"),
            (Format::Gradle, None, "version = '1.0'\n", "version = '2.0'\n"),
            (Format::Helm, None, "version: 1.0\nappVersion: \"1.0\"\n", "version: 2.0\nappVersion: \"2.0\"\n"),
            (Format::Helm, None, "name: a\nversion: 1.0 # c\n", "name: a\nversion: 2.0 # c\n"),
            (Format::ChartYaml, None, "version: 1.0\nappVersion: 1.0\n", "version: 2.0\nappVersion: 1.0\n"),
            (Format::Txt, None, " 1.0 ", "2.0\n"),
            (Format::Txt, Some("v=(.*);"), "a v= 1.0 ;", "a v= 2.0 ;"),
            (Format::Json, None, "\u{feff}{\"version\":\"1.0\"}", "\u{feff}{\"version\":\"2.0\"}"),
        ] {
            assert_eq!(replace(format, selector, text, "2.0").ok().as_deref(), Some(expected), "{text}");
        }
        assert!(replace(Format::GoMod, None, "module x", "2.0").is_err());
        assert!(replace(Format::Txt, None, " ", "2.0").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            format in proptest::sample::select(vec![
                Format::Toml, Format::Json, Format::Xml, Format::Csproj, Format::Gradle, Format::Helm, Format::MixExs,
                Format::Gemspec, Format::PackageSwift, Format::Cabal, Format::Cmake, Format::Txt,
            ]),
            parts in proptest::collection::vec(
                "\\[package\\]|version ?[=:] ?[\"'][0-9.]{1,3}[\"']|<[vV]ersion>1</[vV]ersion>|\\{|\\}|\"version\":\"1\"|\n|project\\(VERSION 1\\)|é",
                0..6,
            ),
        ) {
            let text = parts.concat();
            if parse(format, None, &text).is_ok() {
                let replaced = replace(format, None, &text, "7.8.9").expect("there is a version");
                let read = parse(format, None, &replaced).ok();
                prop_assert_eq!(read.as_deref(), Some("7.8.9"), "{} {}", text, replaced);
            }
        }
    }
}
