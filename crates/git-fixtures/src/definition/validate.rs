//! Mistakes in a definition that its grammar can't rule out: names used twice, indices out of range, modes mixed.

use std::collections::BTreeMap;

use super::locate::Step;
use super::{Branch, Bulk, Commit, ConfigFormat, Definition};

/// A mistake and the way to the field that holds it.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) steps: Vec<Step<'static>>,
    pub(super) message: String,
}

fn mistake(steps: &[Step<'static>], message: impl Into<String>) -> Result<(), Mistake> {
    Err(Mistake { steps: steps.to_vec(), message: message.into() })
}

/// Latest date a commit may carry, so that commit-graph offsets always fit 31 bits.
const LATEST_DATE: i64 = 2_000_000_000;

/// Checks everything; the first mistake in reading order of the checks is returned.
pub(super) fn validate(definition: &Definition) -> Result<(), Mistake> {
    if definition.branch.is_some() && definition.meta.default_branch.is_some() {
        return mistake(
            &[Step::Key("branch")],
            "the default branch is named twice; keep this or `meta.default_branch`",
        );
    }
    validate_config(definition)?;
    if let Some(bulk) = &definition.generate {
        validate_bulk(definition, bulk)?;
    }
    let branches = validate_branches(definition)?;
    validate_commits(&definition.commits, &[Step::Key("commits")], &branches)?;
    for (index, branch) in definition.branches.iter().enumerate() {
        validate_commits(
            &branch.commits,
            &[Step::Key("branches"), Step::Index(index), Step::Key("commits")],
            &BTreeMap::new(),
        )?;
    }
    validate_tags(definition, &branches)?;
    match &definition.head {
        Some(head) if head.as_str() != definition.default_branch() && !branches.contains_key(head.as_str()) => {
            mistake(&[Step::Key("head")], format!("there is no branch `{head}`"))
        }
        _ => Ok(()),
    }
}

fn validate_config(definition: &Definition) -> Result<(), Mistake> {
    let Some(config) = &definition.config else { return Ok(()) };
    let steps = [Step::Key("config"), Step::Key("content")];
    match &config.content {
        serde_json::Value::String(_) => Ok(()),
        serde_json::Value::Object(_) if config.format == ConfigFormat::Json => Ok(()),
        serde_json::Value::Object(_) => mistake(&steps, "give the file's text; only JSON may be given as an object"),
        _ => mistake(&steps, "expected the file's text or an object"),
    }
}

fn validate_bulk(definition: &Definition, bulk: &Bulk) -> Result<(), Mistake> {
    let explicit = [
        ("packages", definition.packages.is_empty()),
        ("commits", definition.commits.is_empty()),
        ("tags", definition.tags.is_empty()),
        ("branches", definition.branches.is_empty()),
    ];
    if let Some((field, _)) = explicit.into_iter().find(|(_, empty)| !empty) {
        return mistake(&[Step::Key(field)], "cannot stand beside `generate`, which makes these itself");
    }
    let generate = |field| [Step::Key("generate"), Step::Key(field)];
    if !(1..=9_999).contains(&bulk.packages) {
        return mistake(&generate("packages"), "must lie between 1 and 9999");
    }
    if bulk.commits > 1_000_000 {
        return mistake(&generate("commits"), "must not be above 1000000");
    }
    if bulk.depth > 16 {
        return mistake(&generate("depth"), "must not be above 16");
    }
    if bulk.files_per_package > 10_000 {
        return mistake(&generate("files_per_package"), "must not be above 10000");
    }
    if bulk.tags > 0 && bulk.releases > 0 {
        return mistake(
            &generate("tags"),
            "`tags` and `releases` exclude each other: both would name the same versions",
        );
    }
    if bulk.storage.is_some() && definition.storage.is_some() {
        return mistake(&generate("storage"), "`storage` is given twice; keep one");
    }
    Ok(())
}

/// Every branch's number of commits, by name; the default branch included.
fn validate_branches(definition: &Definition) -> Result<BTreeMap<&str, usize>, Mistake> {
    let mut lengths = BTreeMap::from([(definition.default_branch(), definition.commits.len())]);
    for (index, branch) in definition.branches.iter().enumerate() {
        let steps = |field| [Step::Key("branches"), Step::Index(index), Step::Key(field)];
        let from = branch.from.as_ref().map_or(definition.default_branch(), |name| name.as_str());
        let Some(&length) = lengths.get(from) else {
            mistake(&steps("from"), format!("there is no branch `{from}` before this one"))?;
            continue;
        };
        if let Some(at) = branch.at_commit {
            validate_index(at, length, &steps("at_commit"), from)?;
        }
        if let Some(into) = branch.merged_into(definition) {
            validate_merge(definition, branch, into, &lengths).or_else(|said| mistake(&steps("merge"), said))?;
        }
        refuse_conflict(&lengths, branch.name.as_str(), &steps("name"))?;
        lengths.insert(branch.name.as_str(), branch.commits.len());
    }
    Ok(lengths)
}

/// Whether a branch can be merged into the branch `into` in the end; `known` are the branches made before it.
fn validate_merge(
    definition: &Definition,
    branch: &Branch,
    into: &str,
    known: &BTreeMap<&str, usize>,
) -> Result<(), String> {
    if branch.commits.is_empty() {
        return Err("a branch without commits has nothing to merge".to_owned());
    }
    if definition.commits.iter().any(|commit| commit.merges.contains(&branch.name)) {
        return Err("a commit merges this branch already".to_owned());
    }
    if known.contains_key(into) { Ok(()) } else { Err(format!("there is no branch `{into}` before this one")) }
}

fn validate_index(at: i64, length: usize, steps: &[Step<'static>], branch: &str) -> Result<(), Mistake> {
    if at >= -1 && at < i64::try_from(length).unwrap_or(i64::MAX) {
        return Ok(());
    }
    mistake(steps, format!("{at} is out of range: `{branch}` has {length} commits, so -1 to {}", length as i64 - 1))
}

/// Git keeps references as files, so `a` and `a/b` can't both exist.
fn refuse_conflict<Value>(taken: &BTreeMap<&str, Value>, name: &str, steps: &[Step<'static>]) -> Result<(), Mistake> {
    if taken.contains_key(name) {
        return mistake(steps, format!("`{name}` is defined twice"));
    }
    let below = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    match taken.keys().find(|other| below(other, name) || below(name, other)) {
        Some(other) => {
            mistake(steps, format!("`{name}` and `{other}` cannot both exist: one would be a folder of the other"))
        }
        None => Ok(()),
    }
}

fn validate_commits(
    commits: &[Commit],
    steps: &[Step<'static>],
    branches: &BTreeMap<&str, usize>,
) -> Result<(), Mistake> {
    for (index, commit) in commits.iter().enumerate() {
        let at = |field| [steps, &[Step::Index(index), Step::Key(field)]].concat();
        if commit.message.trim().is_empty() || commit.message.contains('\0') {
            return mistake(&at("message"), "a message needs some text and no NUL");
        }
        if commit.date.is_some_and(|date| !(0..=LATEST_DATE).contains(&date)) {
            return mistake(&at("date"), format!("must lie between 0 and {LATEST_DATE} seconds since 1970"));
        }
        if commit.merge && !commit.merges.is_empty() {
            return mistake(&at("merge"), "`merge` and `merges` exclude each other");
        }
        if let Some(unknown) = commit.merges.iter().find(|name| !branches.contains_key(name.as_str())) {
            return mistake(&at("merges"), format!("there is no branch `{unknown}` to merge here"));
        }
    }
    Ok(())
}

fn validate_tags(definition: &Definition, branches: &BTreeMap<&str, usize>) -> Result<(), Mistake> {
    let mut names: BTreeMap<&str, ()> = BTreeMap::new();
    for (index, package) in definition.packages.iter().enumerate() {
        if let Some(tag) = &package.tag {
            refuse_conflict(&names, tag.as_str(), &[Step::Key("packages"), Step::Index(index), Step::Key("tag")])?;
            names.insert(tag.as_str(), ());
        }
    }
    for (index, tag) in definition.tags.iter().enumerate() {
        let at = |field| [Step::Key("tags"), Step::Index(index), Step::Key(field)];
        refuse_conflict(&names, tag.name.as_str(), &at("name"))?;
        names.insert(tag.name.as_str(), ());
        let branch = tag.branch.as_ref().map_or(definition.default_branch(), |name| name.as_str());
        match branches.get(branch) {
            Some(&length) => validate_index(tag.at_commit, length, &at("at_commit"), branch)?,
            None => mistake(&at("branch"), format!("there is no branch `{branch}`"))?,
        }
        if tag.message.is_some() && !tag.annotated {
            mistake(&at("message"), "only an annotated tag has a message; set `annotated`")?;
        }
    }
    Ok(())
}
