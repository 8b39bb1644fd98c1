//! What figures depend on besides the program: figures of two machines are compared only where all of this is equal.

use std::process::Command;

use host::programs;
use serde::{Deserialize, Serialize};

/// A machine's fingerprint. It names no host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Machine {
    /// The CPU's model name.
    pub cpu: String,
    /// Processors.
    pub cores: u32,
    /// System and kernel release.
    pub kernel: String,
    /// The C library the system has.
    pub libc: String,
    /// Valgrind's version.
    pub valgrind: String,
}

impl Machine {
    /// This machine.
    pub fn detect() -> Self {
        let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let (cpu, cores) = processor(&processors);
        let system = rustix::system::uname();
        let [name, release] = [system.sysname(), system.release()].map(|text| text.to_string_lossy().into_owned());
        Self {
            cpu,
            cores,
            kernel: format!("{name} {release}"),
            libc: told("getconf", "GNU_LIBC_VERSION").unwrap_or_else(|| "libc unknown".to_owned()),
            valgrind: told("valgrind", "--version").unwrap_or_else(|| "no valgrind".to_owned()),
        }
    }

    /// A machine nothing is known about, for tests.
    #[cfg(any(test, feature = "simulated"))]
    pub fn unknown() -> Self {
        let unknown = |what: &str| format!("{what} unknown");
        Self {
            cpu: unknown("CPU"),
            cores: 0,
            kernel: unknown("kernel"),
            libc: unknown("libc"),
            valgrind: unknown("valgrind"),
        }
    }
}

/// Model name and number of processors in the text of /proc/cpuinfo.
fn processor(facts: &str) -> (String, u32) {
    let values = |key: &str| {
        let key = key.to_owned();
        facts.lines().filter_map(move |line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == key).then(|| value.trim().to_owned())
        })
    };
    let model = values("model name").next().unwrap_or_else(|| "CPU unknown".to_owned());
    (model, u32::try_from(values("processor").count()).unwrap_or(u32::MAX))
}

fn told(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(programs::on_path(program)?).arg(argument).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_counted() {
        let facts = "processor\t: 0\nmodel name\t: Example 9000\n\nprocessor\t: 1\nmodel name\t: Example 9000\n";
        assert_eq!(processor(facts), ("Example 9000".to_owned(), 2));
        assert_eq!(processor(""), ("CPU unknown".to_owned(), 0));
    }

    #[test]
    fn it_is_the_same_twice() {
        assert_eq!(Machine::detect(), Machine::detect());
    }
}
