//! `licenses/crates.txt`: every crate of the binary with its licence, and every licence text once, with the crates it is from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::inventory::Inventory;
use super::{DistError, legal};

/// The file's text.
///
/// # Errors
/// [`DistError::NoLicenseText`] for a crate that carries none and for which `given`, the paths of the author's own files, has none.
pub fn text(inventory: &Inventory, given: &BTreeSet<&str>) -> Result<String, DistError> {
    let (name, version) = &inventory.root;
    let mut text = format!("{name} {version} contains these crates:\n\n");
    // What each text belongs to.
    let mut owners: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in inventory.foreign() {
        let (name, version) = &one.id;
        let license = one.license.as_deref().unwrap_or("see its text");
        let own = legal::own_text(&one.id);
        let elsewhere = if given.contains(own.as_str()) { format!("; its text is in {own}") } else { String::new() };
        if one.texts.is_empty() && elsewhere.is_empty() {
            return Err(DistError::NoLicenseText {
                name: name.clone(),
                version: version.clone(),
                license: license.to_owned(),
            });
        }
        writeln!(text, "{}  {license}{elsewhere}", heading(&one.id)).expect("a string takes everything");
        for (file, content) in &one.texts {
            owners.entry(content.trim()).or_default().push(format!("{name} {version} ({file})"));
        }
    }
    let mut texts: Vec<(&str, Vec<String>)> = owners.into_iter().collect();
    texts.sort_by(|(_, left), (_, right)| left.cmp(right));
    for (content, owners) in texts {
        let rule = "=".repeat(80);
        write!(text, "\n{rule}\n{}\n{rule}\n\n{content}\n", owners.join("\n")).expect("a string takes everything");
    }
    Ok(text)
}

/// How a crate is named at the start of its line.
pub fn heading((name, version): &(String, String)) -> String {
    format!("{name} {version}")
}

#[cfg(test)]
mod tests {
    use super::super::inventory::Crate;
    use super::*;

    fn inventory(text: Option<&str>) -> Inventory {
        let one = |name: &str, source: Option<&str>| Crate {
            id: (name.to_owned(), "1.0.0".to_owned()),
            license: Some("MIT".to_owned()),
            source: source.map(str::to_owned),
            checksum: None,
            texts: text.map(|text| ("LICENSE".to_owned(), text.to_owned())).into_iter().collect(),
            dependencies: BTreeSet::new(),
        };
        let crates = [one("tool", None), one("a", Some("registry")), one("b", Some("registry"))];
        Inventory {
            root: ("tool".to_owned(), "1.0.0".to_owned()),
            crates: crates.map(|one| (one.id.clone(), one)).into(),
        }
    }

    #[test]
    fn every_crate_is_listed_and_every_text_is_there_once() {
        let text = text(&inventory(Some("do what you like\n")), &BTreeSet::new()).expect("all have a text");
        assert!(text.contains("\na 1.0.0  MIT\nb 1.0.0  MIT\n"), "{text}");
        assert_eq!(text.matches("do what you like").count(), 1, "{text}");
        assert!(text.contains("a 1.0.0 (LICENSE)\nb 1.0.0 (LICENSE)\n===="), "{text}");
    }

    #[test]
    fn a_crate_without_text_is_refused_unless_the_author_has_one() {
        let error = text(&inventory(None), &BTreeSet::new()).expect_err("none has a text").to_string();
        assert!(
            error.contains("a 1.0.0 (MIT) carries no licence text") && error.contains("licenses/a-1.0.0.txt"),
            "{error}"
        );
        let given = BTreeSet::from(["licenses/a-1.0.0.txt", "licenses/b-1.0.0.txt"]);
        let text = text(&inventory(None), &given).expect("the author has them");
        assert!(text.contains("a 1.0.0  MIT; its text is in licenses/a-1.0.0.txt\n"), "{text}");
    }
}
