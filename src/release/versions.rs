//! The versions that only a release knows: those that a command gives, and what a command appends in files.

use semver::Version;

use super::ReleaseError;
use super::git::Git;
use super::hooks::{self, Configured};
use super::settings::{Tell, hook_limits};
use crate::plan::Release;
use crate::version::TagTemplate;
use crate::workspace::Workspace;

/// Gives `release` the version that its command prints, where one does.
///
/// # Errors
/// When the command fails, or what it prints is no version to go on to.
pub(super) fn complete(
    git: &Git,
    workspace: &Workspace,
    template: &TagTemplate,
    release: &mut Release,
    shown: Option<Tell>,
) -> Result<(), ReleaseError> {
    if release.next.is_some() {
        return Ok(());
    }
    let config = workspace.config();
    let own = config.package[release.package].version_command.as_deref();
    let Some(command) = own.or(config.workspace.version_command.as_deref()) else { return Ok(()) };
    let version = printed(git, workspace, release, "version_command", command, shown)?;
    let refused =
        |problem| ReleaseError::CommandVersion { package: release.name.clone(), version: version.clone(), problem };
    if version.is_empty() || version.contains(char::is_whitespace) {
        return Err(refused("which is not one word"));
    }
    if let (Ok(next), Ok(current)) = (Version::parse(&version), Version::parse(&release.current))
        && next <= current
    {
        return Err(refused("which is not above the current version"));
    }
    release.tag = Some(template.render(&version));
    release.next = Some(version);
    Ok(())
}

/// The version that goes into files: with what `build_metadata` prints behind it, where that is set.
///
/// # Errors
/// When the command fails, or what it prints can't stand in a version.
pub(super) fn in_files(
    git: &Git,
    workspace: &Workspace,
    release: &Release,
    shown: Option<Tell>,
) -> Result<String, ReleaseError> {
    let next = release.next.clone().unwrap_or_default();
    let command = workspace.config().build_metadata_of(release.package).filter(|_| release.caused_by.is_empty());
    let Some(command) = command else { return Ok(next) };
    let metadata = printed(git, workspace, release, "build_metadata", command, shown)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    if metadata.is_empty() || !metadata.bytes().all(allowed) {
        return Err(ReleaseError::Command {
            what: "build_metadata".to_owned(),
            command: command.to_owned(),
            problem: format!("printed {metadata:?}; letters, digits, dots and hyphens can stand in a version"),
        });
    }
    Ok(format!("{next}+{metadata}"))
}

fn printed(
    git: &Git,
    workspace: &Workspace,
    release: &Release,
    what: &str,
    command: &str,
    shown: Option<Tell>,
) -> Result<String, ReleaseError> {
    let (_, limit) = hook_limits(workspace.config(), Some(release.package));
    let environment = [("PACKAGE", &release.name), ("OLD_VERSION", &release.current)]
        .map(|(name, value)| (name.to_owned(), value.clone()));
    let configured = Configured { what, command, environment: &environment, limit, shown };
    Ok(hooks::run(git, &configured)?.trim().to_owned())
}
