//! `repro-pgo bench peers`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::peers::install::Cache;
use crate::peers::sampling::Amount;
use crate::peers::{PeersReport, Request, Source, Tool, entry, markdown, measure, selection};
use crate::report::peers_page;
use crate::spec;
use crate::stage::{Room, provenance, stamp, to_json};

const EXAMPLES: &str = "Examples:
  repro-pgo bench peers
  repro-pgo bench peers --list
  repro-pgo bench peers --tools ferrflow,knope --repositories mono-small --pairs 2
  repro-pgo bench peers --offline --json peers.json --update docs/benchmarks.md

Exit codes: 0 measured, 1 failed, 2 usage, 3 relplan or FerrFlow could not be measured";

/// The set of stimuli that tools are compared on.
const SET: &str = "bench";

/// Compare relplan with other release planners on the same repositories.
///
/// Installs the others at pinned versions into a cache, gives each its own copy of the repositories with the least
/// configuration it needs, and runs them interleaved. Prints Markdown tables that say what each row decides; what can't be
/// compared is said there, too.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Peers {
    /// relplan's binary [default: the pipeline's optimised one].
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Only these tools, by comma; relplan is always among them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    tools: Vec<String>,
    /// These repositories of the set `bench`, by comma [default: floor,mono-small,mono-medium,mono-large].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    repositories: Vec<String>,
    /// Pairs of runs of each tool on each repository.
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// Seconds that all runs may take together, in equal shares; a slow tool gets fewer runs, at least one.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    budget: u64,
    /// A run is stopped after so many seconds and counts as longer than that.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Install nothing; use only what the cache has.
    #[arg(long)]
    offline: bool,
    /// Where tools and repositories are kept [default: target/repro-pgo/peers].
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Name the tools with their versions and what is run, and measure nothing.
    #[arg(long)]
    list: bool,
    /// Keep what each tool answered in files here, from a run that doesn't count.
    #[arg(long, value_name = "DIR")]
    answers: Option<PathBuf>,
    /// Write every run here.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write bars of the times here.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Put the tables between the markers of this document.
    #[arg(long, value_name = "FILE")]
    update: Option<PathBuf>,
}

impl Peers {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let tools = selection::tools(&self.tools)?;
        if self.list {
            list(&tools);
            return Ok(ExitCode::Fine);
        }
        let spec_file = shared.spec_file()?;
        let spec = spec::load(&spec_file)?;
        let directory = spec_file.parent().unwrap_or(&spec_file);
        let set = spec.stimuli.get(SET).and_then(|set| set.definitions.as_ref());
        let definitions = directory.join(set.with_context(|| {
            format!(
                "{} declares no stimuli set `{SET}` with definitions, which the tools are compared on",
                spec_file.display()
            )
        })?);
        let known: Vec<String> = git_fixtures::list_definitions(&definitions)?.into_keys().collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let repositories = selection::repositories(&self.repositories, &known)?;
        let (binary, cache) = self.places(shared)?;
        let document = self.update.as_ref().map(|path| read_document(path)).transpose()?;
        if let Some(folder) = &self.answers {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let request = Request {
            relplan: &super::absolute(&binary)?,
            tools: &tools,
            repositories: &repositories,
            definitions: &definitions,
            cache: &Cache { directory: cache, offline: self.offline },
            amount: Amount { pairs: self.pairs, budget: Duration::from_secs(self.budget) },
            timeout: Duration::from_secs(self.timeout),
            machine: provenance::cpu_model(),
            answers: self.answers.as_deref(),
        };
        let task = shared.progress().begin(1, 1, "peers");
        let report = measure(&request, &task)?;
        task.finish(&format!("{} rows on {} repositories", report.rows.len(), report.repositories.len()));
        self.deliver(&report, document)?;
        Ok(verdict(&report, &tools))
    }

    /// relplan's binary and the cache; the workspace is only read where one of them isn't given.
    fn places(&self, shared: &Shared) -> anyhow::Result<(PathBuf, PathBuf)> {
        if let (Some(binary), Some(cache)) = (&self.binary, &self.cache) {
            std::fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
            return Ok((binary.clone(), super::absolute(cache)?));
        }
        let pipeline = shared.pipeline()?;
        let binary = self.binary.clone().unwrap_or_else(|| pipeline.binary(Room::Optimized));
        anyhow::ensure!(
            binary.is_file(),
            "{} does not exist; make it with `repro-pgo build`, or name a binary with --binary",
            binary.display()
        );
        let cache = self.cache.clone().unwrap_or_else(|| pipeline.project.target_directory.join("repro-pgo/peers"));
        std::fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        Ok((binary, super::absolute(&cache)?))
    }

    fn deliver(&self, report: &PeersReport, document: Option<String>) -> anyhow::Result<()> {
        let tables = markdown::peers(report);
        if let Some(path) = &self.json {
            stamp::replace(path, &to_json(report))?;
        }
        if let Some(path) = &self.svg {
            stamp::replace(path, peers_page::picture(report).as_bytes())?;
        }
        if let (Some(path), Some(document)) = (&self.update, document) {
            let updated = markdown::updated(&document, &tables).with_context(|| path.display().to_string())?;
            stamp::replace(path, updated.as_bytes())?;
        }
        print!("{tables}");
        Ok(())
    }
}

/// Reads a document and refuses one without markers before anything is measured.
fn read_document(path: &std::path::Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    markdown::updated(&text, "").with_context(|| path.display().to_string())?;
    Ok(text)
}

fn list(tools: &[Tool]) {
    for entry in entry::ENTRIES.iter().filter(|entry| tools.contains(&entry.tool)) {
        let version = entry.tool.pinned().unwrap_or("as it is");
        println!("{} {version}", entry.title());
        println!("    from {}; plans {}", entry.tool.source().registry(), entry.plans.words());
        println!("    {}", entry.unfit.unwrap_or(entry.does));
        if matches!(entry.tool.source(), Source::Npm { .. }) {
            println!("    once through node, once through npx");
        }
    }
}

fn verdict(report: &PeersReport, tools: &[Tool]) -> ExitCode {
    let required: Vec<&str> = tools.iter().filter(|tool| tool.is_required()).map(|tool| tool.name()).collect();
    let unmeasured = report.unmeasured(&required);
    if unmeasured.is_empty() {
        return ExitCode::Fine;
    }
    eprintln!("error: {} could not be measured; the tables say why", unmeasured.join(" and "));
    ExitCode::NotMeasured
}
