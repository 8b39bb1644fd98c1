//! The parts of an overall report, each read from its JSON or said to be missing.

use paired_bench::gate::history::History;
use paired_bench::gate::{MergeVerdict, ShipVerdict};
use paired_bench::measure::samples::WallSamples;
use render::section::Section;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A part of the report.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<T> {
    /// Its figures.
    There(T),
    /// Why it is missing, and what would make it.
    Missing(String),
}

impl<T> Part<T> {
    /// The figures, where they are there.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::There(figures) => Some(figures),
            Self::Missing(_) => None,
        }
    }
}

impl<T: DeserializeOwned> Part<T> {
    /// Reads the JSON of a part.
    ///
    /// # Errors
    /// serde's, for what is another document.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).map(Self::There)
    }
}

/// All that a report can show.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What the report is about: "example 0.1.0, x86_64-linux".
    pub title: String,
    /// The ship gate's verdict.
    pub ship: Part<ShipVerdict>,
    /// The ship gate's runs.
    pub samples: Part<WallSamples>,
    /// The merge gate's verdict.
    pub merge: Part<MergeVerdict>,
    /// Earlier runs of both gates.
    pub history: Part<History>,
    /// The profile.
    pub profile: Part<ProfileFacts>,
    /// What another program adds, such as a comparison with other tools.
    pub section: Part<Section>,
}

/// What is shown of the document that `profile show --json` prints.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProfileFacts {
    /// The profile's hash.
    pub sha256: String,
    /// Instrumented functions.
    pub functions: u64,
    /// Those that ran.
    pub covered_functions: u64,
    /// Instrumented blocks.
    pub blocks: u64,
    /// Those that ran.
    pub covered_blocks: u64,
    /// The hottest functions.
    pub hottest: Vec<HotFunction>,
}

/// A function and its share of all block counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct HotFunction {
    /// Its name.
    pub name: String,
    /// From 0 to 1.
    pub share: f64,
}

impl ProfileFacts {
    /// The profile in one line.
    pub fn sentence(&self) -> String {
        format!(
            "{} of {} functions and {} of {} blocks ran in training; profile sha256 {}",
            self.covered_functions, self.functions, self.covered_blocks, self.blocks, self.sha256
        )
    }
}

impl Parts {
    /// Name of each missing part and why it is missing.
    pub fn missing(&self) -> Vec<(&'static str, &str)> {
        fn reason<T>(part: &Part<T>) -> Option<&str> {
            match part {
                Part::There(_) => None,
                Part::Missing(reason) => Some(reason),
            }
        }
        let reasons = [
            ("merge gate", reason(&self.merge)),
            ("ship gate", reason(&self.ship)),
            ("single runs of the ship gate", reason(&self.samples)),
            ("history of the gates", reason(&self.history)),
            ("profile", reason(&self.profile)),
            ("section of another program", reason(&self.section)),
        ];
        reasons.into_iter().filter_map(|(name, reason)| Some((name, reason?))).collect()
    }

    /// The verdicts that are there, the merge gate's first.
    pub fn verdicts(&self) -> Vec<&str> {
        let merge = self.merge.get().map(|verdict| verdict.sentence.as_str());
        let ship = self.ship.get().map(|verdict| verdict.sentence.as_str());
        merge.into_iter().chain(ship).collect()
    }
}
