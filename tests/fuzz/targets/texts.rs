//! Targets that read one text.

use std::fs;

use relplan::commit::{Bump, Classifier, reverted, title_key};
use relplan::config::{self, CommitFormats, Patterns, VersionFileFormat, WorkspaceSettings};
use relplan::version_files;

/// Formats by the last five bits of the data's first byte.
const FORMATS: [VersionFileFormat; 19] = [
    VersionFileFormat::Toml,
    VersionFileFormat::Json,
    VersionFileFormat::Xml,
    VersionFileFormat::Csproj,
    VersionFileFormat::Gradle,
    VersionFileFormat::Helm,
    VersionFileFormat::ChartYaml,
    VersionFileFormat::PubspecYaml,
    VersionFileFormat::GalaxyYml,
    VersionFileFormat::MixExs,
    VersionFileFormat::Gemspec,
    VersionFileFormat::PackageSwift,
    VersionFileFormat::Cabal,
    VersionFileFormat::Cmake,
    VersionFileFormat::Txt,
    VersionFileFormat::GoMod,
    VersionFileFormat::Python,
    VersionFileFormat::SetupCfg,
    VersionFileFormat::Properties,
];

/// A configuration file, in the format that the first byte chooses; included files are the same text.
pub fn configuration(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let name =
        ["ferrflow.json", "relplan.json5", "relplan.toml", ".ferrflow", "relplan.jsonc"][usize::from(choice % 5)];
    let folder = super::folder();
    fs::create_dir(folder.path().join("included")).expect("a writable folder");
    for file in [name, "included/a.json", "included/b.toml"] {
        fs::write(folder.path().join(file), text).expect("a writable folder");
    }
    match config::load(folder.path(), None) {
        Ok(loaded) => {
            let _ = relplan::validation::validate(&loaded, folder.path(), false);
            for package in &loaded.config.package {
                assert!(!package.path.starts_with('/') && !package.path.split('/').any(|part| part == ".."));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A version file: what is written is read again.
pub fn version_files(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let format = FORMATS[usize::from(choice % 32) % FORMATS.len()];
    let text = String::from_utf8_lossy(text);
    // The first line can be the selector, so that selectors are any text too.
    let (selector, body) = match text.split_once('\n') {
        Some((selector, body)) if choice & 32 != 0 => (Some(selector), body),
        _ => (None, text.as_ref()),
    };
    let found = version_files::parse(format, selector, body);
    let replaced = version_files::replace(format, selector, body, "7.8.9");
    if let (Ok(_), Ok(replaced), None) = (&found, replaced, selector) {
        let read = version_files::parse(format, None, &replaced).expect("what was written is a version");
        // An app's build number counts on behind its version.
        let version = read.split('+').next().filter(|_| format == VersionFileFormat::PubspecYaml).unwrap_or(&read);
        assert_eq!(version.trim_start_matches('v'), "7.8.9", "{format:?} {body:?}");
    }
}

/// Commit messages, under the built-in rules and under patterns taken from the first line: nothing breaks without saying so,
/// and relplan's own rules read no less than FerrFlow's.
pub fn commit_messages(data: &[u8]) {
    let (pattern, message) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, data),
    };
    let pattern = String::from_utf8_lossy(pattern).into_owned();
    let formats = CommitFormats {
        minor: Patterns::One(pattern.clone()),
        patch: Patterns::Many(vec![format!("*{pattern}?"), pattern.clone()]),
        case_sensitive: Some(false),
        ..CommitFormats::default()
    };
    let own = WorkspaceSettings {
        commit_formats: Some(formats),
        commit_skip_markers: Some(vec![pattern]),
        ..WorkspaceSettings::default()
    };
    for workspace in [WorkspaceSettings::default(), own] {
        let Ok(rules) = Classifier::new(&workspace) else { continue };
        let bump = rules.classify(message);
        assert_eq!(bump, rules.classify(message));
        let text = String::from_utf8_lossy(message).to_lowercase();
        let says_so = ["!", "breaking", "💥", ":boom:"].iter().any(|sign| text.contains(sign));
        assert!(bump < Bump::Major || says_so, "{text:?}");
        let _ = (rules.is_skipped(message), reverted(message), title_key(message));
        assert!(rules.by_own_rules().classify(message) >= bump, "{text:?}");
    }
}
