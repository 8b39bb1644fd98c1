//! A workflow file, its jobs and its steps.

use std::path::PathBuf;

use yaml_serde::Value;

/// One file of `.github/workflows`.
pub struct Workflow {
    /// Its file name.
    pub name: &'static str,
    /// The text, for what YAML doesn't keep: comments.
    pub text: String,
    /// The same, parsed.
    pub value: Value,
}

/// One job.
pub struct Job<'a> {
    /// Its key.
    pub name: &'a str,
    /// All of it.
    pub value: &'a Value,
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Reads a file of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

impl Workflow {
    pub fn ci() -> Self {
        Self::new("ci.yml", read(".github/workflows/ci.yml"))
    }

    pub fn release() -> Self {
        Self::new("nix-release.yml", read(".github/workflows/nix-release.yml"))
    }

    pub fn targets() -> Self {
        Self::new("targets.yml", read(".github/workflows/targets.yml"))
    }

    pub fn new(name: &'static str, text: String) -> Self {
        let value = yaml_serde::from_str(&text).unwrap_or_else(|error| panic!("{name} is no YAML: {error}"));
        Self { name, text, value }
    }

    /// The jobs, in the file's order.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        let jobs = self.value["jobs"].as_mapping().expect("a workflow has jobs");
        jobs.iter().map(|(name, value)| Job { name: name.as_str().expect("a job's key is text"), value }).collect()
    }

    /// Can an event start it?
    pub fn runs_on(&self, event: &str) -> bool {
        self.value["on"].get(event).is_some()
    }
}

impl Job<'_> {
    /// The commands of its steps, each with the matrix filled in: one for each entry that names a variable of it.
    pub fn commands(&self) -> Vec<String> {
        let runs = self.steps().filter_map(|step| step["run"].as_str());
        runs.flat_map(|run| self.filled_in(run)).collect()
    }

    /// Its steps, in the file's order; none where it calls another workflow.
    pub fn steps(&self) -> impl Iterator<Item = &Value> {
        let steps = self.value["steps"].as_sequence();
        assert!(steps.is_some() || self.calls().is_some(), "{} has neither steps nor a workflow to call", self.name);
        steps.into_iter().flatten()
    }

    /// The workflow of this repository that it calls, by file name.
    pub fn calls(&self) -> Option<&str> {
        self.value["uses"].as_str()?.strip_prefix("$/.github/workflows/")
    }

    /// The steps that use an action, in whichever version.
    pub fn steps_with(&self, action: &str) -> impl Iterator<Item = &Value> {
        let pinned = format!("{action}@");
        self.steps().filter(move |step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(&pinned)))
    }

    /// Its condition; empty where it has none.
    pub fn condition(&self) -> &str {
        self.value["if"].as_str().unwrap_or_default()
    }

    /// `text` with the matrix filled in: one for each entry, or as it is.
    pub fn for_each_entry(&self, text: &str) -> Vec<String> {
        let key = text.split_once("${{ matrix.").and_then(|(_, rest)| Some(rest.split_once(" }}")?.0));
        match key {
            Some(key) => {
                self.matrix(key).iter().map(|value| text.replace(&format!("${{{{ matrix.{key} }}}}"), value)).collect()
            }
            None => vec![text.to_owned()],
        }
    }

    fn filled_in(&self, run: &str) -> Vec<String> {
        let variables = self.value["env"].as_mapping().into_iter().flatten();
        let from_matrix = variables.filter_map(|(name, value)| {
            let key = value.as_str()?.strip_prefix("${{ matrix.")?.strip_suffix(" }}")?;
            Some((format!("${}", name.as_str()?), key))
        });
        from_matrix.fold(vec![run.to_owned()], |runs, (variable, key)| {
            let fill = |run: String| match run.contains(&variable) {
                true => self.matrix(key).iter().map(|value| run.replace(&variable, value)).collect(),
                false => vec![run],
            };
            runs.into_iter().flat_map(fill).collect()
        })
    }

    fn matrix(&self, key: &str) -> Vec<String> {
        let entries = self.value["strategy"]["matrix"]["include"].as_sequence().into_iter().flatten();
        entries.filter_map(|entry| entry[key].as_str().map(str::to_owned)).collect()
    }
}
