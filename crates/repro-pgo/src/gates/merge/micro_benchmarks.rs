//! The micro-benchmarks of both sides, in instructions of one run each.

use std::path::Path;

use host::process::{self, Exit, Finished, Invocation};
use host::progress::Task;
use paired_bench::gate::merge::MicroBenchmark;
use paired_bench::measure::instructions::{Counter, DEFAULT_TIMEOUT};
use paired_bench::measure::{Case, fixed_environment};

use super::side::Built;

/// What is counted: this many runs of a micro-benchmark less [`FEW`], so that what it prepares is left out.
const MANY: u64 = 6;
/// More than one, so that what only the first run does is left out too.
const FEW: u64 = 2;

/// Name and instructions of each micro-benchmark.
type Counts = Vec<(String, u64)>;

/// Both sides' micro-benchmarks, and what a reader should know where one side has none. The programs run in `directory`.
pub fn compare(
    valgrind: &Path,
    base: &Built,
    head: &Built,
    directory: &Path,
    task: &Task,
) -> (Vec<MicroBenchmark>, Vec<String>) {
    let mut notes = Vec::new();
    let mut side = |which: &str, built: &Built| {
        let counted = match &built.micro_benchmarks {
            Some(program) => program.clone().and_then(|program| count(valgrind, &program, directory, which, task)),
            None => Ok(Counts::new()),
        };
        counted.unwrap_or_else(|reason| {
            let first = reason.lines().next().unwrap_or_default();
            notes.push(format!("the micro-benchmarks of {which} can't be counted: {first}"));
            Counts::new()
        })
    };
    let (base, head) = (side("base", base), side("head", head));
    (beside(&base, &head), notes)
}

/// Head's in their order, then those only base has.
fn beside(base: &Counts, head: &Counts) -> Vec<MicroBenchmark> {
    let of = |counts: &Counts, name: &str| counts.iter().find(|(known, _)| known == name).map(|&(_, count)| count);
    let gone = base.iter().filter(|(name, _)| of(head, name).is_none());
    let names = head.iter().chain(gone).map(|(name, _)| name);
    names.map(|name| MicroBenchmark { name: name.clone(), base: of(base, name), head: of(head, name) }).collect()
}

fn count(valgrind: &Path, program: &Path, directory: &Path, which: &str, task: &Task) -> Result<Counts, String> {
    let counter = Counter::new(valgrind, program, DEFAULT_TIMEOUT).map_err(|error| error.to_string())?;
    let instructions = |name: &str, times: u64| {
        let case = Case::new(name, directory, &["count", name, &times.to_string()]);
        counter.count(&case).map(|counts| counts.total).map_err(|error| error.to_string())
    };
    let names = answer(program, directory, &["list"])?;
    let names = names.lines().map(str::trim).filter(|name| !name.is_empty());
    let counted = names.map(|name| {
        task.doing(&format!("{which}: {name}"));
        // Whatever it keeps for its next start is there before anything is counted.
        answer(program, directory, &["count", name, "1"])?;
        let (few, many) = (instructions(name, FEW)?, instructions(name, MANY)?);
        Ok((name.to_owned(), many.saturating_sub(few) / (MANY - FEW)))
    });
    counted.collect()
}

/// What the program prints, where it is run as it is when it is counted.
fn answer(program: &Path, directory: &Path, arguments: &[&str]) -> Result<String, String> {
    let args: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    let invocation = Invocation {
        program,
        argv0: program.as_os_str(),
        args: &args,
        directory,
        environment: &fixed_environment(),
        stdin: None,
        fixed_addresses: false,
        network: None,
        timeout: DEFAULT_TIMEOUT,
    };
    let told = format!("`{} {}`", program.display(), arguments.join(" "));
    let captured = process::capture(&invocation).map_err(|error| format!("cannot keep what {told} prints: {error}"))?;
    match captured.ended {
        Ok(Finished { exit: Exit::Code(0), .. }) => Ok(String::from_utf8_lossy(&captured.output).into_owned()),
        Ok(Finished { exit, .. }) => {
            let said = String::from_utf8_lossy(&captured.error);
            Err(format!("{told} ended with {exit}: {}", said.lines().next().unwrap_or_default()))
        }
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_side_are_told_too() {
        let counts = |names: &[(&str, u64)]| names.iter().map(|&(name, count)| (name.to_owned(), count)).collect();
        let found = beside(&counts(&[("kept", 100), ("gone", 7)]), &counts(&[("new", 5), ("kept", 110)]));
        let told: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.base, found.head)).collect();
        assert_eq!(told, [("new", None, Some(5)), ("kept", Some(100), Some(110)), ("gone", Some(7), None)]);
        assert!(found[1].change().is_some_and(|change| (change - 0.1).abs() < 1e-9), "{:?}", found[1].change());
    }
}
