//! `--timing`: how long each step of a command took.

use std::io::{self, Write};
use std::time::Duration;

use super::messages;
use crate::timing::{self, Stage};

/// Writes what was measured to standard error, if anything was.
pub fn report() {
    let Some((stages, total)) = timing::measured() else { return };
    // Nobody is left to read it when standard error is closed.
    let _ = messages::write(|out| write_table(&stages, total, out));
}

fn write_table(stages: &[Stage], total: Duration, out: &mut dyn Write) -> io::Result<()> {
    let width = stages.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max("total".len());
    writeln!(out, "\nTiming breakdown:")?;
    for (name, time) in stages {
        writeln!(out, "  {name:width$}  {:>10}", milliseconds(*time))?;
    }
    writeln!(out, "  {}", "─".repeat(width + 12))?;
    writeln!(out, "  {:width$}  {:>10}", "total", milliseconds(total))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{Duration, write_table};

    #[test]
    fn columns_line_up() {
        let mut out = Vec::new();
        let stages = [("read history", Duration::from_micros(1234)), ("plan", Duration::from_millis(150))];
        write_table(&stages, Duration::from_millis(160), &mut out).expect("memory is writable");
        assert_eq!(
            String::from_utf8(out).expect("only text was written"),
            "\nTiming breakdown:\n  read history      1.2 ms\n  plan            150.0 ms\n  ────────────────────────\n  total           160.0 ms\n"
        );
    }
}
