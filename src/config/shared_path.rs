//! Paths outside of a package whose changes are its own: a folder, a file, or a pattern for some of them.

use globset::{GlobBuilder, GlobMatcher};

use super::path::{with_slashes, within_repository};

/// A pattern among shared paths, such as `proto/**/*.proto`.
#[derive(Debug, Clone)]
pub(crate) struct SharedPattern {
    base: String,
    matcher: GlobMatcher,
}

impl SharedPattern {
    /// Reads a shared path in its shortest form; `None` if it is no pattern, or an invalid one.
    pub(crate) fn new(path: &str) -> Option<Self> {
        if !path.split('/').any(is_pattern) {
            return None;
        }
        // Brackets are parts of names.
        let glob = GlobBuilder::new(&path.replace('[', "[[]")).literal_separator(true).build().ok()?;
        Some(Self { base: base(path), matcher: glob.compile_matcher() })
    }

    /// The folder that all its matches lie in; `.` for the root.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether it matches this path, of a file or a folder.
    pub(crate) fn is_match(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }

    /// Whether it matches a file's path or that of a folder which the file is in.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        self.is_match(path) || folders.into_iter().any(|folder| self.is_match(folder))
    }
}

/// A shared path in its shortest form. A pattern that takes everything in a folder becomes that folder. The error says why it
/// can't be used.
pub(super) fn shared_path(path: &str) -> Result<String, &'static str> {
    let path = with_slashes(path);
    let from_root = path.trim_start_matches('/');
    let components: Vec<&str> = from_root.split('/').collect();
    let plain = components.iter().take_while(|component| !is_pattern(component)).count();
    let (plain, pattern) = components.split_at(plain);
    let folder = within_repository(&plain.join("/"))?;
    let pattern: Vec<&str> = pattern.iter().copied().filter(|component| !matches!(*component, "" | ".")).collect();
    match pattern[..] {
        [] | ["**" | "*"] | ["**", "*" | "**"] => return Ok(folder),
        _ if pattern.contains(&"..") => return Err("goes up again behind a pattern"),
        _ => {}
    }
    let whole = if folder == "." { pattern.join("/") } else { format!("{folder}/{}", pattern.join("/")) };
    match SharedPattern::new(&whole) {
        Some(_) => Ok(whole),
        None => Err("is no valid pattern"),
    }
}

/// Whether a component has wildcards. Brackets alone are names, as frameworks use them in folders of routes.
fn is_pattern(component: &str) -> bool {
    component.contains(['*', '?', '{'])
}

/// The folder before the first component with wildcards.
fn base(path: &str) -> String {
    let plain: Vec<&str> = path.split('/').take_while(|component| !is_pattern(component)).collect();
    if plain.is_empty() { ".".to_owned() } else { plain.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_paths_however_they_are_spelled() {
        for path in
            ["proto", "proto/", "./proto", "/proto", "proto/**", "proto/*", "proto\\", "proto/**/*", "a/../proto/**/"]
        {
            assert_eq!(shared_path(path).as_deref(), Ok("proto"), "{path}");
        }
        for (path, expected) in [
            ("app/[id]/x.ts", "app/[id]/x.ts"),
            ("libs/my lib\\grün", "libs/my lib/grün"),
            ("./proto/**/*.proto", "proto/**/*.proto"),
            ("/*.lock", "*.lock"),
            ("**", "."),
            ("*/src/", "*/src"),
        ] {
            assert_eq!(shared_path(path).as_deref(), Ok(expected), "{path}");
        }
        for (path, problem) in [
            ("../x", "leaves the repository"),
            ("a/*/../b", "goes up again behind a pattern"),
            ("a/{b", "is no valid pattern"),
        ] {
            assert_eq!(shared_path(path), Err(problem), "{path}");
        }
    }

    #[test]
    fn patterns_match_files_and_whatever_is_in_folders() {
        for (pattern, base, covered, others) in [
            ("proto/**/*.proto", "proto", &["proto/a.proto", "proto/a/b.proto"][..], &["proto/a.md", "a.proto"][..]),
            ("*.lock", ".", &["a.lock"], &["a/b.lock", "a.locks"]),
            ("**/*.lock", ".", &["a.lock", "a/b.lock"], &["a.locks"]),
            ("libs/*/src", "libs", &["libs/a/src/x", "libs/a/src"], &["libs/a/x", "libs/src/x", "libs/a/b/src/x"]),
            ("{a,b}/c", ".", &["a/c", "b/c/x"], &["c", "a/b/c"]),
            ("app/[id]/*.ts", "app/[id]", &["app/[id]/x.ts"], &["app/i/x.ts"]),
            ("v?.txt", ".", &["v1.txt"], &["v12.txt"]),
        ] {
            let read = SharedPattern::new(pattern).expect(pattern);
            assert_eq!(read.base(), base, "{pattern}");
            assert!(covered.iter().all(|path| read.covers(path)), "{pattern}");
            assert!(!others.iter().any(|path| read.covers(path)), "{pattern}");
        }
        assert!(SharedPattern::new("proto/[id]").is_none());
    }
}
