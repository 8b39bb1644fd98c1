//! The C code in a build: what the static libraries of build scripts hold, who compiled it, and whether it counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use serde::{Deserialize, Serialize};

use super::c_compiler::clang_major;

/// Code of one compiler in one static library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CCode {
    /// The library: `z` for `libz.a`.
    pub library: String,
    /// What the objects say of their compiler; assembler says nothing.
    pub compiler: String,
    /// How many functions it has; the linker may leave some out.
    pub functions: usize,
    /// Whether they count how often they run, as the Rust code does.
    pub profiled: bool,
}

/// What the static libraries that a build script made hold. `linked` and `paths` are cargo's words: `static=z`,
/// `native=/some/where`. Libraries of the system are not its own and are left out.
pub fn of_build_script(linked: &[String], paths: &[String], out_directory: &Path) -> Vec<CCode> {
    let folders: Vec<PathBuf> = paths
        .iter()
        .map(|path| PathBuf::from(path.split_once('=').map_or(path.as_str(), |(_, path)| path)))
        .filter(|path| path.starts_with(out_directory))
        .collect();
    let names = linked.iter().map(|library| library.rsplit_once('=').map_or(library.as_str(), |(_, name)| name));
    let found = names.filter_map(|name| {
        let file = format!("lib{name}.a");
        let bytes = folders.iter().find_map(|folder| std::fs::read(folder.join(&file)).ok())?;
        Some(of_archive(name, &bytes))
    });
    found.flatten().collect()
}

fn of_archive(library: &str, bytes: &[u8]) -> Vec<CCode> {
    let Ok(archive) = ArchiveFile::parse(bytes) else { return Vec::new() };
    let mut found: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for member in archive.members().flatten() {
        let data = member.data(bytes).ok().and_then(|data| object::File::parse(data).ok());
        if let Some(file) = data {
            let is_function =
                |symbol: &object::Symbol<'_, '_>| symbol.is_definition() && symbol.kind() == SymbolKind::Text;
            let functions = file.symbols().filter(is_function).count();
            *found.entry((compiler(&file), counts(&file))).or_default() += functions;
        }
    }
    let found = found.into_iter().filter(|(_, functions)| *functions > 0);
    let code = |((compiler, profiled), functions)| CCode { library: library.to_owned(), compiler, functions, profiled };
    found.map(code).collect()
}

/// What a compiler writes of itself into the section `.comment`.
fn compiler(file: &object::File<'_>) -> String {
    let section = file.section_by_name(".comment");
    let data = section.as_ref().and_then(|section| section.data().ok()).unwrap_or_default();
    let mut texts = data.split(|byte| *byte == 0).filter(|text| !text.is_empty());
    texts.next().map_or_else(|| "assembler".to_owned(), |text| String::from_utf8_lossy(text).into_owned())
}

fn counts(file: &object::File<'_>) -> bool {
    file.sections().any(|section| section.name().is_ok_and(|name| name.starts_with("__llvm_prf_cnts")))
}

/// The first code that a clang of another LLVM made count: its counts have another layout, and would spoil the profile.
pub fn foreign_counts(code: &[CCode], llvm_major: u32) -> Option<&CCode> {
    code.iter().find(|code| code.profiled && clang_major(&code.compiler).is_some_and(|major| major != llvm_major))
}

/// What is outside the profile, for people; `None` where nothing is.
pub fn outside(code: &[CCode]) -> Option<String> {
    let told: Vec<String> = code
        .iter()
        .filter(|code| !code.profiled)
        .map(|CCode { library, compiler, functions, .. }| format!("{functions} in lib{library}.a by {compiler}"))
        .collect();
    let count: usize = code.iter().filter(|code| !code.profiled).map(|code| code.functions).sum();
    (count > 0).then(|| format!("{count} functions of C code are outside the profile ({})", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(compiler: &str, profiled: bool) -> CCode {
        CCode { library: "z".to_owned(), compiler: compiler.to_owned(), functions: 3, profiled }
    }

    #[test]
    fn what_is_outside_is_told_with_its_compiler() {
        let (gcc, clang) = (code("GCC: (Debian) 12.2.0", false), code("clang version 22.1.8", true));
        let told = outside(&[gcc, clang.clone()]).expect("gcc's is outside");
        assert_eq!(told, "3 functions of C code are outside the profile (3 in libz.a by GCC: (Debian) 12.2.0)");
        assert_eq!(outside(&[clang]), None);
    }

    #[test]
    fn counts_of_another_llvm_are_found() {
        let (own, other) = (code("clang version 22.1.8", true), code("clang version 19.1.7", true));
        assert_eq!(foreign_counts(&[own, other.clone()], 22), Some(&other));
        assert_eq!(foreign_counts(&[code("clang version 19.1.7", false)], 22), None);
    }
}
