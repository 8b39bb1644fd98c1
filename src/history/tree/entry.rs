//! One entry of a raw tree object: `MODE NAME\0ID`.

use std::cmp::Ordering;

/// An entry, as offsets into its tree's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Its mode's octal digits.
    pub(super) mode: &'a [u8],
    /// Whether it is a directory.
    pub(super) is_directory: bool,
    /// Its name.
    pub(super) name: &'a [u8],
    /// Raw id of what it names.
    pub(super) id: &'a [u8],
    /// Where the next entry starts.
    pub(super) end: usize,
}

/// Reads the entry that starts at `start`; `None` if there is no whole entry.
pub(super) fn read(data: &[u8], start: usize, hash_length: usize) -> Option<Entry<'_>> {
    let rest = data.get(start..)?;
    // Modes have five or six digits: 40000, 100644, 100755, 120000, 160000; ancient git wrote 040000.
    let mode_length = rest.iter().take(8).position(|byte| *byte == b' ')?;
    let after_mode = &rest[mode_length + 1..];
    let name_length = memchr::memchr(0, after_mode)?;
    let (name, after_name) = after_mode.split_at(name_length);
    let id = after_name.get(1..=hash_length)?;
    let mode = &rest[..mode_length];
    let is_directory = matches!(mode, b"40000" | b"040000");
    Some(Entry { mode, is_directory, name, id, end: start + mode_length + 1 + name_length + 1 + hash_length })
}

/// The order in which git sorts entries: directories as if their names ended with `/`.
pub(super) fn order(one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
    let common = one.name.len().min(other.name.len());
    let beginning = one.name[..common].cmp(&other.name[..common]);
    beginning.then_with(|| byte_at(one, common).cmp(&byte_at(other, common))).then_with(|| {
        // Only names of equal length get here, or a directory beside a file whose name goes on with `/`, which git forbids.
        one.name.len().cmp(&other.name.len())
    })
}

fn byte_at(entry: &Entry<'_>, index: usize) -> u8 {
    let end = if entry.is_directory { b'/' } else { 0 };
    entry.name.get(index).copied().unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, is_directory: bool) -> Entry<'_> {
        Entry { mode: &[], is_directory, name: name.as_bytes(), id: &[], end: 0 }
    }

    #[test]
    fn directories_sort_as_if_they_ended_with_a_slash() {
        let sorted = [
            entry("a", false),
            entry("a-b", true),
            entry("a.b", false),
            entry("a", true),
            entry("a0", false),
            entry("ab", false),
        ];
        assert!(sorted.is_sorted_by(|one, other| order(one, other) == Ordering::Less));
        assert_eq!(order(&entry("a", true), &entry("a", true)), Ordering::Equal);
    }

    #[test]
    fn reads_entries_and_refuses_pieces() {
        let data = [b"100644 a.txt\0".as_slice(), &[7; 20], b"40000 b\0", &[8; 20]].concat();
        let first = read(&data, 0, 20).expect("a whole entry");
        assert_eq!((first.name, first.is_directory, first.id), (b"a.txt".as_slice(), false, [7; 20].as_slice()));
        let second = read(&data, first.end, 20).expect("a whole entry");
        assert_eq!((second.name, second.is_directory, second.end), (b"b".as_slice(), true, data.len()));
        assert_eq!(read(&data[..data.len() - 1], first.end, 20), None);
        assert_eq!(read(b"100644", 0, 20), None);
        assert_eq!(read(b"", 0, 20), None);
    }
}
