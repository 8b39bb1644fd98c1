//! Bulk mode's commit messages.

use super::random::Random;

/// How far a message moves its package's version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bump {
    #[default]
    None,
    Patch,
    Minor,
    Major,
}

impl Bump {
    /// The version after `version` (major, minor, patch).
    pub(super) fn apply(self, [major, minor, patch]: [u32; 3]) -> [u32; 3] {
        match self {
            Self::None => [major, minor, patch],
            Self::Patch => [major, minor, patch + 1],
            Self::Minor => [major, minor + 1, 0],
            Self::Major => [major + 1, 0, 0],
        }
    }
}

const TYPES: [&str; 8] = ["feat", "fix", "refactor", "perf", "chore", "docs", "ci", "test"];
const SCOPES: [&str; 5] = ["core", "api", "cli", "config", "parser"];
const VERBS: [&str; 12] =
    ["add", "drop", "rename", "speed", "split", "guard", "cache", "trim", "retry", "quote", "sort", "check"];
const NOUNS: [&str; 12] = [
    "parser", "cursor", "header", "window", "socket", "buffer", "filter", "layout", "digest", "signal", "border",
    "queue",
];

/// A message with this scope, and what it means; one in twenty is breaking.
pub(super) fn message(scope: &str, random: &mut Random) -> (String, Bump) {
    let kind = random.pick(&TYPES);
    let breaking = random.one_in(20);
    let bump = match kind {
        _ if breaking => Bump::Major,
        "feat" => Bump::Minor,
        "fix" | "refactor" | "perf" => Bump::Patch,
        _ => Bump::None,
    };
    let bang = if breaking { "!" } else { "" };
    let (verb, noun) = (random.pick(&VERBS), random.pick(&NOUNS));
    (format!("{kind}({scope}){bang}: {verb} {noun}"), bump)
}

/// The scope of a commit in a repository with one package.
pub(super) fn single_scope(random: &mut Random) -> &'static str {
    random.pick(&SCOPES)
}
