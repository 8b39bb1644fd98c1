//! `validate`: whether the configuration and the files it names are fit for a release.

use std::path::Path;
use std::process::ExitCode;

use super::arguments::{GlobalArguments, ValidateArguments};
use super::environment;
use super::failure::CommandError;
use crate::config::{self, ConfigError, LoadedConfig};
use crate::history::Repository;
use crate::report::{self, ValidationView};
use crate::validation::{self, Findings};
use crate::workspace::{self, WorkspaceError};

/// Prints the findings. The exit code says whether there is an error among them; a configuration that can't be read is one.
/// No history is read, so that a shallow clone will do.
///
/// # Errors
/// When there is no repository.
pub fn run(global: &GlobalArguments, arguments: &ValidateArguments) -> Result<ExitCode, CommandError> {
    environment::enter(global)?;
    let (root, sparse) = Repository::find_root(".".as_ref()).map_err(WorkspaceError::from)?;
    let explicit = environment::configuration(global);
    let mut loaded = config::load(&root, explicit.as_deref());
    // Only where nothing is configured tags have a say.
    if loaded.as_ref().is_ok_and(|loaded| loaded.file.is_none()) {
        let repository = Repository::discover(".".as_ref()).map_err(WorkspaceError::from)?;
        loaded = Ok(workspace::load(&repository, explicit.as_deref())?);
    }
    let findings = findings(&loaded, &root, sparse);
    let view = ValidationView {
        findings: &findings,
        file: loaded.as_ref().ok().and_then(|loaded| loaded.file.as_deref()),
        packages: loaded.as_ref().ok().map(|loaded| loaded.config.package.len()),
    };
    if arguments.json {
        super::print(|out| report::write_validation_json(&view, out))?;
    } else {
        super::print(|out| report::write_validation_text(&view, out))?;
    }
    Ok(if findings.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn findings(loaded: &Result<LoadedConfig, ConfigError>, root: &Path, sparse: bool) -> Findings {
    match loaded {
        Ok(loaded) => validation::validate(loaded, root, sparse),
        Err(error) => validation::unreadable(error),
    }
}
