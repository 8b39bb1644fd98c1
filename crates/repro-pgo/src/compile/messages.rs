//! Cargo's machine-readable messages, one JSON object a line.

use std::path::PathBuf;

use serde::Deserialize;

/// One message, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Message {
    /// rustc said something.
    CompilerMessage {
        /// About which target.
        target: Target,
        /// What.
        message: Diagnostic,
    },
    /// A target is ready.
    CompilerArtifact {
        /// Of which package.
        package_id: String,
        /// Which target.
        target: Target,
        /// The files.
        filenames: Vec<PathBuf>,
        /// The program, if it is one.
        executable: Option<PathBuf>,
        /// Whether cargo took it from its cache.
        fresh: bool,
    },
    /// A build script ran.
    BuildScriptExecuted {
        /// The libraries that it says to link: `static=z`.
        #[serde(default)]
        linked_libs: Vec<String>,
        /// Where they are: `native=/some/where`.
        #[serde(default)]
        linked_paths: Vec<String>,
        /// Its folder.
        #[serde(default)]
        out_dir: PathBuf,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// A library, binary or build script.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its kinds.
    pub kind: Vec<String>,
}

/// One diagnostic of rustc.
#[derive(Debug, Deserialize)]
pub struct Diagnostic {
    /// The text alone.
    pub message: String,
    /// `error`, `warning`, ...
    pub level: String,
    /// As a terminal shows it.
    pub rendered: Option<String>,
}

/// Reads a line; `None` for lines that build scripts print between the messages.
pub fn read(line: &str) -> Option<Message> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_and_a_stranger_are_read() {
        let artifact = r#"{"reason":"compiler-artifact","package_id":"p","target":{"kind":["bin"],"name":"demo","x":1},
            "filenames":["/t/demo"],"executable":"/t/demo","fresh":true}"#;
        assert!(matches!(read(artifact), Some(Message::CompilerArtifact { fresh: true, .. })));
        assert!(matches!(read(r#"{"reason":"build-finished","success":true}"#), Some(Message::Other)));
        assert!(read("hello from a build script").is_none());
    }
}
