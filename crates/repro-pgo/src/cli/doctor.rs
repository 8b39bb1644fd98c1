//! `repro-pgo doctor`.

use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::declaration;
use crate::toolchain::doctor;

const EXAMPLES: &str = "Examples:
  repro-pgo doctor
  repro-pgo doctor --fix          # lets rustup add what it can
  repro-pgo doctor --json

Exit codes: 0 everything required is there, 1 something required is missing, 2 usage";

/// List what is needed on this machine, what is missing, and the command that gets it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// Let rustup add the target's standard library and llvm-tools first.
    #[arg(long)]
    fix: bool,
    /// Print the list as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let file = shared.spec_file().ok();
        let spec = file.as_deref().map(declaration::load).transpose()?;
        let directory = std::env::current_dir()?;
        if self.fix {
            for line in doctor::fix(&directory, spec.as_ref()) {
                eprintln!("{line}");
            }
        }
        let findings = doctor::examine(&directory, spec.as_ref());
        let blocked = findings.iter().filter(|finding| finding.blocks()).count();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&findings)?);
        } else {
            print_table(&findings, &doctor::llvm_profdata(&directory), blocked);
        }
        Ok(if blocked == 0 { ExitCode::Fine } else { ExitCode::Refused })
    }
}

fn print_table(findings: &[doctor::Finding], llvm_profdata: &[String], blocked: usize) {
    for finding in findings {
        let (mark, told) = match (&finding.found, finding.required) {
            (Some(found), _) => ("ok      ", found.as_str()),
            (None, true) => ("MISSING ", finding.missing.as_deref().unwrap_or_default()),
            (None, false) => ("optional", finding.missing.as_deref().unwrap_or_default()),
        };
        println!("{mark} {:<16} {told}\n{:25} {}", finding.name, "", finding.purpose);
    }
    for tool in llvm_profdata {
        println!("also     {:<16} {tool} (not needed: the merge is built in)", "llvm-profdata");
    }
    match blocked {
        0 => println!("ready: everything required is there"),
        count => println!("not ready: {count} required things are missing"),
    }
}
