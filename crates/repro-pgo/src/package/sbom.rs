//! The bill of materials: every crate, the standard library and the C library in the binary, as [CycloneDX](https://cyclonedx.org) 1.6.
//!
//! It has no serial number and no time, which the format allows to leave out: it is a function of source, lock file and tools.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Manifest;
use super::inventory::{Crate, CrateId, Inventory};
use super::static_library::StaticLibrary;

/// Everything that is known about a binary.
#[derive(Debug)]
pub struct Parts<'a> {
    /// How it was made.
    pub manifest: &'a Manifest,
    /// SHA-256 of the binary.
    pub binary_sha256: &'a str,
    /// Its crates.
    pub inventory: &'a Inventory,
    /// The C library in it, and what that says it is.
    pub library: Option<(StaticLibrary, &'a str)>,
}

/// The bill's text.
pub fn text(parts: &Parts<'_>) -> String {
    let (manifest, inventory) = (parts.manifest, parts.inventory);
    let root = &inventory.crates[&inventory.root];
    let others = || inventory.crates.values().filter(|one| one.id != inventory.root);
    let runtime = runtime(parts);
    let mut dependencies: Vec<Value> = vec![depends(root, &runtime)];
    dependencies.extend(others().map(|one| depends(one, &[])));
    dependencies.extend(runtime.iter().map(|part| json!({ "ref": part["bom-ref"], "dependsOn": [] })));
    let mut program = component("application", root);
    program["hashes"] = json!([{ "alg": "SHA-256", "content": parts.binary_sha256 }]);
    if !manifest.more_binaries.is_empty() {
        program["components"] = manifest.more_binaries.iter().map(|(name, sha256)| besides(name, sha256)).collect();
    }
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": program,
            "properties": [
                { "name": "repro-pgo:platform", "value": manifest.platform },
                { "name": "repro-pgo:variant", "value": manifest.variant.name() },
                { "name": "repro-pgo:revision", "value": manifest.source.revision.as_deref().unwrap_or("unknown") },
            ],
        },
        "components": others().map(|one| component("library", one)).chain(runtime).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    serde_json::to_string_pretty(&bill).expect("maps have text keys, and nothing here can fail") + "\n"
}

/// A further binary of the release.
fn besides(name: &str, sha256: &str) -> Value {
    json!({
        "type": "application",
        "bom-ref": format!("binary:{name}"),
        "name": name,
        "hashes": [{ "alg": "SHA-256", "content": sha256 }],
    })
}

/// What is linked in besides the crates.
fn runtime(parts: &Parts<'_>) -> Vec<Value> {
    let toolchain = &parts.manifest.toolchain;
    let rust = toolchain.rustc.split(' ').nth(1).unwrap_or("unknown");
    let mut runtime = vec![json!({
        "type": "library",
        "bom-ref": format!("rust-std@{rust}"),
        "name": "rust-std",
        "version": rust,
        "description": toolchain.rustc,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    })];
    if let Some((library, version)) = parts.library {
        let mut told = json!({
            "type": "library",
            "bom-ref": library.name(),
            "name": library.name(),
            "description": version,
            "licenses": [{ "expression": library.license() }],
        });
        if let Some(sha256) = &toolchain.libc_sha256 {
            told["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
        }
        runtime.push(told);
    }
    runtime
}

fn reference((name, version): &CrateId) -> String {
    // The one character of a version that a package URL escapes.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

fn component(kind: &str, one: &Crate) -> Value {
    let mut told = json!({
        "type": kind,
        "bom-ref": reference(&one.id),
        "name": one.id.0,
        "version": one.id.1,
        "purl": reference(&one.id),
    });
    if let Some(license) = &one.license {
        told["licenses"] = json!([{ "expression": license }]);
    }
    if let Some(sha256) = &one.checksum {
        told["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
    }
    told
}

/// What a crate depends on: its crates, and what else is linked in with it.
fn depends(one: &Crate, besides: &[Value]) -> Value {
    let crates = one.dependencies.iter().map(|id| Value::String(reference(id)));
    let besides = besides.iter().map(|part| part["bom-ref"].clone());
    json!({ "ref": reference(&one.id), "dependsOn": crates.chain(besides).collect::<Vec<_>>() })
}

/// The crates that a bill lists, the program's own left out. The error says what is wrong with it.
pub fn crates(text: &[u8]) -> Result<Vec<CrateId>, String> {
    let (_, components) = read(text)?;
    Ok(components.iter().filter(|part| part["hashes"].is_array()).filter_map(crate_id).collect())
}

/// All crates of the binary: those that a bill lists, and the program's own.
pub fn linked(text: &[u8]) -> Result<BTreeSet<CrateId>, String> {
    let (program, components) = read(text)?;
    Ok(components.iter().chain([&program]).filter_map(crate_id).collect())
}

/// SHA-256 of the binary that a bill is of.
pub fn binary_sha256(text: &[u8]) -> Option<String> {
    let (program, _) = read(text).ok()?;
    program["hashes"][0]["content"].as_str().map(str::to_owned)
}

/// The program and the components of a bill.
fn read(text: &[u8]) -> Result<(Value, Vec<Value>), String> {
    let bill: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let known = bill["bomFormat"] == "CycloneDX";
    let components = bill["components"].as_array().filter(|_| known).ok_or("it is no CycloneDX bill of materials")?;
    Ok((bill["metadata"]["component"].clone(), components.clone()))
}

/// Name and version of a component that is a crate.
fn crate_id(part: &Value) -> Option<CrateId> {
    part["purl"].as_str().filter(|purl| purl.starts_with("pkg:cargo/"))?;
    let text = |key: &str| part[key].as_str().unwrap_or_default().to_owned();
    Some((text("name"), text("version")))
}
