//! The command line.
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "what is said of an argument is its help on the terminal, which is no Markdown"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use host::exit_code::ExitCode;
use host::progress::Progress;
use host::{atomic_write, machine};

use crate::install::Cache;
use crate::sampling::Amount;
use crate::{PeersReport, Request, Source, Tool, entry, markdown, measure, page, selection};

const EXAMPLES: &str = "Examples:
  planner-bench
  planner-bench --list
  planner-bench --tools ferrflow,knope --repositories mono-small --pairs 2
  planner-bench --binary made/relplan --without-profile made/relplan-lto --tools changesets,release-please
  planner-bench --offline --json peers.json --section section.json --update docs/benchmarks.md

Exit codes: 0 measured, 1 failed, 2 usage, 3 relplan or FerrFlow could not be measured";

/// relplan as the pipeline leaves it, below the target directory.
const BINARY: &str = "repro-pgo/x86_64-unknown-linux-gnu/optimized/relplan";

/// Compare relplan with other release planners on the same repositories.
///
/// Installs the others at pinned versions into a cache, gives each its own copy of the repositories with the least
/// configuration it needs, and runs them interleaved. Prints Markdown tables that say what each row decides; what can't be
/// compared is said there, too.
#[derive(Debug, Parser)]
#[command(name = "planner-bench", version, after_help = EXAMPLES)]
pub struct CommandLine {
    /// relplan's binary [default: what `cargo repro-pgo build` left below the target directory].
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// relplan built without a profile, which gets a row of its own.
    #[arg(long, value_name = "FILE")]
    without_profile: Option<PathBuf>,
    /// The folder of repository definitions.
    #[arg(long, value_name = "DIR", default_value = "tests/fixtures/bench")]
    definitions: PathBuf,
    /// Say nothing while working; errors and results are still reported.
    #[arg(long, short)]
    quiet: bool,
    /// Only these tools, by comma; relplan is always among them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    tools: Vec<String>,
    /// These repositories of the definitions, by comma [default: floor,mono-small,mono-medium,mono-large].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    repositories: Vec<String>,
    /// Pairs of runs of each tool on each repository.
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// Seconds that all runs may take together, in equal shares; a slow tool gets fewer runs, at least one.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    budget: u64,
    /// A run is stopped after this many seconds and counts as longer than that.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Install nothing; use only what the cache has.
    #[arg(long)]
    offline: bool,
    /// Where tools and repositories are kept [default: target/planner-bench].
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
    /// Write a section for `repro-pgo report --section` here.
    #[arg(long, value_name = "FILE")]
    section: Option<PathBuf>,
    /// Write bars of the times here.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the tables as peers.md, under a heading, and every run as peers.json into this folder: for a release's notes.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Put the tables between the markers of this document.
    #[arg(long, value_name = "FILE")]
    update: Option<PathBuf>,
}

/// Runs what the command line asks for and reports errors.
pub fn run() -> ExitCode {
    CommandLine::parse().run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::Refused
    })
}

impl CommandLine {
    fn run(self) -> anyhow::Result<ExitCode> {
        let mut tools = selection::tools(&self.tools)?;
        if self.without_profile.is_some() {
            tools.insert(1, Tool::RelplanLto);
        }
        if self.list {
            list(&tools);
            return Ok(ExitCode::Fine);
        }
        let definitions = absolute(&self.definitions).context("name the folder with --definitions")?;
        let known: Vec<String> = git_fixtures::list_definitions(&definitions)?.into_keys().collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let repositories = selection::repositories(&self.repositories, &known)?;
        let (binary, cache) = self.places()?;
        let without_profile = self.without_profile.as_deref().map(absolute).transpose()?;
        let document = self.update.as_ref().map(|path| read_document(path)).transpose()?;
        if let Some(folder) = &self.answers {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let request = Request {
            relplan: &binary,
            relplan_lto: without_profile.as_deref(),
            tools: &tools,
            repositories: &repositories,
            definitions: &definitions,
            cache: &Cache { directory: cache, offline: self.offline },
            amount: Amount { pairs: self.pairs, budget: Duration::from_secs(self.budget) },
            timeout: Duration::from_secs(self.timeout),
            machine: machine::cpu_model(),
            answers: self.answers.as_deref(),
        };
        let task = Progress::detect(self.quiet).begin(1, 1, "planners");
        let report = measure(&request, &task)?;
        task.finish(&format!("{} rows on {} repositories", report.rows.len(), report.repositories.len()));
        self.deliver(&report, document)?;
        Ok(verdict(&report, &tools))
    }

    /// relplan's binary and the cache.
    fn places(&self) -> anyhow::Result<(PathBuf, PathBuf)> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        let binary = self.binary.clone().unwrap_or_else(|| target.join(BINARY));
        anyhow::ensure!(
            binary.is_file(),
            "{} does not exist; make it with `cargo repro-pgo build`, or name a binary with --binary",
            binary.display()
        );
        let cache = self.cache.clone().unwrap_or_else(|| target.join("planner-bench"));
        std::fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        Ok((absolute(&binary)?, absolute(&cache)?))
    }

    fn deliver(&self, report: &PeersReport, document: Option<String>) -> anyhow::Result<()> {
        let tables = markdown::peers(report);
        if let Some(path) = &self.json {
            write(path, &json(report)?)?;
        }
        if let Some(folder) = &self.report {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let text = format!("\n## Beside other release planners\n\n{tables}");
            write(&folder.join("peers.md"), text.as_bytes())?;
            write(&folder.join("peers.json"), &json(report)?)?;
        }
        if let Some(path) = &self.section {
            write(path, &json(&page::section(report))?)?;
        }
        if let Some(path) = &self.svg {
            write(path, page::picture(report).as_bytes())?;
        }
        if let (Some(path), Some(document)) = (&self.update, document) {
            let updated = markdown::updated(&document, &tables).with_context(|| path.display().to_string())?;
            write(path, updated.as_bytes())?;
        }
        print!("{tables}");
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(value)?;
    json.push(b'\n');
    Ok(json)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    atomic_write::bytes(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// `path`, absolute and without links; commands run in other directories.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot find {}", path.display()))
}

/// Reads a document and refuses one without markers before anything is measured.
fn read_document(path: &Path) -> anyhow::Result<String> {
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_release_workflow_calls_it_rightly() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.github/workflows/nix-release.yml");
        let text = std::fs::read_to_string(file).expect("it is there");
        let line = text.lines().find_map(|line| line.split_once("--package planner-bench -- ")).expect("it calls it").1;
        let parsed =
            CommandLine::try_parse_from(["planner-bench"].into_iter().chain(line.split(' '))).expect("it is right");
        assert!(parsed.without_profile.is_some() && parsed.report.is_some());
        selection::tools(&parsed.tools).expect("the tools are known");
    }
}
