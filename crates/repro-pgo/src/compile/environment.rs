//! The environment of a cargo run: the caller's, less everything that would change the binary.

use std::ffi::OsString;
use std::process::Command;

/// Variables that are set the same in every build, whatever the caller has. An empty wrapper is none, whatever cargo's files say. NB: cargo
/// hashes an empty RUSTC_WORKSPACE_WRAPPER into symbols, which then differ from those of a build that another tool runs.
pub const FIXED: [(&str, &str); 5] =
    [("CARGO_INCREMENTAL", "0"), ("LC_ALL", "C"), ("RUSTC_WRAPPER", ""), ("SOURCE_DATE_EPOCH", "1"), ("TZ", "UTC")];

/// Variables that would change the binary or the run, by name.
const DROPPED: [&str; 12] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MAKEFLAGS",
    "CARGO_TARGET_DIR",
    "LANG",
    "LLVM_PROFILE_FILE",
    "MAKEFLAGS",
    "MFLAGS",
    "RUSTC_BOOTSTRAP",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "NUM_JOBS",
];

/// The same by their first letters. What cargo sets for a program it runs (`cargo repro-pgo`) is among them.
const DROPPED_PREFIXES: [&str; 8] = [
    "CARGO_BIN_",
    "CARGO_BUILD_",
    "CARGO_CRATE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PROFILE_",
    "CARGO_UNSTABLE_",
    "LC_",
];

/// Whether the variable `name` is kept from cargo. `CARGO_TARGET_<triple>_LINKER` and `_AR` stay: they say where the
/// linker is.
pub fn is_dropped(name: &str) -> bool {
    let target_flags = name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS");
    let prefixed = DROPPED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    target_flags || prefixed || DROPPED.contains(&name) || FIXED.iter().any(|(fixed, _)| *fixed == name)
}

/// Removes what is dropped from the environment of `command` and sets what is fixed.
pub fn scrub(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if is_dropped(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command.envs(FIXED);
}

/// The variables among `names` that a user set on purpose and that have no effect here, for a word about it.
pub fn ignored_on_purpose(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let set_by_users = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];
    let mut found: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    found.retain(|name| {
        let by_prefix = name.starts_with("CARGO_BUILD_") || name.starts_with("CARGO_PROFILE_");
        by_prefix || set_by_users.contains(&name.as_str()) || name.ends_with("_RUSTFLAGS")
    });
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_wrappers_are_dropped_and_linkers_stay() {
        for name in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_PROFILE_RELEASE_LTO", "LC_ALL", "CARGO_PKG_VERSION"] {
            assert!(is_dropped(name), "{name}");
        }
        assert!(is_dropped("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS"));
        for name in ["PATH", "CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"] {
            assert!(!is_dropped(name), "{name}");
        }
    }

    #[test]
    fn a_word_is_said_about_what_a_user_set() {
        let names = ["PATH", "RUSTFLAGS", "CARGO_PKG_NAME", "CARGO_BUILD_TARGET"].map(OsString::from);
        assert_eq!(ignored_on_purpose(names.into_iter()), ["CARGO_BUILD_TARGET", "RUSTFLAGS"]);
    }
}
