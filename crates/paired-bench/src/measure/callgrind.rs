//! Reads callgrind's output file: the total and what each function cost by itself and with all it called.
//!
//! Format: "Callgrind Format Specification", valgrind manual, section "Callgrind Format". Only the first event is read
//! (`Ir`, instructions, unless callgrind is told otherwise).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Cost of one function, in instructions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCost {
    /// In the function itself.
    #[serde(rename = "self")]
    pub own: u64,
    /// With everything it called. In a recursive function calls are counted more than once, up to the total.
    pub inclusive: u64,
}

/// One run under callgrind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// All instructions of the program.
    pub total: u64,
    /// By demangled name. Generic instances that demangle to the same name are added up.
    pub functions: BTreeMap<String, FunctionCost>,
}

/// A line that is not what the format allows there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormatError {
    /// A malformed line.
    #[error("line {line}: {problem}: {text:?}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
        /// Its beginning.
        text: String,
    },
    /// The file ends too early.
    #[error("there is no \"totals:\" or \"summary:\" line: the file is cut short, or the program never ran")]
    NoTotal,
}

/// Parses the whole text of an output file.
pub fn parse(text: &str) -> Result<Counts, FormatError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(line).map_err(|problem| FormatError::Line {
            line: index + 1,
            problem,
            text: line.chars().take(80).collect(),
        })?;
    }
    reader.finish()
}

/// What the file said so far.
#[derive(Default)]
struct Reader {
    totals: Option<u64>,
    summary: u64,
    has_summary: bool,
    /// Names of the `fn` and `cfn` lines by their number.
    names: BTreeMap<u64, String>,
    costs: BTreeMap<String, FunctionCost>,
    current: Option<String>,
    /// The next cost line is that of a call.
    after_calls: bool,
    /// Numbers before the cost on a cost line: the line, the instruction, or both.
    positions: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        let line = line.trim_end();
        if line.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '*')) {
            return self.cost_line(line);
        }
        if let Some(name) = line.strip_prefix("fn=") {
            let name = self.name(name)?;
            self.current = Some(name);
        } else if let Some(name) = line.strip_prefix("cfn=") {
            self.name(name)?;
        } else if line.starts_with("calls=") {
            self.after_calls = true;
        } else if let Some(value) = line.strip_prefix("totals:") {
            self.totals = Some(first_number(value)?);
        } else if let Some(value) = line.strip_prefix("summary:") {
            self.summary = self.summary.checked_add(first_number(value)?).ok_or("the sum is too large")?;
            self.has_summary = true;
        } else if let Some(value) = line.strip_prefix("positions:") {
            self.positions = value.split_whitespace().count();
        }
        // Everything else (files, objects, headers, jumps, blank lines) says nothing about costs.
        Ok(())
    }

    /// `(7) name` defines number 7, `(7)` repeats it, and a bare name has no number.
    fn name(&mut self, text: &str) -> Result<String, &'static str> {
        let Some(rest) = text.strip_prefix('(') else { return Ok(demangled(text)) };
        let (number, name) = rest.split_once(')').ok_or("a compressed name without its closing bracket")?;
        let number = number.parse().map_err(|_| "a compressed name without a number")?;
        match name.trim_start() {
            "" => self.names.get(&number).cloned().ok_or("a compressed name that was never defined"),
            name => {
                let name = demangled(name);
                self.names.insert(number, name.clone());
                Ok(name)
            }
        }
    }

    fn cost_line(&mut self, line: &str) -> Result<(), &'static str> {
        let cost = match line.split_whitespace().nth(self.positions.max(1)) {
            // Trailing zeros are left out, so that a line may have no cost at all.
            None => 0,
            Some(cost) => cost.parse::<u64>().map_err(|_| "a cost that is not a number")?,
        };
        let current = self.current.as_ref().ok_or("a cost before the first function")?;
        if !self.costs.contains_key(current) {
            self.costs.insert(current.clone(), FunctionCost::default());
        }
        let function = self.costs.get_mut(current).ok_or("a cost before the first function")?;
        function.inclusive = function.inclusive.saturating_add(cost);
        if !std::mem::take(&mut self.after_calls) {
            function.own = function.own.saturating_add(cost);
        }
        Ok(())
    }

    fn finish(self) -> Result<Counts, FormatError> {
        let total = self.totals.or(self.has_summary.then_some(self.summary)).ok_or(FormatError::NoTotal)?;
        let mut functions = self.costs;
        functions.values_mut().for_each(|cost| cost.inclusive = cost.inclusive.min(total));
        Ok(Counts { total, functions })
    }
}

fn first_number(text: &str) -> Result<u64, &'static str> {
    text.split_whitespace().next().and_then(|number| number.parse().ok()).ok_or("a total that is not a number")
}

/// Without the hash that tells instances apart. Callgrind marks the levels of a recursion as `name'2`.
fn demangled(name: &str) -> String {
    let base = name.split('\'').next().unwrap_or(name);
    format!("{:#}", rustc_demangle::demangle(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 1
cmd: ./program check
part: 1

desc: I1 cache:
desc: Trigger: Program termination

positions: line
events: Ir
summary: 1300

ob=(1) /tmp/program
fl=(1) ???
fn=(1) main
0 100
cfn=(2) _ZN4gate4walk17h0123456789abcdefE
calls=3 0
0 900
+4 50

fn=(2)
12 700
cfn=(3) _RNvCs1234_7mycrate3foo
calls=9 12
* 200

fn=(3)
3 200
-1 50
totals: 1300
";

    #[test]
    fn totals_self_and_inclusive_costs() {
        let counts = parse(FILE).expect("a well-formed file");
        assert_eq!(counts.total, 1300);
        let names: Vec<&str> = counts.functions.keys().map(String::as_str).collect();
        assert_eq!(names, ["gate::walk", "main", "mycrate::foo"]);
        assert_eq!(counts.functions["main"], FunctionCost { own: 150, inclusive: 1050 });
        assert_eq!(counts.functions["gate::walk"], FunctionCost { own: 700, inclusive: 900 });
        assert_eq!(counts.functions["mycrate::foo"], FunctionCost { own: 250, inclusive: 250 });
    }

    #[test]
    fn the_summary_stands_in_for_missing_totals() {
        assert_eq!(parse(&FILE.replace("totals: 1300\n", "")).expect("has a summary").total, 1300);
    }

    #[test]
    fn a_cut_file_is_refused() {
        let cut = FILE.split("summary").next().expect("something before");
        assert_eq!(parse(cut), Err(FormatError::NoTotal));
        assert_eq!(parse(""), Err(FormatError::NoTotal));
    }

    #[test]
    fn malformed_lines_are_named() {
        for (bad, problem) in [
            ("fn=(9)", "never defined"),
            ("fn=(9", "closing bracket"),
            ("fn=(x) y", "without a number"),
            ("3 4", "before the first function"),
            ("fn=a\n3 x", "not a number"),
            ("totals: lots", "not a number"),
        ] {
            let error = parse(&format!("events: Ir\n{bad}\n")).expect_err(bad).to_string();
            assert!(error.contains(problem), "{bad}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(lines in proptest::collection::vec("(fn=|cfn=|calls=|totals: |[0-9+*-])?[ ()0-9a-z]{0,12}", 0..30)) {
            let _ = parse(&lines.join("\n"));
        }
    }
}
