//! One configuration file: its text, its format, and how its errors are reported.

use std::fs;
use std::path::Path;

use serde::de::DeserializeSeed;

use super::discovery;
use super::error::{ConfigError, Location, Position};
use super::locate;
use super::node::{Node, NodeSeed};
use super::path::KeyPath;
use crate::jsonc;

/// How a configuration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    /// JSON that may have comments and trailing commas.
    Jsonc,
    Json5,
    Toml,
    /// JSON in a file named `.ferrflow`.
    Dotfile,
}

impl Format {
    /// By file name; everything unknown is JSON. `None` for programs.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
            "ts" | "js" => None,
            "json5" => Some(Self::Json5),
            "toml" => Some(Self::Toml),
            "jsonc" => Some(Self::Jsonc),
            // FerrFlow refuses comments in its own files, so that nobody has them there.
            "json" if discovery::is_own(path) => Some(Self::Jsonc),
            _ if name == ".ferrflow" => Some(Self::Dotfile),
            _ => Some(Self::Json),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Json | Self::Jsonc => "E1002",
            Self::Json5 => "E1003",
            Self::Toml => "E1004",
            Self::Dotfile => "E1006",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Json | Self::Jsonc | Self::Dotfile => "JSON",
            Self::Json5 => "JSON5",
            Self::Toml => "TOML",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Json | Self::Dotfile => {
                "check the quotes, commas and brackets before it (comments and trailing commas need a .json5 file)"
            }
            Self::Jsonc | Self::Json5 => "check the quotes, commas and brackets before it",
            Self::Toml => "check the quotes and brackets there, and that no key or table is given twice",
        }
    }
}

/// A configuration file's text.
pub(super) struct Source {
    /// The name to report it by.
    pub(super) file: String,
    text: String,
    format: Format,
}

impl Source {
    /// Reads `path`, which is reported relative to `root`.
    pub(super) fn read(root: &Path, path: &Path) -> Result<Self, ConfigError> {
        let file = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let Some(format) = Format::of(path) else { return Err(ConfigError::Script { file }) };
        match fs::read(path) {
            Ok(bytes) => Self::decode(file, format, bytes),
            Err(source) => Err(ConfigError::Read { file, source }),
        }
    }

    fn decode(file: String, format: Format, bytes: Vec<u8>) -> Result<Self, ConfigError> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
            let position = Some(Position::of(valid.len(), &valid));
            ConfigError::NotText { location: Location { file: file.clone(), position } }
        })?;
        let text = if format == Format::Jsonc { jsonc::plain(&text) } else { text };
        Ok(Self { file, text, format })
    }

    /// The text without a byte order mark.
    fn text(&self) -> &str {
        self.text.strip_prefix('\u{feff}').unwrap_or(&self.text)
    }

    /// Parses the whole text.
    pub(super) fn parse(&self) -> Result<Node<'_>, ConfigError> {
        let text = self.text();
        if text.trim().is_empty() && self.format != Format::Toml {
            return Err(self.syntax_error(None, "the file is empty".to_owned(), "write at least {}"));
        }
        let parsed = match self.format {
            Format::Json | Format::Jsonc | Format::Dotfile => parse_json(text),
            Format::Json5 => parse_json5(text),
            Format::Toml => parse_toml(text),
        };
        parsed.map_err(|(position, problem)| self.syntax_error(position, problem, self.format.advice()))
    }

    fn syntax_error(&self, position: Option<Position>, problem: String, advice: &'static str) -> ConfigError {
        let location = Location { file: self.file.clone(), position };
        ConfigError::Syntax { code: self.format.code(), location, format: self.format.name(), problem, advice }
    }

    /// An error about the value at `path`, under the format's own code.
    pub(super) fn value_error(&self, path: &KeyPath<'_>, problem: &str) -> ConfigError {
        let position = match self.format {
            Format::Toml => locate::in_toml(self.text(), path),
            Format::Json | Format::Jsonc | Format::Json5 | Format::Dotfile => locate::in_json(self.text(), path),
        };
        let problem = if path.is_root() { problem.to_owned() } else { format!("`{path}` {problem}") };
        let location = Location { file: self.file.clone(), position };
        ConfigError::Value { code: self.format.code(), location, problem }
    }
}

type Failure = (Option<Position>, String);

fn parse_json(text: &str) -> Result<Node<'_>, Failure> {
    let failure = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let problem = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message).to_owned();
        (Some(Position { line: line.max(1), column: column.max(1) }), problem)
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = NodeSeed::default().deserialize(&mut deserializer).map_err(failure)?;
    deserializer.end().map_err(failure)?;
    Ok(node)
}

fn parse_json5(text: &str) -> Result<Node<'_>, Failure> {
    json5::from_str(text).map_err(|error| {
        let position = error.position();
        let message = error.to_string();
        let problem =
            position.and_then(|position| message.strip_suffix(&format!(" at {position}"))).unwrap_or(&message);
        let place = position.map(|place| Position { line: place.line + 1, column: place.column + 1 });
        (place.or_else(|| Some(Position::of(text.len(), text))), problem.to_owned())
    })
}

fn parse_toml(text: &str) -> Result<Node<'_>, Failure> {
    let failure =
        |error: toml::de::Error| (error.span().map(|span| Position::of(span.start, text)), error.message().to_owned());
    let deserializer = toml::Deserializer::parse(text).map_err(failure)?;
    NodeSeed::default().deserialize(deserializer).map_err(failure)
}
