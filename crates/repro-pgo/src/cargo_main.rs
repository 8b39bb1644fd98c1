//! `cargo-repro-pgo`: what cargo starts for `cargo repro-pgo`. It is `repro-pgo` itself; cargo only puts its own word first.

fn main() -> std::process::ExitCode {
    repro_pgo::cli::run_for_cargo().into()
}
