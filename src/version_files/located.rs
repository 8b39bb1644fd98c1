//! Where a version stands in a text, and how another one is put there.

use std::ops::Range;

use super::VersionProblem;

/// The version of a text, and the places that a next one goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    /// The version, without blanks around it.
    pub(super) version: String,
    /// What each place holds of it, from the beginning of the text to its end.
    places: Vec<(Range<usize>, Part)>,
}

/// What a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of the version.
    Whole,
    /// What stands before the first `-`.
    Release,
    /// What stands behind it.
    Suffix,
    /// A suffix that a whole version elsewhere makes superfluous.
    Nothing,
}

impl Located {
    /// The version is `found`, a part of `text`.
    ///
    /// # Errors
    /// When it is empty, or a reference to what stands elsewhere.
    pub(super) fn whole(text: &str, found: &str) -> Result<Self, VersionProblem> {
        Self::parts(text, &[(found, Part::Whole)])
    }

    /// The version is made of several parts of `text`.
    ///
    /// # Errors
    /// When one is a reference to what stands elsewhere, or all are empty.
    pub(super) fn parts(text: &str, parts: &[(&str, Part)]) -> Result<Self, VersionProblem> {
        let mut version = String::new();
        let mut places = Vec::new();
        for (found, part) in parts {
            let found = found.trim();
            if is_reference(found) {
                return Err(VersionProblem::Computed { expression: found.to_owned() });
            }
            if *part == Part::Suffix && !found.is_empty() {
                version.push('-');
            }
            version.push_str(found);
            let start = found.as_ptr() as usize - text.as_ptr() as usize;
            places.push((start..start + found.len(), *part));
        }
        places.sort_by_key(|(range, _)| range.start);
        Ok(Self { version, places })
    }

    /// The places, from the beginning of the text to its end.
    pub(super) fn ranges(&self) -> Vec<Range<usize>> {
        self.places.iter().map(|(range, _)| range.clone()).collect()
    }

    /// `text` with `version` in these places. A leading `v` stays.
    pub(super) fn replaced(&self, text: &str, version: &str) -> String {
        let (release, suffix) = version.split_once('-').unwrap_or((version, ""));
        let mut replaced = String::with_capacity(text.len() + version.len());
        let mut written = 0;
        for (range, part) in &self.places {
            let old = &text[range.clone()];
            let has_v =
                old.strip_prefix('v').is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
            replaced.push_str(&text[written..range.start]);
            if has_v && !version.starts_with('v') {
                replaced.push('v');
            }
            replaced.push_str(match part {
                Part::Whole => version,
                Part::Release => release,
                Part::Suffix => suffix,
                Part::Nothing => "",
            });
            written = range.end;
        }
        replaced + &text[written..]
    }
}

/// Whether `text` stands for what another place says.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with('@') || ["${", "$(", "#{", "{{", "%{"].iter().any(|start| text.contains(start))
}
