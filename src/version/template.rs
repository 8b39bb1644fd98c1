//! Custom version patterns such as `{year}.{month}.{seq}`: written from the date and the bump, and read back.

use std::cmp::Ordering;

use jiff::civil::Date;
use regex::Regex;

use super::VersionError;
use super::next::is_nothing;
use crate::commit::Bump;

/// A version pattern that is known to give tags and to be readable again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTemplate {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Variable(Variable),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variable {
    Year,
    ShortYear,
    Month,
    PaddedMonth,
    Day,
    PaddedDay,
    Week,
    PaddedWeek,
    Quarter,
    Seq,
    Major,
    Minor,
    Patch,
}

const VARIABLES: [(&str, Variable); 13] = [
    ("year", Variable::Year),
    ("short_year", Variable::ShortYear),
    ("month", Variable::Month),
    ("padded_month", Variable::PaddedMonth),
    ("day", Variable::Day),
    ("padded_day", Variable::PaddedDay),
    ("week", Variable::Week),
    ("padded_week", Variable::PaddedWeek),
    ("quarter", Variable::Quarter),
    ("seq", Variable::Seq),
    ("major", Variable::Major),
    ("minor", Variable::Minor),
    ("patch", Variable::Patch),
];

impl Variable {
    /// The variable's number on `date`, and how many digits it is padded to; `None` for those that no date gives.
    fn on(self, date: Date) -> Option<(u64, usize)> {
        let unsigned = |number: i64| number.unsigned_abs();
        Some(match self {
            Self::Year => (unsigned(date.year().into()), 1),
            Self::ShortYear => (unsigned(date.year().rem_euclid(100).into()), 2),
            Self::Month => (unsigned(date.month().into()), 1),
            Self::PaddedMonth => (unsigned(date.month().into()), 2),
            Self::Day => (unsigned(date.day().into()), 1),
            Self::PaddedDay => (unsigned(date.day().into()), 2),
            Self::Week => (unsigned(date.iso_week_date().week().into()), 1),
            Self::PaddedWeek => (unsigned(date.iso_week_date().week().into()), 2),
            Self::Quarter => (unsigned((date.month() - 1).into()) / 3 + 1, 1),
            Self::Seq | Self::Major | Self::Minor | Self::Patch => return None,
        })
    }

    /// Whether a version can have `number` there: no year has one digit, and no year thirteen months.
    fn holds(self, number: u64) -> bool {
        match self {
            Self::Year => number >= 1000,
            Self::ShortYear => number < 1000,
            Self::Month | Self::PaddedMonth => number <= 12,
            Self::Day | Self::PaddedDay => number <= 31,
            Self::Week | Self::PaddedWeek => number <= 53,
            Self::Quarter => number <= 4,
            Self::Seq | Self::Major | Self::Minor | Self::Patch => true,
        }
    }

    fn is_calendar(self) -> bool {
        !matches!(self, Self::Seq | Self::Major | Self::Minor | Self::Patch)
    }
}

impl VersionTemplate {
    /// Reads a template, refusing those whose versions couldn't be tags or couldn't be read back.
    pub fn parse(template: &str) -> Result<Self, VersionError> {
        let refuse = |problem: String| VersionError::Template { template: template.to_owned(), problem };
        let segments = split(template).map_err(refuse)?;
        match flaw(&segments) {
            Some(problem) => Err(refuse(problem)),
            None => Ok(Self { text: template.to_owned(), segments }),
        }
    }

    /// The version after `current`. `{seq}` goes on while all calendar parts stay, and starts over at 1 when one
    /// changed; `{major}`, `{minor}` and `{patch}` follow the bump.
    ///
    /// # Errors
    /// When `current` is a version that doesn't fit the template, or the next one would not be above it.
    pub fn next(&self, current: &str, bump: Bump, today: impl FnOnce() -> Date) -> Result<String, VersionError> {
        let previous = self.read(current)?;
        if previous.is_none() && !is_nothing(current) {
            let scheme = format!("the version template {:?}", self.text);
            return Err(VersionError::Misfit { version: current.to_owned(), scheme });
        }
        let date = self.variables().any(Variable::is_calendar).then(today);
        let step = Step { previous: previous.as_deref(), date, bump };
        let mut version = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => version.push_str(text),
                Segment::Variable(variable) => {
                    let too_large = || VersionError::TooLarge { version: current.to_owned() };
                    let (number, width) = step.value(*variable).ok_or_else(too_large)?;
                    version.push_str(&format!("{number:0width$}"));
                }
            }
        }
        let numbers = |values: Option<Vec<(Variable, u64)>>| -> Vec<u64> {
            values.into_iter().flatten().map(|(_, number)| number).collect()
        };
        match numbers(self.read(&version)?).cmp(&numbers(previous.clone())) {
            Ordering::Greater => Ok(version),
            Ordering::Equal => Ok(current.to_owned()),
            Ordering::Less => Err(VersionError::NotAbove { current: current.to_owned(), next: version }),
        }
    }

    fn variables(&self) -> impl Iterator<Item = Variable> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Variable(variable) => Some(*variable),
            Segment::Literal(_) => None,
        })
    }

    /// The numbers that `current` has for the template's variables; `None` when it has another shape.
    fn read(&self, current: &str) -> Result<Option<Vec<(Variable, u64)>>, VersionError> {
        let pattern: String = self.segments.iter().map(Segment::pattern).collect();
        let too_large = || VersionError::TooLarge { version: current.to_owned() };
        let shape = Regex::new(&format!("^{pattern}$")).map_err(|error| VersionError::Template {
            template: pattern,
            problem: format!("is too long to be read back: {error}"),
        })?;
        let bare = current.trim_start_matches('v');
        let with_v = format!("v{bare}");
        let Some(captures) = [current, bare, &with_v].into_iter().find_map(|text| shape.captures(text)) else {
            return Ok(None);
        };
        let numbers = captures.iter().skip(1).flatten().map(|group| group.as_str().parse::<u64>());
        let value = |(variable, number): (Variable, Result<u64, _>)| Some((variable, number.ok()?));
        let values: Vec<_> = self.variables().zip(numbers).map(value).collect::<Option<_>>().ok_or_else(too_large)?;
        Ok(Some(values).filter(|values| values.iter().all(|(variable, number)| variable.holds(*number))))
    }
}

/// One step from a version to the next.
struct Step<'a> {
    /// The numbers of the version before; `None` when it didn't fit the template.
    previous: Option<&'a [(Variable, u64)]>,
    /// Today, when the template asks for it.
    date: Option<Date>,
    bump: Bump,
}

impl Step<'_> {
    /// The variable's next number and its width; `None` when there is no next number.
    fn value(&self, variable: Variable) -> Option<(u64, usize)> {
        if let Some(value) = self.on_date(variable) {
            return Some(value);
        }
        let before = self.before(variable);
        let number = match (variable, self.bump) {
            (Variable::Seq, _) if !self.calendar_holds() => 1,
            (Variable::Seq, _)
            | (Variable::Major, Bump::Major)
            | (Variable::Minor, Bump::Minor)
            | (Variable::Patch, Bump::Patch) => before.checked_add(1)?,
            (Variable::Minor, Bump::Major) | (Variable::Patch, Bump::Major | Bump::Minor) => 0,
            _ => before,
        };
        Some((number, 1))
    }

    fn on_date(&self, variable: Variable) -> Option<(u64, usize)> {
        self.date.and_then(|date| variable.on(date))
    }

    fn before(&self, wanted: Variable) -> u64 {
        let mut values = self.previous.unwrap_or_default().iter();
        values.find(|(variable, _)| *variable == wanted).map_or(0, |(_, value)| *value)
    }

    /// Whether the version before fits the template and has today's calendar parts, compared as numbers.
    fn calendar_holds(&self) -> bool {
        let is_today =
            |(variable, value): &(Variable, u64)| self.on_date(*variable).is_none_or(|(now, _)| now == *value);
        self.previous.is_some_and(|values| values.iter().all(is_today))
    }
}

impl Segment {
    fn pattern(&self) -> String {
        match self {
            Self::Literal(text) => regex::escape(text),
            Self::Variable(_) => "([0-9]+)".to_owned(),
        }
    }
}

fn split(template: &str) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    let mut rest = template;
    while let Some((literal, opened)) = rest.split_once('{') {
        let (name, after) =
            opened.split_once('}').ok_or_else(|| "has an unclosed '{'; close it with '}'".to_owned())?;
        let known = VARIABLES.iter().find(|(known, _)| *known == name);
        let (_, variable) =
            known.ok_or_else(|| format!("uses the unknown variable {{{name}}}; valid are {}", names()))?;
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.to_owned()));
        } else if !segments.is_empty() {
            return Err(format!(
                "puts {{{name}}} directly after another variable; put a literal such as '.' between them"
            ));
        }
        segments.push(Segment::Variable(*variable));
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(Segment::Literal(rest.to_owned()));
    }
    Ok(segments)
}

fn names() -> String {
    VARIABLES.map(|(name, _)| name).join(", ")
}

/// What keeps the versions from being tags, or from differing.
fn flaw(segments: &[Segment]) -> Option<String> {
    let count = |wanted: fn(&Variable) -> bool| {
        segments.iter().filter(|segment| matches!(segment, Segment::Variable(variable) if wanted(variable))).count()
    };
    if count(|_| true) == 0 {
        return Some(format!("contains no variables; use at least one of {}", names()));
    }
    if count(|variable| *variable == Variable::Seq) > 1 {
        return Some("uses {seq} more than once; keep one".to_owned());
    }
    let literals = segments.iter().filter_map(|segment| match segment {
        Segment::Literal(text) => Some(text.as_str()),
        Segment::Variable(_) => None,
    });
    literals.clone().find_map(flaw_of_literal).or_else(|| match segments.last() {
        Some(Segment::Literal(last)) if last.ends_with(".lock") || last.ends_with('.') => {
            Some(format!("ends with {last:?}, but a tag can't end with a dot or \".lock\""))
        }
        _ => None,
    })
}

fn flaw_of_literal(literal: &str) -> Option<String> {
    let forbidden =
        |character: char| character.is_control() || character.is_whitespace() || "~^:?*[\\".contains(character);
    if let Some(character) = literal.chars().find(|character| forbidden(*character)) {
        return Some(format!("has {character:?} in a literal, but a tag can't"));
    }
    literal.contains("..").then(|| "has \"..\" in a literal, but a tag can't".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn next(template: &str, current: &str, bump: Bump, today: Date) -> String {
        VersionTemplate::parse(template)
            .and_then(|template| template.next(current, bump, || today))
            .expect("a usable template and version")
    }

    #[test]
    fn calendar_variables() {
        let today = date(2026, 8, 5);
        for (template, expected) in [
            ("{year}.{month}.{day}", "2026.8.5"),
            ("{short_year}.{padded_month}.{padded_day}", "26.08.05"),
            ("{year}.Q{quarter}", "2026.Q3"),
            ("{year}.w{week}/{padded_week}", "2026.w32/32"),
        ] {
            assert_eq!(next(template, "0.0.0", Bump::None, today), expected);
        }
        assert_eq!(next("{week}.{padded_week}", "0", Bump::None, date(2026, 1, 5)), "2.02");
    }

    #[test]
    fn the_sequence_goes_on_while_the_calendar_holds() {
        let template = "{year}.{month}.{seq}";
        assert_eq!(next(template, "2026.8.3", Bump::None, date(2026, 8, 20)), "2026.8.4");
        assert_eq!(next(template, "v2026.8.3", Bump::None, date(2026, 8, 20)), "2026.8.4");
        assert_eq!(next(template, "2026.8.7", Bump::None, date(2026, 9, 1)), "2026.9.1");
        assert_eq!(next(template, "0.0.0", Bump::None, date(2026, 8, 20)), "2026.8.1");
        assert_eq!(next("{year}.{padded_month}.{seq}", "2026.08.3", Bump::None, date(2026, 8, 20)), "2026.08.4");
        assert_eq!(next("b{seq}", "b41", Bump::None, date(2026, 8, 20)), "b42");
        assert_eq!(next("v{seq}", "41", Bump::None, date(2026, 8, 20)), "v42");
    }

    #[test]
    fn the_bump_moves_its_own_number() {
        let today = date(2026, 8, 20);
        for (bump, expected) in
            [(Bump::Major, "2.0.0"), (Bump::Minor, "1.3.0"), (Bump::Patch, "1.2.4"), (Bump::None, "1.2.3")]
        {
            assert_eq!(next("{major}.{minor}.{patch}", "1.2.3", bump, today), expected);
        }
        assert_eq!(next("r{major}.{minor}", "0.0.0", Bump::Minor, today), "r0.1");
        assert_eq!(next("{major}.{minor}-{seq}", "1.2-7", Bump::Minor, today), "1.3-8");
    }

    #[test]
    fn never_below_and_never_from_another_shape() {
        let after = |template: &str, current: &str| {
            VersionTemplate::parse(template)
                .and_then(|template| template.next(current, Bump::Patch, || date(2026, 8, 20)))
                .expect_err("refused")
        };
        for (template, current) in [
            ("{major}.{minor}.{patch}", "1.7"),
            ("{year}.{month}.{seq}", "1.4.2-rc.1"),
            ("{year}.{month}.{patch}", "1.4.2"),
            ("{year}.{month}.{seq}", "2026.13.1"),
            ("r{major}.{minor}", "1.2.3"),
        ] {
            assert!(matches!(after(template, current), VersionError::Misfit { .. }), "{template} {current}");
        }
        assert!(matches!(after("{year}.{month}.{seq}", "2026.9.1"), VersionError::NotAbove { .. }));
        assert_eq!(next("b{seq}", "b99", Bump::None, date(2026, 8, 20)), "b100");
    }

    #[test]
    fn unusable_templates_say_why() {
        for (template, problem) in [
            ("", "contains no variables"),
            ("x", "contains no variables"),
            ("{foo}", "unknown variable {foo}"),
            ("{major}{minor}", "directly after another"),
            ("{major", "unclosed"),
            ("{major}.", "can't end with"),
            ("{major}.lock", "can't end with"),
            ("{major} {minor}", "' '"),
            ("{major}:{minor}", "':'"),
            ("{major}..{minor}", "\"..\""),
            ("{seq}.{seq}", "more than once"),
        ] {
            let error = VersionTemplate::parse(template).expect_err(template).to_string();
            assert!(error.contains(problem), "{template}: {error}");
        }
    }

    #[test]
    fn numbers_too_large_are_refused() {
        let template = VersionTemplate::parse("{major}.{seq}").expect("usable");
        for current in ["1.18446744073709551615", "1.99999999999999999999999"] {
            let result = template.next(current, Bump::None, || date(2026, 1, 1));
            assert_eq!(result, Err(VersionError::TooLarge { version: current.to_owned() }));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read_back(major in 0u64..999, seq in 1u64..999, month in 1i8..=12) {
            let template = VersionTemplate::parse("{year}-{padded_month}.{major}.{seq}")?;
            let today = date(2026, month, 9);
            let current = format!("2026-{month:02}.{major}.{seq}");
            let version = template.next(&current, Bump::None, || today)?;
            prop_assert_eq!(version, format!("2026-{month:02}.{major}.{}", seq + 1));
        }

        #[test]
        fn never_panics(template in "[{}a-z_.\\PC]{0,30}", current in "\\PC{0,20}") {
            if let Ok(template) = VersionTemplate::parse(&template) {
                let _ = template.next(&current, Bump::Minor, || date(2026, 1, 1));
            }
        }
    }
}
