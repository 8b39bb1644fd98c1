//! What a changelog says of one version: in the classic layout, or by the sections that the configuration has.

use std::fmt::Write;

use super::{Entry, Forge};
use crate::commit::Bump;
use crate::release::settings::ChangelogSettings;

/// What there is to say of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    /// The package's commits, in the order they are listed.
    pub(crate) entries: Vec<Entry>,
    /// What it depends on that moved, with the versions; told where there are no commits.
    pub(crate) dependencies: Vec<(&'a str, &'a str)>,
}

const BREAKING: &str = "Breaking Changes";

/// Sections in their order, with the types that they hold.
const KNOWN: [(&str, &str); 6] = [
    ("feat", "Features"),
    ("fix", "Bug Fixes"),
    ("perf", "Performance"),
    ("security", "Security"),
    ("docs", "Documentation"),
    ("refactor", "Refactoring"),
];

/// The text below the version's heading; empty where there is nothing to say.
pub(crate) fn body(section: &Section<'_>, settings: Option<&ChangelogSettings>, forge: Option<&Forge>) -> String {
    let mut told = match settings {
        None => classic(&section.entries),
        Some(settings) => configured(&section.entries, settings, forge),
    };
    told.retain(|(_, bullets)| !bullets.is_empty());
    if !told.is_empty() || section.dependencies.is_empty() {
        return joined(&told);
    }
    let bullets = section.dependencies.iter().map(|(name, version)| format!("- {name} {version}")).collect();
    joined(&[("Dependencies".to_owned(), bullets)])
}

type Told = Vec<(String, Vec<String>)>;

fn classic(entries: &[Entry]) -> Told {
    let section = |entry: &Entry| match entry.bump {
        Bump::Major => Some(BREAKING),
        Bump::Minor => Some("Features"),
        Bump::Patch if entry.kind == "refactor" => Some("Refactoring"),
        Bump::Patch => Some("Bug Fixes"),
        Bump::None => None,
    };
    let bullets = |heading: &str| -> Vec<String> {
        let of_section = entries.iter().filter(|entry| section(entry) == Some(heading));
        of_section.map(|entry| format!("- {}", entry.subject)).collect()
    };
    [BREAKING, "Features", "Bug Fixes", "Refactoring"].map(|heading| (heading.to_owned(), bullets(heading))).into()
}

fn configured(entries: &[Entry], settings: &ChangelogSettings, forge: Option<&Forge>) -> Told {
    let bullet = |entry: &Entry, text: &str| {
        let scope = if settings.group_by_scope && !entry.scope.is_empty() {
            format!("**{}:** ", entry.scope)
        } else {
            String::new()
        };
        let link = forge.filter(|_| settings.commit_links);
        let link = link.map(|forge| format!(" ([{}]({}))", entry.short_id(), forge.commit(&entry.id)));
        format!("- {scope}{text}{}", link.unwrap_or_default())
    };
    let breaking = entries.iter().filter(|entry| entry.bump == Bump::Major);
    let breaking = breaking.map(|entry| bullet(entry, entry.breaking.as_deref().unwrap_or(&entry.description)));
    let mut told = vec![(BREAKING.to_owned(), breaking.collect())];
    for (kind, heading) in sections(settings) {
        let mut of_kind: Vec<&Entry> = entries.iter().filter(|entry| is_of(entry, &kind)).collect();
        if settings.group_by_scope {
            of_kind.sort_by(|one, other| one.scope.cmp(&other.scope));
        }
        told.push((heading, of_kind.iter().map(|entry| bullet(entry, &entry.description)).collect()));
    }
    told
}

/// Whether an entry belongs to the section of a type. Types with several spellings are one.
fn is_of(entry: &Entry, kind: &str) -> bool {
    let canonical = match entry.kind.as_str() {
        "feature" | "features" => "feat",
        "bugfix" | "hotfix" => "fix",
        "doc" => "docs",
        "tests" => "test",
        other => other,
    };
    entry.bump != Bump::Major && (canonical == kind || entry.kind == kind)
}

/// Types with their headings, in the order they are listed.
fn sections(settings: &ChangelogSettings) -> Vec<(String, String)> {
    let heading = |kind: &str| KNOWN.iter().find(|(known, _)| *known == kind).map(|(_, heading)| (*heading).to_owned());
    let Some(configured) = &settings.sections else {
        return ["feat", "fix"].map(|kind| (kind.to_owned(), heading(kind).unwrap_or_default())).into();
    };
    let rank = |kind: &str| KNOWN.iter().position(|(known, _)| *known == kind).unwrap_or(KNOWN.len());
    let shown = configured.iter().filter_map(|(kind, heading)| Some((kind.clone(), heading.clone()?)));
    let mut shown: Vec<(String, String)> = shown.collect();
    shown.sort_by_key(|(kind, _)| rank(kind));
    shown
}

fn joined(told: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (heading, bullets) in told {
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to memory never fails.
        let _ = writeln!(text, "### {heading}\n");
        bullets.iter().for_each(|bullet| {
            let _ = writeln!(text, "{bullet}");
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entry(subject: &str, bump: Bump) -> Entry {
        let described = crate::commit::described(subject).expect("it has a type");
        Entry {
            id: "0123456789abcdef".to_owned(),
            subject: subject.to_owned(),
            bump,
            kind: described.kind.to_owned(),
            scope: described.scope.to_owned(),
            description: described.description.to_owned(),
            breaking: (bump == Bump::Major).then(|| "no more y".to_owned()),
        }
    }

    fn section() -> Section<'static> {
        let entries = vec![
            entry("fix(b): two", Bump::Patch),
            entry("fix(a): one", Bump::Patch),
            entry("docs: told", Bump::None),
            entry("refactor: moved", Bump::Patch),
            entry("perf: faster", Bump::Patch),
            entry("feat!: x", Bump::Major),
        ];
        Section { entries, dependencies: vec![("core", "2.0.0")] }
    }

    #[test]
    fn classic_layout() {
        assert_eq!(
            body(&section(), None, None),
            "### Breaking Changes\n\n- feat!: x\n\n### Bug Fixes\n\n- fix(b): two\n- fix(a): one\n- perf: faster\n\n\
             ### Refactoring\n\n- refactor: moved\n"
        );
        let follows = Section { entries: Vec::new(), ..section() };
        assert_eq!(body(&follows, None, None), "### Dependencies\n\n- core 2.0.0\n");
    }

    #[test]
    fn configured_sections() {
        let heading = |kind: &str, heading: Option<&str>| (kind.to_owned(), heading.map(str::to_owned));
        let sections =
            BTreeMap::from([heading("docs", Some("Guide")), heading("fix", Some("Fixed")), heading("perf", None)]);
        let settings = ChangelogSettings {
            sections: Some(sections),
            group_by_scope: true,
            commit_links: true,
            compare_link: false,
        };
        let forge = Forge::of_remote("https://x.org/a/b", None);
        let link = "([01234567](https://x.org/a/b/commit/0123456789abcdef))";
        assert_eq!(
            body(&section(), Some(&settings), forge.as_ref()),
            format!(
                "### Breaking Changes\n\n- no more y {link}\n\n### Fixed\n\n- **a:** one {link}\n- **b:** two {link}\n\n\
                 ### Guide\n\n- told {link}\n"
            )
        );
        assert_eq!(
            body(&section(), Some(&ChangelogSettings::default()), None),
            "### Breaking Changes\n\n- no more y\n\n### Bug Fixes\n\n- two\n- one\n"
        );
    }
}
