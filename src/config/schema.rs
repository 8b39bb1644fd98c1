//! Every key a configuration can have, and what its value can be.
//!
//! Names are snake_case; each key also answers to its camelCase spelling. The list includes keys that planning has no
//! use for, so that a configuration made for releasing reads without a warning.

/// A key of an object.
#[derive(Debug)]
pub(super) struct Key {
    /// The canonical, snake_case name.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What a value can be.
#[derive(Debug)]
pub(super) enum Kind {
    Text,
    Flag,
    TextOrFlag,
    /// A whole number from 1.
    Positive,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An object with these keys.
    Object(&'static [Key]),
    /// An object whose keys are names of the user's.
    Map(&'static Kind),
    List(&'static Kind),
    /// A string or a list of strings.
    TextOrList,
    /// A string, or an object with these keys.
    TextOrObject(&'static [Key]),
    Anything,
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: false }
}

const fn required(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: true }
}

impl Key {
    /// Whether `key` is one of the two spellings.
    pub(super) fn is_spelled(&self, key: &str) -> bool {
        key.as_bytes().first() == self.name.as_bytes().first() && (key == self.name || self.is_camel_case(key))
    }

    fn is_camel_case(&self, key: &str) -> bool {
        let mut given = key.bytes();
        let mut names = self.name.bytes();
        loop {
            let expected = match names.next() {
                Some(b'_') => names.next().map(|letter| letter.to_ascii_uppercase()),
                other => other,
            };
            match (expected, given.next()) {
                (None, None) => return true,
                (expected, given) if expected == given => {}
                _ => return false,
            }
        }
    }

    /// The camelCase spelling, which is the one that documentation and suggestions show.
    pub(super) fn camel_case(&self) -> String {
        let mut words = self.name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |joined, word| {
            let (letter, rest) = word.split_at(word.len().min(1));
            joined + &letter.to_ascii_uppercase() + rest
        })
    }
}

/// A whole configuration.
pub(super) const CONFIG: &[Key] = &[
    key("workspace", Kind::Object(WORKSPACE)),
    key("package", Kind::List(&Kind::Object(PACKAGE))),
    key("include", Kind::List(&Kind::Text)),
];

const WORKSPACE: &[Key] = &[
    key("remote", Kind::Text),
    key("branch", Kind::Text),
    key("versioning", Kind::Choice(VERSIONING)),
    key("tag_template", Kind::Text),
    key("version_template", Kind::Text),
    key("build_metadata", Kind::Text),
    key("version_command", Kind::Text),
    key("recover_missed_releases", Kind::Flag),
    key("release_commit_mode", Kind::Choice(&["commit", "pr", "none"])),
    key("release_commit_scope", Kind::Choice(&["grouped", "per-package"])),
    key("release_commit_body", Kind::Choice(&["none", "summary", "full"])),
    key("commit_formats", Kind::Object(COMMIT_FORMATS)),
    key("auto_merge_releases", Kind::Flag),
    key("skip_ci", Kind::Flag),
    key("commit_skip_markers", Kind::List(&Kind::Text)),
    key("floating_tags", Kind::List(&Kind::Choice(FLOATING_LEVEL))),
    key("latest_tag", Kind::Text),
    key("orphaned_tag_strategy", Kind::Choice(&["warn", "treeHash", "message"])),
    key("version_source", Kind::Choice(VERSION_SOURCE)),
    key("forge", Kind::Choice(FORGE)),
    key("hooks", Kind::Object(HOOKS)),
    key("branches", Kind::List(&Kind::Object(BRANCH))),
    key("registries", Kind::Map(&Kind::Object(REGISTRY))),
    key("defer_publish", Kind::Flag),
    key("changelog", Kind::Object(CHANGELOG)),
    key("manifest_file", Kind::Text),
    key("update_lockfiles", Kind::Flag),
    key("update_dependents", Kind::Flag),
    key("nested_packages", Kind::Choice(&["shared", "exclusive"])),
    key("linked", Kind::List(&Kind::List(&Kind::Text))),
    key("fixed", Kind::List(&Kind::List(&Kind::Text))),
    // FerrFlow once had telemetry; its switches are accepted, and there is nothing to switch off.
    key("anonymous_telemetry", Kind::Anything),
    key("telemetry", Kind::Anything),
];

/// One package; also the whole of an included file.
pub(super) const PACKAGE: &[Key] = &[
    required("name", Kind::Text),
    key("path", Kind::Text),
    key("versioned_files", Kind::List(&Kind::Object(VERSIONED_FILE))),
    key("changelog", Kind::Text),
    key("shared_paths", Kind::List(&Kind::Text)),
    key("depends_on", Kind::List(&Kind::TextOrObject(DEPENDENCY))),
    key("versioning", Kind::Choice(VERSIONING)),
    key("tag_template", Kind::Text),
    key("version_template", Kind::Text),
    key("floating_tags", Kind::List(&Kind::Choice(FLOATING_LEVEL))),
    key("latest_tag", Kind::Text),
    key("build_metadata", Kind::TextOrFlag),
    key("version_command", Kind::Text),
    key("hooks", Kind::Object(HOOKS)),
    // Each kind of publisher has keys of its own, which only publishing needs.
    key("publishers", Kind::List(&Kind::Map(&Kind::Anything))),
    key("update_lockfiles", Kind::Flag),
    key("version_source", Kind::Choice(VERSION_SOURCE)),
];

const VERSIONED_FILE: &[Key] =
    &[required("path", Kind::Text), required("format", Kind::Choice(VERSION_FILE_FORMAT)), key("selector", Kind::Text)];

const DEPENDENCY: &[Key] =
    &[required("name", Kind::Text), key("propagate", Kind::Choice(&["same", "major-on-major", "patch", "none"]))];

const COMMIT_FORMATS: &[Key] = &[
    key("major", Kind::TextOrList),
    key("minor", Kind::TextOrList),
    key("patch", Kind::TextOrList),
    key("case_sensitive", Kind::Flag),
];

const BRANCH: &[Key] = &[
    required("name", Kind::Text),
    key("channel", Kind::TextOrFlag),
    key("prerelease_identifier", Kind::Choice(&["increment", "timestamp", "short-hash", "timestamp-hash"])),
];

const REGISTRY: &[Key] = &[key("url", Kind::Text), key("token_env", Kind::Text)];

const CHANGELOG: &[Key] = &[
    key("sections", Kind::Map(&Kind::TextOrFlag)),
    key("group_by_scope", Kind::Flag),
    key("include_commit_links", Kind::Flag),
    key("include_compare_link", Kind::Flag),
];

const HOOKS: &[Key] = &[
    key("pre_bump", Kind::Text),
    key("post_bump", Kind::Text),
    key("pre_commit", Kind::Text),
    key("post_commit", Kind::Text),
    key("pre_tag", Kind::Text),
    key("post_tag", Kind::Text),
    key("pre_publish", Kind::Text),
    key("post_publish", Kind::Text),
    key("pre_release", Kind::Text),
    key("on_success", Kind::Text),
    key("on_error", Kind::Text),
    key("on_failure", Kind::Choice(&["abort", "continue"])),
    key("timeout", Kind::Positive),
];

const VERSIONING: &[&str] =
    &["semver", "calver", "calver-short", "calver-seq", "calver-short-seq", "sequential", "zerover"];

const FLOATING_LEVEL: &[&str] = &["major", "minor"];

const VERSION_SOURCE: &[&str] = &["highest", "tag", "file"];

const FORGE: &[&str] =
    &["auto", "github", "gitlab", "gitea", "bitbucket", "forgejo", "GitHub", "GitLab", "Gitea", "Forgejo", "Bitbucket"];

const VERSION_FILE_FORMAT: &[&str] = &[
    "toml",
    "json",
    "xml",
    "csproj",
    "gradle",
    "helm",
    "chartyaml",
    "pubspecyaml",
    "galaxyyml",
    "mixexs",
    "gemspec",
    "packageswift",
    "cabal",
    "cmake",
    "txt",
    "gomod",
    "python",
    "setupcfg",
    "properties",
];

/// The key that an unknown one was probably meant to be, in camelCase.
pub(super) fn nearest(unknown: &str, keys: &[Key]) -> Option<String> {
    let wanted = folded(unknown);
    let mut candidates: Vec<String> = keys.iter().map(Key::camel_case).collect();
    candidates.sort_unstable();
    let mut best: Option<(String, f64)> = None;
    for candidate in candidates {
        let similarity = strsim::jaro_winkler(&wanted, &folded(&candidate));
        if similarity >= CLOSE_ENOUGH && best.as_ref().is_none_or(|(_, highest)| similarity > *highest) {
            best = Some((candidate, similarity));
        }
    }
    best.map(|(candidate, _)| candidate)
}

/// Jaro-Winkler similarity from which a key counts as a slip of another one; FerrFlow's threshold.
const CLOSE_ENOUGH: f64 = 0.85;

fn folded(key: &str) -> String {
    key.chars().filter(|character| !matches!(character, '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Package};

    #[test]
    fn both_spellings_and_no_others() {
        let key = key("recover_missed_releases", Kind::Flag);
        assert_eq!(key.camel_case(), "recoverMissedReleases");
        assert!(key.is_spelled("recover_missed_releases") && key.is_spelled("recoverMissedReleases"));
        for other in ["recoverMissed_releases", "recovermissedreleases", "recover-missed-releases", "recover", ""] {
            assert!(!key.is_spelled(other), "{other}");
        }
    }

    #[test]
    fn suggestions_as_observed() {
        for (unknown, keys, expected) in [
            ("packge", CONFIG, Some("package")),
            ("packages", CONFIG, Some("package")),
            ("tagTemplte", WORKSPACE, Some("tagTemplate")),
            ("Branch", WORKSPACE, Some("branch")),
            ("vrsioning", WORKSPACE, Some("versioning")),
            ("version", WORKSPACE, Some("versioning")),
            ("tag", WORKSPACE, None),
            ("nope", WORKSPACE, None),
            ("versionedfiles", PACKAGE, Some("versionedFiles")),
            ("preBmp", HOOKS, Some("preBump")),
            ("post-bump", HOOKS, Some("postBump")),
            ("urll", REGISTRY, Some("url")),
            ("chanel", BRANCH, Some("channel")),
            ("mayor", COMMIT_FORMATS, Some("major")),
            ("foo", CHANGELOG, None),
        ] {
            assert_eq!(nearest(unknown, keys).as_deref(), expected, "{unknown}");
        }
    }

    /// A JSON value for every word and type that `kind` allows.
    fn samples(kind: &Kind) -> Vec<serde_json::Value> {
        use serde_json::{Value, json};
        match kind {
            Kind::Text => vec![json!("x")],
            Kind::Flag => vec![json!(true)],
            Kind::TextOrFlag => vec![json!("x"), json!(false)],
            Kind::Positive => vec![json!(1)],
            Kind::Choice(words) => words.iter().map(|word| json!(word)).collect(),
            Kind::Object(keys) => objects(keys),
            Kind::Map(kind) => samples(kind).into_iter().map(|value| json!({"any": value})).collect(),
            Kind::List(kind) => vec![Value::Array(samples(kind)), json!([])],
            Kind::TextOrList => vec![json!("x"), json!(["x", "y"]), json!([])],
            Kind::TextOrObject(keys) => objects(keys).into_iter().chain([json!("x")]).collect(),
            Kind::Anything => vec![json!({"a": [1]})],
        }
    }

    /// Objects that try every sample of every key, with the required keys always present.
    fn objects(keys: &[Key]) -> Vec<serde_json::Value> {
        let first = |key: &Key| samples(&key.kind).remove(0);
        let needed = || keys.iter().filter(|key| key.required).map(|key| (key.name.to_owned(), first(key)));
        let with = |key: &Key, value| needed().chain([(key.name.to_owned(), value)]).collect::<serde_json::Map<_, _>>();
        keys.iter().flat_map(|key| samples(&key.kind).into_iter().map(|value| with(key, value).into())).collect()
    }

    #[test]
    fn whatever_the_schema_allows_the_model_reads() {
        for sample in objects(CONFIG) {
            serde_json::from_value::<Config>(sample.clone()).unwrap_or_else(|error| panic!("{sample}: {error}"));
        }
        for sample in objects(PACKAGE) {
            serde_json::from_value::<Package>(sample.clone()).unwrap_or_else(|error| panic!("{sample}: {error}"));
        }
    }
}
