//! Packages that only tags know, each by its folder: Terraform modules, actions and scripts in one repository.

use super::Search;
use super::tag_style::{TagGroups, template};
use crate::config::{Config, Package};

/// A package for every folder that tags name; `None` unless there are several.
pub(super) fn packages(search: &Search<'_>, tags: &[String]) -> Option<Config> {
    let groups = TagGroups::new(tags);
    let mut packages: Vec<Package> = Vec::new();
    for (prefix, stem) in groups.stems() {
        let Some(path) = search.folders.named(stem).filter(|path| packages.iter().all(|known| known.path != *path))
        else {
            continue;
        };
        packages.push(Package {
            name: stem.to_owned(),
            path: path.to_owned(),
            tag_template: Some(template(prefix)),
            ..Package::default()
        });
    }
    (packages.len() > 1).then(|| Config { package: packages, ..Config::default() })
}
