//! Why a changed path is a package's, in words. The history decides by whole trees; this answers for one path by the same
//! rules, for people to read.

use crate::config::{Config, NestedPackages, SharedPattern};

/// The rule by which `path` belongs to the package at index `package`, as the configuration spells it: its folder or one
/// of its shared paths. `None` when none does. Without `by_component` a shared path matches whatever begins with it.
pub fn path_rule(config: &Config, package: usize, path: &str, by_component: bool) -> Option<String> {
    if !config.is_monorepo() {
        return Some("the only package".to_owned());
    }
    let declared = &config.package[package];
    let is_deeper = |other: &str| is_below(other, &declared.path) && is_below(path, other);
    let hidden = config.workspace.nested_packages == NestedPackages::Exclusive
        && config.package.iter().any(|other| other.path != declared.path && is_deeper(&other.path));
    if path == declared.path {
        return Some(format!("{path}, the package itself"));
    }
    if is_below(path, &declared.path) && !hidden {
        return Some(format!("{}/", declared.path));
    }
    let mut shared = declared.shared_paths.iter();
    shared.find(|shared| is_shared(path, shared, by_component)).map(|shared| format!("shared path {shared}"))
}

fn is_below(path: &str, folder: &str) -> bool {
    folder == "." || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn is_shared(path: &str, shared: &str, by_component: bool) -> bool {
    if let Some(pattern) = SharedPattern::new(shared) {
        return pattern.covers(path);
    }
    if by_component || shared == "." {
        let mut given = path.split('/');
        return shared.split('/').filter(|part| !matches!(*part, "" | ".")).all(|part| given.next() == Some(part));
    }
    let shared: Vec<&str> = shared.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    path.starts_with(&shared.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Package;

    fn config(nested: NestedPackages) -> Config {
        let package = |name: &str, path: &str, shared: &[&str]| Package {
            name: name.to_owned(),
            path: path.to_owned(),
            shared_paths: shared.iter().map(|path| (*path).to_owned()).collect(),
            ..Package::default()
        };
        let packages = vec![package("root", ".", &["a/b"]), package("a", "a", &["docs/"]), package("b", "a/b", &[])];
        let mut config = Config { package: packages, ..Config::default() };
        config.workspace.nested_packages = nested;
        config
    }

    #[test]
    fn folders_and_shared_paths() {
        let config = config(NestedPackages::Shared);
        let rule = |package, path| path_rule(&config, package, path, true);
        assert_eq!(rule(0, "x").as_deref(), Some("./"));
        assert_eq!(rule(1, "a/x").as_deref(), Some("a/"));
        assert_eq!(rule(1, "a/b/x").as_deref(), Some("a/"));
        assert_eq!(rule(1, "a").as_deref(), Some("a, the package itself"));
        assert_eq!(rule(1, "docs/x").as_deref(), Some("shared path docs/"));
        assert_eq!((rule(1, "ab/x"), rule(1, "docs2/x"), rule(2, "a/x")), (None, None, None));
        assert_eq!(path_rule(&config, 1, "docs2/x", false).as_deref(), Some("shared path docs/"));
    }

    #[test]
    fn exclusive_packages_keep_their_files_from_outer_ones_but_not_from_those_that_share_them() {
        let config = config(NestedPackages::Exclusive);
        assert_eq!(path_rule(&config, 1, "a/b/x", true), None);
        assert_eq!(path_rule(&config, 1, "a/x", true).as_deref(), Some("a/"));
        assert_eq!(path_rule(&config, 0, "a/b/x", true).as_deref(), Some("shared path a/b"));
        assert_eq!(path_rule(&config, 0, "a/x", true), None);
        assert_eq!(path_rule(&config, 2, "a/b/x", true).as_deref(), Some("a/b/"));
    }
}
