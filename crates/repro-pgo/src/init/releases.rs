//! How a project releases today, as its workflows, its manifest and its configuration of cargo-dist tell: the cargo profile,
//! features, static or not, and which binaries.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

/// What the workflows tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Releases {
    /// The cargo profiles that are named.
    pub profiles: Vec<String>,
    /// The features that are named.
    pub features: Vec<String>,
    /// Whether the only Linux binaries for x86-64 are musl's.
    pub are_static: bool,
    /// Whether cargo-dist packs them: every binary of every published package.
    pub by_dist: bool,
    /// Every word of the workflows.
    words: BTreeSet<String>,
}

impl Releases {
    /// Reads the workflows below `root`, and what cargo-dist is told there.
    pub fn read(root: &Path) -> Self {
        let folder = root.join(".github/workflows");
        let mut files: Vec<_> = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
        let mut text = texts.collect::<Vec<_>>().join("\n");
        let dist = dist_configuration(root);
        if let Some(told) = &dist {
            text.push('\n');
            text.push_str(told);
        }
        Self { by_dist: dist.is_some(), ..Self::of(&text) }
    }

    /// Whether they hold the binary of a package beside the first one's.
    pub fn hold(&self, binary: &str) -> bool {
        self.by_dist || self.words.contains(binary)
    }

    fn of(text: &str) -> Self {
        let has = |triple: &str| text.contains(triple);
        let mut found = Self {
            are_static: has("x86_64-unknown-linux-musl") && !has("x86_64-unknown-linux-gnu"),
            words: words(text),
            ..Self::default()
        };
        for line in text.lines().filter(|line| line.contains("cargo") && line.contains("build")) {
            let words: Vec<&str> = line.split([' ', '=', '"', '\'']).filter(|word| !word.is_empty()).collect();
            let after = |key: &str| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1));
            let is_literal = |word: &&&str| !word.contains(['$', '{', '\\']);
            found.profiles.extend(after("--profile").filter(is_literal).map(|word| (*word).to_owned()));
            if line.contains("--release") || line.contains("--profile") {
                let features = after("--features").filter(is_literal).into_iter().flat_map(|list| list.split(','));
                found.features.extend(features.map(str::to_owned));
            }
        }
        found.features.sort();
        found.features.dedup();
        found
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    text.split(|character| !is_part(character)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What cargo-dist is told: in a file of its own, or in the workspace's manifest.
fn dist_configuration(root: &Path) -> Option<String> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    read("dist-workspace.toml").or_else(|| read("dist.toml")).or_else(|| {
        let manifest: Table = read("Cargo.toml")?.parse().ok()?;
        let metadata = |table: &str| manifest.get(table)?.get("metadata")?.get("dist");
        Some(metadata("workspace").or_else(|| metadata("package"))?.to_string())
    })
}

/// The profile that releases are built with: one that a workflow names, else one whose name says so, else `release`. With a
/// word about one that is not the same every time or leaves much to win.
pub fn profile(root: &Path, releases: &Releases) -> (String, Option<String>) {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let manifest: Table = manifest.parse().unwrap_or_default();
    let declared = manifest.get("profile").and_then(Value::as_table).cloned().unwrap_or_default();
    let named = releases.profiles.iter().filter(|name| declared.contains_key(*name)).cloned();
    let speaking = ["dist", "release-lto", "production", "maxperf"].map(str::to_owned).into_iter();
    let mut candidates = named.chain(speaking.filter(|name| declared.contains_key(name)));
    let chosen = candidates.find(|name| !["dev", "test", "ci", "bench"].contains(&name.as_str()));
    let chosen = chosen.unwrap_or_else(|| "release".to_owned());
    let setting = |key: &str| {
        let own = declared.get(&chosen).and_then(|profile| profile.get(key));
        own.or_else(|| declared.get("release")?.get(key))
    };
    let fat = matches!(setting("lto"), Some(Value::Boolean(true)))
        || setting("lto").and_then(Value::as_str).is_some_and(|lto| lto == "fat" || lto == "off");
    let single = setting("codegen-units").and_then(Value::as_integer) == Some(1);
    let note = (!fat && !single).then(|| {
        format!(
            "the cargo profile `{chosen}` has several codegen units and no fat LTO, so its builds are not the same every time, \
             and LTO alone may win more than a profile does: consider `lto = \"fat\"` and `codegen-units = 1`"
        )
    });
    (chosen, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_features_and_linkage_are_read() {
        let text = "  target: x86_64-unknown-linux-musl\n  run: cargo build --profile release-lto --features pcre2,simd\n\
            \n  run: cargo test --features wrong\n  run: cross build --release --features ${{ matrix.features }}";
        let found = Releases::of(text);
        assert_eq!(found.profiles, ["release-lto"]);
        assert_eq!(found.features, ["pcre2", "simd"]);
        assert!(found.are_static);
        assert!(!Releases::of("x86_64-unknown-linux-musl x86_64-unknown-linux-gnu").are_static);
    }

    #[test]
    fn what_cargo_dist_is_told_is_read() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        assert!(!Releases::read(root.path()).by_dist);
        let manifest = "[workspace.metadata.dist]\ntargets = [\"x86_64-unknown-linux-musl\"]\n";
        std::fs::write(root.path().join("Cargo.toml"), manifest).expect("the directory is ours");
        let found = Releases::read(root.path());
        assert!(found.by_dist && found.are_static && found.hold("any"), "{found:?}");
        let told = "[dist]\ntargets = [\"x86_64-unknown-linux-gnu\", \"x86_64-unknown-linux-musl\"]\n";
        std::fs::write(root.path().join("dist-workspace.toml"), told).expect("the directory is ours");
        assert!(!Releases::read(root.path()).are_static);
    }

    #[test]
    fn the_profile_of_releases_is_taken_and_judged() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let text = "[profile.release]\ndebug = 1\n[profile.dist]\ninherits = \"release\"\nlto = \"fat\"\n";
        std::fs::write(root.path().join("Cargo.toml"), text).expect("the directory is ours");
        assert_eq!(profile(root.path(), &Releases::default()), ("dist".to_owned(), None));
        std::fs::write(root.path().join("Cargo.toml"), "[profile.release]\nlto = \"thin\"\n").expect("ours");
        let (name, note) = profile(root.path(), &Releases::default());
        assert_eq!(name, "release");
        assert!(note.is_some_and(|note| note.contains("codegen-units = 1")));
    }
}
