//! Targets that read a repository: one of a few commits, some of whose files the data replaces.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use relplan::cli;
use relplan::config::OrphanedTagStrategy;
use relplan::history::{PackageScope, Repository, read_tags};
use relplan::version;
use tempfile::TempDir;

/// Separates the parts of the data.
const SEPARATOR: &[u8] = b"\n%%\n";

/// Files that the parts of the data replace, in this order; a part that is empty leaves the file as it is.
const REPLACED: [&str; 8] = [
    "ferrflow.json",
    ".git/packed-refs",
    "core/version.toml",
    ".git/HEAD",
    ".git/refs/heads/main",
    ".git/config",
    ".git/objects/info/commit-graph",
    ".git/shallow",
];

/// The names of tags, in packed-refs and to the functions that read names.
pub fn tag_index(data: &[u8]) {
    let repository = repository(&[(".git/packed-refs", data)]);
    let scope = |prefix: &str| PackageScope { tag_prefix: prefix.as_bytes().to_vec(), ..PackageScope::default() };
    let scopes = ["core@v", "v", "", "release-"].map(scope);
    if let Ok(repository) = Repository::discover(repository.path()) {
        for strategy in [OrphanedTagStrategy::Warn, OrphanedTagStrategy::TreeHash] {
            if let Ok(found) = read_tags(&repository, &scopes, strategy) {
                assert_eq!(found.packages.len(), scopes.len());
            }
        }
    }
    for line in data.split(|byte| *byte == b'\n') {
        let _ = version::parse_version_tag(b"v", line);
        let _ = version::floating_aliases([line]);
        let _ = version::detect_strategy([String::from_utf8_lossy(line).as_ref()]);
    }
}

/// A table of refs, as it is and with the checksum that its end should have, so that damage gets past it.
pub fn reftable(data: &[u8]) {
    let mut mended = data.to_vec();
    if let Some(start) = data.len().checked_sub(68) {
        let end = data.len() - 4;
        mended[end..].copy_from_slice(&crc32(&data[start..end]).to_be_bytes());
    }
    let config = b"[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n";
    for table in [data, &mended] {
        let files: [(&str, &[u8]); 3] = [
            (".git/config", config),
            (".git/reftable/tables.list", b"table.ref\n"),
            (".git/reftable/table.ref", table),
        ];
        let folder = repository(&files);
        let scope = PackageScope { tag_prefix: b"v".to_vec(), ..PackageScope::default() };
        if let Ok(repository) = Repository::discover(folder.path()) {
            let _ = read_tags(&repository, &[scope], OrphanedTagStrategy::Warn);
        }
    }
}

/// CRC-32 as in zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |remainder: u32, _| if remainder & 1 == 1 { remainder >> 1 ^ 0xEDB8_8320 } else { remainder >> 1 };
    !bytes.iter().fold(!0, |remainder, byte| (0..8).fold(remainder ^ u32::from(*byte), bit))
}

/// The whole plan: configuration, refs, version file and the repository's own files.
pub fn plan(data: &[u8]) {
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(end) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        parts.push(&rest[..end]);
        rest = &rest[end + SEPARATOR.len()..];
    }
    parts.push(rest);
    let replaced: Vec<(&str, &[u8])> = REPLACED.into_iter().zip(parts).filter(|(_, part)| !part.is_empty()).collect();
    let repository = repository(&replaced);
    match cli::check_json(repository.path()) {
        Ok(answer) => {
            serde_json_is_whole(&answer);
            assert_eq!(
                cli::check_json(repository.path()).as_ref(),
                Ok(&answer),
                "the same question has the same answer"
            );
        }
        Err(message) => assert!(message.starts_with("error"), "{message}"),
    }
}

fn serde_json_is_whole(answer: &[u8]) {
    let text = std::str::from_utf8(answer).expect("JSON is UTF-8");
    assert!(text.starts_with("{\"packages\":[") && text.ends_with("}\n"), "{text}");
}

/// The repository, with these files in place of its own.
fn repository(replaced: &[(&str, &[u8])]) -> TempDir {
    static TEMPLATE: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(template);
    let folder = super::folder();
    let own = template.iter().map(|(file, content)| (file.as_str(), content.as_slice()));
    for (file, content) in own.chain(replaced.iter().copied()) {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a writable folder");
        fs::write(path, content).expect("a writable file");
    }
    folder
}

/// Two packages, of which one depends on the other, a merge, and releases of both. Dates and names are fixed, so that the
/// seeds can name commits.
const SCRIPT: &str = include_str!("repository.fast-import");

/// The files of a repository made from [`SCRIPT`], all objects loose.
fn template() -> Vec<(String, Vec<u8>)> {
    let folder = TempDir::new().expect("a temporary folder");
    git(folder.path(), &["init", "-q", "--initial-branch=main", "--template="], "");
    git(folder.path(), &["-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet"], SCRIPT);
    git(folder.path(), &["reset", "-q", "--hard", "main"], "");
    git(folder.path(), &["pack-refs", "--all"], "");
    let mut files = Vec::new();
    collect(folder.path(), folder.path(), &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it is below").to_str().expect("git writes plain names");
            files.push((name.to_owned(), fs::read(&path).expect("a readable file")));
        }
    }
}

fn git(folder: &Path, arguments: &[&str], input: &str) {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdin(Stdio::piped())
        .spawn()
        .expect("git is installed");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("git reads its input");
    assert!(child.wait().expect("git ends").success(), "git {arguments:?}");
}
