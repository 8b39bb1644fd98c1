//! What a generated repository holds, as far as the tools' configurations have to know it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A package of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageShape {
    /// Its name, which is the scope of its commits, too.
    pub name: String,
    /// Its folder; `.` for the root.
    pub path: String,
    /// Its last release tag.
    pub tag: String,
    /// That tag without the version.
    pub tag_prefix: String,
    /// The version it was released as.
    pub version: String,
}

impl PackageShape {
    /// `file` inside the package, from the root.
    pub fn file(&self, file: &str) -> String {
        if self.path == "." { file.to_owned() } else { format!("{}/{file}", self.path) }
    }
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its packages, at least one.
    pub packages: Vec<PackageShape>,
    /// Number of commits.
    pub commits: u64,
    /// Number of tags.
    pub tags: u64,
}

/// A repository that the tools can't be configured for.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ShapeError {
    /// No packages are declared.
    #[error("the repository {0} declares no packages in ferrflow.json, so the other tools can't be configured for it")]
    NoPackages(String),
    /// A package was never released.
    #[error("the package {package} of the repository {repository} has no release tag")]
    NoTag {
        /// The repository.
        repository: String,
        /// The package.
        package: String,
    },
}

impl Shape {
    /// Reads `configuration`, the repository's `ferrflow.json`. `tags` are all of its tags.
    ///
    /// # Errors
    /// [`ShapeError`] when there is no package, or one without a tag.
    pub fn new(name: &str, configuration: &str, tags: &[&str], commits: u64) -> Result<Self, ShapeError> {
        let none = || ShapeError::NoPackages(name.to_owned());
        let declared: Configuration = serde_json::from_str(configuration).map_err(|_| none())?;
        if declared.package.is_empty() {
            return Err(none());
        }
        let shape = |package: &Package| {
            let found = last_tag(&package.name, tags, declared.package.len() == 1)
                .ok_or_else(|| ShapeError::NoTag { repository: name.to_owned(), package: package.name.clone() })?;
            Ok(PackageShape {
                name: package.name.clone(),
                path: package.path.clone(),
                tag: format!("{}{}", found.0, found.1),
                tag_prefix: found.0,
                version: found.1,
            })
        };
        let packages = declared.package.iter().map(shape).collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), packages, commits, tags: tags.len() as u64 })
    }

    /// Whether the only package is the repository itself.
    pub fn is_single(&self) -> bool {
        self.packages.len() == 1
    }
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    path: String,
}

/// Prefix and version of the package's highest tag: `name@v1.2.3`, or `v1.2.3` where it is alone.
fn last_tag(package: &str, tags: &[&str], is_single: bool) -> Option<(String, String)> {
    let mut prefixes = vec![format!("{package}@v")];
    if is_single {
        prefixes.push("v".to_owned());
    }
    let numbers = |version: &str| -> Option<Vec<u64>> { version.split('.').map(|part| part.parse().ok()).collect() };
    prefixes.into_iter().find_map(|prefix| {
        let versions = tags.iter().filter_map(|tag| tag.strip_prefix(&prefix));
        let highest = versions.filter_map(|version| Some((numbers(version)?, version))).max()?.1.to_owned();
        Some((prefix, highest))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn two_packages() -> Shape {
        let configuration =
            r#"{"package": [{"name": "a", "path": "packages/a"}, {"name": "b", "path": "packages/b"}]}"#;
        Shape::new("mono", configuration, &["a@v1.2.0", "a@v1.10.0", "b@v0.1.0", "other"], 12).expect("well-formed")
    }

    #[test]
    fn the_highest_tag_counts() {
        let shape = two_packages();
        assert_eq!((shape.packages[0].tag.as_str(), shape.packages[0].version.as_str()), ("a@v1.10.0", "1.10.0"));
        assert_eq!((shape.commits, shape.tags, shape.is_single()), (12, 4, false));
        let alone = Shape::new("one", r#"{"package": [{"name": "x", "path": "."}]}"#, &["v0.1.0"], 2);
        let alone = alone.expect("well-formed");
        assert_eq!((alone.packages[0].tag_prefix.as_str(), alone.packages[0].file("p")), ("v", "p".to_owned()));
    }

    #[test]
    fn what_cannot_be_configured_is_named() {
        let error = Shape::new("odd", "{}", &[], 1).expect_err("no packages").to_string();
        assert!(error.starts_with("the repository odd declares no packages"), "{error}");
        let error = Shape::new("odd", r#"{"package": [{"name": "x", "path": "."}]}"#, &["nightly"], 1);
        assert_eq!(error.expect_err("no tag").to_string(), "the package x of the repository odd has no release tag");
    }
}
