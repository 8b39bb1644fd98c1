//! A published tarball beside one that was made again: the same, or what in them differs and what may have caused it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use host::digest;
use serde::Serialize;
use serde_json::Value;

use super::{Mismatch, ReleaseError};
use crate::package::verify::listed;
use crate::package::{Manifest, verify};

/// What the comparison found.
#[derive(Debug, Serialize)]
pub struct Rebuilt {
    /// SHA-256 of the published tarball.
    pub published: String,
    /// SHA-256 of the one that was made again.
    pub again: String,
    /// Facts of the manifest that differ: what was not the same about the two builds.
    pub facts: Vec<Mismatch>,
    /// Files in the tarball that differ.
    pub files: Vec<Mismatch>,
}

impl Rebuilt {
    /// Whether it is the same tarball.
    pub fn is_same(&self) -> bool {
        self.published == self.again
    }

    /// Everything as text, the verdict in the last line.
    pub fn text(&self) -> String {
        if self.is_same() {
            return format!("same: sha256 {}\n", self.published);
        }
        let line = |kind: &str, found: &Mismatch| {
            let told = |side: &Option<String>| side.clone().unwrap_or_else(|| "absent".to_owned());
            format!(
                "{kind} {}\n  published  {}\n  made here  {}\n",
                found.name,
                told(&found.first),
                told(&found.second)
            )
        };
        let facts = self.facts.iter().map(|found| line("manifest", found));
        let files = self.files.iter().map(|found| line("file", found));
        facts.chain(files).collect::<String>() + &self.verdict() + "\n"
    }

    fn verdict(&self) -> String {
        let files: Vec<&str> = self.files.iter().map(|found| found.name.as_str()).collect();
        match self.facts.first() {
            Some(fact) => format!("differs: {} under another {}", files.join(", "), fact.name),
            None if files.is_empty() => "differs: in how it is packed alone".to_owned(),
            None => format!("differs: {}, although all that the manifest names is the same", files.join(", ")),
        }
    }
}

/// Compares two tarballs.
///
/// # Errors
/// [`ReleaseError::Tarball`] when one is damaged.
pub fn compare(published: &Path, again: &Path) -> Result<Rebuilt, ReleaseError> {
    let manifests = [verify(published)?, verify(again)?];
    let hash = |path: &Path| digest::of_file(path).map_err(ReleaseError::file("cannot read", path));
    let files = [listed(published)?, listed(again)?];
    Ok(Rebuilt {
        published: hash(published)?,
        again: hash(again)?,
        facts: unequal(&manifests.each_ref().map(facts)),
        files: unequal(&files),
    })
}

/// The manifest's values by their paths in it.
fn facts(manifest: &Manifest) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut open = vec![(String::new(), serde_json::to_value(manifest).expect("a manifest is plain data"))];
    while let Some((path, value)) = open.pop() {
        let below = |key: String| if path.is_empty() { key } else { format!("{path}.{key}") };
        match value {
            Value::Object(map) => open.extend(map.into_iter().map(|(key, value)| (below(key), value))),
            Value::Null => {}
            Value::String(text) => drop(facts.insert(path, text)),
            other => drop(facts.insert(path, other.to_string())),
        }
    }
    facts
}

fn unequal([first, second]: &[BTreeMap<String, String>; 2]) -> Vec<Mismatch> {
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let pairs = names.into_iter().map(|name| Mismatch {
        name: name.clone(),
        first: first.get(name).cloned(),
        second: second.get(name).cloned(),
    });
    pairs.filter(|pair| pair.first != pair.second).collect()
}

#[cfg(test)]
#[path = "rebuilt_tests.rs"]
mod tests;
