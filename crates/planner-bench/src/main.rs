//! `planner-bench`: turns the outcome of the command line into an exit code.

fn main() -> std::process::ExitCode {
    planner_bench::cli::run().into()
}
