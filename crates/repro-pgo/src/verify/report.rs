//! What a verification found, for people and for machines.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;

use super::Comparison;
use super::variation::Skipped;

/// Whether everything was the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every result is the same.
    Same,
    /// At least one differs.
    Differs,
}

/// What a verification found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// What was varied.
    pub varied: Vec<String>,
    /// What was not, and why.
    pub skipped: Vec<Skipped>,
    /// Every result, in the order of the stages.
    pub results: Vec<Comparison>,
    /// Where both builds were kept, if they differ.
    pub kept: Option<PathBuf>,
}

impl Report {
    /// The verdict on `results`.
    pub fn new(varied: Vec<String>, skipped: Vec<Skipped>, results: Vec<Comparison>) -> Self {
        let same = results.iter().all(|result| result.same);
        let verdict = if same { Verdict::Same } else { Verdict::Differs };
        Self { verdict, varied, skipped, results, kept: None }
    }

    /// The first result that differs, in the order of the stages.
    pub fn first_difference(&self) -> Option<&Comparison> {
        self.results.iter().find(|result| !result.same)
    }

    /// Everything as text, the verdict in the last line.
    pub fn text(&self) -> String {
        let mut text = format!("varied: {}\n", self.varied.join(", "));
        for skipped in &self.skipped {
            let _ = writeln!(text, "not varied: {} ({})", skipped.what, skipped.why);
        }
        for result in self.results.iter().filter(|result| result.stage != "inputs" || !result.same) {
            text.push_str(&line(result));
        }
        let inputs = self.results.iter().filter(|result| result.stage == "inputs" && result.same).count();
        let _ = writeln!(text, "same     inputs     {inputs} files");
        if let Some(kept) = &self.kept {
            let _ = writeln!(text, "both builds are kept in {}", kept.display());
        }
        text + &self.verdict_line() + "\n"
    }

    fn verdict_line(&self) -> String {
        let Some(first) = self.first_difference() else {
            return format!("same: {} results under {} variations", self.results.len(), self.varied.len());
        };
        let place = first.places.first().map(String::as_str).unwrap_or_default();
        format!("differs: first in stage {}, {}, {place}", first.stage, first.file)
    }
}

fn line(result: &Comparison) -> String {
    let short = |hash: &Option<String>| hash.as_ref().map_or("missing".to_owned(), |hash| hash[..12].to_owned());
    let Comparison { stage, file, sha256: [first, second], .. } = result;
    if result.same {
        return format!("same     {stage:<10}  {file}  sha256 {}…\n", short(first));
    }
    let mut text = format!("differs  {stage:<10}  {file}  sha256 {}… and {}…\n", short(first), short(second));
    for place in &result.places {
        let _ = writeln!(text, "           {place}");
    }
    if let Some(cause) = &result.cause {
        let _ = writeln!(text, "           likely cause: {cause}");
    }
    text
}
