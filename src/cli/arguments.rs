//! The command line: what can be asked, and how.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::release::Mode;

/// Release planner for single repositories and monorepos.
#[derive(Debug, Parser)]
#[command(
    name = "relplan",
    version,
    about = "Plans releases: conventional commits in, next versions out",
    long_about = "Plans the releases of a repository, of one package or of thousands, from its conventional commits.\n\n\
        Reads ferrflow.json, ferrflow.json5, ferrflow.toml and .ferrflow and then answers as FerrFlow would; its own \
        relplan.toml, relplan.json (which may have comments, also as .jsonc) and relplan.json5 take the same keys. \
        Without any, the version files in the root or the tags alone make one package.",
    after_help = "Exit codes: 0 done (also when there is nothing to release), 1 refused or failed, 2 wrong usage, \
        4 no packages.",
    after_long_help = "Examples:\n  \
        relplan check                    what would be released now, and why\n  \
        relplan check --json             the same for a machine, on one line\n  \
        relplan check --channel beta     as pre-releases of a channel\n  \
        relplan release --dry-run        what a release would write, commit, tag and push\n  \
        relplan release                  does it\n  \
        relplan -C path/to/repo version  the current version of every package\n  \
        relplan tag core                 the last release tag of one package\n  \
        relplan why core                 the decision for one package, commit by commit\n  \
        relplan graph --impact core      what a release of one package takes along\n  \
        relplan validate                 what is wrong with the configuration\n\n\
        Exit codes:\n  \
        0  done (also when there is nothing to release)\n  \
        1  refused or failed; the reason is on standard error\n  \
        2  wrong usage\n  \
        4  no packages: nothing is configured, and neither a version file nor a version tag was found",
    max_term_width = 100
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub global: GlobalArguments,
}

/// Flags that every command takes, before or after its name.
#[derive(Debug, Default, Args)]
pub struct GlobalArguments {
    /// Run as if started in this directory
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Read this configuration instead of looking for one; relative to the repository's root
    #[arg(long, value_name = "FILE", global = true, env = "RELPLAN_CONFIG")]
    pub config: Option<PathBuf>,
    /// Threads to read the history with [default: one per core]
    #[arg(long, value_name = "N", global = true, env = "RELPLAN_JOBS")]
    pub jobs: Option<NonZeroUsize>,
    /// Say more: commits, changed files, packages that stay
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Write nothing; only `init` and `release` ever do
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Say on standard error how long each step took
    #[arg(long, global = true)]
    pub timing: bool,
    /// How to write messages on standard error: as they are, or one JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
}

/// How lines on standard error are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// As they are.
    #[default]
    Human,
    /// One JSON object each, with the time and the level.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would be released now, and why
    #[command(
        visible_alias = "plan",
        after_help = "With -v the changes to version files follow the plan.\n\n\
        Examples:\n  \
        relplan check --json | jq -r '.packages[].tag'\n  \
        relplan check --channel beta\n  \
        relplan check --force-version core@2.0.0 --exclude cli\n  \
        relplan check --force-version core@1.0.0 --allow-downgrade"
    )]
    Check(CheckArguments),
    /// Write versions and changelogs, commit, tag and push
    #[command(
        after_help = "Does what `check` plans: writes the version files and changelogs, commits them, tags the commit and pushes \
        branch and tags at once. Killed at any time, it has changed nothing, or running it again finishes the same release.\n\n\
        Examples:\n  \
        relplan release --dry-run\n  \
        relplan release --no-push\n  \
        relplan release --mode branch\n  \
        relplan check --json > plan.json && relplan release --plan plan.json\n  \
        relplan release --json | jq -r '.released[].notes'"
    )]
    Release(ReleaseArguments),
    /// Print the current version of one package or of all
    Version(QueryArguments),
    /// Print the last release tag of one package or of all
    Tag(QueryArguments),
    /// Show the version, the last release and pending changes of every package
    #[command(after_help = "A package has changes when its own unreleased commits ask for a release.\n\n\
        Examples:\n  \
        relplan status\n  \
        relplan status --output json | jq -r '.[] | select(.has_changes).name'")]
    Status(StatusArguments),
    /// Print which packages depend on which, and the order they are released in
    #[command(after_help = "A dependency cycle is shown and refused.\n\n\
        Examples:\n  \
        relplan graph\n  \
        relplan graph --svg > graph.svg\n  \
        relplan graph --dot | dot -Tpng > graph.png\n  \
        relplan graph --impact core --bump major")]
    Graph(GraphArguments),
    /// Check the configuration and the files it names
    #[command(after_help = "Exit codes: 0 no errors (warnings and suggestions may remain), 1 errors.\n\n\
        Examples:\n  \
        relplan validate\n  \
        relplan validate --json | jq '.errors[].message'")]
    Validate(ValidateArguments),
    /// Print the JSON schema of configurations
    #[command(after_help = "Example:\n  relplan schema --pretty > relplan.schema.json")]
    Schema(SchemaArguments),
    /// Explain the decision for one package, commit by commit
    #[command(after_help = "Examples:\n  \
        relplan why core\n  \
        relplan why core --channel beta\n  \
        relplan why core --json | jq .decision")]
    Why(WhyArguments),
    /// Write a first configuration for the packages that are there
    #[command(
        after_help = "Finds the packages of Cargo, npm, yarn, pnpm, Lerna, Nx, Go, Gradle, Maven, Python, .NET, Elixir, Ruby, \
        Dart and Helm with their version files, changelogs and dependencies, how releases have been tagged, and which packages share \
        their tags. Says what it left out. An existing configuration is never overwritten.\n\n\
        Examples:\n  \
        relplan init --dry-run\n  \
        relplan init --format json --ferrflow"
    )]
    Init(InitArguments),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  relplan completions bash > ~/.local/share/bash-completion/completions/relplan")]
    Completions {
        /// The shell to complete in
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  relplan man | man -l -")]
    Man,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Print one line of JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// Plan pre-releases of this channel, whatever the branch says
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// Plan this version, whatever the commits say; the name may be left out where there is one package
    #[arg(long, value_name = "[NAME@]VERSION")]
    pub force_version: Vec<String>,
    /// Let --force-version plan a version below the current one
    #[arg(long, requires = "force_version")]
    pub allow_downgrade: bool,
    /// Leave this package as it is, also where a dependency or its group would move it
    #[arg(long, value_name = "NAME")]
    pub exclude: Vec<String>,
    /// Refused: comments need a forge, and relplan talks to none
    #[arg(long, hide = true)]
    pub comment: bool,
    /// Refused: use --force-version and --exclude
    #[arg(long, hide = true)]
    pub interactive: bool,
}

/// Arguments of `release`.
#[derive(Debug, Args)]
pub struct ReleaseArguments {
    /// Print one line of JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// What becomes of the files [default: commit, or what the configuration says]
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// Release pre-releases of this channel, whatever the branch says
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// Release this version, whatever the commits say; the name may be left out where there is one package
    #[arg(long, value_name = "[NAME@]VERSION")]
    pub force_version: Vec<String>,
    /// Let --force-version release a version below the current one
    #[arg(long, requires = "force_version")]
    pub allow_downgrade: bool,
    /// Leave this package as it is, also where a dependency or its group would move it
    #[arg(long, value_name = "NAME")]
    pub exclude: Vec<String>,
    /// Release only if this is still what `check --json` with the same options says
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Send nothing to the remote
    #[arg(long)]
    pub no_push: bool,
    /// Let moving tags such as v1 go back to a lower version; with --abort, don't ask whether the remote has the release
    #[arg(long)]
    pub force: bool,
    /// Take an unfinished release back instead, unless it has been pushed
    #[arg(long, conflicts_with_all = ["plan", "mode", "channel", "force_version", "exclude"])]
    pub abort: bool,
}

/// Arguments of `version` and `tag`.
#[derive(Debug, Args)]
pub struct QueryArguments {
    /// The package asked for [default: all]
    pub package: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Output::Text)]
    pub output: Output,
    /// The same as `--output json`
    #[arg(long, conflicts_with = "output")]
    pub json: bool,
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct GraphArguments {
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// The same as `--format dot`, for Graphviz
    #[arg(long, conflicts_with_all = ["format", "json"])]
    pub dot: bool,
    /// The same as `--format svg`, a picture
    #[arg(long, conflicts_with_all = ["format", "json", "dot"])]
    pub svg: bool,
    /// Show which packages move when this one does
    #[arg(long, value_name = "PACKAGE")]
    pub impact: Option<String>,
    /// How far it moves [default: minor]
    #[arg(long, value_enum, value_name = "LEVEL", requires = "impact")]
    pub bump: Option<BumpLevel>,
}

impl GraphArguments {
    /// The format asked for, in whichever way.
    pub fn format(&self) -> GraphFormat {
        match (self.json, self.dot, self.svg) {
            (true, ..) => GraphFormat::Json,
            (_, true, _) => GraphFormat::Dot,
            (.., true) => GraphFormat::Svg,
            _ => self.format,
        }
    }
}

/// How a graph is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// For Graphviz.
    Dot,
    /// A picture for browsers and documents.
    Svg,
}

/// How far a package is assumed to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BumpLevel {
    /// A breaking change.
    Major,
    /// A feature.
    Minor,
    /// A fix.
    Patch,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The format of the file; `dotfile` is FerrFlow's `.ferrflow`
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = InitFormat::Toml)]
    pub format: InitFormat,
    /// Write FerrFlow's file name, so that both programs read it, instead of relplan's own
    #[arg(long)]
    pub ferrflow: bool,
    /// Refused: relplan keeps no manifest
    #[arg(long, hide = true)]
    pub manifest: bool,
}

/// The format of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InitFormat {
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// JSON with comments.
    Json5,
    /// JSON under the name `.ferrflow`.
    Dotfile,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Indent it
    #[arg(long)]
    pub pretty: bool,
    /// The schema of a file listed under `include`, which is one package
    #[arg(long)]
    pub package: bool,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub struct WhyArguments {
    /// The package to explain; may be left out where there is only one
    pub package: Option<String>,
    /// Plan pre-releases of this channel, whatever the branch says
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Who an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// People.
    Text,
    /// Machines.
    Json,
}
