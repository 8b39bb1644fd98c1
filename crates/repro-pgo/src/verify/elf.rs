//! In which sections two binaries differ, and what that looks like.

use std::path::Path;

use object::{Object, ObjectSection};
use serde::Serialize;

use super::bytes::{first_difference, text_around};

/// A section that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SectionDifference {
    /// Its name.
    pub section: String,
    /// Where in the section the difference begins.
    pub offset: usize,
    /// The sizes in the two files; 0 where the section is missing.
    pub sizes: [usize; 2],
    /// The text at the place in both, where there is text.
    pub texts: Vec<String>,
}

/// The sections in which the two files differ, in the order of the first; `None` when one is no object file.
pub fn sections(first: &[u8], second: &[u8]) -> Option<Vec<SectionDifference>> {
    let (one, other) = (object::File::parse(first).ok()?, object::File::parse(second).ok()?);
    let data = |file: &object::File<'_>, name: &str| -> Vec<u8> {
        let section = file.section_by_name(name);
        section.and_then(|section| section.data().ok().map(<[u8]>::to_vec)).unwrap_or_default()
    };
    let mut names: Vec<String> = Vec::new();
    for section in one.sections().chain(other.sections()) {
        let name = section.name().unwrap_or_default().to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let differing = names.into_iter().filter_map(|section| {
        let (left, right) = (data(&one, &section), data(&other, &section));
        let offset = first_difference(&left, &right)?;
        let texts = [&left, &right].into_iter().filter_map(|data| text_around(data, offset)).collect();
        Some(SectionDifference { section, offset, sizes: [left.len(), right.len()], texts })
    });
    Some(differing.collect())
}

/// The section of the file that holds `workspace` as text, and where in the section.
pub fn mention(data: &[u8], workspace: &Path) -> Option<(String, usize)> {
    let file = object::File::parse(data).ok()?;
    let text = workspace.to_str()?;
    file.sections().find_map(|section| {
        let offset = memchr::memmem::find(section.data().ok()?, text.as_bytes())?;
        Some((section.name().ok()?.to_owned(), offset))
    })
}
