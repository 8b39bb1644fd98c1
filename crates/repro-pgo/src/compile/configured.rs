//! The rustflags of cargo's configuration files and variables. A stage's own flags replace them, so what they say has to be in
//! `pgo.toml`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::declaration::is_of_machine;

/// Flags of one configuration file or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// The file, or the variable's name.
    pub from: String,
    /// Its flags for the target, in its order.
    pub flags: Vec<String>,
}

/// What cargo, started in `workspace`, would take from its configuration files for `target`.
pub fn rustflags(workspace: &Path, target: &str) -> Vec<Configured> {
    let mut found: Vec<Configured> = Vec::new();
    for (file, table) in files(workspace) {
        let flags = of(&table, target);
        let from = file.display().to_string();
        if !flags.is_empty() && found.iter().all(|known| known.from != from) {
            found.push(Configured { from, flags });
        }
    }
    found
}

/// The configuration files that cargo, started in `workspace`, reads, the nearest first, with what they say.
fn files(workspace: &Path) -> impl Iterator<Item = (PathBuf, Table)> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let folders = workspace.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    let files = folders.flat_map(|folder| [folder.join("config.toml"), folder.join("config")]);
    files.filter_map(|file| {
        let table = std::fs::read_to_string(&file).ok()?.parse().ok()?;
        Some((file, table))
    })
}

/// The triple that cargo, started in `workspace`, builds for by its configuration files, with the file that says so.
pub fn default_target(workspace: &Path) -> Option<(PathBuf, String)> {
    files(workspace).find_map(|(file, table)| Some((file, table.get("build")?.get("target")?.as_str()?.to_owned())))
}

/// The first configuration file of cargo's, started in `workspace`, that names a linker for any target.
pub fn linker_file(workspace: &Path) -> Option<PathBuf> {
    let names_linker = |table: &Table| {
        let targets = table.get("target").and_then(Value::as_table);
        targets.is_some_and(|targets| targets.values().any(|target| target.get("linker").is_some()))
    };
    files(workspace).find(|(_, table)| names_linker(table)).map(|(file, _)| file)
}

/// The linker that cargo, started in `workspace`, takes for `target`, and where that is set; a path is as it is written.
pub fn linker(workspace: &Path, target: &str) -> Option<(String, String)> {
    let variable = target_variable(target, "LINKER");
    if let Ok(linker) = std::env::var(&variable) {
        return Some((variable, linker));
    }
    let named = |table: &Table| Some(table.get("target")?.get(target)?.get("linker")?.as_str()?.to_owned());
    files(workspace).find_map(|(file, table)| Some((file.display().to_string(), named(&table)?)))
}

/// The variable by which cargo takes the `key` of the table of `target` in its configuration, such as `LINKER`.
pub fn target_variable(target: &str, key: &str) -> String {
    format!("CARGO_TARGET_{}_{key}", target.to_uppercase().replace(['-', '.'], "_"))
}

/// What cargo would take from `variables`, names and values, for `target`.
pub fn of_variables(variables: impl Iterator<Item = (String, String)>, target: &str) -> Vec<Configured> {
    let of_target = target_variable(target, "RUSTFLAGS");
    let mut found: Vec<Configured> = variables
        .filter_map(|(name, value)| {
            let separator = if name == "CARGO_ENCODED_RUSTFLAGS" { '\u{1f}' } else { ' ' };
            let is_known = separator != ' ' || ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", &of_target].contains(&&*name);
            let flags: Vec<String> =
                value.split(separator).filter(|flag| !flag.is_empty()).map(str::to_owned).collect();
            (is_known && !flags.is_empty()).then_some(Configured { from: name, flags })
        })
        .collect();
    found.sort_by(|one, other| one.from.cmp(&other.from));
    found
}

/// The flags of cargo's files and of this process' variables that `declared` lacks, one sentence each.
pub fn left_out(workspace: &Path, target: &str, declared: &[String]) -> Vec<String> {
    let mut configured = rustflags(workspace, target);
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    configured.extend(of_variables(std::env::vars_os().filter_map(text), target));
    missing(&configured, declared)
}

/// The flags among those of `configured` that `declared` lacks, one sentence a place.
pub fn missing(configured: &[Configured], declared: &[String]) -> Vec<String> {
    let joined = |flags: &[String]| flags.join(" ").replace("-C ", "-C").replace("--codegen ", "-C");
    let declared = joined(declared);
    let words = |flags: &[String]| joined(flags).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let sentence = |Configured { from, flags }: &Configured| {
        let lacking: Vec<String> = words(flags)
            .into_iter()
            .filter(|flag| !declared.split_whitespace().any(|own| own == flag))
            .map(|flag| format!("`{flag}`"))
            .collect();
        let native =
            if lacking.iter().any(|flag| is_of_machine(flag)) { ", with a CPU in the place of `native`" } else { "" };
        (!lacking.is_empty()).then(|| {
            format!(
                "{from} sets the rustflags {}, which this build leaves out; put those that your users' builds have into \
                 [build] rustflags of pgo.toml{native}",
                lacking.join(" ")
            )
        })
    };
    configured.iter().filter_map(sentence).collect()
}

/// Those of `[build]`, of the target, and of every `cfg` that may be the target's.
fn of(table: &Table, target: &str) -> Vec<String> {
    let mut flags = listed(table.get("build"));
    let targets = table.get("target").and_then(Value::as_table).into_iter().flatten();
    let family =
        |cfg: &str| ["windows", "macos", "msvc", "wasm", "android", "ios"].iter().any(|other| cfg.contains(other));
    for (name, value) in targets {
        if name == target || (name.starts_with("cfg(") && !family(name)) {
            flags.extend(listed(Some(value)));
        }
    }
    flags
}

fn listed(table: Option<&Value>) -> Vec<String> {
    match table.and_then(|table| table.get("rustflags")) {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(flags)) => flags.iter().filter_map(|flag| flag.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Makes `text` cargo's configuration in `workspace`.
    pub(crate) fn configure(workspace: &Path, text: &str) {
        std::fs::create_dir_all(workspace.join(".cargo")).expect("the directory is ours");
        std::fs::write(workspace.join(".cargo/config.toml"), text).expect("the directory is ours");
    }

    #[test]
    fn flags_of_the_build_the_target_and_fitting_conditions_are_found() {
        let workspace = tempfile::tempdir().expect("a temporary directory can be made");
        let text = "[build]\nrustflags = \"-C target-cpu=x86-64-v3\"\n[target.x86_64-unknown-linux-gnu]\n\
            rustflags = [\"-C\", \"link-arg=-fuse-ld=mold\"]\n[target.'cfg(windows)']\nrustflags = [\"-Dx\"]\n\
            [target.'cfg(unix)']\nrustflags = [\"-Cforce-frame-pointers\"]\n";
        configure(workspace.path(), text);
        let found = rustflags(workspace.path(), "x86_64-unknown-linux-gnu");
        let declared = ["-Ctarget-cpu=x86-64-v3".to_owned()];
        let told = missing(&found[..1], &declared);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("`-Clink-arg=-fuse-ld=mold`") && told[0].contains("`-Cforce-frame-pointers`"));
        assert!(!told[0].contains("target-cpu") && !told[0].contains("-Dx"), "{told:?}");
    }

    #[test]
    fn flags_of_variables_are_found_and_those_of_other_targets_are_not() {
        let variables = [
            ("RUSTFLAGS", "-C target-cpu=native"),
            ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-Clto"),
            ("CARGO_TARGET_AARCH64_APPLE_DARWIN_RUSTFLAGS", "-Cother"),
            ("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}opt-level=3"),
            ("CARGO_BUILD_RUSTFLAGS", " "),
            ("HOME", "-Cx"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = of_variables(variables.into_iter(), "x86_64-unknown-linux-gnu");
        let told = missing(&found, &["-Clto".to_owned()]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("CARGO_ENCODED_RUSTFLAGS sets the rustflags `-Copt-level=3`"), "{told:?}");
        assert!(told[1].starts_with("RUSTFLAGS sets the rustflags `-Ctarget-cpu=native`"), "{told:?}");
    }
}
