//! Micro-benchmarks of the planner's parts, by the names the gates use for the whole: `cargo bench --bench parts`.

mod attribution;
mod commit_parsing;
mod configuration_loading;
mod inputs;
mod tag_index;
mod version_files;

criterion::criterion_group!(
    parts,
    commit_parsing::benchmark,
    tag_index::benchmark,
    attribution::benchmark,
    configuration_loading::benchmark,
    version_files::benchmark
);
criterion::criterion_main!(parts);
