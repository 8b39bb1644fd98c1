//! `repro-pgo release`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use host::exit_code::ExitCode;

use super::{Shared, build};
use crate::package::manifest::{Builder, Variant};
use crate::package::release;
use crate::package::release::{CollectRequest, Collected, Hashes, hashes};
use crate::pipeline::build::VariantChoice;
use crate::pipeline::{provenance, stamp};
use crate::{declaration, package};

const EXAMPLES: &str = "Examples:
  repro-pgo release tag v0.1.0
  repro-pgo release record inputs=out/inputs profile=out/profile binary=out/example --output hashes.json
  repro-pgo release compare first/hashes.json second/hashes.json
  repro-pgo release collect built --platforms x86_64-linux,aarch64-linux --output assets
  repro-pgo release verify example-0.1.0-x86_64-linux.tar.gz

Exit codes: 0 as it should be, 1 refused or different, 2 usage, 3 could not verify";

/// What a release needs around its tarball: comparing machines, collecting platforms, verifying what was published.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Release {
    #[command(subcommand)]
    release: ReleaseCommand,
}

#[derive(Debug, Subcommand)]
enum ReleaseCommand {
    Tag(Tag),
    Record(Record),
    Compare(Compare),
    Collect(Collect),
    Verify(Verify),
}

/// Check that a tag is the one of this version: `v` and the version in Cargo.toml.
#[derive(Debug, Args)]
struct Tag {
    /// The tag's name.
    name: String,
}

/// Hash what a build made, so that another machine's hashes can be compared with it.
///
/// A file has one hash, a folder one for each of its entries. Name the earliest stage first: `compare` tells the first
/// difference in that order.
#[derive(Debug, Args)]
struct Record {
    /// What was made, and where it is.
    #[arg(value_name = "NAME=PATH", required = true, value_parser = part)]
    parts: Vec<(String, PathBuf)>,
    /// Write the list here instead of to stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Compare the hashes of two machines; every one has to be the same.
#[derive(Debug, Args)]
struct Compare {
    /// What the first machine made.
    first: PathBuf,
    /// What the second one made.
    second: PathBuf,
    /// Print the differences as JSON.
    #[arg(long)]
    json: bool,
}

/// Put the tarballs of all platforms into one folder, with the gate's reports and one SHA256SUMS.
///
/// Refused unless every tarball is intact, every platform is there once, all are of one version, none but that of
/// pgo.toml's [dist] has a profile, and that one is what the ship gate's report beside it decided for.
#[derive(Debug, Args)]
struct Collect {
    /// Where the tarballs are, at any depth.
    from: PathBuf,
    /// The platforms that have to be there.
    #[arg(long, value_name = "NAME", value_delimiter = ',', required = true)]
    platforms: Vec<String>,
    /// A further program that is released along: one tarball, without a profile.
    #[arg(long, value_name = "PROGRAM", value_delimiter = ',')]
    along: Vec<String>,
    /// The commit all of them have to be built from.
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,
    /// What two machines made alike; the tarball that may have a profile has to be among it, and what goes along.
    #[arg(long, value_name = "FILE")]
    hashes: Option<PathBuf>,
    /// The folder they go to.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

/// Check that a published tarball is what this source gives.
///
/// Its own manifest says which commit and which variant it is, and whether Nix or cargo built it; this checkout has to be that
/// commit. What cargo built is made again here, without measuring; what Nix built, by Nix, and then given with --rebuilt. Where the two differ it is told which files
/// differ and what the manifests say was not the same: compiler, linker, C library, emulator, profile.
#[derive(Debug, Args)]
struct Verify {
    /// The published tarball.
    tarball: PathBuf,
    /// Compare with this tarball instead of making one here.
    #[arg(long, value_name = "TARBALL")]
    rebuilt: Option<PathBuf>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// `NAME=PATH`
fn part(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), path.into())),
        _ => Err("it must be a name, `=` and a path".to_owned()),
    }
}

impl Release {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.release {
            ReleaseCommand::Tag(tag) => tag.run(shared),
            ReleaseCommand::Record(record) => record.run(),
            ReleaseCommand::Compare(compare) => compare.run(),
            ReleaseCommand::Collect(collect) => collect.run(shared),
            ReleaseCommand::Verify(verify) => verify.run(shared),
        }
    }
}

impl Tag {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let version = shared.pipeline()?.project.version;
        let (name, due) = (&self.name, format!("v{version}"));
        ensure!(*name == due, "the tag is {name}, but this source is version {version}: its tag is {due}");
        println!("{due}");
        Ok(ExitCode::Fine)
    }
}

impl Record {
    fn run(self) -> anyhow::Result<ExitCode> {
        let hashes = release::record(&self.parts)?;
        let text = serde_json::to_string_pretty(&hashes)? + "\n";
        match &self.output {
            None => print!("{text}"),
            Some(file) => stamp::replace(file, text.as_bytes())?,
        }
        Ok(ExitCode::Fine)
    }
}

impl Compare {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (first, second) = (hashes::read(&self.first)?, hashes::read(&self.second)?);
        let differences = release::differences(&first, &second);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&differences)?);
        } else {
            print!("{}", compared(&first, &differences));
        }
        Ok(if differences.is_empty() { ExitCode::Fine } else { ExitCode::Refused })
    }
}

/// One line for each thing, the verdict last.
fn compared(first: &Hashes, differences: &[release::Mismatch]) -> String {
    let differs = |name: &str| differences.iter().any(|found| found.name == name);
    let same = first.iter().filter(|hash| !differs(&hash.name));
    let mut text: String = same.map(|hash| format!("same     {}  {}\n", hash.sha256, hash.name)).collect();
    for found in differences {
        let told = |side: &Option<String>| side.clone().unwrap_or_else(|| "missing".to_owned());
        text += &format!("differs  {}\n         {}  {}\n", told(&found.first), told(&found.second), found.name);
    }
    text + &match differences.first() {
        None => format!("same: {} hashes\n", first.len()),
        Some(found) => format!("differs: first in {}\n", found.name),
    }
}

impl Collect {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let spec = declaration::load(&shared.spec_file()?)?;
        let dist =
            spec.dist.context("pgo.toml has no [dist] table, so nothing says which platform may have a profile")?;
        let repeated = self.hashes.as_deref().map(hashes::read).transpose()?;
        let collected = release::collect(&CollectRequest {
            from: &self.from,
            output: &self.output,
            platforms: &self.platforms,
            along: &self.along,
            with_profile: &dist.platform,
            revision: self.revision.as_deref(),
            repeated: repeated.as_ref(),
        })?;
        println!("{}", told(&collected));
        Ok(ExitCode::Fine)
    }
}

fn told(collected: &Collected) -> String {
    let variants = collected.variants.iter().map(|(platform, variant)| match variant {
        Variant::Pgo => format!("{platform} with a profile"),
        Variant::Lto => format!("{platform} without"),
    });
    let variants = variants.collect::<Vec<_>>().join(", ");
    format!("collected: {} ({variants}); hashes in {}", collected.title, collected.checksums.display())
}

impl Verify {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let published = super::absolute(&self.tarball)?;
        let manifest = package::verify(&published)?;
        let place = tempfile::tempdir().context("cannot make a folder")?;
        let again = match &self.rebuilt {
            Some(tarball) => super::absolute(tarball)?,
            None => match again(shared, &manifest, &published, place.path()) {
                Ok(tarball) => tarball,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    println!("not verified: {}", error.to_string().lines().next().unwrap_or_default());
                    return Ok(ExitCode::NotMeasured);
                }
            },
        };
        let rebuilt = release::compare(&published, &again)?;
        print!("{}", if self.json { serde_json::to_string_pretty(&rebuilt)? + "\n" } else { rebuilt.text() });
        Ok(if rebuilt.is_same() { ExitCode::Fine } else { ExitCode::Refused })
    }
}

/// Makes the tarball that `manifest` describes once more, in `place`.
fn again(shared: &Shared, manifest: &package::Manifest, published: &Path, place: &Path) -> anyhow::Result<PathBuf> {
    let pipeline = shared.pipeline()?;
    let (here, there) = (provenance::source(&pipeline.project.root)?, &manifest.source);
    if there.dirty {
        bail!("it was built from a source with changes that were never committed, which nobody has");
    }
    if let (Some(here), Some(there)) = (&here.revision, &there.revision) {
        ensure!(here == there, "it was built from {there}, and this is {here}; run `git checkout {there}` first");
    }
    ensure!(
        !here.dirty,
        "this checkout has changes that {} has not",
        there.revision.as_deref().unwrap_or("the source")
    );
    if manifest.built_by == Builder::Nix {
        bail!(
            "it was built with Nix, whose compiler and C library are not this machine's. Make it again with Nix and give it to this \
             command: `nix build .#tarball-{} --out-link rebuilt`, then --rebuilt rebuilt/{}",
            manifest.variant.name(),
            published.file_name().unwrap_or_default().display()
        );
    }
    let platform = pipeline.spec.dist.as_ref().map(|dist| dist.platform.as_str()).unwrap_or_default();
    let other = &manifest.platform;
    ensure!(
        platform == other,
        "it is for {other}, and this pipeline makes {platform}; make it with Nix and give it with --rebuilt"
    );
    let frozen = manifest.profile.as_ref().filter(|profile| profile.frozen && pipeline.frozen_profile().is_none());
    if let Some(profile) = frozen {
        bail!(
            "it was built with the profile {}, which was given and is not declared here. Make it again with \
             `repro-pgo build --variant pgo --profile FILE --output rebuilt`, then give it with --rebuilt rebuilt/{}",
            profile.sha256,
            published.file_name().unwrap_or_default().display()
        );
    }
    let shipped = if manifest.variant == Variant::Pgo { VariantChoice::Pgo } else { VariantChoice::Lto };
    let summary =
        build::chained(shared, build::Wish { shipped, output: Some(place.to_owned()), ..Default::default() })?;
    Ok(summary.tarball.context("the build packed nothing")?.path)
}
