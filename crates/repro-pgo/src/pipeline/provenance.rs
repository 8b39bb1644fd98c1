//! Where a release comes from: source revision, lock file, tools. No path and no host name of this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::{digest, programs};

use super::{Pipeline, StageError};
use crate::compile::flags::Variant;
use crate::compile::{audit_object, flags};
use crate::declaration::BuildSpec;
use crate::package::manifest::{Builder, Source, Toolchain};

/// The commit of the workspace at `root` and the hash of its lock file.
///
/// # Errors
/// [`StageError::File`] when there is no lock file.
pub fn source(root: &Path) -> Result<Source, StageError> {
    let lock = root.join("Cargo.lock");
    let hash = digest::of_file(&lock).map_err(StageError::file("cannot read", &lock))?;
    let revision = git(root, &["rev-parse", "HEAD"]);
    // In a Nix build there is no repository; the flake then says which revision it is.
    let revision = revision.or_else(|| std::env::var("REPRO_PGO_REVISION").ok()).filter(|text| !text.is_empty());
    let changed = git(root, &["status", "--porcelain"]).is_some_and(|listing| !listing.is_empty());
    Ok(Source { revision, dirty: changed, lock_files: BTreeMap::from([("Cargo.lock".to_owned(), hash)]) })
}

/// Whether Nix builds this, which its derivations say, or cargo alone.
pub fn builder() -> Builder {
    match std::env::var("REPRO_PGO_BUILT_BY").as_deref() {
        Ok("nix") => Builder::Nix,
        _ => Builder::Cargo,
    }
}

/// What to say where nothing tells which revision of the source a release is of.
pub fn without_revision(root: &Path) -> Option<String> {
    let source = source(root).ok()?;
    source.revision.is_none().then(|| {
        "note: the manifest names no source revision, because this is no git repository; set REPRO_PGO_REVISION to name one"
            .to_owned()
    })
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let answer = host::git::output(root, arguments).ok()?;
    Some(String::from_utf8_lossy(&answer).trim().to_owned())
}

/// The tools that decide about the bytes; `profile_tool` is what merged the profile, if one was merged.
pub fn toolchain(pipeline: &Pipeline, profile_tool: Option<String>) -> Toolchain {
    let own = &pipeline.toolchain;
    Toolchain {
        rustc: own.banner.clone(),
        llvm: own.llvm.clone(),
        linker: linker(),
        libc_sha256: static_libc(pipeline).and_then(|path| digest::of_file(&path).ok()),
        llvm_profdata: profile_tool,
    }
}

fn linker() -> String {
    let told = programs::on_path("cc").and_then(|path| programs::answer_of(&path, &["--version"]));
    told.and_then(|text| text.lines().next().map(without_own_name)).unwrap_or_else(|| "unknown".to_owned())
}

/// The banner of a C compiler, without the name it was called by: gcc prints that in front, be it `cc`, `gcc` or a wrapper's.
fn without_own_name(banner: &str) -> String {
    match banner.split_once(" (") {
        Some((name, version)) if !name.contains(' ') => format!("gcc ({version}"),
        _ => banner.to_owned(),
    }
}

/// The C library that a static binary takes in: rustc's own for musl, the system's for gnu.
pub fn static_libc(pipeline: &Pipeline) -> Option<PathBuf> {
    let target = &pipeline.spec.build.target;
    let own = pipeline.toolchain.sysroot.join("lib/rustlib").join(target).join("lib/self-contained/libc.a");
    if own.is_file() {
        return Some(own);
    }
    let is_static = pipeline.spec.build.rustflags.iter().any(|flag| flag.contains("+crt-static"));
    let told = programs::answer_of(&programs::on_path("cc")?, &["-print-file-name=libc.a"])?;
    Some(PathBuf::from(told)).filter(|path| is_static && path.is_file())
}

/// The flags of a stage, the same on every machine: placeholders stand in the place of paths.
pub fn flags_with_placeholders(build: &BuildSpec, variant: &Variant) -> Vec<String> {
    let sources = [PathBuf::from("{dependencies}")];
    let (workspace, target) = (Path::new("{workspace}"), Path::new("{target}"));
    let maps = flags::remappings(workspace, target, &sources, Path::new("{sysroot}"), Some("{commit}"));
    let list = build.auditable.then_some(Path::new(audit_object::PLACEHOLDER));
    flags::all(&build.rustflags, &maps, &flags::of_what_ships(build, list), variant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_told_alike_whatever_it_is_called() {
        let (short, long) = ("cc (Debian 12.2.0-14) 12.2.0", "x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0");
        assert_eq!(without_own_name(short), "gcc (Debian 12.2.0-14) 12.2.0");
        assert_eq!(without_own_name(long), without_own_name(short));
        let clang = "Debian clang version 22.1.8 (1~deb12u1)";
        assert_eq!(without_own_name(clang), clang);
    }

    #[test]
    fn flags_hold_placeholders_only() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo/pgo.toml");
        let mut build = crate::declaration::load(&own).expect("it is there").build;
        build.auditable = true;
        let told = flags_with_placeholders(&build, &Variant::Baseline);
        assert_eq!(told[0], build.rustflags[0]);
        assert_eq!(told.last().map(String::as_str), Some("-Clink-arg=-Wl,-u,AUDITABLE_VERSION_INFO"));
        assert!(told[1..told.len() - 1].iter().all(|flag| flag.contains("={")), "{told:?}");
    }
}
