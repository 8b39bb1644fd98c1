//! The object that carries the list of a binary's crates into it, where `cargo audit bin` and other readers look for it.
//!
//! As cargo-auditable links it: a section that is never loaded into memory, and a symbol that keeps linkers from throwing it
//! away. The assembler of the compiler writes it, so it has the format of every target that the compiler has.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{BuildError, object};

/// The section that holds the list.
pub const SECTION: &str = ".dep-v0";
/// What stands in the object's place in a manifest.
pub const PLACEHOLDER: &str = "{list-of-crates}";
/// The symbol that stands in front of the list.
const SYMBOL: &str = "AUDITABLE_VERSION_INFO";
/// The object's source, whose name it gets.
const SOURCE: &str = "list_of_crates.rs";

/// Compiles the object that holds `list` for `target` into `directory` and returns its absolute path. `workspace` selects the
/// toolchain.
///
/// # Errors
/// [`BuildError::Object`] when rustc refuses, [`BuildError::File`] when `directory` can't be written.
pub fn compile(list: &[u8], target: &str, workspace: &Path, directory: &Path) -> Result<PathBuf, BuildError> {
    object::compile(&[(SOURCE, &source(list, target))], target, workspace, directory)
}

/// The flags that link `object` into a binary for `target`.
pub fn flags(object: &Path, target: &str) -> [String; 2] {
    [format!("-Clink-arg={}", object.display()), format!("-Clink-arg=-Wl,-u,{}", symbol(target))]
}

/// The symbol as the linker of `target` knows it.
fn symbol(target: &str) -> String {
    let prefixed = target.contains("-apple-") || target.starts_with("i686-") && target.contains("-windows-");
    format!("{}{SYMBOL}", if prefixed { "_" } else { "" })
}

fn source(list: &[u8], target: &str) -> String {
    let section = match target {
        _ if target.contains("-apple-") => format!("__DATA,{SECTION}"),
        // COFF's assembler takes a name with a hyphen in quotes only.
        _ if target.contains("-windows-") => format!("\\\"{SECTION}\\\",\\\"dr\\\""),
        // Without a flag: never loaded.
        _ => format!("{SECTION},\\\"\\\",%progbits"),
    };
    let symbol = symbol(target);
    let mut text = format!(
        "#![no_std]\ncore::arch::global_asm!(\n    \".section {section}\",\n    \".globl {symbol}\",\n    \"{symbol}:\",\n"
    );
    for line in list.chunks(32) {
        let bytes: Vec<String> = line.iter().map(u8::to_string).collect();
        writeln!(text, "    \".byte {}\",", bytes.join(",")).expect("a text takes every line");
    }
    text + ");\n"
}

#[cfg(test)]
mod tests {
    use ::object::elf::SectionFlags as ElfFlags;
    use ::object::{File, Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags};

    use super::*;

    /// Other targets' compilers took these lines; here they are only held.
    #[test]
    fn each_format_has_its_own_words() {
        let words = |target: &str| {
            let text = source(b"list", target);
            text.lines().skip(2).take(2).map(|line| line.trim().replace('\\', "")).collect::<Vec<_>>()
        };
        let [windows, mac, arm] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin", "aarch64-unknown-linux-musl"];
        assert_eq!(words(windows), ["\".section \".dep-v0\",\"dr\"\",", "\".globl AUDITABLE_VERSION_INFO\","]);
        assert_eq!(words(mac), ["\".section __DATA,.dep-v0\",", "\".globl _AUDITABLE_VERSION_INFO\","]);
        assert_eq!(words(arm), ["\".section .dep-v0,\"\",%progbits\",", "\".globl AUDITABLE_VERSION_INFO\","]);
    }

    #[test]
    fn the_object_holds_the_list_and_nothing_of_it_is_loaded() {
        let (here, target) = (Path::new(env!("CARGO_MANIFEST_DIR")), "x86_64-unknown-linux-gnu");
        let list: Vec<u8> = (0..=255).collect();
        let made = |place: &Path| {
            let object = compile(&list, target, here, place).expect("the compiler is there");
            std::fs::read(object).expect("it was written")
        };
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().expect("a scratch directory"));
        let bytes = made(one.path());
        assert!(bytes == made(other.path()), "the object tells where it was made");
        let file = File::parse(bytes.as_slice()).expect("it is an object");
        let section = file.section_by_name(SECTION).expect("it has the section");
        assert_eq!(section.data().expect("it is whole"), list);
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else { panic!("it is ELF") };
        assert_eq!(sh_flags, ElfFlags(0));
        assert!(file.symbols().any(|symbol| symbol.name() == Ok(SYMBOL) && symbol.is_global()));
    }
}
