//! How a repository's releases have been tagged so far.

use crate::config::Config;
use crate::version::{TagTemplate, parse_version_tag};

/// Templates that are in use, the commonest first.
const KNOWN: [&str; 10] = [
    "v{version}",
    "{name}@v{version}",
    "{name}@{version}",
    "{name}-v{version}",
    "{name}/v{version}",
    "{name}-{version}",
    "{name}/{version}",
    "release-{version}",
    "release/{version}",
    "{version}",
];

/// The template that names tags of the most packages, then the most tags; `None` where that is the default one, or where
/// no tag is a version.
pub(super) fn of(config: &Config, tags: &[String]) -> Option<String> {
    let default = if config.is_monorepo() { "{name}@v{version}" } else { "v{version}" };
    let mut best = ((0, 0), default);
    for template in std::iter::once(default).chain(KNOWN) {
        let score = score(template, config, tags);
        if score > best.0 {
            best = (score, template);
        }
    }
    (best.1 != default).then(|| best.1.to_owned())
}

fn score(template: &str, config: &Config, tags: &[String]) -> (usize, usize) {
    let names_packages = template.contains("{name}");
    let packages = if names_packages { &config.package[..] } else { &config.package[..1] };
    let counts = packages.iter().map(|package| {
        let template = TagTemplate::new(template, &package.name);
        let prefix = template.prefix().as_bytes();
        // A `v` that the template doesn't name speaks for one that does.
        let is_version = |tag: &&String| {
            let found = parse_version_tag(prefix, tag.as_bytes());
            found.is_some_and(|found| found.version.contains('.') && prefix.len() + found.version.len() == tag.len())
        };
        tags.iter().filter(is_version).count()
    });
    let counts: Vec<usize> = counts.filter(|count| *count > 0).collect();
    (counts.len(), counts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::config::{Config, Package};

    fn template(packages: &[&str], tags: &[&str]) -> Option<String> {
        let package = |name: &&str| Package { name: (*name).to_owned(), ..Package::default() };
        let config = Config { package: packages.iter().map(package).collect(), ..Config::default() };
        of(&config, &tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_template_that_most_tags_follow() {
        for (packages, tags, expected) in [
            (&["a"][..], &["v1.0.0"][..], None),
            (&["a"], &["1.0.0", "1.1.0"], Some("{version}")),
            (&["a"], &["1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"], None),
            (&["a"], &["a-1.0.0"], Some("{name}-{version}")),
            (&["a"], &["nightly"], None),
            (&["a", "b"], &["a@v1.0.0"], None),
            (&["a", "b"], &["a-v1.0.0", "b-v1.0.0", "v1.0.0"], Some("{name}-v{version}")),
            (&["a", "b"], &["v1.0.0", "v1.1.0"], Some("v{version}")),
            (&["@s/a", "@s/b"], &["@s/a@1.0.0"], Some("{name}@{version}")),
        ] {
            assert_eq!(template(packages, tags).as_deref(), expected, "{packages:?} {tags:?}");
        }
    }
}
