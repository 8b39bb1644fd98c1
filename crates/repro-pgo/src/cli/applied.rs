//! `repro-pgo applied`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::declaration;
use crate::pipeline::{external, to_json};

const EXAMPLES: &str = "Examples:
  cargo build -vv --message-format=json > build.log 2>&1
  repro-pgo applied --profile merged.profdata --log build.log

Exit codes: 0 the profile was applied, 1 refused or failed, 2 usage";

/// Judge a build that another build system ran with the flags of `repro-pgo flags --stage optimized`.
///
/// Counts the functions compiled without profile data and holds them to limits.max-unmatched-functions. Refuses a log whose
/// commands show that the compiler was told of no profile, or that cargo hid the warnings of dependencies. Of pgo.toml
/// only [build] and [limits] are needed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Applied {
    /// The profile that was used.
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// The output of `cargo build -vv`, or of a tool that calls it so: both streams, with whatever `--message-format`, or
    /// JSON alone.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// The map that the linker of the only binary wrote (`flags --work DIR` asks for DIR/link.map): functions that it threw
    /// away don't count, because no profile can hold them.
    #[arg(long, value_name = "FILE")]
    link_map: Option<PathBuf>,
    /// Write the number of functions without profile data, and their names by crate, here as JSON.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Applied {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let limits = declaration::load_build(&shared.spec_file()?)?.limits;
        let (told, limit) = external::judge(&limits, &self.log, &self.profile, self.link_map.as_deref())?;
        let unmatched = &told.unmatched;
        if !told.shows_commands {
            shared.progress().say(&format!(
                "note: {} shows no command of the compiler, so it is taken on trust that it was told of the profile; `2>&1` adds them",
                self.log.display()
            ));
        }
        if let Some(path) = &self.output {
            let report =
                serde_json::json!({ "unmatched-functions": unmatched.count(), "by-crate": unmatched.by_crate });
            std::fs::write(path, to_json(&report)).with_context(|| format!("cannot write {}", path.display()))?;
        }
        println!("applied: {} functions without profile data (limit {limit})", unmatched.count());
        Ok(ExitCode::Fine)
    }
}
