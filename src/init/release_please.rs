//! What release-please's settings say of packages: which it releases, how their tags are named, and how they count.

use serde_json::Value;

use super::member::Member;
use super::{InitError, Search, listed, text};
use crate::config::Config;

/// Where its settings may lie.
const FILES: [&str; 3] =
    ["release-please-config.json", ".release-please-config.json", ".github/release-please-config.json"];

/// Its settings.
pub(super) struct ReleasePlease {
    file: &'static str,
    settings: Value,
}

impl ReleasePlease {
    /// Reads its settings, if there are some.
    ///
    /// # Errors
    /// When they are there and can't be read.
    pub(super) fn read(search: &Search<'_>) -> Result<Option<Self>, InitError> {
        for file in FILES {
            if let Some(settings) = text::json(search.root, file)? {
                return Ok(Some(Self { file, settings }));
            }
        }
        Ok(None)
    }

    /// Their file.
    pub(super) fn file(&self) -> &'static str {
        self.file
    }

    /// Adds to `member` what is said of it. What is listed is released, whatever else speaks against it.
    pub(super) fn add_to(&self, member: &mut Member) {
        let names = ["component", "package-name"].iter().filter_map(|key| self.own(&member.path)?.get(*key)?.as_str());
        member.also_called.extend(names.map(str::to_owned));
        member.stays_below_one = self.says(&member.path, "bump-minor-pre-major").unwrap_or_default();
        if self.own(&member.path).is_some() {
            member.doubt = None;
            member.expected_template = self.template(&member.path, &member.name);
        }
    }

    /// The name that a package's tags begin with.
    pub(super) fn component(&self, path: &str, name: &str) -> String {
        let own = ["component", "package-name"].iter().find_map(|key| self.own(path)?.get(*key)?.as_str());
        let bare =
            |name: &str| name.rsplit_once('/').filter(|_| name.starts_with('@')).map(|(_, bare)| bare.to_owned());
        let called = own.unwrap_or(name);
        bare(called).unwrap_or_else(|| called.to_owned())
    }

    /// The groups whose members get one version, each with its name and its members' components.
    pub(super) fn linked_versions(&self) -> Vec<(String, Vec<String>)> {
        let plugins = self.settings.get("plugins").and_then(Value::as_array).into_iter().flatten();
        let linked = plugins.filter(|plugin| plugin.get("type").and_then(Value::as_str) == Some("linked-versions"));
        let group = |plugin: &Value| {
            let components = plugin.get("components")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned);
            let name = plugin.get("groupName").and_then(Value::as_str).unwrap_or_default().to_owned();
            Some((name, components.collect()))
        };
        linked.filter_map(group).collect()
    }

    /// Notes what `config` doesn't say of what the settings do.
    pub(super) fn note(&self, config: &Config, notes: &mut Vec<String>) {
        let key = "bump-patch-for-minor-pre-major";
        let paths = self.packages().map(|(path, _)| path.as_str());
        if self.says(".", key).or_else(|| self.settings.get(key)?.as_bool()) == Some(true)
            || paths.clone().any(|path| self.says(path, key) == Some(true))
        {
            notes.push(format!(
                "{} counts features below 1.0.0 as fixes, which can be said for all packages together: commit_formats under \
                 [workspace]",
                self.file
            ));
        }
        let lies_in = |package: &str, path: &str| {
            path == "." || package.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_known = |path: &str| config.package.iter().any(|package| lies_in(&package.path, trimmed(path)));
        let unknown: Vec<String> = paths.filter(|path| !is_known(path)).map(str::to_owned).collect();
        if !unknown.is_empty() {
            notes.push(format!(
                "{} releases these, where no manifest was found; add a [[package]] with name and path for each: {}",
                self.file,
                listed(&unknown)
            ));
        }
    }

    /// How a package's tags will be named; `None` where nothing gives it a name.
    fn template(&self, path: &str, name: &str) -> Option<String> {
        let text = |key: &str| self.own(path).and_then(|own| own.get(key)).or_else(|| self.settings.get(key))?.as_str();
        let v = if self.says(path, "include-v-in-tag").unwrap_or(true) { "v" } else { "" };
        if !self.says(path, "include-component-in-tag").unwrap_or(true) {
            return Some(format!("{v}{{version}}"));
        }
        let component = self.component(path, name);
        let component = if component == name { "{name}" } else { &component };
        Some(format!("{component}{}{v}{{version}}", text("tag-separator").unwrap_or("-")))
    }

    /// Whether a setting is on for the package in `path`, by its own entry or for all.
    fn says(&self, path: &str, key: &str) -> Option<bool> {
        self.own(path).and_then(|own| own.get(key)).or_else(|| self.settings.get(key))?.as_bool()
    }

    fn own(&self, path: &str) -> Option<&Value> {
        self.packages().find(|(known, _)| trimmed(known) == path).map(|(_, own)| own)
    }

    fn packages(&self) -> impl Iterator<Item = (&String, &Value)> + Clone {
        self.settings.get("packages").and_then(Value::as_object).into_iter().flatten()
    }
}

/// A folder as this program writes it.
fn trimmed(path: &str) -> &str {
    match path.trim_start_matches("./").trim_end_matches('/') {
        "" => ".",
        path => path,
    }
}
