//! Reads the header of a raw commit object in one pass, without copying anything but ids.

use gix_hash::{ObjectId, oid};
use gix_object::Kind;

use super::repository::{ObjectError, corrupt};

/// The parts of a commit that planning needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommitObject<'a> {
    /// The root tree.
    pub(super) tree: ObjectId,
    /// Seconds since 1970 at which it was committed.
    pub(super) time: i64,
    /// Where the message starts; everything before is header.
    pub(super) message_start: usize,
    parent_lines: &'a [u8],
    line_length: usize,
}

impl<'a> CommitObject<'a> {
    /// The parents in order; `None` for one whose id is no id.
    pub(super) fn parents(&self) -> impl Iterator<Item = Option<ObjectId>> + use<'a> {
        self.parent_lines.chunks(self.line_length).map(|line| hex(line.strip_prefix(b"parent ")?.trim_ascii_end()))
    }
}

/// Parses the commit `id` from its `data`.
pub(super) fn parse<'a>(id: &oid, data: &'a [u8]) -> Result<CommitObject<'a>, ObjectError> {
    parse_header(data, id.kind().len_in_hex()).ok_or_else(|| corrupt(id, Kind::Commit, "its header makes no sense"))
}

fn parse_header(data: &[u8], hex_length: usize) -> Option<CommitObject<'_>> {
    let (tree_line, rest) = data.split_at_checked("tree \n".len() + hex_length)?;
    let tree = hex(tree_line.strip_prefix(b"tree ")?.strip_suffix(b"\n")?)?;
    let line_length = "parent \n".len() + hex_length;
    let parents = rest.chunks(line_length).take_while(|line| line.starts_with(b"parent ")).count();
    let (parent_lines, rest) = rest.split_at_checked(parents * line_length)?;
    let (time, header_length) = read_lines(rest);
    let message_start = data.len() - rest.len() + header_length;
    Some(CommitObject { tree, time: time?, message_start, parent_lines, line_length })
}

/// Reads header lines up to the empty one: the committer's time, and how long all of them are.
fn read_lines(header: &[u8]) -> (Option<i64>, usize) {
    let (mut time, mut start) = (None, 0);
    while start < header.len() {
        let line = &header[start..];
        let length = memchr::memchr(b'\n', line).unwrap_or(line.len());
        start = (start + length + 1).min(header.len());
        if length == 0 {
            break;
        }
        if time.is_none() {
            time = line[..length].strip_prefix(b"committer ").map(committer_time);
        }
    }
    (time, start)
}

fn hex(digits: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(digits).ok()
}

/// Seconds at the end of a `committer` line, behind the last `>`. Dates that make no sense count as 1970.
fn committer_time(line: &[u8]) -> i64 {
    let start = memchr::memrchr(b'>', line).map_or(0, |index| index + 1);
    let mut words = line[start..].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let seconds = words.next().and_then(|word| std::str::from_utf8(word).ok());
    seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
}

/// First line of a message, without the white space around it.
pub(super) fn subject(message: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', message).unwrap_or(message.len());
    message[..end].trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const PARENT: &str = "e83c5163316f89bfbde7d9ab23ca2e25604af290";

    fn parsed(text: &str) -> Option<(Vec<Option<ObjectId>>, i64, usize)> {
        let commit = parse_header(text.as_bytes(), 40)?;
        Some((commit.parents().collect(), commit.time, commit.message_start))
    }

    #[test]
    fn reads_parents_time_and_message() {
        let text = format!(
            "tree {TREE}\nparent {PARENT}\nparent {PARENT}\nauthor A <a@a> 5 +0000\ncommitter B > <b@b> 77 +0100\ngpgsig x\n y\n\nsubject\n"
        );
        let (parents, time, start) = parsed(&text).expect("a well-formed commit");
        assert_eq!(parents.len(), 2);
        assert_eq!((time, &text[start..]), (77, "subject\n"));
    }

    #[test]
    fn a_commit_may_have_no_message_and_an_odd_date() {
        let text = format!("tree {TREE}\nauthor A <a@a> 5 +0000\ncommitter B <b@b> soon\n");
        let (parents, time, start) = parsed(&text).expect("git tolerates this commit");
        assert_eq!((parents.len(), time, &text[start..]), (0, 0, ""));
    }

    #[test]
    fn refuses_what_is_no_commit() {
        assert_eq!(parsed(""), None);
        assert_eq!(parsed("tree 12\n"), None);
        assert_eq!(parsed(&format!("tree {TREE}\n")), None);
        let cut_parent = format!("tree {TREE}\nparent {}\ncommitter B <b@b> 1 +0000\n\nx", &PARENT[1..]);
        assert!(parsed(&cut_parent).is_none_or(|(parents, ..)| parents.contains(&None)));
    }

    #[test]
    fn subjects_are_trimmed_first_lines() {
        assert_eq!(subject(b"  feat: x \r\nbody"), b"feat: x");
        assert_eq!(subject(b""), b"");
    }
}
