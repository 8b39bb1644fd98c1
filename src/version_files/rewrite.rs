//! Puts another version where one stands, and leaves every other byte as it is.

use std::sync::LazyLock;

use regex::Regex;

use super::{VersionProblem, locate, without_mark};
use crate::config::VersionFileFormat;

/// `text` with `version` where [`parse`](super::parse) finds one. A chart's `appVersion` follows if it is the same; an app's
/// build number (`1.2.3+4`) counts on.
///
/// # Errors
/// When there is no version in `text`, or only words that compute it.
pub fn replace(
    format: VersionFileFormat,
    selector: Option<&str>,
    text: &str,
    version: &str,
) -> Result<String, VersionProblem> {
    let body = without_mark(text);
    let mark = &text[..text.len() - body.len()];
    let located = locate(format, selector, body)?;
    let replaced = match format {
        VersionFileFormat::PubspecYaml => located.replaced(body, &with_build_number(&located.version, version)),
        VersionFileFormat::Helm => with_app_version(&located.replaced(body, version), &located.version, version),
        _ => located.replaced(body, version),
    };
    Ok(mark.to_owned() + &replaced)
}

/// `version` with the build number after that of `before`: shops take no app whose number doesn't grow.
fn with_build_number(before: &str, version: &str) -> String {
    let number = before.split_once('+').and_then(|(_, build)| build.parse::<u64>().ok()?.checked_add(1));
    match number {
        Some(number) if !version.contains('+') => format!("{version}+{number}"),
        _ => version.to_owned(),
    }
}

fn with_app_version(text: &str, before: &str, version: &str) -> String {
    static APP_VERSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)^appVersion:[ \t]*["']?v?([^"'\s#]+)"#).expect("the pattern is a constant, and tested")
    });
    let found = APP_VERSION.captures(text).and_then(|captures| captures.get(1));
    match found.filter(|found| found.as_str() == before.trim_start_matches('v')) {
        Some(found) => [&text[..found.start()], version, &text[found.end()..]].concat(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse;
    use super::replace;
    use crate::config::VersionFileFormat as Format;

    #[test]
    fn only_the_version_changes() {
        for (format, selector, text, expected) in [
            (Format::Toml, None, "[package]\nversion = '1.0' # c\r\nx = 1", "[package]\nversion = '2.0' # c\r\nx = 1"),
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
            (
                Format::Csproj,
                None,
                "<P><PropertyGroup><Version>1</Version></PropertyGroup></P>",
                "<P><PropertyGroup><Version>2.0</Version></PropertyGroup></P>",
            ),
            (Format::PubspecYaml, None, "name: a\nversion: 1.0.0+7 # c\n", "name: a\nversion: 2.0+8 # c\n"),
            (Format::Helm, None, "version: 1.0\nappVersion: 9.4\n", "version: 2.0\nappVersion: 9.4\n"),
            (Format::Gradle, None, "version '1.0' // c\n", "version '2.0' // c\n"),
            (Format::Properties, None, "GROUP=a\r\nVERSION_NAME = 1.0\r\n", "GROUP=a\r\nVERSION_NAME = 2.0\r\n"),
            (Format::Txt, None, "VERSION=1.0\n", "VERSION=2.0\n"),
            (Format::Txt, None, "export VERSION := \"1.0\" # c\n", "export VERSION := \"2.0\" # c\n"),
            (Format::Txt, None, "v1.0\n", "v2.0\n"),
            (
                Format::Json,
                None,
                "{\"version\":\"1\",\r\n\"version\": \"1.0\"}",
                "{\"version\":\"1\",\r\n\"version\": \"2.0\"}",
            ),
            (Format::Gradle, None, "version = '1.0'\n", "version = '2.0'\n"),
            (Format::Helm, None, "version: 1.0\nappVersion: \"1.0\"\n", "version: 2.0\nappVersion: \"2.0\"\n"),
            (Format::Helm, None, "name: a\nversion: 1.0 # c\n", "name: a\nversion: 2.0 # c\n"),
            (Format::ChartYaml, None, "version: 1.0\nappVersion: 1.0\n", "version: 2.0\nappVersion: 1.0\n"),
            (Format::Txt, None, " 1.0 ", " 2.0 "),
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
                Format::Gemspec, Format::PackageSwift, Format::Cabal, Format::Cmake, Format::Txt, Format::Python,
                Format::SetupCfg, Format::Properties,
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
