//! Finding the version in manifests.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use relplan::config::VersionFileFormat;
use relplan::version_files;

/// A manifest of ordinary size in the commonest formats, read and rewritten.
pub fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("version_files");
    for (format, text) in manifests() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("read", format.name()), |bencher| {
            bencher.iter(|| black_box(version_files::parse(format, None, black_box(&text)).expect("there is one")));
        });
        group.bench_function(BenchmarkId::new("rewrite", format.name()), |bencher| {
            bencher.iter(|| {
                black_box(version_files::replace(format, None, black_box(&text), "2.0.0").expect("there is one"));
            });
        });
    }
}

fn manifests() -> [(VersionFileFormat, String); 4] {
    let dependencies = |line: fn(usize) -> String| (0..40).map(line).collect::<String>();
    [
        (
            VersionFileFormat::Json,
            format!(
                "{{\n  \"name\": \"package\",\n  \"version\": \"1.4.2\",\n  \"dependencies\": {{\n{}    \"last\": \"1\"\n  }}\n}}\n",
                dependencies(|index| format!("    \"dependency-{index}\": \"^{index}.0.0\",\n"))
            ),
        ),
        (
            VersionFileFormat::Toml,
            format!(
                "[package]\nname = \"package\"\nversion = \"1.4.2\"\nedition = \"2024\"\n\n[dependencies]\n{}",
                dependencies(|index| format!("dependency-{index} = \"{index}.0\"\n"))
            ),
        ),
        (
            VersionFileFormat::Xml,
            format!(
                "<?xml version=\"1.0\"?>\n<project>\n  <version>1.4.2</version>\n{}</project>\n",
                dependencies(|index| format!("  <dependency><version>{index}</version></dependency>\n"))
            ),
        ),
        (
            VersionFileFormat::Gradle,
            format!("plugins {{}}\n{}version = '1.4.2'\n", dependencies(|index| format!("// {index}\n"))),
        ),
    ]
}
