//! Which rustflags of cargo's configuration a release can have: those that bind it to this machine, or need a program that is not
//! here, are left out.

use std::path::Path;

use host::programs;

use crate::declaration::{is_of_machine, is_of_stages};

/// The flags that are taken, and a word about each other one.
pub fn taken(configured: impl IntoIterator<Item = String>) -> (Vec<String>, Vec<String>) {
    let (mut flags, mut notes) = (Vec::new(), Vec::new());
    let mut words = configured.into_iter();
    while let Some(word) = words.next() {
        let flag = match word.as_str() {
            "-C" | "--codegen" => format!("-C{}", words.next().unwrap_or_default()),
            "-Z" => format!("-Z{}", words.next().unwrap_or_default()),
            _ => word,
        };
        match against(&flag) {
            Some(reason) => {
                notes.push(format!("cargo's configuration sets `{flag}`, which [build] rustflags leave out: {reason}"))
            }
            None => flags.push(flag),
        }
    }
    (flags, notes)
}

/// What speaks against a flag.
fn against(flag: &str) -> Option<String> {
    if is_of_machine(flag) {
        return Some(
            "builds would depend on the machine; name the oldest CPU that your users have, such as x86-64-v2"
                .to_owned(),
        );
    }
    if is_of_stages(flag) {
        return Some("the stages set it themselves".to_owned());
    }
    let is_here = |name: &str| programs::on_path(name).is_some() || Path::new(name).is_file();
    let missing = match flag.split_once("-fuse-ld=") {
        Some((_, linker)) => (!is_here(&format!("ld.{linker}")) && !is_here(linker)).then_some(linker),
        None => flag.strip_prefix("-Clinker=").filter(|linker| !is_here(linker)),
    };
    missing.map(|linker| {
        format!("{linker} is not on PATH; install it and add the flag where your releases are linked by it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_binds_to_a_machine_or_is_not_there_is_left_out_with_a_word() {
        let configured =
            ["-C", "target-cpu=native", "-Clink-arg=-fuse-ld=no-such", "-Clinker=sh", "-C", "relro-level=full"];
        let (flags, notes) = taken(configured.map(str::to_owned));
        assert_eq!(flags, ["-Clinker=sh", "-Crelro-level=full"]);
        assert!(notes[0].contains("`-Ctarget-cpu=native`") && notes[0].contains("x86-64-v2"), "{notes:?}");
        assert!(notes[1].contains("no-such is not on PATH"), "{notes:?}");
        assert_eq!(notes.len(), 2);
    }
}
