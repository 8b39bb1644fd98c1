//! What a build made, for the verdict line and for machines.

use std::path::PathBuf;

use host::digest;
use paired_bench::gate::{Outcome, ShipVerdict};
use render::number;
use serde::Serialize;

use super::build::Stage;
use super::check::Checked;
use super::{InputHashes, StageError, State};
use crate::layout::LayoutRecord;
use crate::training::TrainingRecord;

/// A file the chain made.
#[derive(Debug, Clone, Serialize)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// Its hash.
    pub sha256: String,
}

/// What the chain made so far; what was not reached is absent.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Each stage that was reached and whether it had to run.
    pub stages: Vec<(Stage, State)>,
    /// The sets' hashes.
    pub inputs: InputHashes,
    /// What the profile was made from.
    pub training: Option<TrainingRecord>,
    /// Whether that was an earlier build, which left its profile.
    pub frozen_profile: bool,
    /// The merged profile.
    pub profile: Option<Artifact>,
    /// The order of the functions.
    pub layout: Option<LayoutRecord>,
    /// The binary built with the profile.
    pub optimized: Option<Artifact>,
    /// How many functions have no profile data.
    pub unmatched_functions: Option<usize>,
    /// The binary built without the profile.
    pub baseline: Option<Artifact>,
    /// What was checked.
    pub check: Option<Checked>,
    /// What the ship gate found.
    pub gate: Option<ShipVerdict>,
    /// The tarball.
    pub tarball: Option<Artifact>,
    /// Whether the tarball's binary was named on the command line instead of measured.
    pub unmeasured: bool,
    /// Whether the tarball's binary is the one with the profile.
    pub with_profile: bool,
}

impl Artifact {
    /// The file at `path` with its hash.
    ///
    /// # Errors
    /// [`StageError::File`] when it can't be read.
    pub fn at(path: PathBuf) -> Result<Self, StageError> {
        let sha256 = digest::of_file(&path).map_err(StageError::file("cannot read", &path))?;
        Ok(Self { path, sha256 })
    }
}

/// `what sha256 0123456789ab…`.
pub fn short(what: &str, made: &Artifact) -> String {
    format!("{what} sha256 {}…", &made.sha256[..12])
}

/// The last line: which binary ships and why.
pub fn verdict(summary: &Summary) -> String {
    let (tarball, gate) = match (&summary.tarball, &summary.gate) {
        (Some(tarball), Some(gate)) => (tarball, gate),
        (Some(tarball), None) if summary.unmeasured => return unmeasured(summary, tarball),
        (None, Some(gate)) => return format!("{}{}", gate.sentence, reservation(summary)),
        _ => return built(summary),
    };
    let name = tarball.path.file_name().unwrap_or_default().to_string_lossy();
    let mean = &gate.geometric_mean;
    let figures =
        format!("{}x wall [{}, {}]", number::ratio(mean.ratio), number::ratio(mean.lower), number::ratio(mean.upper));
    match (gate.outcome, &summary.profile) {
        (Outcome::Ship, Some(profile)) => {
            format!("ship: {name} (PGO {figures}, {}{})", short("profile", profile), reservation(summary))
        }
        _ => format!("ship: {name} (LTO only, PGO {figures}: {})", gate.reasons.join("; ")),
    }
}

fn unmeasured(summary: &Summary, tarball: &Artifact) -> String {
    let name = tarball.path.file_name().unwrap_or_default().to_string_lossy();
    let (variant, reservation) =
        if summary.with_profile { ("PGO", reservation(summary)) } else { ("LTO only", String::new()) };
    format!("packed: {name} ({variant} as asked, not measured, {}{reservation})", short("tarball", tarball))
}

/// What the reader has to know about the training, with a comma before it.
fn reservation(summary: &Summary) -> String {
    let given = summary.training.as_ref().filter(|record| summary.frozen_profile && !record.is_pinned());
    let given = given.map(|_| "profile given, not trained by this build".to_owned());
    let own = summary.training.as_ref().map(TrainingRecord::reservation).filter(|told| !told.is_empty());
    let told = given.into_iter().chain(own).collect::<Vec<_>>().join(", ");
    if told.is_empty() { told } else { format!(", {told}") }
}

fn built(summary: &Summary) -> String {
    let parts = [("profile", &summary.profile), ("optimized", &summary.optimized), ("baseline", &summary.baseline)];
    let told: Vec<String> = parts.iter().filter_map(|(name, made)| Some(short(name, made.as_ref()?))).collect();
    if told.is_empty() {
        return "built: as far as asked".to_owned();
    }
    format!("built: {}{}", told.join(", "), reservation(summary))
}
