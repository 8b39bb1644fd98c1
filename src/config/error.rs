//! Everything that can keep a configuration from being used.

use std::fmt;
use std::io;

use thiserror::Error;

/// A place in a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The place of the byte at `offset` in `text`; offsets beyond the end mean the end.
    pub(super) fn of(offset: usize, text: &str) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// `file`, or `file:line:column` where the place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file, relative to the repository where it is inside.
    pub file: String,
    /// The place in it.
    pub position: Option<Position>,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => write!(formatter, "{}:{line}:{column}", self.file),
            None => formatter.write_str(&self.file),
        }
    }
}

/// Why a configuration can't be used. Every message names the file and says what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file named by the user doesn't exist.
    #[error("Config file not found: {path}; relative paths start at the repository's root")]
    NotFound {
        /// The path, absolute.
        path: String,
    },
    /// Several files could be meant.
    #[error("multiple config files found: {}; use --config <path> to say which one counts, or remove the others", .names.join(", "))]
    Several {
        /// Their names, in the order they are looked for.
        names: Vec<String>,
    },
    /// A TypeScript or JavaScript configuration.
    #[error(
        "{file} is a program, and relplan runs none to read its configuration; convert it once, e.g. `npx tsx -e \"import('./{file}').then(async (m) => console.log(JSON.stringify(typeof m.default === 'function' ? await m.default() : m.default, null, 2)))\" > relplan.json`, and remove {file}"
    )]
    Script {
        /// The file.
        file: String,
    },
    /// A file can't be read.
    #[error("Failed to read {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file isn't text.
    #[error("{location}: Failed to read the file, it is not UTF-8; save it as UTF-8")]
    NotText {
        /// The first byte that isn't.
        location: Location,
    },
    /// A file isn't written in its format.
    #[error("{location}: Failed to parse {format}: {problem}; {advice}")]
    Syntax {
        /// The code of the format.
        code: &'static str,
        /// Where reading stopped.
        location: Location,
        /// The format's name.
        format: &'static str,
        /// What the parser met.
        problem: String,
        /// What to look for.
        advice: &'static str,
    },
    /// A key has a value it can't have.
    #[error("{location}: {problem}")]
    Value {
        /// The code of the format, or of includes.
        code: &'static str,
        /// Where the value stands.
        location: Location,
        /// The key's path, what is wrong with its value, and what it can be.
        problem: String,
    },
    /// A path leads out of the repository, or is none.
    #[error("{file}: {key} is `{path}`, which {problem}; give a path relative to the repository's root")]
    OutsideRepository {
        /// The file that says so.
        file: String,
        /// The key's path.
        key: String,
        /// The path.
        path: String,
        /// How it leaves.
        problem: &'static str,
    },
    /// An `include` entry matches nothing, or can't match.
    #[error(
        "{file}: include pattern matched no file: {pattern}{problem}; remove it, or write it relative to the folder of {file}"
    )]
    IncludeNotFound {
        /// The configuration.
        file: String,
        /// The entry.
        pattern: String,
        /// Why it can't match, where that is known.
        problem: String,
    },
    /// An included file is more than one package.
    #[error("included file {file} {problem}; it describes one package, with the keys of a `package` entry")]
    IncludeInvalid {
        /// The included file.
        file: String,
        /// What it holds.
        problem: String,
    },
    /// An included package is outside the repository.
    #[error(
        "included file {file} puts its package at `{path}`, which is outside the repository; paths in it start at its own folder"
    )]
    IncludeOutside {
        /// The included file.
        file: String,
        /// The path it gives.
        path: String,
    },
    /// Two packages have one name.
    #[error("duplicate package name `{name}`, declared at both `{first}` and `{second}`; rename one of them")]
    DuplicateName {
        /// The name.
        name: String,
        /// The first package's path.
        first: String,
        /// The second package's path.
        second: String,
    },
    /// A package doesn't say where it is.
    #[error(
        "package `{name}` has no `path`; set it relative to the repository's root (`.` is the root itself), or move the package into a file listed under `include`, where it defaults to that file's folder"
    )]
    MissingPath {
        /// The package.
        name: String,
    },
}

impl ConfigError {
    /// FerrFlow's code for the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "E1001",
            Self::Syntax { code, .. } | Self::Value { code, .. } => code,
            Self::Script { .. } => "E1012",
            Self::Read { .. } | Self::NotText { .. } => "E1015",
            Self::Several { .. } => "E1016",
            Self::OutsideRepository { .. } => "E1018",
            Self::IncludeNotFound { .. } => "E1019",
            Self::IncludeInvalid { .. } => "E1020",
            Self::IncludeOutside { .. } => "E1021",
            Self::DuplicateName { .. } => "E1022",
            Self::MissingPath { .. } => "E1023",
        }
    }

    /// The same error in an included file, which has a code of its own for wrong values.
    pub(super) fn in_include(mut self) -> Self {
        if let Self::Value { code, .. } = &mut self {
            *code = "E1020";
        }
        self
    }

    /// Where the error is, if it is at one place.
    pub fn location(&self) -> Option<Location> {
        match self {
            Self::NotText { location } | Self::Syntax { location, .. } | Self::Value { location, .. } => {
                Some(location.clone())
            }
            Self::NotFound { path: file }
            | Self::Script { file }
            | Self::Read { file, .. }
            | Self::OutsideRepository { file, .. }
            | Self::IncludeNotFound { file, .. }
            | Self::IncludeInvalid { file, .. }
            | Self::IncludeOutside { file, .. } => Some(Location { file: file.clone(), position: None }),
            Self::Several { .. } | Self::DuplicateName { .. } | Self::MissingPath { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn positions_count_characters_from_one() {
        let text = "a\né€x\n";
        for (offset, line, column) in [(0, 1, 1), (1, 1, 2), (2, 2, 1), (4, 2, 2), (5, 2, 2), (7, 2, 3), (99, 3, 1)] {
            assert_eq!(Position::of(offset, text), Position { line, column }, "{offset}");
        }
    }
}
