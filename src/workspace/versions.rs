//! The versions that a workspace's packages have now: what the manifest, version files and tags say.

use std::fs;

use serde_json::Value;

use super::{Workspace, WorkspaceError};
use crate::config::VersionFileFormat;
use crate::history::PackageTags;
use crate::version_files;

impl Workspace {
    /// The version in a package's first versioned file, where there is one that can be read.
    pub(crate) fn file_version(&self, package: usize) -> Option<String> {
        let file = self.config().package[package].versioned_files.first()?;
        version_files::read_version(self.root(), file).ok()
    }

    /// As [`Self::file_version`]; a Go module's is its highest tag's.
    pub(crate) fn declared_version(&self, package: usize, tags: &PackageTags) -> Option<String> {
        match self.config().package[package].versioned_files.first()?.format {
            VersionFileFormat::GoMod => tags.highest.as_ref().map(|tag| tag.version.clone()),
            _ => self.file_version(package),
        }
    }

    /// The current version of each of `packages`: the manifest's where there is one, else its first versioned file's, else its
    /// highest tag's.
    ///
    /// # Errors
    /// When tags are needed and can't be read.
    pub(crate) fn current_versions(&self, packages: &[usize]) -> Result<Vec<Option<String>>, WorkspaceError> {
        let listed = self.manifest_versions();
        let current = |&package: &usize| listed[package].clone().or_else(|| self.file_version(package));
        let mut versions: Vec<Option<String>> = packages.iter().map(current).collect();
        // Most repositories keep versions in files: then no tag is looked at.
        if versions.contains(&None) {
            let tags = self.tags()?;
            for (version, &package) in versions.iter_mut().zip(packages) {
                let tagged = |tags: &PackageTags| tags.highest.as_ref().map(|tag| tag.version.clone());
                *version = version.take().or_else(|| tagged(&tags.packages[package]));
            }
        }
        Ok(versions)
    }

    /// What the version manifest says of every package; nothing where there is none that can be read, as FerrFlow has it.
    pub(crate) fn manifest_versions(&self) -> Vec<Option<String>> {
        let config = self.config();
        let file = config.workspace.manifest_file.as_ref();
        let text = file.and_then(|file| fs::read(self.root().join(file)).ok());
        let manifest: Value = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        config.package.iter().map(|package| Some(manifest["packages"][&package.name].as_str()?.to_owned())).collect()
    }
}
