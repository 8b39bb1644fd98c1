//! Whether a tarball holds the binary that the ship gate's report beside it decided for.

use std::io::ErrorKind;
use std::path::Path;

use paired_bench::gate::Outcome;
use serde::Deserialize;

use super::ReleaseError;
use crate::package::gate_file;
use crate::package::manifest::Variant;

/// The part of the gate's report that decides.
#[derive(Debug, Deserialize)]
struct Decision {
    outcome: Outcome,
}

/// What is wrong between the `variant` in `tarball` and the report beside it; `None` where they agree.
///
/// # Errors
/// [`ReleaseError::File`] when the report can't be read. That it is missing is no error but a problem: nothing was measured.
pub fn problem(tarball: &Path, variant: Variant) -> Result<Option<String>, ReleaseError> {
    let name = tarball.file_name().unwrap_or_default().to_string_lossy();
    let report = tarball.with_file_name(gate_file(name.trim_end_matches(".tar.gz"), "json"));
    let text = match std::fs::read(&report) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Some("no report of the ship gate lies beside it".to_owned()));
        }
        read => read.map_err(ReleaseError::file("cannot read", &report))?,
    };
    Ok(match serde_json::from_slice::<Decision>(&text) {
        Ok(decision) => disagreement(decision.outcome, variant),
        Err(error) => Some(format!("the ship gate's report beside it cannot be read: {error}")),
    })
}

fn disagreement(outcome: Outcome, variant: Variant) -> Option<String> {
    match (outcome, variant) {
        (Outcome::Ship, Variant::Pgo) | (Outcome::DontShip, Variant::Lto) => None,
        (Outcome::Void, _) => Some("the ship gate's measurement is void: nothing is known, nothing ships".to_owned()),
        (Outcome::Ship, Variant::Lto) => Some("the ship gate decided for the profile, but it has none".to_owned()),
        (Outcome::DontShip, Variant::Pgo) => Some("it has a profile that the ship gate decided against".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_gate_decided_for_ships() {
        let refused = |outcome, variant| disagreement(outcome, variant).unwrap_or_default();
        assert_eq!(refused(Outcome::Ship, Variant::Pgo), "");
        assert_eq!(refused(Outcome::DontShip, Variant::Lto), "");
        assert!(refused(Outcome::Void, Variant::Pgo).contains("void"));
        assert!(refused(Outcome::Void, Variant::Lto).contains("void"));
        assert!(refused(Outcome::Ship, Variant::Lto).contains("it has none"));
        assert!(refused(Outcome::DontShip, Variant::Pgo).contains("decided against"));
    }
}
