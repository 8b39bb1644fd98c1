//! Reads a version file, and the one that it points to where it doesn't say the version itself.

use std::fs;
use std::path::Path;

use super::{VersionFileError, VersionProblem, parse, replace};
use crate::config::{VersionFileFormat, VersionedFile};

/// Files that point to files are followed this far.
const HOPS: usize = 4;

/// What another version would make of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The file that changes, relative to the root: the one that was asked for, or one that it points to.
    pub path: String,
    /// Its text now.
    pub before: String,
    /// Its text afterwards.
    pub after: String,
}

/// The version that `file` carries or points to; its path is relative to `root`. Files whose version is a tag's (`go.mod`)
/// are refused with [`VersionProblem::FromTags`], for the caller to answer.
///
/// # Errors
/// When it can't be read, or says no version.
pub fn read_version(root: &Path, file: &VersionedFile) -> Result<String, VersionFileError> {
    resolve(root, file).map(|(_, _, version)| version)
}

/// What `version` would make of `file`, or of the file it points to; `None` where the version is a tag's, so that nothing
/// is ever written.
///
/// # Errors
/// When the file can't be read, or has no version to replace.
pub fn preview(root: &Path, file: &VersionedFile, version: &str) -> Result<Option<Preview>, VersionFileError> {
    let (file, before, _) = match resolve(root, file) {
        Err(VersionFileError { problem: VersionProblem::FromTags, .. }) => return Ok(None),
        resolved => resolved?,
    };
    let after = replace(file.format, file.selector.as_deref(), &before, version)
        .map_err(|problem| VersionFileError { path: file.path.clone(), problem })?;
    Ok(Some(Preview { path: file.path, before, after }))
}

/// Where the version of a file stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file that says it, relative to the root.
    pub path: String,
    /// Where in its text, behind a byte order mark, the first byte is.
    start: usize,
}

/// Where the version of `file` stands, in it or in the file it points to; `None` where that isn't known.
pub fn place(root: &Path, file: &VersionedFile) -> Option<Place> {
    let (file, text, _) = resolve(root, file).ok()?;
    let located = super::locate(file.format, file.selector.as_deref(), super::without_mark(&text)).ok()?;
    let path = super::plain_path(&file.path);
    Some(Place { path, start: located.ranges().first()?.start })
}

/// The file that says the version of `file`: itself, or one that it points to.
///
/// # Errors
/// When it can't be read, or says no version.
pub fn carrier(root: &Path, file: &VersionedFile) -> Result<VersionedFile, VersionFileError> {
    resolve(root, file).map(|(file, _, _)| file)
}

/// The file that says the version of `file`, its text, and the version.
fn resolve(root: &Path, file: &VersionedFile) -> Result<(VersionedFile, String, String), VersionFileError> {
    follow(root, file, HOPS).map_err(|problem| VersionFileError { path: file.path.clone(), problem })
}

fn follow(root: &Path, file: &VersionedFile, hops: usize) -> Result<(VersionedFile, String, String), VersionProblem> {
    if file.format == VersionFileFormat::GoMod {
        return Err(VersionProblem::FromTags);
    }
    let bytes = fs::read(root.join(&file.path)).map_err(VersionProblem::Unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| VersionProblem::NotText)?;
    let problem = match parse(file.format, file.selector.as_deref(), &text) {
        Ok(version) => return Ok((file.clone(), text, version)),
        Err(problem) => problem,
    };
    let VersionProblem::Elsewhere { candidates, .. } = &problem else { return Err(problem) };
    for candidate in candidates.iter().filter(|_| hops > 0) {
        let Some(path) = beside(&file.path, &candidate.path) else { continue };
        let (format, selector) = (candidate.format, candidate.selector.clone());
        let candidate = VersionedFile { path, format, selector };
        if root.join(&candidate.path).is_file()
            && let Ok(found) = follow(root, &candidate, hops - 1)
        {
            return Ok(found);
        }
    }
    Err(problem)
}

/// `path`, relative to the directory of `file`, from the root; `None` if it leads out of it.
fn beside(file: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (path, text) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
            fs::write(path, text).expect("files can be written");
        }
        directory
    }

    #[test]
    fn the_file_that_says_the_version_is_read_and_changed() {
        use VersionFileFormat::*;
        for (format, listed, files, changed, after) in [
            (
                Toml,
                "crates/a/Cargo.toml",
                &[
                    ("crates/a/Cargo.toml", "[package]\nversion.workspace = true\n"),
                    ("crates/Cargo.toml", "[package]\nversion = \"9.9.9\"\n"),
                    ("Cargo.toml", "[workspace.package]\nversion = '1.2.0' # all\n"),
                ] as &[(&str, &str)],
                "Cargo.toml",
                "[workspace.package]\nversion = '1.3.0' # all\n",
            ),
            (
                Toml,
                "pyproject.toml",
                &[
                    (
                        "pyproject.toml",
                        "[project]\ndynamic = [\"version\"]\n[tool.hatch.version]\npath = \"src/x/__init__.py\"\n",
                    ),
                    ("src/x/__init__.py", "import y\n__version__ = \"1.2.0\"\n"),
                ],
                "src/x/__init__.py",
                "import y\n__version__ = \"1.3.0\"\n",
            ),
            (
                Toml,
                "pyproject.toml",
                &[
                    (
                        "pyproject.toml",
                        "[project]\ndynamic = [\"version\"]\n[tool.setuptools.dynamic]\nversion = {attr = \"x.__version__\"}\n",
                    ),
                    ("src/x/__init__.py", "__version__: str = '1.2.0'\n"),
                ],
                "src/x/__init__.py",
                "__version__: str = '1.3.0'\n",
            ),
            (
                SetupCfg,
                "setup.cfg",
                &[("setup.cfg", "[metadata]\nname = x\nversion = file: VERSION\n"), ("VERSION", "1.2.0")],
                "VERSION",
                "1.3.0",
            ),
            (
                Gemspec,
                "shop.gemspec",
                &[
                    (
                        "shop.gemspec",
                        "require_relative \"lib/shop/version\"\nspec.version = Shop::VERSION\nspec.add_dependency \"a\", \"9\"\n",
                    ),
                    ("lib/shop/version.rb", "module Shop\n  VERSION = \"1.2.0\"\nend\n"),
                ],
                "lib/shop/version.rb",
                "module Shop\n  VERSION = \"1.3.0\"\nend\n",
            ),
            (
                Xml,
                "core/pom.xml",
                &[
                    ("core/pom.xml", "<project><version>${revision}</version></project>"),
                    (
                        "pom.xml",
                        "<project><version>${revision}</version><properties><revision>1.2.0</revision></properties></project>",
                    ),
                ],
                "pom.xml",
                "<project><version>${revision}</version><properties><revision>1.3.0</revision></properties></project>",
            ),
            (
                Gradle,
                "app/build.gradle",
                &[
                    ("app/build.gradle", "version = VERSION_NAME\n"),
                    ("gradle.properties", "GROUP=a\nVERSION_NAME=1.2.0\n"),
                ],
                "gradle.properties",
                "GROUP=a\nVERSION_NAME=1.3.0\n",
            ),
            (
                MixExs,
                "mix.exs",
                &[
                    ("mix.exs", "@version File.read!(\"VERSION\") |> String.trim()\nversion: @version,\n"),
                    ("VERSION", "1.2.0\n"),
                ],
                "VERSION",
                "1.3.0\n",
            ),
        ] {
            let repository = repository(files);
            let file = VersionedFile { path: listed.to_owned(), format, selector: None };
            let version = read_version(repository.path(), &file).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(version, "1.2.0", "{listed}");
            let preview = preview(repository.path(), &file, "1.3.0").expect("it was read").expect("no tag says it");
            assert_eq!((preview.path.as_str(), preview.after.as_str()), (changed, after));
        }
    }

    #[test]
    fn what_is_not_found_is_refused_by_name() {
        let repository = repository(&[
            ("a/x.gemspec", "s.version = X::VERSION\n"),
            ("pyproject.toml", "[project]\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n"),
        ]);
        let gemspec =
            VersionedFile { path: "a/x.gemspec".to_owned(), format: VersionFileFormat::Gemspec, selector: None };
        let message = read_version(repository.path(), &gemspec).expect_err("there is no version.rb").to_string();
        assert!(message.contains("a/x.gemspec") && message.contains("lib/x/version.rb"), "{message}");
        let scm = VersionedFile { path: "pyproject.toml".to_owned(), format: VersionFileFormat::Toml, selector: None };
        assert!(preview(repository.path(), &scm, "1.0.0").expect("the tags say it").is_none());
    }

    #[test]
    fn nothing_outside_of_the_root_is_looked_at() {
        assert_eq!(beside("a/b/pom.xml", "../pom.xml").as_deref(), Some("a/pom.xml"));
        assert_eq!(beside("pom.xml", "../pom.xml"), None);
        assert_eq!(beside("pom.xml", "/etc/passwd"), None);
    }
}
