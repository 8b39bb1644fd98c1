//! Names of release tags: how they are made, and which of them carry a version of a package.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::compare_numeric;
use crate::config::{Config, FloatingLevel, Package};

/// How one package's tags are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTemplate {
    before: String,
    after: Option<String>,
}

impl TagTemplate {
    /// Template of `package`: its own, else the workspace's, else `v{version}`, with `{name}@` before it in a monorepo.
    pub fn of(config: &Config, package: &Package) -> Self {
        let default = if config.is_monorepo() { "{name}@v{version}" } else { "v{version}" };
        let template = package.tag_template.as_deref().or(config.workspace.tag_template.as_deref()).unwrap_or(default);
        Self::new(template, &package.name)
    }

    /// `template` with `{name}` filled in, and `{unscoped_name}` with what follows the last `/` in it.
    pub fn new(template: &str, name: &str) -> Self {
        let unscoped = name.rsplit_once('/').map_or(name, |(_, unscoped)| unscoped);
        let fill = |part: &str| {
            let named = part.replace("{name}", name);
            if named.contains('{') { named.replace("{unscoped_name}", unscoped) } else { named }
        };
        match template.split_once("{version}") {
            Some((before, after)) => Self { before: fill(before), after: Some(fill(after)) },
            None => Self { before: fill(template), after: None },
        }
    }

    /// Template of a package whose tags start with `prefix`, and nothing follows the version.
    pub fn starting_with(prefix: &str) -> Self {
        Self { before: prefix.to_owned(), after: Some(String::new()) }
    }

    /// Whether the configuration says how `package`'s tags are named.
    pub fn is_set(config: &Config, package: &Package) -> bool {
        package.tag_template.is_some() || config.workspace.tag_template.is_some()
    }

    /// What every tag of the package starts with; tags are searched by it.
    pub fn prefix(&self) -> &str {
        &self.before
    }

    /// What every tag of the package ends with, behind the version; nothing where the version comes again in it.
    pub fn suffix(&self) -> &str {
        self.after.as_deref().filter(|after| !after.contains("{version}")).unwrap_or_default()
    }

    /// The tag of `version`. A template without `{version}` gives the same name for all.
    pub fn render(&self, version: &str) -> String {
        match &self.after {
            Some(after) => format!("{}{version}{}", self.before, after.replace("{version}", version)),
            None => self.before.clone(),
        }
    }
}

/// `version` cut to `level`, for moving tags; `None` when it isn't longer than that. Not meant for pre-releases.
pub fn floating_version(version: &str, level: FloatingLevel) -> Option<&str> {
    let version = version.trim_start_matches('v');
    let kept = match level {
        FloatingLevel::Major => 0,
        FloatingLevel::Minor => 1,
    };
    version.match_indices('.').nth(kept).map(|(end, _)| &version[..end])
}

/// A tag that carries a version of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionTag<'a> {
    /// What follows the prefix and an optional `v`: `1.2.3`, `1.2.3-rc.1`.
    pub version: &'a str,
    /// Whether it is no pre-release.
    pub stable: bool,
}

impl VersionTag<'_> {
    /// Order in which the highest tag wins: by numbers, then by text, so that the answer never depends on tag order.
    pub fn compare(&self, other: &VersionTag<'_>) -> Ordering {
        compare_numeric(self.version, other.version).then_with(|| self.version.cmp(other.version))
    }
}

/// Reads `tag` as a version tag: `prefix`, an optional `v`, dot-separated numbers, and nothing after them or something
/// that starts with `-` or `+`. Numbers that don't fit 64 bits, and texts that aren't UTF-8, are no versions.
pub fn parse_version_tag<'a>(prefix: &[u8], tag: &'a [u8]) -> Option<VersionTag<'a>> {
    let rest = tag.strip_prefix(prefix)?;
    // Most tags of a monorepo belong to other packages; those that share the prefix nearly always go on with a digit.
    if !matches!(rest.first(), Some(b'v' | b'0'..=b'9')) {
        return None;
    }
    let version = std::str::from_utf8(rest.strip_prefix(b"v").unwrap_or(rest)).ok()?;
    let numbers = version.split(['-', '+']).next().unwrap_or(version);
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u64>().is_ok();
    numbers.split('.').all(is_number).then_some(VersionTag { version, stable: !version.contains('-') })
}

/// The names among `rests` (what follows one prefix in each tag) that are moving aliases: numbers such as `1` or `1.2`
/// which another one extends, as `1.2.3` does.
pub fn floating_aliases<'a>(rests: impl IntoIterator<Item = &'a [u8]>) -> BTreeSet<&'a [u8]> {
    let rests: BTreeSet<&[u8]> = rests.into_iter().collect();
    let mut aliases = BTreeSet::new();
    for rest in &rests {
        for (end, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
            let head = &rest[..end];
            if !head.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
                break;
            }
            if let Some(alias) = rests.get(head) {
                aliases.insert(*alias);
            }
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn templates_render_and_give_their_prefix() {
        for (template, prefix, tag) in [
            ("v{version}", "v", "v1.2.3"),
            ("{name}@v{version}", "core@v", "core@v1.2.3"),
            ("{version}", "", "1.2.3"),
            ("rel/{version}/{name}", "rel/", "rel/1.2.3/core"),
            ("{unscoped_name}-v{version}", "core-v", "core-v1.2.3"),
            ("rel", "rel", "rel"),
        ] {
            let template = TagTemplate::new(template, "core");
            assert_eq!((template.prefix(), template.render("1.2.3").as_str()), (prefix, tag));
        }
    }

    #[test]
    fn scopes_can_be_left_out() {
        let template = TagTemplate::new("{unscoped_name}-v{version}", "@acme/git-client");
        assert_eq!(template.render("3.1.2"), "git-client-v3.1.2");
        assert_eq!(TagTemplate::starting_with("git-client-v").render("3.1.2"), "git-client-v3.1.2");
    }

    #[test]
    fn the_package_overrides_the_workspace() {
        let package = |template: Option<&str>| Package {
            name: "a".to_owned(),
            tag_template: template.map(str::to_owned),
            ..Package::default()
        };
        let mut config = Config { package: vec![package(None)], ..Config::default() };
        assert_eq!(TagTemplate::of(&config, &config.package[0]).prefix(), "v");
        config.package.push(package(Some("x-{version}")));
        assert_eq!(TagTemplate::of(&config, &config.package[0]).prefix(), "a@v");
        config.workspace.tag_template = Some("{name}/{version}".to_owned());
        assert_eq!(TagTemplate::of(&config, &config.package[0]).prefix(), "a/");
        assert_eq!(TagTemplate::of(&config, &config.package[1]).prefix(), "x-");
    }

    #[test]
    fn aliases_of_the_newest_release() {}

    #[test]
    fn floating_versions_are_shorter_than_the_version() {
        use FloatingLevel::{Major, Minor};
        assert_eq!(floating_version("2.4.0", Major), Some("2"));
        assert_eq!(floating_version("v2.4.0", Minor), Some("2.4"));
        assert_eq!(floating_version("2.4", Minor), None);
        assert_eq!(floating_version("7", Major), None);
    }

    #[test]
    fn which_tags_carry_a_version() {
        let parse = |prefix: &str, tag: &'static str| {
            parse_version_tag(prefix.as_bytes(), tag.as_bytes()).map(|tag| (tag.version, tag.stable))
        };
        assert_eq!(parse("v", "v1.2.3"), Some(("1.2.3", true)));
        assert_eq!(parse("", "v1.2.3"), Some(("1.2.3", true)));
        assert_eq!(parse("v", "v7"), Some(("7", true)));
        assert_eq!(parse("core@v", "core@v1.2.3-rc.1"), Some(("1.2.3-rc.1", false)));
        assert_eq!(parse("v", "v1.2.3+a-b"), Some(("1.2.3+a-b", false)));
        assert_eq!(parse("v", "v1.2.3+meta"), Some(("1.2.3+meta", true)));
        for (prefix, tag) in [
            ("v", "v"),
            ("v", "v1."),
            ("v", "v.1"),
            ("v", "v1..2"),
            ("v", "v1.x"),
            ("v", "vnext"),
            ("v", "w1.2.3"),
            ("v", "v-1"),
            ("core@v", "core-ui@v1.2.3"),
            ("release-", "release-1.0.0x"),
            ("v", "v99999999999999999999.0.0"),
        ] {
            assert_eq!(parse(prefix, tag), None, "{tag}");
        }
        assert_eq!(parse_version_tag(b"v", b"v1.0.0-\xff"), None);
    }

    #[test]
    fn the_highest_tag_is_found_by_numbers_then_text() {
        let order = |left: &str, right: &str| {
            VersionTag { version: left, stable: true }.compare(&VersionTag { version: right, stable: true })
        };
        assert_eq!(order("1.10.0", "1.9.0"), Ordering::Greater);
        assert_eq!(order("1.0.0+b", "1.0.0+a"), Ordering::Greater);
        assert_eq!(order("1.0.0", "1.0.0"), Ordering::Equal);
    }

    #[test]
    fn aliases_are_names_that_others_extend() {
        let rests: [&[u8]; 8] = [b"1", b"1.2", b"1.2.3", b"2.0", b"3", b"x", b"x.1", b"10.1"];
        let aliases: Vec<&[u8]> = floating_aliases(rests).into_iter().collect();
        assert_eq!(aliases, [b"1" as &[u8], b"1.2"]);
    }

    proptest! {
        #[test]
        fn never_panics(prefix in proptest::collection::vec(any::<u8>(), 0..4), tag in proptest::collection::vec(any::<u8>(), 0..30)) {
            let _ = parse_version_tag(&prefix, &tag);
            let _ = floating_aliases([tag.as_slice()]);
        }

        #[test]
        fn what_a_template_renders_is_recognised(numbers in "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}", name in "[a-z@/]{1,8}") {
            let template = TagTemplate::new("{name}@v{version}", &name);
            let tag = template.render(&numbers);
            let parsed = parse_version_tag(template.prefix().as_bytes(), tag.as_bytes());
            prop_assert_eq!(parsed.map(|tag| tag.version), Some(numbers.as_str()));
        }
    }
}
