//! A pinned profile - committed or downloaded - is used only where its record says that it was made for this build. rustc
//! would take a stale one without a word.

use std::path::{Path, PathBuf};

use host::digest;
use thiserror::Error;

use super::{Pipeline, StageError};
use crate::training::TrainingRecord;
use crate::training::record::BuildRecord;
use crate::training::session::RECORD;

/// Why a pinned profile is refused.
#[derive(Debug, Error)]
pub enum PinnedError {
    /// Nothing says what it was made for.
    #[error(
        "the profile {} has no {RECORD} beside it that says which compiler, target and flags it was made for ({reason}); \
         make a new one with `repro-pgo train`, or use it as it is with `repro-pgo optimize --unrecorded`", profile.display()
    )]
    Unrecorded {
        /// The profile.
        profile: PathBuf,
        /// What is wrong with the record.
        reason: String,
    },
    /// The record belongs to another profile.
    #[error(
        "{} has the hash {found}, but the {RECORD} beside it is of a profile with the hash {recorded}; make both anew with \
         `repro-pgo train`", profile.display()
    )]
    OtherProfile {
        /// The profile.
        profile: PathBuf,
        /// Its hash.
        found: String,
        /// The hash in the record.
        recorded: String,
    },
    /// It was made for another build.
    #[error(
        "the profile {} is stale: it was made with {what} `{recorded}`, and this build has `{current}`; make a new one with \
         `repro-pgo train`", profile.display()
    )]
    Stale {
        /// The profile.
        profile: PathBuf,
        /// What differs.
        what: &'static str,
        /// The record's value.
        recorded: String,
        /// This build's.
        current: String,
    },
}

/// Refuses `profile` unless the record beside it is its own and matches this build.
///
/// # Errors
/// [`PinnedError`], or [`StageError::File`] when there is no such profile.
pub fn require_current(pipeline: &Pipeline, profile: &Path) -> Result<(), StageError> {
    let found = digest::of_file(profile).map_err(StageError::file("cannot find", profile))?;
    let path = profile.with_file_name(RECORD);
    let unrecorded = |reason: String| PinnedError::Unrecorded { profile: profile.to_owned(), reason };
    let bytes = std::fs::read(&path).map_err(|error| unrecorded(format!("{}: {error}", path.display())))?;
    let record: TrainingRecord = serde_json::from_slice(&bytes).map_err(|error| unrecorded(error.to_string()))?;
    if record.profile_sha256 != found {
        let (profile, recorded) = (profile.to_owned(), record.profile_sha256);
        return Err(PinnedError::OtherProfile { profile, found, recorded }.into());
    }
    let Some(recorded) = record.build else {
        return Err(unrecorded("it was written by an older version".to_owned()).into());
    };
    let current = BuildRecord::new(&pipeline.spec.build, Some(pipeline.toolchain.banner.clone()));
    match first_mismatch(&recorded, &current) {
        None => Ok(()),
        Some((what, recorded, current)) => {
            Err(PinnedError::Stale { profile: profile.to_owned(), what, recorded, current }.into())
        }
    }
}

/// The first fact in which the two differ, with both values.
fn first_mismatch(recorded: &BuildRecord, current: &BuildRecord) -> Option<(&'static str, String, String)> {
    let facts = |build: &BuildRecord| {
        let rustc = build.rustc.clone().unwrap_or_else(|| "unknown".to_owned());
        [
            ("the compiler", rustc),
            ("the target", build.target.clone()),
            ("the cargo profile", build.profile.clone()),
            ("the rustflags", build.rustflags.join(" ")),
            ("the features", build.features.join(" ")),
        ]
    };
    let pairs = facts(recorded).into_iter().zip(facts(current));
    pairs.into_iter().find(|(own, other)| own.1 != other.1).map(|(own, other)| (own.0, own.1, other.1))
}
