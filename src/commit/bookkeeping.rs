//! Titles that tools give to the commits they make themselves: releases, version bumps, merges and first commits. They have no
//! type, and nobody misses one.

/// Verbs of releases, behind which a name may stand before the version.
const RELEASING: [&str; 6] = ["publish", "release", "release:", "released", "releasing", "version"];

/// The other words that titles of releases are made of, besides versions.
const WORDS: [&str; 36] = [
    "(cargo-release)",
    "-",
    "->",
    "=>",
    "[gradle",
    "back",
    "begin",
    "bump",
    "bumped",
    "bumping",
    "commit:",
    "cut",
    "dev",
    "development",
    "development:",
    "for",
    "from",
    "new",
    "next",
    "plugin]",
    "post-release",
    "pre",
    "prepare",
    "preparing",
    "release",
    "set",
    "start",
    "tag",
    "the",
    "to",
    "update",
    "updated",
    "version",
    "version:",
    "versions",
    "→",
];

/// Titles of releases that give no version, as Lerna, changesets, Maven and others write them.
const WITHOUT_VERSION: [&str; 15] = [
    "bump version",
    "bump versions",
    "initial commit",
    "new release",
    "new version",
    "prepare for next development iteration",
    "prepare next development iteration",
    "prepare release",
    "publish",
    "publish packages",
    "release",
    "release packages",
    "version bump",
    "version packages",
    "version update",
];

/// Whether a tool, or a person in a tool's place, wrote `title` over a release, a merge or the first commit.
pub(super) fn is_bookkeeping(title: &[u8]) -> bool {
    let title = String::from_utf8_lossy(title).to_lowercase();
    let title = without_remark(title.trim().trim_end_matches('.'));
    WITHOUT_VERSION.contains(&title)
        || is_merge(title)
        || title.starts_with("releasing: ")
        || is_version_alone(title)
        || is_release_of_version(title)
}

/// A version among words of which releases' titles are made, and perhaps the name of what is released.
fn is_release_of_version(title: &str) -> bool {
    let verb = title.split_whitespace().next().unwrap_or_default();
    let names = title.split_whitespace().skip(1).filter(|word| !has_version(word) && !WORDS.contains(word)).count();
    let is_known = RELEASING.contains(&verb) || names == 0 && WORDS.contains(&verb);
    is_known && names <= 1 && title.split_whitespace().any(has_version)
}

/// `title` without `(#12)` or `(beta)` behind it.
fn without_remark(title: &str) -> &str {
    let remark = title.strip_suffix(')').and_then(|rest| rest.rfind(" ("));
    remark.filter(|start| *start > 0).map_or(title, |start| title[..start].trim_end())
}

/// `Merge`, or a merge of one thing with another.
fn is_merge(title: &str) -> bool {
    let mut words = title.split_whitespace();
    let verb =
        words.next().is_some_and(|verb| matches!(verb, "merge" | "merged" | "merging" | "auto-merge" | "automerge"));
    let mut rest = words.peekable();
    verb && (rest.peek().is_none() || rest.any(|word| matches!(word, "into" | "from" | "with")))
}

/// `v1.2.3`, `core@1.2.3` or `core v1.2.3`, and nothing else.
fn is_version_alone(title: &str) -> bool {
    let mut words = title.split_whitespace().rev();
    let Some(last) = words.next() else { return false };
    let start = last.rfind(['@', '/', '=']).map_or(0, |sign| sign + 1);
    let version = &last[start..];
    let numbers = version.strip_prefix('v').unwrap_or(version);
    let is_version = numbers.starts_with(|first: char| first.is_ascii_digit())
        && has_version(numbers)
        && numbers.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '+'));
    let is_plain = start > 0 || numbers.len() < version.len() || numbers.matches('.').count() > 1;
    is_version
        && match words.count() {
            0 => true,
            1 => is_plain,
            _ => false,
        }
}

/// Whether two numbers with a dot between them are in a word.
fn has_version(word: &str) -> bool {
    word.as_bytes().windows(3).any(|at| at[0].is_ascii_digit() && at[1] == b'.' && at[2].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_bookkeeping;

    #[test]
    fn what_tools_write() {
        for title in [
            "v1.2.3",
            "1.2.3",
            "1.7",
            "core@1.2.3",
            "@scope/core@1.2.3-beta.1",
            "core v1.2.3 (#12)",
            "Release v1.2.3",
            "release: 1.2.3",
            "Released 1.2",
            "Publish",
            "Publish v1.2.3",
            "Version Packages (beta)",
            "RELEASING: Releasing 2 package(s)",
            "bump: version 1.0.0 → 1.1.0",
            "Bump version: 1.0.0 → 1.1.0",
            "Bump version to 1.2.3",
            "Version bump",
            "prepare release parser-1.2.3",
            "prepare for next development iteration",
            "[Gradle Release Plugin] - pre tag commit:  'v1.2.3'.",
            "(cargo-release) version 1.2.3",
            "Back to development: 1.2.4.dev0",
            "Initial commit",
            "Merge develop into main",
            "merge from upstream",
            "Merge",
        ] {
            // `bump:` is a type, which is known before anybody asks here.
            assert!(title.starts_with("bump:") || is_bookkeeping(title.as_bytes()), "{title}");
        }
    }

    #[test]
    fn what_people_write() {
        for title in [
            "",
            "Bump lodash from 1.2.3 to 1.2.4",
            "update readme",
            "Merge the parsers",
            "node 18.2",
            "support Python 3.12",
            "versions are sorted",
            "release the lock",
            "publish to the registry",
            "Prepare the parser",
            "start supporting Python 3.12",
            "prepare for Python 3.12",
            "cut the 2.0 interface",
            "release memory as in 1.2.3 and before",
            "(#12)",
        ] {
            assert!(!is_bookkeeping(title.as_bytes()), "{title}");
        }
    }
}
