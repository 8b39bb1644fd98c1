//! The list of crates that a binary carries, in the format of [cargo-auditable](https://github.com/rust-secure-code/cargo-auditable):
//! JSON, compressed by zlib. `cargo audit bin` and other scanners read it without the source.
//!
//! Other than cargo-auditable's it is made from `cargo tree`, which resolves features as a build does; it is a function of
//! source, lock file, features and target.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use object::{Object as _, ObjectSection as _};
use serde::{Deserialize, Serialize};

use super::inventory::{self, CrateId};
use super::{DistError, Manifest, sbom};
use crate::compile::audit_object::{PLACEHOLDER, SECTION};
use crate::declaration::BuildSpec;

/// Procedural macros and what they use are told as dependencies of the build: that is what 1 says, in place of 0.
const FORMAT: u32 = 1;
/// What cargo calls the registry that all know.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// The longest list that is read.
const LONGEST: u64 = 1 << 26;

/// The whole list.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrateList {
    packages: Vec<ListedCrate>,
    #[serde(default)]
    format: u32,
}

/// One crate, its keys in cargo-auditable's order.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ListedCrate {
    name: String,
    version: String,
    /// `crates.io`, `registry`, `git` or `local`.
    source: String,
    #[serde(default, skip_serializing_if = "Kind::is_runtime")]
    kind: Kind,
    /// Places in the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<usize>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    root: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// In the binary.
    #[default]
    Runtime,
    /// Used by build scripts, or by procedural macros.
    Build,
}

impl Kind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    fn is_runtime(&self) -> bool {
        *self == Self::Runtime
    }
}

impl CrateList {
    /// Asks cargo about the binary of `build` in the workspace at `root`.
    ///
    /// # Errors
    /// [`DistError::Inventory`] when cargo fails or answers something unknown.
    pub fn read(root: &Path, build: &BuildSpec) -> Result<Self, DistError> {
        let linked = inventory::tree(root, build, "normal,no-proc-macro")?;
        let all = inventory::tree(root, build, "normal,build")?;
        let packages = inventory::packages(root, build)?;
        let places: BTreeMap<&CrateId, usize> = all.edges.keys().zip(0..).collect();
        let listed = all.edges.iter().map(|(id, dependencies)| {
            Ok(ListedCrate {
                name: id.0.clone(),
                version: id.1.clone(),
                source: source(inventory::of_id(&packages, id)?.source.as_ref().map(|source| source.repr.as_str())),
                kind: if linked.edges.contains_key(id) { Kind::Runtime } else { Kind::Build },
                dependencies: dependencies.iter().map(|id| places[id]).collect(),
                root: *id == all.root,
            })
        });
        Ok(Self { packages: listed.collect::<Result<_, DistError>>()?, format: FORMAT })
    }

    /// What the section holds.
    pub fn compressed(&self) -> Vec<u8> {
        let text = serde_json::to_vec(self).expect("a list of plain values has a text");
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&text).and_then(|()| encoder.finish()).expect("a vector takes everything")
    }

    /// Reads the list that `binary` carries; the error says why there is none.
    fn of_binary(binary: &[u8]) -> Result<Self, String> {
        let file = object::File::parse(binary).map_err(|error| format!("it is no program: {error}"))?;
        let section = file.section_by_name(SECTION).ok_or_else(|| format!("it has no section {SECTION}"))?;
        let mut text = Vec::new();
        let data = section.data().map_err(|error| error.to_string())?;
        ZlibDecoder::new(data).take(LONGEST).read_to_end(&mut text).map_err(|error| error.to_string())?;
        serde_json::from_slice(&text).map_err(|error| error.to_string())
    }

    /// What is linked in.
    fn linked(&self) -> BTreeSet<CrateId> {
        let linked = self.packages.iter().filter(|one| one.kind == Kind::Runtime);
        linked.map(|one| (one.name.clone(), one.version.clone())).collect()
    }
}

/// cargo-auditable's word for where a crate is from; none is a package of the workspace.
fn source(told: Option<&str>) -> String {
    match told {
        None => "local",
        Some(CRATES_IO) => "crates.io",
        Some(other) if other.starts_with("git+") => "git",
        Some(_) => "registry",
    }
    .to_owned()
}

/// Whether the binary of this manifest was linked with its list.
pub fn is_declared(manifest: &Manifest) -> bool {
    manifest.build.flags.values().flatten().any(|flag| flag.contains(PLACEHOLDER))
}

/// What is wrong with the list in `binary`, where `manifest` says that there is one: it names what `bill` names.
pub fn problem(manifest: &Manifest, bill: &[u8], binary: &[u8]) -> Option<String> {
    if !is_declared(manifest) {
        return None;
    }
    let told = "the program has to carry the list of its crates, as [build] auditable declares";
    let listed = match CrateList::of_binary(binary) {
        Ok(list) => list.linked(),
        Err(problem) => return Some(format!("{told}, but {problem}")),
    };
    let billed = match sbom::linked(bill) {
        Ok(billed) => billed,
        Err(problem) => return Some(problem),
    };
    let (name, version) = listed.symmetric_difference(&billed).next()?;
    let (with, without) = if listed.contains(&(name.clone(), version.clone())) {
        ("its list", "the bill of materials")
    } else {
        ("the bill of materials", "its list")
    };
    Some(format!("{told}, but {name} {version} is in {with} and not in {without}: it was built from another source"))
}

#[cfg(test)]
#[path = "crate_list_tests.rs"]
mod tests;
