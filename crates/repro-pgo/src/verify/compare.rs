//! Compares what two builds made, stage by stage, and says where a difference lies and what usually causes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use host::copy::sorted_entries;
use host::digest;
use serde::Serialize;

use super::elf::{self, SectionDifference};
use super::{Built, VerifyError, bytes};
use crate::compile::debuginfo;
use crate::compile::unmatched::demangled;
use crate::layout::ORDER;
use crate::package::{checksums, manifest};
use crate::toolchain::ProfileTool;
use crate::training::TrainingRecord;
use crate::training::session::{PROFILE, RECORD};

/// How many functions or sections are listed.
const SHOWN: usize = 8;

/// One result in both builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// The stage that made it.
    pub stage: &'static str,
    /// Its path in the pipeline's folder.
    pub file: String,
    /// The hashes; `None` where it is missing.
    pub sha256: [Option<String>; 2],
    /// Whether it is the same.
    pub same: bool,
    /// Where it differs, the telling places first.
    pub places: Vec<String>,
    /// What usually causes that.
    pub cause: Option<String>,
}

/// Compares the results of `first` and `second`, with all `binaries`, in the order of the stages. `tool` reads profiles.
///
/// # Errors
/// [`VerifyError`] when a result can't be read.
pub fn compare(
    first: &Built,
    second: &Built,
    binaries: &[&str],
    tool: &ProfileTool,
) -> Result<Vec<Comparison>, VerifyError> {
    let builds = [first, second];
    let is_made = |name: &String| builds.iter().any(|built| built.rooms.join(name).exists());
    let of_stage = |stage: &'static str, folder: &str| {
        let names = binaries.iter().map(|binary| format!("{folder}/{binary}"));
        let debug = binaries.iter().map(|binary| format!("{folder}/{}", debuginfo::file_name(binary)));
        names
            .chain(debug.filter(is_made))
            .map(|name| file(builds, stage, &name, Kind::Binary))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut compared = of_stage("instrument", "instrumented")?;
    for name in files_in_either(builds, "inputs")? {
        compared.push(file(builds, "inputs", &name, Kind::Other)?);
    }
    compared.push(file(builds, "train", &format!("profile/{PROFILE}"), Kind::Profile(tool))?);
    let order = format!("layout/{ORDER}");
    if is_made(&order) {
        compared.push(file(builds, "layout", &order, Kind::Other)?);
    }
    compared.extend(of_stage("optimize", "optimized")?);
    compared.extend(of_stage("baseline", "baseline")?);
    for name in tarballs(builds)? {
        let paths = builds.map(|built| built.packed.join(&name));
        compared.push(pair(builds, &paths, "dist", &name, Kind::Tarball)?);
    }
    Ok(compared)
}

enum Kind<'a> {
    Binary,
    Profile(&'a ProfileTool),
    Tarball,
    Other,
}

fn file(builds: [&Built; 2], stage: &'static str, name: &str, kind: Kind<'_>) -> Result<Comparison, VerifyError> {
    pair(builds, &builds.map(|built| built.rooms.join(name)), stage, name, kind)
}

fn pair(
    builds: [&Built; 2],
    paths: &[PathBuf; 2],
    stage: &'static str,
    name: &str,
    kind: Kind<'_>,
) -> Result<Comparison, VerifyError> {
    let read = |path: &PathBuf| match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(VerifyError::file("cannot read", path)),
    };
    let contents = [read(&paths[0])?, read(&paths[1])?];
    let sha256 = [&contents[0], &contents[1]].map(|bytes| bytes.as_deref().map(digest::of_bytes));
    let mut compared =
        Comparison { stage, file: name.to_owned(), same: false, sha256, places: Vec::new(), cause: None };
    let [Some(first), Some(second)] = &contents else {
        let missing = if contents[0].is_none() { "first" } else { "second" };
        compared.places.push(format!("it is missing in the {missing} build"));
        return Ok(compared);
    };
    compared.same = first == second;
    if !compared.same {
        (compared.places, compared.cause) = match kind {
            Kind::Binary => explain_binary([first, second], builds),
            Kind::Profile(tool) => explain_profile(paths, tool)?,
            Kind::Tarball => explain_tarball([first, second]),
            Kind::Other => (vec![offset(first, second)], None),
        };
    }
    Ok(compared)
}

type Explanation = (Vec<String>, Option<String>);

fn offset(first: &[u8], second: &[u8]) -> String {
    format!("from byte {} on", bytes::first_difference(first, second).unwrap_or_default())
}

fn explain_binary([first, second]: [&Vec<u8>; 2], builds: [&Built; 2]) -> Explanation {
    let mention = [first, second].into_iter().zip(builds).find_map(|(data, built)| {
        let (section, offset) = elf::mention(data, &built.workspace)?;
        Some((format!("section {section} at offset {offset:#x}: {}", built.workspace.display()), section))
    });
    let sections = elf::sections(first, second).unwrap_or_default();
    let mut places: Vec<String> = mention.iter().map(|(place, _)| place.clone()).collect();
    places.extend(telling_first(&sections).into_iter().take(SHOWN).map(describe));
    if places.is_empty() {
        places.push(format!("outside of all sections, {}", offset(first, second)));
    }
    let cause = if mention.is_some() {
        "the build's directory is compiled in: env!(\"CARGO_MANIFEST_DIR\"), OUT_DIR, or a path that a build script writes"
    } else if sections.iter().any(|section| !section.texts.is_empty()) {
        "a text that the build embeds (time, host, user, locale): look at build scripts and at the text shown"
    } else {
        "the code differs: the profile, parallel code generation (codegen-units, ThinLTO), or a procedural macro whose \
         output has no fixed order"
    };
    (places, Some(cause.to_owned()))
}

/// Sections with texts first: the others follow from them, because everything behind a longer text moves.
fn telling_first(sections: &[SectionDifference]) -> Vec<&SectionDifference> {
    let mut ordered: Vec<&SectionDifference> = sections.iter().collect();
    ordered.sort_by_key(|section| (section.texts.is_empty(), section.section != ".rodata"));
    ordered
}

fn describe(difference: &SectionDifference) -> String {
    let SectionDifference { section, offset, sizes: [first, second], texts } = difference;
    let sizes = if first == second { String::new() } else { format!(" ({first} and {second} bytes)") };
    let texts = if texts.is_empty() { String::new() } else { format!(": \"{}\"", texts.join("\" and \"")) };
    format!("section {section} at offset {offset:#x}{sizes}{texts}")
}

fn explain_profile(paths: &[PathBuf; 2], tool: &ProfileTool) -> Result<Explanation, VerifyError> {
    let [first, second] = [tool.read(&paths[0])?, tool.read(&paths[1])?];
    let records = |profile: &pgo_profile::Profile| -> BTreeSet<(String, u64, String)> {
        let key = |record: &pgo_profile::FunctionRecord| (record.name.clone(), record.hash, format!("{record:?}"));
        profile.functions().iter().map(key).collect()
    };
    let (first, second) = (records(&first), records(&second));
    let names: BTreeSet<&str> = first.symmetric_difference(&second).map(|(name, ..)| name.as_str()).collect();
    let mut places: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("function {}", demangled(name))).collect();
    if names.len() > SHOWN {
        places.push(format!("and {} functions more", names.len() - SHOWN));
    }
    Ok((places, Some(training_cause(&paths.each_ref().map(|path| conditions(path))))))
}

/// How the profile at `path` was trained, where its record says so.
fn conditions(path: &Path) -> Option<String> {
    let record = std::fs::read(path.with_file_name(RECORD)).ok()?;
    Some(serde_json::from_slice::<TrainingRecord>(&record).ok()?.conditions())
}

fn training_cause(conditions: &[Option<String>; 2]) -> String {
    match conditions {
        [Some(first), Some(second)] if first != second => {
            format!("the first was trained by {first}, the second by {second}: train both by the same, on the same CPU models")
        }
        [Some(first), Some(_)] if first == "native" => {
            "both were trained natively, so they depend on the CPU, the kernel and the environment: install qemu-user".to_owned()
        }
        _ => "if the instrumented binaries are the same, the training depends on this machine: its file system's order of \
              entries, asked of the kernel itself, or something that the repetitions of one training did not vary"
            .to_owned(),
    }
}

const PACKED: &str = "what it packs differs: see the stages before";

fn explain_tarball([first, second]: [&Vec<u8>; 2]) -> Explanation {
    let (first, second) = (entries(first), entries(second));
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut differing: Vec<&String> = names.into_iter().filter(|name| first.get(*name) != second.get(*name)).collect();
    if differing.is_empty() {
        return (vec!["the archive around equal entries".to_owned()], Some(PACKED.to_owned()));
    }
    // The list of hashes differs because something else does.
    differing.sort_by_key(|name| name.ends_with(checksums::FILE_NAME));
    let facts_alone = differing
        .iter()
        .all(|name| [manifest::FILE_NAME, checksums::FILE_NAME].iter().any(|fact| name.ends_with(fact)));
    let place = |name: &&String| {
        let lines =
            first.get(*name).zip(second.get(*name)).and_then(|(first, second)| differing_line(&first.1, &second.1));
        let lines = lines.map_or_else(String::new, |[first, second]| format!(": {first} and {second}"));
        format!("entry {name}{lines}")
    };
    let cause = if facts_alone {
        "the manifest states what the release was made from and with; that differs, although the files are the same"
    } else {
        PACKED
    };
    (differing.iter().take(SHOWN).map(place).collect(), Some(cause.to_owned()))
}

/// The entries of a tarball: mode and content by name.
fn entries(tarball: &[u8]) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(tarball));
    let mut found = BTreeMap::new();
    for mut entry in archive.entries().into_iter().flatten().flatten() {
        let mut content = Vec::new();
        // An entry that can't be read differs by its missing content.
        let _ = std::io::Read::read_to_end(&mut entry, &mut content);
        let name = entry.path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        found.insert(name, (entry.header().mode().unwrap_or_default(), content));
    }
    found
}

/// The first lines in which two texts differ; `None` for what is no text.
fn differing_line(first: &[u8], second: &[u8]) -> Option<[String; 2]> {
    let (mut first, mut second) = (std::str::from_utf8(first).ok()?.lines(), std::str::from_utf8(second).ok()?.lines());
    let shown = |line: Option<&str>| line.map_or("nothing".to_owned(), |line| line.trim().chars().take(160).collect());
    loop {
        match (first.next(), second.next()) {
            (None, None) => return None,
            (one, other) if one != other => return Some([shown(one), shown(other)]),
            _ => {}
        }
    }
}

/// The files below `folder` in either build, as paths in the pipeline's folder.
fn files_in_either(builds: [&Built; 2], folder: &str) -> Result<BTreeSet<String>, VerifyError> {
    let mut found = BTreeSet::new();
    for built in builds {
        let mut folders = vec![built.rooms.join(folder)];
        while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
            for entry in sorted_entries(&folder).map_err(VerifyError::file("cannot list", &folder))? {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    let name = entry.strip_prefix(&built.rooms).expect("it was found there");
                    found.insert(name.to_string_lossy().into_owned());
                }
            }
        }
    }
    Ok(found)
}

fn tarballs(builds: [&Built; 2]) -> Result<BTreeSet<String>, VerifyError> {
    let mut found = BTreeSet::new();
    for built in builds.into_iter().filter(|built| built.packed.is_dir()) {
        let entries = sorted_entries(&built.packed).map_err(VerifyError::file("cannot list", &built.packed))?;
        let names = entries.iter().filter_map(|entry| entry.file_name()?.to_str().map(str::to_owned));
        found.extend(names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "gz")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_emulator_is_the_first_suspect() {
        let told = |first: &str, second: &str| training_cause(&[Some(first.to_owned()), Some(second.to_owned())]);
        let other = told("qemu-user 7.2.22 without EPYC", "qemu-user 10.0.13");
        assert!(other.contains("by qemu-user 7.2.22 without EPYC, the second by qemu-user 10.0.13"), "{other}");
        assert!(told("native", "native").contains("install qemu-user"));
        assert!(told("qemu-user 10.0.13", "qemu-user 10.0.13").contains("did not vary"));
        assert!(training_cause(&[None, None]).contains("depends on this machine"));
    }

    #[test]
    fn a_differing_fact_of_the_manifest_is_shown() {
        let packed = |linker: &str, sum: &str| {
            let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
            let manifest = format!("{{\n  \"linker\": \"{linker}\"\n}}\n");
            for (name, content) in [("x/SHA256SUMS", sum), ("x/pgo-manifest.json", &*manifest), ("x/x", "same")] {
                let mut header = tar::Header::new_gnu();
                header.set_size(content.len() as u64);
                archive.append_data(&mut header, name, content.as_bytes()).expect("it fits");
            }
            archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("memory is there")
        };
        let (places, cause) = explain_tarball([&packed("gcc 12", "a"), &packed("gcc 14", "b")]);
        assert_eq!(
            places,
            [
                "entry x/pgo-manifest.json: \"linker\": \"gcc 12\" and \"linker\": \"gcc 14\"",
                "entry x/SHA256SUMS: a and b"
            ]
        );
        assert!(cause.is_some_and(|cause| cause.starts_with("the manifest states")));
    }
}
