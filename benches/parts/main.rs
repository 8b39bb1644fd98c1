//! Micro-benchmarks of the planner's parts: `cargo bench --bench parts`.
//!
//! The merge gate counts their instructions: `list` prints their names, a line each, and `count NAME N` prepares one and runs it
//! N times.

mod attribution;
mod commit_parsing;
mod configuration_loading;
mod inputs;
mod tag_index;
mod version_files;

/// What is measured, once.
type Routine = Box<dyn FnMut()>;

/// A micro-benchmark.
struct Part {
    name: String,
    /// Everything that is done once, before measuring.
    prepare: Box<dyn Fn() -> Routine>,
}

impl Part {
    fn new<R: FnMut() + 'static>(name: impl Into<String>, prepare: impl Fn() -> R + 'static) -> Self {
        Self { name: name.into(), prepare: Box::new(move || Box::new(prepare())) }
    }
}

fn parts() -> Vec<Part> {
    let mut parts = commit_parsing::parts();
    parts.extend(tag_index::parts());
    parts.extend(attribution::parts());
    parts.extend(configuration_loading::parts());
    parts.extend(version_files::parts());
    parts
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => parts().iter().for_each(|part| println!("{}", part.name)),
        ["count", name, times] => count(name, times.parse().expect("N is a number")),
        _ => bench(),
    }
}

fn count(name: &str, times: u32) {
    let part = parts().into_iter().find(|part| part.name == name).expect("NAME is one that `list` prints");
    let mut routine = (part.prepare)();
    (0..times).for_each(|_| routine());
}

fn bench() {
    let mut criterion = criterion::Criterion::default().configure_from_args();
    for part in parts() {
        criterion.bench_function(&part.name, |bencher| bencher.iter((part.prepare)()));
    }
    criterion.final_summary();
}
