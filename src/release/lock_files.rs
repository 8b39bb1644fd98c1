//! The repository's own packages in lock files, which say their versions once more: `Cargo.lock`, `package-lock.json`. They are
//! changed as text, so that no package manager runs and nothing else in them moves.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// `text`, a `Cargo.lock`, with the packages called `names` moved from `before` to `after`.
pub(super) fn cargo(text: &str, names: &[String], before: &str, after: &str) -> String {
    let mut changed = String::with_capacity(text.len());
    for block in blocks(text) {
        let field = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        let is_ours = field("source").is_none()
            && field("version").as_deref() == Some(before)
            && field("name").is_some_and(|name| names.contains(&name));
        let block = if is_ours {
            block.replacen(&format!("version = \"{before}\""), &format!("version = \"{after}\""), 1)
        } else {
            block.to_owned()
        };
        changed.push_str(&block);
    }
    // Where two packages have one name, those that depend on them say which version they mean.
    names
        .iter()
        .fold(changed, |text, name| text.replace(&format!("\"{name} {before}\""), &format!("\"{name} {after}\"")))
}

fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> = text.match_indices("[[package]]").map(|(start, _)| start).collect();
    starts.insert(0, 0);
    let ends = starts.clone().into_iter().skip(1).chain([text.len()]);
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end])
}

/// `text`, a `package-lock.json`, with the package in folder `folder` (empty for the one beside it) at `after`; `None` where it
/// doesn't have that folder.
pub(super) fn npm(text: &str, folder: &str, before: &str, after: &str) -> Option<String> {
    static VERSION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#""version"\s*:\s*"([^"]*)""#).expect("the pattern is a constant, and tested"));
    let document: Value = serde_json::from_str(text).ok()?;
    document["packages"].get(folder)?;
    let mut changes = Vec::new();
    let key = format!("\"{folder}\"");
    let packages = text.find("\"packages\"")?;
    let starts = [(folder.is_empty()).then_some(0), text[packages..].find(&key).map(|at| packages + at)];
    for start in starts.into_iter().flatten() {
        let found = VERSION.captures(&text[start..]).and_then(|found| found.get(1));
        changes.extend(found.filter(|found| found.as_str() == before).map(|found| start + found.start()));
    }
    changes.dedup();
    let mut changed = text.to_owned();
    for at in changes.into_iter().rev() {
        changed.replace_range(at..at + before.len(), after);
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_packages_that_move_change() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\n \"b 0.1.0\",\n]\n\n\
            [[package]]\nname = \"b\"\nversion = \"0.1.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"c\"\nversion = \"0.1.0\"\n";
        let after = lock.replacen("\"a\"\nversion = \"0.1.0\"", "\"a\"\nversion = \"0.2.0\"", 1);
        assert_eq!(cargo(lock, &["a".to_owned()], "0.1.0", "0.2.0"), after);
        assert!(cargo(lock, &["c".to_owned()], "0.1.0", "0.2.0").ends_with("\"c\"\nversion = \"0.2.0\"\n"));
    }

    #[test]
    fn the_root_stands_in_two_places() {
        let lock = "{\n  \"name\": \"x\",\n  \"version\": \"1.0.0\",\n  \"packages\": {\n    \"\": {\n      \"name\": \"x\",\n      \"version\": \"1.0.0\"\n    },\n    \"libs/y\": {\n      \"version\": \"1.0.0\"\n    },\n    \"node_modules/z\": {\n      \"version\": \"1.0.0\"\n    }\n  }\n}\n";
        let root = npm(lock, "", "1.0.0", "2.0.0").expect("it has a root");
        assert_eq!(root.matches("2.0.0").count(), 2);
        assert_eq!(root.matches("1.0.0").count(), 2);
        let member = npm(lock, "libs/y", "1.0.0", "2.0.0").expect("it has the member");
        assert_eq!(
            member,
            lock.replacen("y\": {\n      \"version\": \"1.0.0", "y\": {\n      \"version\": \"2.0.0", 1)
        );
        assert_eq!(npm(lock, "libs/none", "1.0.0", "2.0.0"), None);
    }
}
