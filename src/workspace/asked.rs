//! Versions that commits ask for with `Release-As:`.

use semver::Version;

use crate::history::{AskedVersion, History, PackageHistory};
use crate::plan::Asked;

/// Takes out what can't be followed, with a warning that names the commit.
pub(super) fn drop_unusable(history: &mut History) {
    let asked = std::mem::take(&mut history.asked);
    for mut asked in asked {
        match flaw(&mut asked) {
            None => history.asked.push(asked),
            Some(flaw) => {
                let commit = history.commits[asked.commit as usize].id.to_hex_with_len(7);
                let version = &asked.version;
                history
                    .warnings
                    .push(format!("Warning: `Release-As: {version}` of commit {commit} was not followed: {flaw}"));
            }
        }
    }
}

/// What keeps it from being followed; the version loses its `v`.
fn flaw(asked: &mut AskedVersion) -> Option<&'static str> {
    let bare = asked.version.strip_prefix('v').unwrap_or(&asked.version);
    if Version::parse(bare).is_err() {
        return Some("it is not a semantic version such as 1.2.3; --force-version gives one");
    }
    asked.version = bare.to_owned();
    asked.changes_nothing.then_some(
        "the commit changes no file, so that it isn't clear which package is meant; --force-version names one",
    )
}

/// What the newest commit of a package that asks for a version asks for.
pub(super) fn of_package(history: &History, package: &PackageHistory) -> Option<Asked> {
    let asked = history.asked.iter().find(|asked| package.commits.binary_search(&asked.commit).is_ok())?;
    let commit = history.commits[asked.commit as usize].id.to_hex_with_len(7).to_string();
    Some(Asked { version: asked.version.clone(), commit })
}
