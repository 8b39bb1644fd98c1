//! Texts made from declarations: completion scripts and the manual page from the command line's, the schema from the
//! configuration's.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::{Arguments, SchemaArguments};
use crate::config;

/// Writes the completion script for `shell`.
pub fn completions(shell: Shell, out: &mut dyn Write) {
    clap_complete::generate(shell, &mut Arguments::command(), "relplan", &mut WriteOnly(out));
}

/// Writes the manual page: the program's, then a section for each command.
///
/// # Errors
/// Whatever `out` returns.
pub fn manual(out: &mut dyn Write) -> io::Result<()> {
    let command = Arguments::command();
    clap_mangen::Man::new(command.clone()).render(out)?;
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name();
        writeln!(out, ".SH \"COMMAND {}\"", name.to_uppercase())?;
        let page = clap_mangen::Man::new(subcommand.clone().bin_name(format!("relplan {name}")));
        page.render_synopsis_section(out)?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
    }
    Ok(())
}

/// Writes the JSON schema of configurations, on one line unless it shall be pretty.
///
/// # Errors
/// Whatever `out` returns.
pub fn schema(arguments: &SchemaArguments, out: &mut dyn Write) -> io::Result<()> {
    let schema = if arguments.package { config::package_schema() } else { config::config_schema() };
    if arguments.pretty { writeln!(out, "{schema:#}") } else { writeln!(out, "{schema}") }
}

/// `clap_complete` wants a sized writer.
struct WriteOnly<'a>(&'a mut dyn Write);

impl Write for WriteOnly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
