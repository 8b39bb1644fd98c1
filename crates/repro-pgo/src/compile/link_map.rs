//! Which functions the linker kept, read from its map file.
//!
//! Libraries hold many functions that a program never calls. They are compiled, get a warning about missing profile data,
//! and are thrown away by the linker; as they were thrown away from the instrumented binary too, no profile can hold them.

use std::collections::BTreeSet;

/// The heading behind which GNU ld lists what it kept; before it stands what it discarded.
const GNU_KEPT: &str = "\nLinker script and memory map\n";

/// The mangled names in the text of a map file of lld or GNU ld.
///
/// Each function has a section of its own (`.text._ZN...`), and section names are never demangled, so they are what is
/// read.
pub fn kept_functions(map: &str) -> BTreeSet<&str> {
    let kept = map.split_once(GNU_KEPT).map_or(map, |(_, kept)| kept);
    let words = kept.split(|character: char| !(character.is_ascii_alphanumeric() || "_.$".contains(character)));
    words.filter_map(mangled_name).collect()
}

fn mangled_name(word: &str) -> Option<&str> {
    let start = ["_ZN", "_R"].iter().filter_map(|prefix| {
        if word.starts_with(prefix) { Some(0) } else { word.find(&format!(".{prefix}")).map(|dot| dot + 1) }
    });
    start.min().map(|start| without_suffix(&word[start..]))
}

/// The symbol without the suffix that ThinLTO gives to functions it moves.
fn without_suffix(symbol: &str) -> &str {
    symbol.split_once(".llvm.").map_or(symbol, |(symbol, _)| symbol)
}

/// Whether the function of a warning is among the kept ones. Local functions are named as `file;name` or `file:name`.
pub fn is_kept(kept: &BTreeSet<&str>, function: &str) -> bool {
    let name = function.rsplit([';', ':']).next().unwrap_or(function);
    kept.contains(without_suffix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLD: &str = "             VMA              LMA     Size Align Out     In      Symbol\n\
        9f14  9f14  114  4  /t/m1.main.235e-cgu.0.rcgu.o:(.gcc_except_table._ZN4main4main17h8da7fa642d137fc6E)\n\
        a000  a000   20  1  /t/m1.main.235e-cgu.0.rcgu.o:(.text.unlikely._RNvCs1_4demo3one.llvm.77)\n";

    const GNU: &str = "Discarded input sections\n\n .text._ZN4demo4gone17h0E\n  0x0  0x3 a.o\n\nMemory Configuration\n\
        \nLinker script and memory map\n\n .text._ZN4demo4kept17h0E\n  0x1000 0x5 a.o\n";

    #[test]
    fn sections_of_lld_are_read() {
        let kept = kept_functions(LLD);
        assert!(is_kept(&kept, "_ZN4main4main17h8da7fa642d137fc6E"));
        assert!(is_kept(&kept, "demo.cgu.0;_RNvCs1_4demo3one"));
        assert!(!is_kept(&kept, "_RNvCs1_4demo3two"));
    }

    #[test]
    fn what_gnu_ld_discarded_is_not_kept() {
        let kept = kept_functions(GNU);
        assert!(is_kept(&kept, "_ZN4demo4kept17h0E"));
        assert!(!is_kept(&kept, "_ZN4demo4gone17h0E"));
    }
}
