//! `release --plan`: what `check --json` said must still be so.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::check;
use super::failure::CommandError;
use crate::release::{Planned, ReleaseError};

/// Refuses to go on where the plan in `file` is not what is planned now, down to the commits.
///
/// # Errors
/// When the file can't be read, or something of it has changed; the first difference is named.
pub fn require(file: &Path, planned: &Planned) -> Result<(), CommandError> {
    let shown = file.display().to_string();
    let unreadable = |problem: String| ReleaseError::NoPlan { file: shown.clone(), problem };
    let text = fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let expected: Value = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if !expected["packages"].is_array() || !expected["head"].is_string() {
        return Err(unreadable("it has no packages or no head".to_owned()).into());
    }
    let now = check::document(planned)?;
    let now: Value = serde_json::from_slice(&now).map_err(|error| unreadable(error.to_string()))?;
    match difference(&expected, &now) {
        None => Ok(()),
        Some(difference) => Err(ReleaseError::OtherPlan { file: shown, difference }.into()),
    }
}

fn difference(expected: &Value, now: &Value) -> Option<String> {
    if expected["head"] != now["head"] {
        return Some(format!("HEAD was {} and is {}", short(&expected["head"]), short(&now["head"])));
    }
    let packages = |document: &Value| document["packages"].as_array().cloned().unwrap_or_default();
    let (expected, now) = (packages(expected), packages(now));
    let name = |package: &Value| package["name"].as_str().unwrap_or_default().to_owned();
    let versions = |package: &Value| {
        format!("{} {} → {}", name(package), text(&package["current_version"]), text(&package["next_version"]))
    };
    for package in &expected {
        match now.iter().find(|other| other["name"] == package["name"]) {
            None => return Some(format!("{} is no longer planned", versions(package))),
            Some(other) if other != package => {
                return Some(format!("it was {} and is {}", versions(package), versions(other)));
            }
            Some(_) => {}
        }
    }
    let is_new = |package: &&Value| !expected.iter().any(|other| other["name"] == package["name"]);
    now.iter().find(is_new).map(|package| format!("{} is planned as well", versions(package)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("a version that a command gives")
}

fn short(value: &Value) -> String {
    value.as_str().unwrap_or_default().chars().take(8).collect()
}
