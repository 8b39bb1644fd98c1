//! Finding the version in manifests.

use std::hint::black_box;

use relplan::config::VersionFileFormat;
use relplan::version_files;

use crate::Part;

/// A manifest of ordinary size in the commonest formats, read and rewritten.
pub fn parts() -> Vec<Part> {
    manifests().into_iter().flat_map(|(format, text)| both(format, text)).collect()
}

fn both(format: VersionFileFormat, text: String) -> [Part; 2] {
    let name = format.name();
    let again = text.clone();
    let read = Part::new(format!("version_files/read/{name}"), move || {
        let text = text.clone();
        move || {
            black_box(version_files::parse(format, None, black_box(&text)).expect("there is one"));
        }
    });
    let rewrite = Part::new(format!("version_files/rewrite/{name}"), move || {
        let text = again.clone();
        move || {
            black_box(version_files::replace(format, None, black_box(&text), "2.0.0").expect("there is one"));
        }
    });
    [read, rewrite]
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
