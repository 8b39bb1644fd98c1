//! Reads what git prints: a log with file names, a tree listing, a list of tags and a batch of objects.

use thiserror::Error;

use super::hosted::{HostedCommit, TreeEntry};

/// The format of `git log --name-only -z` that [`commits`] reads: no field of a commit can hold these control characters.
pub const LOG_FORMAT: &str = "--format=%x01%H%x02%an%x02%ae%x02%B%x02";

/// Output that is not what was asked for.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("git's {what} can't be read: {found:?}")]
pub struct GitOutputError {
    /// What was read.
    pub what: &'static str,
    /// The piece that doesn't fit.
    pub found: String,
}

fn wrong(what: &'static str, found: &str) -> GitOutputError {
    GitOutputError { what, found: found.chars().take(80).collect() }
}

/// The commits of `git log --name-only -z` with [`LOG_FORMAT`], newest first.
///
/// # Errors
/// [`GitOutputError`] where a record has other fields.
pub fn commits(output: &str) -> Result<Vec<HostedCommit>, GitOutputError> {
    output.split('\u{1}').skip(1).map(commit).collect()
}

fn commit(record: &str) -> Result<HostedCommit, GitOutputError> {
    let mut fields = record.splitn(5, '\u{2}');
    let mut field = || fields.next().ok_or_else(|| wrong("log", record));
    let (sha, name, email, message, files) = (field()?, field()?, field()?, field()?, field()?);
    let files = files.split('\0').map(|file| file.trim_matches('\n')).filter(|file| !file.is_empty());
    Ok(HostedCommit {
        sha: sha.to_owned(),
        author_name: name.to_owned(),
        author_email: email.to_owned(),
        message: message.trim_end().to_owned(),
        files: files.map(str::to_owned).collect(),
    })
}

/// The entries of `git ls-tree -r -t -z`.
///
/// # Errors
/// [`GitOutputError`] where an entry has other fields.
pub fn tree(output: &str) -> Result<Vec<TreeEntry>, GitOutputError> {
    output.split('\0').filter(|entry| !entry.is_empty()).map(tree_entry).collect()
}

fn tree_entry(entry: &str) -> Result<TreeEntry, GitOutputError> {
    let fields = entry.split_once('\t').and_then(|(facts, path)| {
        let mut facts = facts.split(' ');
        Some((facts.next()?, facts.next()?, facts.next()?, path))
    });
    let (mode, kind, sha, path) = fields.ok_or_else(|| wrong("tree", entry))?;
    Ok(TreeEntry { mode: mode.to_owned(), kind: kind.to_owned(), sha: sha.to_owned(), path: path.to_owned() })
}

/// Names and commits of `git for-each-ref --format='%(objectname) %(*objectname) %(refname:strip=2)'`; an annotated tag
/// stands for the commit it names.
///
/// # Errors
/// [`GitOutputError`] where a line has other fields.
pub fn tags(output: &str) -> Result<Vec<(String, String)>, GitOutputError> {
    let tag = |line: &str| {
        let mut fields = line.splitn(3, ' ');
        let found = (|| Some((fields.next()?, fields.next()?, fields.next()?)))();
        let (object, peeled, name) = found.ok_or_else(|| wrong("list of tags", line))?;
        let commit = if peeled.is_empty() { object } else { peeled };
        Ok((name.to_owned(), commit.to_owned()))
    };
    output.lines().map(tag).collect()
}

/// Names and contents of the objects that `git cat-file --batch` printed.
///
/// # Errors
/// [`GitOutputError`] where an object is missing or cut off.
pub fn objects(mut output: &[u8]) -> Result<Vec<(String, Vec<u8>)>, GitOutputError> {
    let mut objects = Vec::new();
    while !output.is_empty() {
        let end = output.iter().position(|&byte| byte == b'\n').unwrap_or(output.len());
        let header = String::from_utf8_lossy(&output[..end]).into_owned();
        let mut fields = header.split(' ');
        let size = fields.clone().nth(2).and_then(|size| size.parse::<usize>().ok());
        let content = size.and_then(|size| output.get(end + 1..end + 1 + size));
        let (Some(sha), Some(content)) = (fields.next(), content) else {
            return Err(wrong("batch of objects", &header));
        };
        objects.push((sha.to_owned(), content.to_vec()));
        output = output.get(end + 1 + content.len() + 1..).unwrap_or_default();
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gives_messages_and_files() {
        let log = "\u{1}aa\u{2}A U\u{2}a@x\u{2}feat: one\n\nbody\n\u{2}\0\npackages/a/x\0packages/b/y z\0\
                   \u{1}bb\u{2}B\u{2}b@x\u{2}chore: empty\n\u{2}\0";
        let commits = commits(log).expect("two records");
        assert_eq!(commits[0].message, "feat: one\n\nbody");
        assert_eq!(commits[0].files, ["packages/a/x", "packages/b/y z"]);
        assert!(commits[1].sha == "bb" && commits[1].files.is_empty());
        assert!(super::commits("\u{1}aa\u{2}only").is_err());
    }

    #[test]
    fn a_tree_and_tags() {
        let entries = tree("100644 blob aa\tpackages/a b.json\x0040000 tree bb\tpackages\0").expect("two entries");
        assert_eq!((entries[0].path.as_str(), entries[1].kind.as_str()), ("packages/a b.json", "tree"));
        assert!(tree("100644 blob\0").is_err());
        let tags = tags("aa  v1.0.0\nbb cc a@v1.0.0\n").expect("two tags");
        assert_eq!(tags, [("v1.0.0".to_owned(), "aa".to_owned()), ("a@v1.0.0".to_owned(), "cc".to_owned())]);
        assert!(super::tags("aa").is_err());
    }

    #[test]
    fn a_batch_of_objects() {
        let objects = objects(b"aa blob 3\nx\ny\nbb blob 0\n\n").expect("two objects");
        assert_eq!(objects, [("aa".to_owned(), b"x\ny".to_vec()), ("bb".to_owned(), vec![])]);
        let error = super::objects(b"aa missing\n").expect_err("an object is missing").to_string();
        assert_eq!(error, "git's batch of objects can't be read: \"aa missing\"");
        assert!(super::objects(b"aa blob 10\ncut").is_err());
    }
}
