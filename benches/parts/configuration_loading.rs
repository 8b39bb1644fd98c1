//! Reading and checking a configuration.

use std::fs;
use std::hint::black_box;

use relplan::config;
use tempfile::TempDir;

use crate::Part;

const PACKAGES: usize = 200;

/// 200 packages in each format.
pub fn parts() -> Vec<Part> {
    vec![part("json", json), part("json5", json), part("toml", toml)]
}

fn part(format: &'static str, text: fn() -> String) -> Part {
    Part::new(format!("configuration_loading/{format}"), move || {
        let folder = TempDir::new().expect("a temporary folder");
        let file = format!("large.{format}");
        fs::write(folder.path().join(&file), text()).expect("a writable folder");
        move || {
            black_box(config::load(black_box(folder.path()), Some(file.as_ref())).expect("a good configuration"));
        }
    })
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
