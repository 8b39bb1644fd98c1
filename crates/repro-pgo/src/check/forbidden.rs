//! Texts that must not be in a released binary, because they tell where or by whom it was built.

use std::path::{Component, Path};

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
