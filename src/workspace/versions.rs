//! The versions that a workspace's packages have now: what the manifest, version files and tags say.

use std::fs;

use serde_json::Value;

use super::Workspace;
use crate::config::{VersionFileFormat, Versioning};
use crate::history::PackageTags;
use crate::version::{self, Current, Found, TagTemplate};
use crate::version_files;

impl Workspace {
    /// The version in a package's first versioned file, where there is one that can be read.
    fn file_version(&self, package: usize) -> Option<String> {
        let file = self.config().package[package].versioned_files.first()?;
        let in_work_tree = version_files::read_version(self.root(), file).ok();
        in_work_tree.or_else(|| {
            let text = self.committed(&file.path)?;
            version_files::parse(file.format, file.selector.as_deref(), std::str::from_utf8(&text).ok()?).ok()
        })
    }

    /// The content that HEAD has of a file which a sparse checkout left out of the work tree.
    pub(crate) fn committed(&self, path: &str) -> Option<Vec<u8>> {
        if !self.repository.is_sparse() || self.root().join(path).exists() {
            return None;
        }
        self.repository.committed_file(path).ok().flatten()
    }

    /// As [`Self::file_version`]; a Go module's is its highest tag's.
    pub(crate) fn declared_version(&self, package: usize, tags: &PackageTags) -> Option<String> {
        match self.config().package[package].versioned_files.first()?.format {
            VersionFileFormat::GoMod => tags.highest.as_ref().map(|tag| tag.version.clone()),
            _ => self.file_version(package),
        }
    }

    /// The version that a package is at, as the planner sees it.
    pub(crate) fn current(&self, package: usize, tags: &PackageTags) -> Current {
        let config = self.config();
        let declared = &config.package[package];
        let strategy = declared.versioning.or(config.workspace.versioning);
        let detected = || self.detected_strategy(&TagTemplate::of(config, declared), tags);
        let policy = declared.version_source.unwrap_or(config.workspace.version_source);
        let place = declared.versioned_files.first().map(|file| file.path.clone()).unwrap_or_default();
        let in_file = self.declared_version(package, tags).map(|version| Found { version, place });
        let tagged = tags.highest.as_ref().map(super::found_in);
        let is_patterned = declared.version_template.is_some() || config.workspace.version_template.is_some();
        let candidate = super::candidate(tags).filter(|_| !is_patterned);
        let strategy = strategy.or_else(detected).unwrap_or(Versioning::Semver);
        version::choose_current(policy, tagged, in_file, candidate.as_ref(), strategy)
    }

    /// What the version manifest says otherwise than tags and files, one warning a package. The planner doesn't ask it, so it
    /// is no answer.
    pub(crate) fn manifest_warnings(&self, current: &[(usize, String)]) -> Vec<String> {
        let Some(file) = &self.config().workspace.manifest_file else { return Vec::new() };
        let listed = self.manifest_versions();
        let differs = |(package, version): &(usize, String)| {
            let known = listed[*package].as_ref().filter(|known| *known != version)?;
            let name = &self.config().package[*package].name;
            Some(format!(
                "Warning: {file} has {name} at {known}, its tag or version file at {version}, which is what counts."
            ))
        };
        current.iter().filter_map(differs).collect()
    }

    /// What the version manifest says of every package; nothing where there is none that can be read, as FerrFlow has it.
    fn manifest_versions(&self) -> Vec<Option<String>> {
        let config = self.config();
        let file = config.workspace.manifest_file.as_ref();
        let text = file.and_then(|file| fs::read(self.root().join(file)).ok());
        let manifest: Value = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        config.package.iter().map(|package| Some(manifest["packages"][&package.name].as_str()?.to_owned())).collect()
    }
}
