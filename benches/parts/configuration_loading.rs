//! Reading and checking a configuration.

use std::fs;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use relplan::config;
use tempfile::TempDir;

const PACKAGES: usize = 200;

/// 200 packages in each format.
pub fn benchmark(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a temporary folder");
    let mut group = criterion.benchmark_group("configuration_loading");
    group.throughput(Throughput::Elements(PACKAGES as u64));
    for (file, text) in [("large.json", json()), ("large.json5", json()), ("large.toml", toml())] {
        fs::write(folder.path().join(file), text).expect("a writable folder");
        group.bench_function(BenchmarkId::from_parameter(file.trim_start_matches("large.")), |bencher| {
            bencher.iter(|| {
                black_box(config::load(black_box(folder.path()), Some(file.as_ref())).expect("a good configuration"));
            });
        });
    }
}

fn json() -> String {
    let package = |index: usize| {
        format!(
            "  {{\"name\": \"package-{index}\", \"path\": \"packages/package-{index}\", \"sharedPaths\": [\"shared\"],\n   \
             \"versionedFiles\": [{{\"path\": \"packages/package-{index}/package.json\", \"format\": \"json\"}}],\n   \
             \"dependsOn\": [\"package-{}\"]}}",
            index / 2
        )
    };
    let packages: Vec<String> = (0..PACKAGES).map(package).collect();
    format!("{{\"workspace\": {{\"recoverMissedReleases\": true}},\n \"package\": [\n{}\n]}}\n", packages.join(",\n"))
}

fn toml() -> String {
    let package = |index: usize| {
        format!(
            "[[package]]\nname = \"package-{index}\"\npath = \"packages/package-{index}\"\nshared_paths = [\"shared\"]\n\
             versioned_files = [{{ path = \"packages/package-{index}/package.json\", format = \"json\" }}]\n\
             depends_on = [\"package-{}\"]\n\n",
            index / 2
        )
    };
    (0..PACKAGES).map(package).collect()
}
