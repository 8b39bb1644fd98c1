//! Texts that must not be in a released binary, because they tell where or by whom it was built.

use std::fmt;
use std::path::{Component, Path};

use super::elf::Section;

/// One text and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// What it is, for the message: "the workspace path", "the cargo home".
    pub what: String,
    /// The bytes that must not occur. Empty text is never looked for.
    pub text: String,
}

impl Forbidden {
    /// Exactly this text.
    pub fn text(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self { what: what.into(), text: text.into() }
    }

    /// Paths in or below a directory. A directory directly below the root is only looked for with the slash that
    /// follows it, because `/root` or `/build` alone are parts of other words; the root itself says nothing: None.
    pub fn directory(what: impl Into<String>, directory: &Path) -> Option<Self> {
        let depth = directory.components().filter(|part| matches!(part, Component::Normal(_))).count();
        let text = directory.to_str()?.trim_end_matches('/');
        match depth {
            0 => None,
            1 => Some(Self::text(what, format!("{text}/"))),
            _ => Some(Self::text(what, text)),
        }
    }
}

/// Where a forbidden text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// What it is and how it reads.
    pub forbidden: Forbidden,
    /// Where it occurs first in the file.
    pub offset: usize,
    /// The section there.
    pub section: String,
    /// How often it occurs in the whole file.
    pub count: usize,
    /// What stands around it, with a dot for everything that is not printable.
    pub around: String,
}

impl Occurrence {
    /// The first occurrence in the file's bytes.
    pub(super) fn find(data: &[u8], sections: &[Section], forbidden: &Forbidden) -> Option<Self> {
        let text = forbidden.text.as_bytes();
        if text.is_empty() {
            return None;
        }
        let mut found = memchr::memmem::find_iter(data, text);
        let offset = found.next()?;
        let holds = |section: &&Section| {
            section.offset.is_some_and(|start| (start..start.saturating_add(section.size)).contains(&(offset as u64)))
        };
        let end = (offset + text.len() + 60).min(data.len());
        Some(Self {
            forbidden: forbidden.clone(),
            offset,
            section: sections.iter().find(holds).map_or("no section".to_owned(), |section| section.name.clone()),
            count: 1 + found.count(),
            around: printable(&data[offset.saturating_sub(30)..end]),
        })
    }
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { forbidden: Forbidden { what, text }, offset, section, count, around } = self;
        write!(f, "{what} ({text:?}) at offset {offset:#x} in {section}, {count} time(s) in all: \"…{around}…\"")
    }
}

/// ASCII as it is, a dot for everything else.
pub(crate) fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| if byte == b' ' || byte.is_ascii_graphic() { char::from(byte) } else { '.' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_directories_need_their_slash() {
        let text = |path: &str| Forbidden::directory("x", Path::new(path)).map(|forbidden| forbidden.text);
        assert_eq!(text("/"), None);
        assert_eq!(text("/root"), Some("/root/".to_owned()));
        assert_eq!(text("/nix/store/"), Some("/nix/store".to_owned()));
        assert_eq!(text(""), None);
    }
}
