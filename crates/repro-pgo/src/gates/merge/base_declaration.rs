//! What base declares, as far as the merge gate has to know it. Base's file is read leniently: a key that head's driver
//! does not know any more must not make the comparison impossible.

use std::path::Path;

use paired_bench::gate::MergeRules;
use render::number;
use serde::Deserialize;

use crate::declaration::{BenchmarkSpec, BuildSpec, MergeSpec, Spec};

/// The parts of base's `pgo.toml`.
#[derive(Debug, Deserialize)]
pub struct BaseDeclaration {
    /// How base is built.
    pub build: BuildSpec,
    /// What base can be measured with.
    #[serde(default)]
    pub benchmarks: Vec<BenchmarkSpec>,
    #[serde(default)]
    gate: Gates,
}

#[derive(Debug, Default, Deserialize)]
struct Gates {
    #[serde(default)]
    merge: MergeSpec,
}

impl BaseDeclaration {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A sentence that says why it can't be read.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("its pgo.toml can't be read: {error}"))?;
        toml::from_str(&text).map_err(|error| format!("its pgo.toml can't be read: {}", error.message()))
    }

    /// The benchmark `name`.
    pub fn benchmark(&self, name: &str) -> Option<&BenchmarkSpec> {
        self.benchmarks.iter().find(|benchmark| benchmark.name == name)
    }

    /// Whether base gates the benchmark `name`: a change can't take its own benchmarks out of the gate.
    pub fn gates(&self, name: &str) -> bool {
        self.benchmark(name).is_some() && rules(&self.gate.merge).is_gated(name)
    }

    /// What a reader should know about how `head` declares things differently.
    pub fn differences(&self, head: &Spec) -> Vec<String> {
        let mut notes = Vec::new();
        let (before, after) = (&self.gate.merge, &head.gate.merge);
        if before.limit != after.limit {
            let [before, after] = [before.limit, after.limit].map(number::percent);
            notes
                .push(format!("the change sets [gate.merge] limit from {before} to {after}, which holds here already"));
        }
        if before.benchmarks != after.benchmarks {
            let text = format!("from `{}` to `{}`", before.benchmarks, after.benchmarks);
            notes.push(format!("the change sets [gate.merge] benchmarks {text}; what base gates stays gated here"));
        }
        if toml::to_string(&self.build).ok() != toml::to_string(&head.build).ok() {
            notes.push("the change alters [build]; each side is built as it declares it".to_owned());
        }
        let changed = head.benchmarks.iter().filter(|own| {
            let before = self.benchmark(&own.name);
            before.is_some_and(|before| toml::to_string(before).ok() != toml::to_string(own).ok())
        });
        notes
            .extend(changed.map(|own| format!("{} is declared anew; both sides run it as head declares it", own.name)));
        notes
    }
}

/// The gate's rules as declared.
pub fn rules(declared: &MergeSpec) -> MergeRules {
    MergeRules {
        benchmarks: declared.benchmarks.clone(),
        limit: declared.limit,
        repeats: declared.repeats,
        ..MergeRules::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "[build]\npackage = \"demo\"\nbinary = \"demo\"\ntarget = \"t\"\n[a-key-of-the-past]\nx = 1\n\
        [gate.merge]\nbenchmarks = \"*_guarded_program\"\n\
        [[benchmarks]]\nname = \"a_guarded_program\"\ninputs = \"s\"\nentry = \"r\"\n";

    const GATED: &str = "[gate.merge]\nbenchmarks = \"*_guarded_program\"\n";

    fn base() -> BaseDeclaration {
        toml::from_str(BASE).expect("lenient")
    }

    fn head(more: &str) -> Spec {
        let own = BASE.replace("[a-key-of-the-past]\nx = 1\n", "");
        let own = if more.contains("[gate.merge]") { own.replace(GATED, "") } else { own };
        let text = format!("{own}{more}\n[training]\n");
        toml::from_str(&text).expect("it is complete")
    }

    #[test]
    fn keys_of_the_past_are_no_obstacle() {
        assert!(base().gates("a_guarded_program") && !base().gates("b_guarded_program"));
        assert!(base().differences(&head("")).is_empty(), "{:?}", base().differences(&head("")));
    }

    #[test]
    fn a_gate_that_gets_softer_is_told() {
        let notes = base().differences(&head("[gate.merge]\nbenchmarks = \"x*\"\nlimit = 0.1")).join("\n");
        assert!(notes.contains("limit from 0.2 % to 10 %"), "{notes}");
        assert!(notes.contains("from `*_guarded_program` to `x*`; what base gates stays gated"), "{notes}");
        let changed = head("args = [\"--quick\"]");
        assert_eq!(
            base().differences(&changed),
            ["a_guarded_program is declared anew; both sides run it as head declares it"]
        );
    }

    #[test]
    fn a_base_without_a_declaration_says_so() {
        let error = BaseDeclaration::load(Path::new("/nonexistent/pgo.toml")).expect_err("nothing there");
        assert!(error.starts_with("its pgo.toml can't be read: "), "{error}");
    }
}
