//! The C library that is linked into a binary, by its target: what its licence asks to go along.

use super::Manifest;
use super::manifest::Builder;

/// A C library inside the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaticLibrary {
    /// The GNU C Library, LGPL-2.1 or later.
    Glibc,
    /// musl, MIT.
    Musl,
    /// The runtime of mingw-w64: public domain, ZPL-2.1 and MIT.
    Mingw,
}

impl StaticLibrary {
    /// The library that a binary for `target`, compiled with `flags`, has inside.
    pub fn of<'a>(target: &str, flags: impl IntoIterator<Item = &'a String>) -> Option<Self> {
        let crt = |flags: Vec<&String>| {
            let told = flags
                .iter()
                .rev()
                .find_map(|flag| flag.split_once("crt-static").map(|(before, _)| before.ends_with('+')));
            told.unwrap_or(target.contains("-musl"))
        };
        let is_static = crt(flags.into_iter().collect());
        match target {
            _ if target.contains("-windows-gnu") => Some(Self::Mingw),
            _ if is_static && target.contains("-linux-musl") => Some(Self::Musl),
            _ if is_static && target.contains("-linux-gnu") => Some(Self::Glibc),
            _ => None,
        }
    }

    /// The one in the binary that `manifest` describes.
    pub fn in_release(manifest: &Manifest) -> Option<Self> {
        Self::of(&manifest.build.target, manifest.build.flags.values().flatten())
    }

    /// Its name in the bill of materials.
    pub fn name(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Mingw => "mingw-w64",
        }
    }

    /// Its licence as an SPDX expression.
    pub fn license(self) -> &'static str {
        match self {
            Self::Glibc => "LGPL-2.1-or-later",
            Self::Musl => "MIT",
            Self::Mingw => "ZPL-2.1 AND MIT",
        }
    }

    /// The names of the files that have to go along.
    pub fn file_names(self) -> &'static [&'static str] {
        match self {
            Self::Glibc => &["licenses/glibc/COPYING.LIB", "licenses/glibc/NOTICES", "licenses/glibc/RELINKING.md"],
            Self::Musl => &["licenses/musl/NOTICES"],
            Self::Mingw => &["licenses/mingw-w64/NOTICES"],
        }
    }

    /// The files themselves, in the order of their names. `version` is what the library says it is.
    pub fn files(self, manifest: &Manifest, version: &str) -> Vec<(&'static str, Vec<u8>)> {
        let texts = match self {
            Self::Glibc => vec![
                include_str!("../../assets/licenses/LGPL-2.1.txt").to_owned(),
                include_str!("../../assets/licenses/glibc-notices.txt").to_owned(),
                relinking(manifest, version),
            ],
            Self::Musl => vec![include_str!("../../assets/licenses/musl-notices.txt").to_owned()],
            Self::Mingw => vec![include_str!("../../assets/licenses/mingw-w64-notices.txt").to_owned()],
        };
        self.file_names().iter().copied().zip(texts.into_iter().map(String::into_bytes)).collect()
    }
}

/// How to link this program with another version of the library: the exact recipe, which section 6 asks for.
fn relinking(manifest: &Manifest, version: &str) -> String {
    let revision = match &manifest.source.revision {
        Some(revision) => format!("commit {revision}"),
        None => "the source this was built from".to_owned(),
    };
    let recipe = match manifest.built_by {
        Builder::Nix => include_str!("../../assets/licenses/relinking-nix.md"),
        Builder::Cargo => include_str!("../../assets/licenses/relinking-cargo.md"),
    };
    let recipe = recipe.replace("{variant}", manifest.variant.name());
    include_str!("../../assets/licenses/relinking.md")
        .replace("{program}", &manifest.name)
        .replace("{library}", version)
        .replace("{revision}", &revision)
        .replace("{recipe}", recipe.trim_end())
}

/// What a `libc.a` says it is: glibc has its banner inside.
pub fn version_in(archive: &[u8]) -> Option<String> {
    let start = memchr::memmem::find(archive, b"GNU C Library (")?;
    let line = archive[start..].split(|&byte| matches!(byte, b'\n' | 0)).next()?;
    Some(String::from_utf8_lossy(line).trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str, flags: &[&str]) -> Option<StaticLibrary> {
        StaticLibrary::of(target, &flags.iter().map(|&flag| flag.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_target_says_what_is_inside() {
        assert_eq!(of("x86_64-unknown-linux-gnu", &["-Ctarget-feature=+crt-static"]), Some(StaticLibrary::Glibc));
        assert_eq!(of("x86_64-unknown-linux-gnu", &[]), None);
        assert_eq!(of("aarch64-unknown-linux-musl", &[]), Some(StaticLibrary::Musl));
        assert_eq!(of("aarch64-unknown-linux-musl", &["-Ctarget-feature=-crt-static"]), None);
        assert_eq!(of("x86_64-pc-windows-gnu", &[]), Some(StaticLibrary::Mingw));
        assert_eq!(of("aarch64-apple-darwin", &[]), None);
    }

    #[test]
    fn glibc_says_its_version() {
        let archive = b"\0junk\0GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright";
        assert_eq!(
            version_in(archive).as_deref(),
            Some("GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36")
        );
        assert_eq!(version_in(b"no library"), None);
    }
}
