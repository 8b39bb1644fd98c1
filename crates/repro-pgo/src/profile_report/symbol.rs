//! Readable names of symbols, and the crate that a function is from.

/// A symbol as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// The demangled name without its hash, v0 or legacy; an unmangled one as it is.
    pub name: String,
    /// The crate, or [`NO_CRATE`].
    pub crate_name: String,
}

/// Stands for the crate of a symbol that names none: `main`, C code, functions with a fixed name.
pub const NO_CRATE: &str = "(none)";

/// Reads a function's name in a profile, where the file of a local symbol stands before a `;`.
pub fn readable(symbol: &str) -> Readable {
    let symbol = symbol.rsplit_once(';').map_or(symbol, |(_, symbol)| symbol);
    let Ok(demangled) = rustc_demangle::try_demangle(symbol) else {
        return Readable { name: symbol.to_owned(), crate_name: NO_CRATE.to_owned() };
    };
    let name = format!("{demangled:#}");
    let crate_name = v0_crate(symbol).or_else(|| named_crate(&name)).unwrap_or(NO_CRATE).to_owned();
    Readable { name, crate_name }
}

/// The crate of a v0 symbol: the root of its path, and for an impl the root of the path that the impl is in (RFC 2603).
/// None where the path starts with a type, or for another mangling.
fn v0_crate(symbol: &str) -> Option<&str> {
    let mut rest = symbol.strip_prefix("_R")?;
    loop {
        rest = match rest.bytes().next()? {
            b'C' => return identifier(behind_disambiguator(&rest[1..])?),
            b'N' => rest.get(2..)?,
            b'I' => &rest[1..],
            b'M' | b'X' => behind_disambiguator(&rest[1..])?,
            _ => return None,
        };
    }
}

fn behind_disambiguator(text: &str) -> Option<&str> {
    if !text.starts_with('s') {
        return Some(text);
    }
    text.split_once('_').map(|(_, rest)| rest)
}

/// A length in decimal, an optional `_`, and as many bytes.
fn identifier(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length: usize = text.get(..digits)?.parse().ok()?;
    let name = text[digits..].strip_prefix('_').unwrap_or(&text[digits..]);
    name.get(..length)
}

/// The crate in a readable name: of the path or the type it starts with; of the trait where that is no path, as in
/// `<&T as core::fmt::Debug>::fmt`.
fn named_crate(readable: &str) -> Option<&str> {
    let of_trait = || readable.split_once(" as ").and_then(|(_, behind)| leading_crate(behind));
    leading_crate(readable).or_else(of_trait)
}

fn leading_crate(text: &str) -> Option<&str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut rest = text.trim_start_matches(|character| !is_word(character));
    while let Some(behind) = ["mut ", "const ", "dyn ", "impl "].iter().find_map(|word| rest.strip_prefix(word)) {
        rest = behind.trim_start_matches(|character| !is_word(character));
    }
    let end = rest.find(|character| !is_word(character))?;
    rest[end..].starts_with("::").then_some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(symbol: &str) -> (String, String) {
        let Readable { name, crate_name } = readable(symbol);
        (name, crate_name)
    }

    fn expected(name: &str, crate_name: &str) -> (String, String) {
        (name.to_owned(), crate_name.to_owned())
    }

    #[test]
    fn both_manglings_lose_their_hashes() {
        assert_eq!(read("_ZN4demo4main17h306645db6907bfccE"), expected("demo::main", "demo"));
        assert_eq!(read("_RNvCs6nFa0d4gOnI_4demo4main"), expected("demo::main", "demo"));
        assert_eq!(read("demo.a1-cgu.0;_ZN4demo4main17h306645db6907bfccE"), expected("demo::main", "demo"));
    }

    #[test]
    fn an_impl_is_of_the_crate_it_is_written_in() {
        let (name, crate_name) = read("_RNvXs_CshI9W3rJ6mWk_4demoNtB4_5ThingNtNtCs2vXnM1Z3Bqy_4core3fmt5Debug3fmt");
        assert_eq!((name.as_str(), crate_name.as_str()), ("<demo::Thing as core::fmt::Debug>::fmt", "demo"));
        let legacy = "_ZN48_$LT$demo..Thing$u20$as$u20$core..fmt..Debug$GT$3fmt17h306645db6907bfccE";
        assert_eq!(read(legacy), expected("<demo::Thing as core::fmt::Debug>::fmt", "demo"));
    }

    #[test]
    fn a_type_without_a_path_leaves_the_trait() {
        for (name, crate_name) in [
            ("<&T as core::fmt::Debug>::fmt", Some("core")),
            ("<&mut dyn demo::Trait as core::fmt::Write>::write_str", Some("demo")),
            ("<[T] as alloc::slice::Concat<T>>::concat", Some("alloc")),
            ("<(A, demo::B) as core::cmp::PartialEq>::eq", Some("core")),
            ("core::ptr::drop_in_place<demo::Thing>", Some("core")),
            ("strlen", None),
        ] {
            assert_eq!(named_crate(name), crate_name, "{name}");
        }
    }

    #[test]
    fn c_functions_have_no_crate() {
        assert_eq!(read("memcpy"), expected("memcpy", NO_CRATE));
        assert_eq!(read(""), expected("", NO_CRATE));
    }

    #[test]
    fn damaged_symbols_are_only_names() {
        for symbol in ["_R", "_RNvC", "_RNvCs_", "_RNvC9demo", "_RIs", "_RN", "_ZN", "_RNvCs4demoé"] {
            assert_eq!(v0_crate(symbol), None, "{symbol}");
            readable(symbol);
        }
    }
}
