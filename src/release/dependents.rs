//! Constraints on packages that move, in the manifests of those that depend on them. A simple one, an operator and a version,
//! keeps its operator; whatever says more (`workspace:*`, `1.x`, `>=1 <2`) says it on purpose, and stays.

use std::sync::LazyLock;

use regex::Regex;

/// The constraint that follows `constraint` when a package moves to `version`; `None` where it stays.
pub(super) fn followed(constraint: &str, version: &str) -> Option<String> {
    static SIMPLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(\^|~|=|>=|~>|==)?(\s*)v?\d+(?:\.\d+){0,2}(?:[-+][0-9A-Za-z.+-]+)?$")
            .expect("the pattern is a constant, and tested")
    });
    let found = SIMPLE.captures(constraint)?;
    let part = |index| found.get(index).map_or("", |found| found.as_str());
    let next = format!("{}{}{version}", part(1), part(2));
    (next != constraint).then_some(next)
}

/// `text`, a `package.json`, with what it depends on at `moved` (name and version).
pub(super) fn in_json(text: &str, moved: &[(&str, &str)]) -> String {
    static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""((?:[^"\\]|\\.)*)"(\s*:\s*)"((?:[^"\\]|\\.)*)""#).expect("the pattern is a constant, and tested")
    });
    static TABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(?:dependencies|devDependencies|peerDependencies|optionalDependencies)"\s*:\s*\{([^{}]*)\}"#)
            .expect("the pattern is a constant, and tested")
    });
    let mut changes = Vec::new();
    for table in TABLE.captures_iter(text).filter_map(|found| found.get(1)) {
        for entry in ENTRY.captures_iter(table.as_str()) {
            let (Some(name), Some(constraint)) = (entry.get(1), entry.get(3)) else { continue };
            let version = moved.iter().find(|(moved, _)| *moved == name.as_str()).map(|(_, version)| *version);
            if let Some(next) = version.and_then(|version| followed(constraint.as_str(), version)) {
                changes.push((table.start() + constraint.start()..table.start() + constraint.end(), next));
            }
        }
    }
    spliced(text, changes)
}

/// `text`, a `Cargo.toml` or `pyproject.toml`, with what it depends on at `moved`.
pub(super) fn in_toml(text: &str, moved: &[(&str, &str)]) -> String {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^\s*"?([\w.@/-]+)"?\s*=\s*(?:["']([^"']*)["']|\{.*?\bversion\s*=\s*["']([^"']*)["'])"#)
            .expect("the pattern is a constant, and tested")
    });
    static DETAIL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^\s*version\s*=\s*["']([^"']*)["']"#).expect("the pattern is a constant, and tested")
    });
    let mut changes = Vec::new();
    let mut table = Table::Other;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            table = Table::of(line);
        } else if let Table::Dependencies = table
            && let Some(found) = LINE.captures(line)
        {
            let constraint = found.get(2).or_else(|| found.get(3));
            changes.extend(change(found.get(1).map(|name| name.as_str()), constraint, moved, offset));
        } else if let Table::Dependency(name) = &table
            && let Some(found) = DETAIL.captures(line)
        {
            changes.extend(change(Some(name), found.get(1), moved, offset));
        }
        offset += line.len();
    }
    spliced(text, changes)
}

type Change = (std::ops::Range<usize>, String);

fn change(
    name: Option<&str>,
    constraint: Option<regex::Match<'_>>,
    moved: &[(&str, &str)],
    offset: usize,
) -> Option<Change> {
    let (name, constraint) = (name?, constraint?);
    let (_, version) = moved.iter().find(|(moved, _)| *moved == name)?;
    let next = followed(constraint.as_str(), version)?;
    Some((offset + constraint.start()..offset + constraint.end(), next))
}

/// What a line belongs to.
enum Table {
    Dependencies,
    /// One dependency with a table of its own.
    Dependency(String),
    Other,
}

impl Table {
    fn of(line: &str) -> Self {
        let name = line.trim().trim_start_matches('[').split(']').next().unwrap_or_default();
        let is_list = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or_default();
            matches!(last, "dependencies" | "dev-dependencies" | "build-dependencies")
        };
        if is_list(name) {
            return Self::Dependencies;
        }
        match name.rsplit_once('.') {
            Some((list, dependency)) if is_list(list) => Self::Dependency(dependency.trim_matches('"').to_owned()),
            _ => Self::Other,
        }
    }
}

fn spliced(text: &str, changes: Vec<Change>) -> String {
    let mut spliced = String::with_capacity(text.len());
    let mut written = 0;
    for (range, next) in changes {
        spliced.push_str(&text[written..range.start]);
        spliced.push_str(&next);
        written = range.end;
    }
    spliced + &text[written..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_constraints_keep_their_operator() {
        for (constraint, next) in [
            ("1.0.0", Some("2.1.0")),
            ("^1.0", Some("^2.1.0")),
            ("~1", Some("~2.1.0")),
            (">= 1.0.0", Some(">= 2.1.0")),
            ("=1.0.0-beta.1", Some("=2.1.0")),
            ("2.1.0", None),
            ("workspace:*", None),
            ("workspace:^1.0.0", None),
            ("1.x", None),
            ("*", None),
            (">=1 <2", None),
            ("file:../core", None),
        ] {
            assert_eq!(followed(constraint, "2.1.0").as_deref(), next, "{constraint}");
        }
    }

    #[test]
    fn only_constraints_on_what_moves_change() {
        let json = "{\r\n  \"core\": \"^1.0.0\",\n  \"dependencies\": { \"core\" : \"^1.0.0\", \"x\": \"^1.0.0\" },\n  \"peerDependencies\": {\"core\": \"1.x\"} }\n";
        let after = json.replacen("\"core\" : \"^1.0.0\"", "\"core\" : \"^2.1.0\"", 1);
        assert_eq!(in_json(json, &[("core", "2.1.0")]), after);
        let toml = "[package]\nname = \"cli\"\ncore = \"1.0\"\n[dependencies] # all\ncore = '1.0' # c\nx = \"1.0\"\n\
            \"core\" = { path = \"../core\", version = \"=1.0.0\" }\n[target.'cfg(unix)'.dev-dependencies.core]\nversion = \"1\"\n";
        let after = toml
            .replace("core = '1.0' #", "core = '2.1.0' #")
            .replace("\"=1.0.0\"", "\"=2.1.0\"")
            .replace("version = \"1\"\n", "version = \"2.1.0\"\n");
        assert_eq!(in_toml(toml, &[("core", "2.1.0")]), after);
    }
}
