//! `paired-bench`: turns the outcome of the command line into an exit code.

fn main() -> std::process::ExitCode {
    paired_bench::cli::run().into()
}
