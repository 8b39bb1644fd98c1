//! Lists of SHA-256 hashes as `sha256sum --check` reads them.

use std::collections::BTreeMap;

/// Name of the list, inside the tarball and beside it.
pub const FILE_NAME: &str = "SHA256SUMS";

/// The list's text: one line for each file, sorted by name.
pub fn to_text(hashes: &BTreeMap<String, String>) -> String {
    hashes.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect()
}

/// Reads a list. The error is the line that isn't one.
pub fn from_text(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut hashes = BTreeMap::new();
    for line in text.lines() {
        let (hash, name) = line.split_once("  ").ok_or(line)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash || name.is_empty() || hashes.insert(name.to_owned(), hash.to_owned()).is_some() {
            return Err(line.to_owned());
        }
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let hashes = BTreeMap::from([("b".to_owned(), "0".repeat(64)), ("a c".to_owned(), "f".repeat(64))]);
        let text = to_text(&hashes);
        assert!(text.starts_with("ffff") && text.ends_with("  b\n"));
        assert_eq!(from_text(&text), Ok(hashes));
    }

    #[test]
    fn other_lines_are_refused() {
        let hash = "0".repeat(64);
        for line in
            ["nonsense", "00  name", &format!("{hash} name"), &format!("{hash}  "), &format!("{hash}  a\n{hash}  a")]
        {
            assert!(from_text(line).is_err(), "{line}");
        }
    }
}
