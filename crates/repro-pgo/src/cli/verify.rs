//! `repro-pgo verify`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use host::copy::Order;
use host::exit_code::ExitCode;
use host::programs;
use host::progress::Progress;

use super::Shared;
use crate::pipeline::{Pipeline, provenance};
use crate::verify::{Built, Rebuild, Report, Variation, Verdict, compare, copy_sources, existing};

const EXAMPLES: &str = "Examples:
  repro-pgo verify                      # two builds from copies of the source
  repro-pgo verify --against .          # the build that is here, and one varied build
  repro-pgo verify --variant lto --json

Exit codes: 0 the same, 1 something differs, 2 usage, 3 could not verify";

/// Build everything twice under conditions that must not matter, and compare all of it.
///
/// The two builds differ in directory, home, user and host name, date, time zone, locale, file mode mask, size of the
/// environment, number of processors, address space randomisation, order of files and of directory entries, as far as the
/// machine permits; the output lists what was varied and what was not, and why. What differs is
/// told with its stage, file, function or section, and the likely cause; diffoscope is asked too where it is installed. The
/// last line on stdout is the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Verify {
    /// Which binary is packed; a measurement would decide differently each time.
    #[arg(long, value_name = "VARIANT", value_enum, default_value_t = Packed::Pgo)]
    variant: Packed,
    /// Compare with the build in this workspace (or pipeline folder) instead of making the first one.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Which binary is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Packed {
    /// The one with the profile.
    Pgo,
    /// The one without.
    Lto,
}

impl Verify {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.report(shared) {
            Ok(report) => {
                print!("{}", if self.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() });
                Ok(if report.verdict == Verdict::Same { ExitCode::Fine } else { ExitCode::Refused })
            }
            Err(error) => {
                eprintln!("error: verify: {error:#}");
                println!("not verified: {}", error.to_string().lines().next().unwrap_or_default());
                Ok(ExitCode::NotMeasured)
            }
        }
    }

    fn report(&self, shared: &Shared) -> anyhow::Result<Report> {
        let pipeline = shared.pipeline()?;
        let place = tempfile::Builder::new().prefix("repro-pgo-verify").tempdir().context("cannot make a folder")?;
        let variation = Variation::detect(&super::absolute(place.path())?);
        let spec_file = super::absolute(&shared.spec_file()?)?;
        let copies =
            Copies { pipeline: &pipeline, spec_file: &spec_file, place: place.path(), progress: shared.progress() };
        let first = self.against.as_ref().map(|directory| {
            let directory = super::absolute(directory)?;
            Ok::<Built, anyhow::Error>(existing(&directory, &pipeline.spec.build.target)?)
        });
        let first = first.transpose()?;
        let results = copies.compared(first, &variation, self.variant)?;
        let mut report = Report::new(variation.varied, variation.skipped, results);
        if report.verdict == Verdict::Differs {
            report.kept = Some(place.keep());
            self.ask_diffoscope(&report, shared);
        }
        Ok(report)
    }

    /// Shows diffoscope's view of the first difference on stderr.
    fn ask_diffoscope(&self, report: &Report, shared: &Shared) {
        let (Some(first), Some(kept), None) = (report.first_difference(), &report.kept, &self.against) else { return };
        let Some(program) = programs::on_path("diffoscope") else { return };
        let found = |folder: &str| {
            let suffix = Path::new(&first.file).to_owned();
            let mut stack = vec![kept.join(folder)];
            while let Some(path) = stack.pop() {
                if path.ends_with(&suffix) && path.is_file() {
                    return Some(path.to_string_lossy().into_owned());
                }
                stack.extend(path.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()));
            }
            None
        };
        if let (Some(one), Some(other)) = (found(FIRST), found(SECOND)) {
            let told = programs::output_of(&program, &["--max-report-size", "4000", &one, &other]);
            shared.progress().say(&told.unwrap_or_default());
        }
    }
}

/// The first copy's folder.
const FIRST: &str = "one";
/// The second copy's.
const SECOND: &str = "another place, further down";

struct Copies<'a> {
    pipeline: &'a Pipeline,
    spec_file: &'a Path,
    place: &'a Path,
    progress: Progress,
}

impl<'a> Copies<'a> {
    /// The results up to the baseline binary; then, if they are the same, also the checks and the tarball.
    fn compared(
        &self,
        against: Option<Built>,
        variation: &'a Variation,
        variant: Packed,
    ) -> anyhow::Result<Vec<crate::verify::Comparison>> {
        let mut first = if against.is_none() { Some(self.copy("first", FIRST, Order::ByName, None)?) } else { None };
        if let Some(first) = &mut first {
            first.preload = variation.counterpart().map(Path::to_owned);
        }
        let home = self.place.join("a home of its own");
        let folder = format!("{SECOND}/and deeper/copy");
        let second = self.copy("varied", &folder, Order::Reversed, Some((variation, home)))?;
        let variant = if variant == Packed::Pgo { "pgo" } else { "lto" };
        let packs = self.pipeline.spec.dist.is_some();
        let whole = if packs { ["--variant", variant] } else { ["--until", "check"] };
        let mut results = Vec::new();
        for arguments in [["--until", "baseline"], whole] {
            let one = match (&first, &against) {
                (Some(first), _) => self.run(first, &arguments)?,
                (None, Some(built)) => built.clone(),
                (None, None) => anyhow::bail!("there is nothing to compare with"),
            };
            let other = self.run(&second, &arguments)?;
            let has_tarball = arguments == whole;
            results = compare(&one, &other, &self.pipeline.spec.build.binaries(), &self.pipeline.tool)?;
            results.retain(|result| has_tarball || result.stage != "dist");
            if results.iter().any(|result| !result.same) {
                break;
            }
        }
        Ok(results)
    }

    fn copy(
        &self,
        which: &'static str,
        folder: &str,
        order: Order,
        variation: Option<(&'a Variation, PathBuf)>,
    ) -> anyhow::Result<Rebuild<'a>> {
        let project = &self.pipeline.project;
        let workspace = self.place.join(folder);
        copy_sources(project, &workspace, order)?;
        let root = super::absolute(&project.root)?;
        let spec = self.spec_file.strip_prefix(&root).context("the declaration is outside of the workspace")?;
        Ok(Rebuild {
            which,
            spec: workspace.join(spec),
            workspace,
            target: &self.pipeline.spec.build.target,
            revision: provenance::source(&project.root)?.revision,
            preload: None,
            variation,
        })
    }

    fn run(&self, rebuild: &Rebuild<'_>, arguments: &[&str]) -> anyhow::Result<Built> {
        let task = self.progress.begin(1, 1, rebuild.which);
        let built = rebuild.run(arguments)?;
        task.finish(&format!("build {}", arguments.join(" ")));
        Ok(built)
    }
}
