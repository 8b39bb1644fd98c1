//! The C compiler that build scripts use, and the flags that put C code into the profile: a clang of rustc's LLVM counts
//! and reads profiles as rustc does. Build scripts (the `cc` crate) don't pass rustc's profile flags on by themselves.

use std::path::Path;

use host::programs;

use super::flags::{Remapping, Variant};

/// A C compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CCompiler {
    /// How it is called.
    pub program: String,
    /// The major version, if it is clang.
    pub clang_major: Option<u32>,
}

impl CCompiler {
    /// The compiler that the `cc` crate takes for `target` on `host`: the first of its variables that is set, else `cc`.
    pub fn discover(target: &str, host: &str) -> Self {
        let program = first_set("CC", target, host).unwrap_or_else(|| "cc".to_owned());
        let mut words = program.split_whitespace();
        let said = words.next().and_then(|first| {
            let arguments: Vec<&str> = words.chain(["--version"]).collect();
            programs::output_of(Path::new(first), &arguments)
        });
        Self { clang_major: said.as_deref().and_then(clang_major), program }
    }
}

/// The variables for build scripts of a stage: the caller's own flags, then those that remap paths, then the profile's
/// where the compiler is a clang of `llvm_major`.
pub fn variables(
    compiler: &CCompiler,
    llvm_major: u32,
    [target, host]: [&str; 2],
    remappings: &[Remapping],
    variant: &Variant,
) -> Vec<(String, String)> {
    let remap = remappings.iter().map(|map| format!("-ffile-prefix-map={}={}", map.from.display(), map.to));
    let profiled = if compiler.clang_major == Some(llvm_major) { profile_flags(variant) } else { Vec::new() };
    let own: Vec<String> = remap.chain(profiled).map(|flag| quoted(&flag)).collect();
    let set = ["CFLAGS", "CXXFLAGS"].map(|name| {
        let callers = first_set(name, target, host).unwrap_or_default();
        // The name that comes first for the `cc` crate.
        (format!("{name}_{target}"), format!("{callers} {}", own.join(" ")).trim().to_owned())
    });
    set.into_iter().chain([("CC_SHELL_ESCAPED_FLAGS".to_owned(), "1".to_owned())]).collect()
}

/// NB: without the second pair of words a static function's name in the profile holds the whole path of its file.
fn profile_flags(variant: &Variant) -> Vec<String> {
    let names = ["-mllvm", "-static-func-full-module-prefix=false"].map(str::to_owned);
    let flag = match variant {
        Variant::Instrumented { .. } => "-fprofile-generate".to_owned(),
        Variant::Optimized { profile, .. } => format!("-fprofile-use={}", profile.display()),
        Variant::Baseline | Variant::Counted { .. } | Variant::SlowedDown { .. } => return Vec::new(),
    };
    [flag].into_iter().chain(names).collect()
}

fn first_set(name: &str, target: &str, host: &str) -> Option<String> {
    let kind = if target == host { "HOST" } else { "TARGET" };
    let underscored = target.replace('-', "_");
    let names =
        [format!("{name}_{target}"), format!("{name}_{underscored}"), format!("{kind}_{name}"), name.to_owned()];
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
}

/// `flag` as a shell would have to be given it.
fn quoted(flag: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=./+,:".contains(&byte);
    if flag.bytes().all(plain) { flag.to_owned() } else { format!("'{}'", flag.replace('\'', "'\\''")) }
}

/// The major version in what a compiler says of itself.
pub fn clang_major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("clang version ")?;
    version.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn flags(clang_major: Option<u32>, variant: &Variant) -> String {
        let compiler = CCompiler { program: "x".to_owned(), clang_major };
        let maps = [Remapping::new("/my place", "/build")];
        let set = variables(&compiler, 22, ["unknown-target", "host"], &maps, variant);
        assert_eq!(set[0].0, "CFLAGS_unknown-target");
        set[0].1.clone()
    }

    #[test]
    fn clang_is_told_from_gcc() {
        assert_eq!(clang_major("Debian clang version 22.1.8 (1~deb12u1)\nTarget: x\n"), Some(22));
        assert_eq!(clang_major("gcc (Debian 12.2.0-14) 12.2.0"), None);
    }

    #[test]
    fn only_the_clang_of_rustcs_llvm_gets_the_profile() {
        let variant =
            Variant::Optimized { profile: PathBuf::from("/a b/merged.profdata"), link_map: None, recorder: None };
        let own = flags(Some(22), &variant);
        assert!(own.starts_with("'-ffile-prefix-map=/my place=/build' '-fprofile-use=/a b/merged.profdata' -mllvm"));
        for other in [Some(19), None] {
            assert_eq!(flags(other, &variant), "'-ffile-prefix-map=/my place=/build'");
        }
        assert_eq!(flags(Some(22), &Variant::Baseline), "'-ffile-prefix-map=/my place=/build'");
    }
}
