//! Versions as projects write them: semantic ones, and those that mean the same in another shape.
//!
//! Two numbers (1.7), an epoch and the suffixes of Python and Ruby (`1!2.0`, `1.4.0rc1`, `1.4.dev0`, `1.4.0.post1`), the
//! qualifiers of Maven (`.Final`) and build numbers (`+37`) are read, and the next version is written in the same shape.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;
use semver::Prerelease;

use super::VersionError;
use crate::commit::Bump;

/// A version taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading<'a> {
    text: &'a str,
    epoch: Option<u64>,
    numbers: [u64; 3],
    /// How many of the numbers are written.
    count: usize,
    /// What makes it a pre-release, as a semantic version would say it.
    pre: Prerelease,
    /// The same as it is written, where that isn't a semantic version's way.
    counted: Option<Counted<'a>>,
    post: Option<u64>,
    /// `.Final` and the like, which every version of the project has.
    qualifier: &'a str,
    build: Option<&'a str>,
}

/// `rc1`, `.dev0`, `.beta.2`: a stage and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted<'a> {
    stage: Stage,
    /// All before the number.
    written: &'a str,
    number: u64,
}

/// Stages of a pre-release, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Development,
    Alpha,
    Beta,
    Milestone,
    Candidate,
}

impl Stage {
    fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "dev" => Self::Development,
            "a" | "alpha" => Self::Alpha,
            "b" | "beta" => Self::Beta,
            "m" => Self::Milestone,
            _ => Self::Candidate,
        }
    }

    /// An identifier that sorts among semantic ones as the stage does.
    fn identifier(self) -> &'static str {
        match self {
            Self::Development => "0dev",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Milestone => "m",
            Self::Candidate => "rc",
        }
    }
}

macro_rules! regex {
    ($regex:literal) => {{
        static REGEX: LazyLock<Regex> = LazyLock::new(|| Regex::new($regex).expect("a constant, and tested"));
        &*REGEX
    }};
}

impl<'a> Reading<'a> {
    /// Reads `text`, ignoring any leading `v`s.
    ///
    /// # Errors
    /// [`VersionError::NotSemantic`], which says what it is instead.
    pub(super) fn parse(text: &'a str) -> Result<Self, VersionError> {
        let bare = text.trim_start_matches('v');
        read(text, bare).ok_or_else(|| VersionError::NotSemantic { version: text.to_owned(), reason: flaw(bare) })
    }

    /// Whether it comes before the release it names.
    pub(super) fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// The first number.
    pub(super) fn major(&self) -> u64 {
        self.numbers[0]
    }

    /// Whether all numbers are zero, as in the `0.0.0-development` of packages whose version is set when they are published.
    pub(super) fn is_zero(&self) -> bool {
        self.numbers == [0; 3]
    }

    /// The release that a pre-release leads to.
    pub(super) fn core(&self) -> String {
        self.written(self.numbers, self.count)
    }

    /// The version after this one, in the same shape: pre-release and post-release parts are dropped, `bump` is applied, and a
    /// build number counts on.
    pub(super) fn bumped(&self, bump: Bump) -> Result<String, VersionError> {
        let next =
            |number: u64| number.checked_add(1).ok_or_else(|| VersionError::TooLarge { version: self.text.to_owned() });
        let [major, minor, patch] = self.numbers;
        let (numbers, needed) = match bump {
            Bump::Major => ([next(major)?, 0, 0], 1),
            Bump::Minor => ([major, next(minor)?, 0], 2),
            Bump::Patch => ([major, minor, next(patch)?], 3),
            Bump::None => (self.numbers, 1),
        };
        let build = self.build.and_then(|build| build.parse::<u64>().ok()?.checked_add(1));
        let build = build.map_or_else(String::new, |build| format!("+{build}"));
        Ok(self.written(numbers, self.count.max(needed)) + &build)
    }

    /// The number of a pre-release of `base` on `channel` that isn't written in a semantic version's way.
    pub(super) fn counted_number(&self, base: &str, channel: &str) -> Option<u64> {
        let counted = self.counted_on(channel)?;
        (compare_versions(base, &self.core()) == Ordering::Equal).then_some(counted.number)
    }

    /// The pre-release `number` of `base` on `channel`, written as this one is; `None` where a semantic version's way is right.
    pub(super) fn written_alike(&self, base: &str, channel: &str, number: u64) -> Option<String> {
        Some(format!("{base}{}{number}", self.counted_on(channel)?.written))
    }

    /// Whether it is a pre-release on `channel` that isn't written in a semantic version's way.
    pub(super) fn is_counted_on(&self, channel: &str) -> bool {
        self.counted_on(channel).is_some()
    }

    fn counted_on(&self, channel: &str) -> Option<Counted<'a>> {
        self.counted.filter(|counted| counted.stage == Stage::named(channel) && is_stage(channel))
    }

    fn written(&self, numbers: [u64; 3], count: usize) -> String {
        let epoch = self.epoch.map_or_else(String::new, |epoch| format!("{epoch}!"));
        let numbers: Vec<String> = numbers[..count].iter().map(u64::to_string).collect();
        format!("{epoch}{}{}", numbers.join("."), self.qualifier)
    }
}

/// Whether a channel is called as a stage is.
fn is_stage(channel: &str) -> bool {
    regex!("(?i)^(?:alpha|beta|preview|pre|rc|cr|a|b|c|dev|m)$").is_match(channel)
}

/// By epoch, numbers and stage; build metadata doesn't count.
impl Ord for Reading<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let stable = |reading: &Self| reading.pre.is_empty();
        let epochs = self.epoch.unwrap_or_default().cmp(&other.epoch.unwrap_or_default());
        epochs
            .then_with(|| self.numbers.cmp(&other.numbers))
            .then_with(|| stable(self).cmp(&stable(other)))
            .then_with(|| self.pre.cmp(&other.pre))
            .then_with(|| self.post.cmp(&other.post))
    }
}

impl PartialOrd for Reading<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two versions: as readings where both can be read, else number by number.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    match (Reading::parse(left), Reading::parse(right)) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => super::compare_numeric(left.trim_start_matches('v'), right.trim_start_matches('v')),
    }
}

/// Whether `text` is a version that semantic versioning can count on.
///
/// # Errors
/// [`VersionError::NotSemantic`], which says what it is instead.
pub fn require_semantic(text: &str) -> Result<(), VersionError> {
    Reading::parse(text).map(|_| ())
}

/// Whether `text` is a version in one of the shapes that are read.
pub fn is_readable(text: &str) -> bool {
    Reading::parse(text).is_ok()
}

/// Whether `text` comes before the release it names. What can't be read does if it has a hyphen.
pub fn is_prerelease(text: &str) -> bool {
    text.contains('-') || Reading::parse(text).is_ok_and(|reading| reading.is_prerelease())
}

/// The number of a release after the release; 0 for the release itself, and more for the first one without a number.
pub fn post_release(text: &str) -> u64 {
    Reading::parse(text).ok().and_then(|reading| reading.post).map_or(0, |number| number.saturating_add(1))
}

/// The release that a pre-release leads to; `None` if `text` is no pre-release of two or more numbers.
pub fn released_core(text: &str) -> Option<String> {
    let reading = Reading::parse(text).ok().filter(Reading::is_prerelease);
    reading.map(|reading| reading.core()).filter(|core| core.contains('.'))
}

fn read<'a>(text: &'a str, bare: &'a str) -> Option<Reading<'a>> {
    let (epoch, written, rest) = split(bare)?;
    let mut numbers = [0; 3];
    let mut count = 0;
    for digits in written.into_iter().flatten() {
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        numbers[count] = digits.parse().ok()?;
        count += 1;
    }
    let epoch = epoch.map(str::parse).transpose().ok()?;
    let (rest, build) = rest.split_once('+').map_or((rest, None), |(rest, build)| (rest, Some(build)));
    let is_metadata = |build: &str| regex!(r"^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$").is_match(build);
    // A lone number of eight digits is a day far more often than a major version.
    if build.is_some_and(|build| !is_metadata(build)) || (count == 1 && numbers[0] >= 19_000_000) {
        return None;
    }
    let plain = Reading {
        text,
        epoch,
        numbers,
        count,
        pre: Prerelease::EMPTY,
        counted: None,
        post: None,
        qualifier: "",
        build,
    };
    with_suffix(plain, rest)
}

/// The epoch, up to three numbers, and what follows them.
type Split<'a> = (Option<&'a str>, [Option<&'a str>; 3], &'a str);

/// Takes a version of one line apart. By hand, because nearly every run asks for this and a
/// regular expression takes longer to compile than a small repository to plan.
fn split(bare: &str) -> Option<Split<'_>> {
    fn digits(text: &str) -> Option<(&str, &str)> {
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        (end > 0).then(|| text.split_at(end))
    }
    let (first, rest) = digits(bare)?;
    let (epoch, (first, mut rest)) = match rest.strip_prefix('!') {
        Some(behind) => (Some(first), digits(behind)?),
        None => (None, (first, rest)),
    };
    let mut numbers = [Some(first), None, None];
    for number in &mut numbers[1..] {
        let Some((digits, behind)) = rest.strip_prefix('.').and_then(digits) else { break };
        (*number, rest) = (Some(digits), behind);
    }
    (!rest.contains('\n')).then_some((epoch, numbers, rest))
}

/// `plain` with what follows its numbers.
fn with_suffix<'a>(plain: Reading<'a>, suffix: &'a str) -> Option<Reading<'a>> {
    if suffix.is_empty() {
        return Some(plain);
    }
    if let Some(pre) = suffix.strip_prefix('-').filter(|pre| !pre.is_empty()).and_then(|pre| Prerelease::new(pre).ok())
    {
        let Some(counted) = hyphenated(suffix) else { return Some(Reading { pre, ..plain }) };
        let pre = Prerelease::new(&format!("{}.{}", counted.stage.identifier(), counted.number)).ok()?;
        return Some(Reading { pre, counted: Some(counted), ..plain });
    }
    if let Some(found) =
        regex!(r"(?i)^([._]?(alpha|beta|preview|pre|rc|cr|a|b|c|dev|m)[._-]?)([0-9]*)$").captures(suffix)
    {
        let (written, stage) = (found.get(1)?.as_str(), Stage::named(found.get(2)?.as_str()));
        let digits = found.get(3)?.as_str();
        let number = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let pre = Prerelease::new(&format!("{}.{number}", stage.identifier())).ok()?;
        return Some(Reading { pre, counted: Some(Counted { stage, written, number }), ..plain });
    }
    if let Some(found) = regex!(r"(?i)^[._-]?(?:post|rev|r)[._-]?([0-9]*)$").captures(suffix) {
        let digits = found.get(1)?.as_str();
        return Some(Reading { post: Some(if digits.is_empty() { 0 } else { digits.parse().ok()? }), ..plain });
    }
    regex!(r"(?i)^\.(?:final|release|ga)$").is_match(suffix).then_some(Reading { qualifier: suffix, ..plain })
}

/// `-RC1`, `-alpha-3` and the like; `None` for `-rc.1`, a semantic version's way, and for all that isn't a stage with a number.
/// By hand, as most pre-releases are the semantic ones.
fn hyphenated(suffix: &str) -> Option<Counted<'_>> {
    let written = suffix.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let number = suffix[written.len()..].parse().ok()?;
    let name = written.strip_prefix('-')?;
    let name = name.strip_suffix(['.', '_', '-']).unwrap_or(name);
    let is_semantic = written.ends_with('.') && name.bytes().all(|byte| byte.is_ascii_lowercase());
    let stages = ["alpha", "beta", "preview", "pre", "rc", "cr", "dev", "m"];
    let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(name));
    (is_stage && !is_semantic).then(|| Counted { stage: Stage::named(name), written, number })
}

/// What `text` is, since it can't be counted on.
fn flaw(text: &str) -> String {
    if regex!(r"\$\{|\$\(|#\{|\{\{|@").is_match(text) {
        return "it is a reference, and what it stands for isn't known here".to_owned();
    }
    if regex!(
        r"(?i)^([0-9]+!)?[0-9]+(\.[0-9]+)*[._-]?(a|b|c|rc|alpha|beta|pre|preview|dev|post|rev|r)[._-]?[0-9]*([._-]|\+)"
    )
    .is_match(text)
    {
        return "it is a Python version (PEP 440) with more than one suffix; release what it leads to with \
                --force-version, and relplan goes on from there"
            .to_owned();
    }
    if regex!(r"^[0-9]+(\.[0-9]+){3,}").is_match(text) {
        return "it has more than three numbers, and which of them a fix moves isn't clear".to_owned();
    }
    if regex!(r"^[0-9]{8}([^0-9.]|$)").is_match(text) {
        return "it looks like a date; take the tag away, or say `versioning = \"sequential\"` if it is a count"
            .to_owned();
    }
    if regex!(r"^[0-9.]*\b0[0-9]").is_match(text) {
        return "a number begins with a zero; dates can be counted with a version_template such as \
                {year}.{padded_month}.{padded_day}"
            .to_owned();
    }
    semver::Version::parse(text).map_or_else(|error| error.to_string(), |_| "it has an unusual shape".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bumped(text: &str, bump: Bump) -> String {
        Reading::parse(text).and_then(|reading| reading.bumped(bump)).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn shapes_are_kept() {
        for (text, patch, minor, major) in [
            ("1.2.3", "1.2.4", "1.3.0", "2.0.0"),
            ("v1.2.3", "1.2.4", "1.3.0", "2.0.0"),
            ("1.7", "1.7.1", "1.8", "2.0"),
            ("7", "7.0.1", "7.1", "8"),
            ("30.4.2", "30.4.3", "30.5.0", "31.0.0"),
            ("2024.1", "2024.1.1", "2024.2", "2025.0"),
            ("1.4.2+37", "1.4.3+38", "1.5.0+38", "2.0.0+38"),
            ("1.2.4+build.5", "1.2.5", "1.3.0", "2.0.0"),
            ("1!2.0", "1!2.0.1", "1!2.1", "1!3.0"),
            ("1.4.0.post1", "1.4.1", "1.5.0", "2.0.0"),
            ("5.6.15.Final", "5.6.16.Final", "5.7.0.Final", "6.0.0.Final"),
        ] {
            let found = [Bump::Patch, Bump::Minor, Bump::Major].map(|bump| bumped(text, bump));
            assert_eq!(found, [patch, minor, major], "{text}");
        }
    }

    #[test]
    fn pre_releases_lead_to_their_core() {
        for (text, core) in [
            ("4.2.29-SNAPSHOT", "4.2.29"),
            ("1.7-rc.1", "1.7"),
            ("1.4.0rc1", "1.4.0"),
            ("1.4.dev0", "1.4"),
            ("1.4.0.dev0", "1.4.0"),
            ("1!2.0b3", "1!2.0"),
            ("1.2.0.beta.2", "1.2.0"),
            ("1.2.0.pre", "1.2.0"),
            ("1.0.0-M1", "1.0.0"),
        ] {
            let reading = Reading::parse(text).expect(text);
            assert!(reading.is_prerelease(), "{text}");
            assert_eq!(reading.core(), core, "{text}");
        }
    }

    #[test]
    fn the_next_pre_release_is_written_alike() {
        for (text, base, channel, number, next) in [
            ("1.4.0rc1", "1.4.0", "rc", Some(1), Some("1.4.0rc7")),
            ("1.4.0rc1", "1.5.0", "rc", None, Some("1.5.0rc7")),
            ("1.4.0b2", "1.4.0", "beta", Some(2), Some("1.4.0b7")),
            ("1.4.0.beta.2", "1.4.0", "beta", Some(2), Some("1.4.0.beta.7")),
            ("1.4.0rc1", "1.4.0", "next", None, None),
            ("1.4.0b1", "1.4.0", "rc", None, None),
            ("1.4.0-rc.1", "1.4.0", "rc", None, None),
            ("1.4.0-RC1", "1.4.0", "rc", Some(1), Some("1.4.0-RC7")),
            ("1.4.0-beta2", "1.4.0", "beta", Some(2), Some("1.4.0-beta7")),
            ("1.4.0-alpha-3", "1.4.0", "alpha", Some(3), Some("1.4.0-alpha-7")),
            ("1.4.0-SNAPSHOT", "1.4.0", "rc", None, None),
        ] {
            let reading = Reading::parse(text).expect(text);
            assert_eq!(reading.counted_number(base, channel), number, "{text}");
            assert_eq!(reading.written_alike(base, channel, 7).as_deref(), next, "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_as_their_communities_do() {
        for ordered in [
            &["1.4.0.dev0", "1.4.0a1", "1.4.0b1", "1.4.0rc1", "1.4.0rc2", "1.4.0", "1.4.0.post1", "1.4.1", "1!0.1"]
                as &[_],
            &["1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta.1", "1.0.0-rc.1", "1.0.0", "1.7", "1.7.1", "1.10"],
            &["4.2.28", "4.2.29-SNAPSHOT", "4.2.29", "30.4.2"],
            &["1.0.0-M2", "1.0.0-M10", "1.0.0-RC1", "1.0.0-RC2", "1.0.0-rc.10", "1.0.0-RC11", "1.0.0"],
        ] {
            for pair in ordered.windows(2) {
                assert_eq!(compare_versions(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            }
        }
        assert_eq!(compare_versions("1.7", "1.7.0"), Ordering::Equal);
        assert_eq!(compare_versions("1.4.2+37", "v1.4.2"), Ordering::Equal);
        assert_eq!(compare_versions("2024.02.01", "2024.01.31"), Ordering::Greater);
    }

    #[test]
    fn what_cannot_be_counted_on_is_called_by_its_name() {
        for (text, reason) in [
            ("${revision}", "reference"),
            ("$(VersionPrefix)", "reference"),
            ("1.2.3.4", "more than three numbers"),
            ("1.02.03", "begins with a zero"),
            ("20240115", "date"),
            ("1.4.0rc1.dev2", "PEP 440"),
            ("", "empty"),
            ("latest", "unexpected character"),
            ("99999999999999999999.0.0", "exceeds"),
        ] {
            let error = Reading::parse(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn bumps_move_forward_and_stronger_ones_further(
            text in "(1!)?[1-9][0-9]?(\\.[1-9]){0,2}(-rc\\.[1-9]|rc[1-9]|\\.dev0|\\.post1|\\+[1-9])?",
        ) {
            let current = Reading::parse(&text)?;
            let next = |bump| current.bumped(bump).expect("small numbers");
            prop_assert_eq!(compare_versions(&next(Bump::Patch), &text), Ordering::Greater);
            prop_assert_eq!(compare_versions(&next(Bump::Minor), &next(Bump::Patch)), Ordering::Greater);
            prop_assert_eq!(compare_versions(&next(Bump::Major), &next(Bump::Minor)), Ordering::Greater);
        }

        #[test]
        fn agrees_with_semantic_versions(one in "[0-9]\\.[0-9]\\.[0-9](-[a-c1-9](\\.[1-9])?)?", other in "[0-9]\\.[0-9]\\.[0-9](-[a-c1-9](\\.[1-9])?)?") {
            let expected = semver::Version::parse(&one)?.cmp(&semver::Version::parse(&other)?);
            prop_assert_eq!(compare_versions(&one, &other), expected);
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}|[0-9.!+arcdevpost-]{0,20}") {
            if let Ok(reading) = Reading::parse(&text) {
                let _ = (reading.bumped(Bump::Major), reading.core(), reading.written_alike("1.0", "rc", 1));
            }
        }
    }
}
