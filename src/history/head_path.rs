//! Whether HEAD has a path, and what it has that is spelled nearly so.

use gix_object::Kind;

use super::commit_object;
use super::repository::corrupt;
use super::tree::differences;
use super::{HistoryError, Repository};
use crate::config::SharedPattern;

/// What HEAD has of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadPath {
    /// It is there.
    Exists,
    /// It isn't; perhaps something is that has nearly its name.
    Missing {
        /// The nearest path that is there.
        nearest: Option<String>,
    },
}

/// Jaro-Winkler similarity from which a name counts as a slip of another one.
const CLOSE_ENOUGH: f64 = 0.85;

/// Looks `path` up in HEAD's tree. Before the first commit everything is said to be there.
///
/// # Errors
/// When an object is missing or damaged.
pub fn head_path(repository: &Repository, path: &str) -> Result<HeadPath, HistoryError> {
    let Some(head) = repository.head_id() else { return Ok(HeadPath::Exists) };
    let (mut reader, mut data) = (repository.reader(), Vec::new());
    reader.read(&head, Kind::Commit, &mut data)?;
    let mut tree = Some(commit_object::parse(&head, &data)?.tree);
    let mut found: Vec<String> = Vec::new();
    let mut exact = true;
    for component in path.split('/').filter(|component| !matches!(*component, "" | ".")) {
        let Some(id) = tree else { return Ok(HeadPath::Missing { nearest: None }) };
        reader.read(&id, Kind::Tree, &mut data)?;
        let entries = differences(&[], &data, id.kind().len_in_bytes())
            .ok_or_else(|| corrupt(&id, Kind::Tree, "its entries make no sense"))?;
        let entries = entries.iter().map(|entry| (String::from_utf8_lossy(entry.name), entry));
        let best = entries.map(|(name, entry)| (similarity(&name, component), name, entry));
        let best =
            best.filter(|(similarity, ..)| *similarity >= CLOSE_ENOUGH).max_by(|one, other| one.0.total_cmp(&other.0));
        let Some((_, name, entry)) = best else { return Ok(HeadPath::Missing { nearest: None }) };
        exact &= name == component;
        found.push(name.into_owned());
        tree = entry.right.filter(|_| entry.is_directory);
    }
    Ok(if exact { HeadPath::Exists } else { HeadPath::Missing { nearest: Some(found.join("/")) } })
}

/// Whether HEAD has a path that `pattern` matches. Before the first commit it is said to have one.
///
/// # Errors
/// When an object is missing or damaged.
pub fn head_matches(repository: &Repository, pattern: &SharedPattern) -> Result<bool, HistoryError> {
    let Some(head) = repository.head_id() else { return Ok(true) };
    let (mut reader, mut data) = (repository.reader(), Vec::new());
    reader.read(&head, Kind::Commit, &mut data)?;
    let mut pending = vec![(String::new(), commit_object::parse(&head, &data)?.tree)];
    let base = if pattern.base() == "." { String::new() } else { format!("{}/", pattern.base()) };
    while let Some((folder, id)) = pending.pop() {
        reader.read(&id, Kind::Tree, &mut data)?;
        let entries = differences(&[], &data, id.kind().len_in_bytes())
            .ok_or_else(|| corrupt(&id, Kind::Tree, "its entries make no sense"))?;
        for entry in entries {
            let path = format!("{folder}{}", String::from_utf8_lossy(entry.name));
            if pattern.is_match(&path) {
                return Ok(true);
            }
            let below = path + "/";
            let leads_on = below.starts_with(&base) || base.starts_with(&below);
            pending.extend(entry.right.filter(|_| entry.is_directory && leads_on).map(|tree| (below, tree)));
        }
    }
    Ok(false)
}

/// How much two names have in common: 2 if they are the same, from 1 on if only their case differs.
fn similarity(name: &str, wanted: &str) -> f64 {
    if name == wanted {
        return 2.0;
    }
    let (folded, wanted) = (name.to_lowercase(), wanted.to_lowercase());
    if folded == wanted { 1.5 } else { strsim::jaro_winkler(&folded, &wanted) }
}
