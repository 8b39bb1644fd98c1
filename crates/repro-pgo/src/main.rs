//! `repro-pgo`: turns the outcome of the command line into an exit code.

fn main() -> std::process::ExitCode {
    repro_pgo::cli::run().into()
}
