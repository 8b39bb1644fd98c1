//! What is wrong with a configuration beyond what reading it refuses: templates, groups, and the files that it names.

mod files;
mod settings;

use std::path::Path;

pub(crate) use files::path_problem;
pub(crate) use settings::misspelt_dependencies;

use serde::Serialize;

use crate::config::{Config, ConfigError, LoadedConfig};

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about: a key, a file, a package, or `(config)` for the whole.
    pub path: String,
    /// What is the matter.
    pub message: String,
}

/// All findings, the worst first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What keeps a release from working.
    pub errors: Vec<Finding>,
    /// What probably isn't meant.
    pub warnings: Vec<Finding>,
    /// What could be said more clearly.
    pub suggestions: Vec<Finding>,
}

/// What a finding about nothing in particular is about.
const WHOLE: &str = "(config)";

impl Findings {
    fn error(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.errors.push(Finding { path: path.into(), message: message.into() });
    }

    fn warn(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(Finding { path: path.into(), message: message.into() });
    }

    fn suggest(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.suggestions.push(Finding { path: path.into(), message: message.into() });
    }
}

/// The findings about a configuration that could be read, and about the files in `root` that it names, where a `sparse`
/// checkout may have left some out.
pub fn validate(loaded: &LoadedConfig, root: &Path, sparse: bool) -> Findings {
    let mut findings = Findings::default();
    for warning in &loaded.warnings {
        findings.warn(WHOLE, warning.trim_start_matches("Warning: "));
    }
    let config = &loaded.config;
    if config.package.is_empty() && loaded.file.is_none() {
        findings.error(WHOLE, "no configuration, no version file and no version tag found; write a relplan.toml");
    } else if config.package.is_empty() {
        findings.error(WHOLE, "no packages configured; add a [[package]] with name and path");
    }
    settings::check(config, &mut findings);
    files::check(config, root, sparse, &mut findings);
    suggest(config, &mut findings);
    findings
}

/// The finding about a configuration that can't be read.
pub(crate) fn unreadable(error: &ConfigError) -> Findings {
    let mut findings = Findings::default();
    findings.error(WHOLE, format!("[{}] {error}", error.code()));
    findings
}

fn suggest(config: &Config, findings: &mut Findings) {
    for package in config.package.iter().filter(|package| package.versioned_files.is_empty()) {
        findings.suggest(&package.name, "no versionedFiles declared, so its version is its highest tag's");
    }
    if config.workspace.tag_template.is_none() && config.package.iter().any(|package| package.tag_template.is_none()) {
        let default = if config.is_monorepo() { "{name}@v{version}" } else { "v{version}" };
        findings.suggest("workspace.tagTemplate", format!("not set, using default \"{default}\""));
    }
}
