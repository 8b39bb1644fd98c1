//! The binaries of a workspace: which one is meant, and which others its releases hold.

use std::path::Path;

use cargo_metadata::{Metadata, Package, Target, TargetKind};

use super::program::ProgramError;
use super::releases::Releases;
use crate::declaration::BinarySpec;

/// Parts of names of programs that are for who develops the project, not for its users.
const FOR_DEVELOPERS: [&str; 10] =
    ["xtask", "test", "tests", "testing", "bench", "benches", "benchmark", "fuzz", "example", "examples"];

/// One binary.
#[derive(Debug, Clone, Copy)]
pub struct Binary<'a> {
    /// Its package.
    pub package: &'a Package,
    /// What is compiled.
    pub target: &'a Target,
}

impl Binary<'_> {
    fn is(&self, name: &str) -> bool {
        self.target.name == name
    }

    /// Whether its name and its package don't speak against users having it.
    fn is_for_users(&self) -> bool {
        self.package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) && self.is_packed()
    }

    /// The same of a binary whose package is released, wherever it is published.
    fn is_packed(&self) -> bool {
        let left_out = self.package.metadata.get("dist").and_then(|dist| dist.get("dist"));
        let is_left_out = left_out.and_then(serde_json::Value::as_bool) == Some(false);
        let parts = || self.target.name.split(['-', '_']);
        !is_left_out && !parts().any(|part| FOR_DEVELOPERS.contains(&part))
    }

    /// Features that it needs and that neither the defaults nor `on` switch on.
    pub fn features_off(&self, on: &[String]) -> Vec<String> {
        let mut known: Vec<&str> = on.iter().map(String::as_str).collect();
        known.push("default");
        let mut at = 0;
        while let Some(name) = known.get(at).copied() {
            for switched in self.package.features.get(name).into_iter().flatten() {
                if !known.contains(&switched.as_str()) {
                    known.push(switched);
                }
            }
            at += 1;
        }
        self.target.required_features.iter().filter(|feature| !known.contains(&feature.as_str())).cloned().collect()
    }
}

/// All binaries of the workspace's own packages.
pub fn all(metadata: &Metadata) -> Vec<Binary<'_>> {
    let members = metadata.workspace_packages().into_iter();
    let binaries = members.flat_map(|package| package.targets.iter().map(move |target| Binary { package, target }));
    binaries.filter(|binary| binary.target.kind.contains(&TargetKind::Bin)).collect()
}

/// The named one, the only one, the only one for users, the default one, or the one that is called as its folder is.
///
/// # Errors
/// [`ProgramError`].
pub fn choose<'a>(
    all: &[Binary<'a>],
    root: &Path,
    directory: &Path,
    package: Option<&str>,
    binary: Option<&str>,
) -> Result<Binary<'a>, ProgramError> {
    if all.is_empty() {
        return Err(ProgramError::NoBinary { root: root.to_owned() });
    }
    let is_wanted = |found: &&Binary<'_>| {
        package.is_none_or(|wanted| found.package.name.as_str() == wanted) && binary.is_none_or(|name| found.is(name))
    };
    let wanted: Vec<Binary<'a>> = all.iter().filter(is_wanted).copied().collect();
    if wanted.is_empty() {
        return Err(ProgramError::Unknown { known: listed(all) });
    }
    let for_users: Vec<Binary<'a>> = wanted.iter().filter(|found| found.is_for_users()).copied().collect();
    if let ([only], _) | (_, [only]) = (wanted.as_slice(), for_users.as_slice()) {
        return Ok(*only);
    }
    let is_here = |found: &&Binary<'_>| found.package.manifest_path.parent().is_some_and(|folder| folder == directory);
    let here: Vec<Binary<'a>> = wanted.iter().filter(is_here).copied().collect();
    let root_name = root.file_name().unwrap_or_default().to_string_lossy();
    let is_named = |found: &&Binary<'_>| found.is(&root_name) || found.is(found.package.name.as_str());
    let decided = match here.as_slice() {
        [only] => Some(only),
        _ => {
            let by_default = here.iter().find(|found| found.package.default_run.as_ref() == Some(&found.target.name));
            by_default.or_else(|| here.iter().find(is_named))
        }
    };
    let decided = decided.or_else(|| wanted.iter().find(|found| found.is(&root_name)));
    decided.copied().ok_or_else(|| ProgramError::Ambiguous { known: listed(&wanted) })
}

fn listed(binaries: &[Binary<'_>]) -> Vec<String> {
    binaries.iter().map(|found| format!("{}/{}", found.package.name, found.target.name)).collect()
}

/// The other binaries that releases hold beside `chosen`: those of its package, as `cargo install` gives them, and those of
/// other packages that the workflows name or cargo-dist packs. `features` are those that are on.
pub fn released_beside(
    all: &[Binary<'_>],
    chosen: Binary<'_>,
    features: &[String],
    releases: &Releases,
) -> Vec<BinarySpec> {
    let is_same = |found: &Binary<'_>| found.package.id == chosen.package.id;
    let others = all.iter().filter(|found| !found.is(&chosen.target.name));
    let is_released = |found: &&Binary<'_>| {
        if is_same(found) { found.is_packed() } else { found.is_for_users() && releases.hold(&found.target.name) }
    };
    let released = others.filter(is_released);
    let built = released.filter(|found| {
        let on = if is_same(found) { features } else { &[] };
        found.features_off(on).is_empty()
    });
    let spec = |found: &Binary<'_>| BinarySpec {
        binary: found.target.name.clone(),
        package: (!is_same(found)).then(|| found.package.name.to_string()),
    };
    let mut found: Vec<BinarySpec> = Vec::new();
    for more in built.map(spec) {
        if found.iter().all(|known| known.binary != more.binary) {
            found.push(more);
        }
    }
    found
}
