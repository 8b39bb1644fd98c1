//! `why`: the decision for one package, and everything it rests on.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::arguments::{GlobalArguments, WhyArguments};
use super::failure::CommandError;
use super::selection::find_package;
use super::{environment, messages};
use crate::commit::Bump;
use crate::config::Config;
use crate::history::{CommitRecord, Detail, History, Note, TagRef, Touched};
use crate::plan::{self, Label, PackageState, PackageStatus, Plan, Release, SkipReason};
use crate::report::{self, CommitLine, Decision, DependencyLine, Explanation, FileLine, LastTag, TouchCheck};
use crate::workspace::Workspace;

/// Plans for all packages and explains what came out for one.
///
/// # Errors
/// When the package isn't there or isn't named, or whenever `check` fails.
pub fn run(global: &GlobalArguments, arguments: &WhyArguments) -> Result<(), CommandError> {
    let workspace = environment::open(global)?;
    environment::require_packages_at_first(&workspace)?;
    let package = asked(workspace.config(), arguments.package.as_deref())?;
    let channel = workspace.channel(arguments.channel.as_deref())?;
    let mut history = workspace.history_of_all(channel.as_ref(), Detail::EveryCommit)?;
    history.warnings.extend(workspace.branch_warning(arguments.channel.as_deref()));
    let states = workspace.package_states(&history);
    let plan = workspace.decide(&states, &history, channel.as_ref())?;
    let (state, on_channel) = (&states[package], channel.is_some());
    let subject = Subject { workspace: &workspace, history: &history, plan: &plan, package, state, on_channel };
    let mut explanation = subject.explain()?;
    explanation.channel = channel.map(|channel| channel.channel);
    if arguments.json {
        return super::print(|out| report::write_explanation_json(&explanation, out));
    }
    messages::write_warnings(workspace.warnings().iter().chain(&history.warnings))?;
    super::print(|out| report::write_explanation_text(&explanation, out))
}

fn asked(config: &Config, name: Option<&str>) -> Result<usize, CommandError> {
    match (name, config.package.len()) {
        (Some(name), _) => find_package(config, name),
        (None, 1) => Ok(0),
        (None, _) => {
            let names = config.package.iter().map(|package| package.name.clone()).collect();
            Err(CommandError::PackageNotNamed { names })
        }
    }
}

/// The package that is explained, and what is known of it.
struct Subject<'a> {
    workspace: &'a Workspace,
    history: &'a History,
    plan: &'a Plan,
    package: usize,
    state: &'a PackageState,
    on_channel: bool,
}

impl Subject<'_> {
    fn explain(&self) -> Result<Explanation, CommandError> {
        let config = self.workspace.config();
        let declared = &config.package[self.package];
        let status = PackageStatus::new(config, self.package, self.state);
        let current =
            status.current(self.workspace.declared_version(self.package, &self.history.packages[self.package].tags));
        let strategy = status.template().unwrap_or_else(|| status.strategy().name()).to_owned();
        let commits = self.commits();
        let (commits, waiting_commits) = if self.state.touched { (commits, Vec::new()) } else { (Vec::new(), commits) };
        Ok(Explanation {
            package: declared.name.clone(),
            path: declared.path.clone(),
            strategy,
            current_version: current.version,
            version_source: current.source,
            channel: None,
            monorepo: config.is_monorepo(),
            touch: self.touch()?,
            last_tag: self.history.packages[self.package].tags.since_any.as_ref().map(last_tag),
            commits,
            waiting_commits,
            dependencies: self.dependencies(),
            decision: self.decision(),
        })
    }

    fn touch(&self) -> Result<TouchCheck, CommandError> {
        let found = &self.history.packages[self.package];
        let recovered = found.touched == Touched::SinceRelease;
        let files = if recovered {
            self.workspace.files_since(found.tags.baseline(self.on_channel))?
        } else {
            self.workspace.head_files()?
        };
        let by_component = self.workspace.compatibility().shared_paths_by_component;
        let line = |path: String| {
            let matched = plan::path_rule(self.workspace.config(), self.package, &path, by_component);
            FileLine { path, matched }
        };
        Ok(TouchCheck {
            touched: self.state.touched,
            recovered,
            recovers: self.workspace.compatibility().recover_missed_releases,
            files: files.into_iter().map(line).collect(),
        })
    }

    fn commits(&self) -> Vec<CommitLine> {
        let line = |commit: &CommitRecord| CommitLine {
            hash: commit.id.to_hex_with_len(8).to_string(),
            subject: self.history.subject(commit).to_owned(),
            bump: commit.bump.name(),
            note: commit.note.map(|note| match note {
                Note::UnknownType => "no type relplan knows",
                Note::TakenBack => "taken back before it was released",
            }),
        };
        self.history.commits_of(self.package).map(line).collect()
    }

    fn dependencies(&self) -> Vec<DependencyLine> {
        let packages = &self.workspace.config().package;
        let line = |dependency: &crate::config::Dependency| {
            let index = packages.iter().position(|package| package.name == dependency.name);
            let level = index.map_or(Bump::None, |index| self.plan.levels[index]);
            DependencyLine {
                name: dependency.name.clone(),
                propagate: dependency.propagate.name(),
                upstream_bump: (level > Bump::None).then(|| level.name()),
                resulting_bump: plan::passed_on(dependency.propagate, level).name(),
            }
        };
        packages[self.package].depends_on.iter().map(line).collect()
    }

    fn decision(&self) -> Decision {
        let release = self.plan.releases.iter().find(|release| release.package == self.package);
        release.map_or_else(|| Decision::Skipped { reason: self.reason() }, |release| self.released(release))
    }

    fn released(&self, release: &Release) -> Decision {
        let (triggered_by, through) = match release.label {
            Label::Linked | Label::Fixed => ("group", Vec::new()),
            _ if !release.caused_by.is_empty() => ("dependency", release.caused_by.clone()),
            Label::Level(level) if level > self.state.bump => ("commits", self.raised_by(level)),
            Label::Level(_) | Label::Strategy(_) | Label::Forced => ("commits", Vec::new()),
        };
        Decision::Bump {
            bump: release.label.name(),
            from: release.current.clone(),
            to: release.next.clone(),
            tag: release.tag.clone(),
            prerelease: release.channel.is_some(),
            triggered_by,
            aligned: release.aligned,
            through,
        }
    }

    /// The dependencies that pass `level` on.
    fn raised_by(&self, level: Bump) -> Vec<String> {
        let raising = self.dependencies().into_iter().filter(|line| line.resulting_bump == level.name());
        raising.map(|line| line.name).collect()
    }

    fn reason(&self) -> String {
        let skipped = self.plan.skipped.iter().find(|skipped| skipped.package == self.package);
        let own = match skipped.map(|skipped| &skipped.reason) {
            Some(SkipReason::Excluded) => "excluded".to_owned(),
            Some(SkipReason::CannotFollow { problem }) => format!("its dependency moves, but {problem}"),
            Some(SkipReason::NotTouched) | None => "not touched".to_owned(),
            Some(SkipReason::NoNewCommits) => "no new commits".to_owned(),
            Some(SkipReason::NoReleasableCommits) => "no releasable commits".to_owned(),
            Some(SkipReason::VersionUnchanged { version }) => {
                return format!("version unchanged, it stays at {version}");
            }
        };
        if self.plan.levels[self.package] == Bump::None {
            return own;
        }
        format!("{own}; its dependencies move, but it has no version file to go on from")
    }
}

fn last_tag(tag: &TagRef) -> LastTag {
    let time = Timestamp::from_second(tag.time).unwrap_or(Timestamp::UNIX_EPOCH);
    LastTag {
        name: tag.name.clone(),
        commit: tag.commit.to_hex_with_len(7).to_string(),
        date: time.to_zoned(TimeZone::UTC).date().to_string(),
        reachable_from_head: true,
    }
}
