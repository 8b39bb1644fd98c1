//! Versions made of a date: with the day, or with a counter within the month.

use jiff::civil::Date;

use super::VersionError;

/// How many digits of the year a calendar version shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    /// `2026`.
    Full,
    /// `26`.
    Short,
}

impl Year {
    fn of(self, date: Date) -> i16 {
        match self {
            Self::Full => date.year(),
            Self::Short => date.year().rem_euclid(100),
        }
    }

    fn text(self, date: Date) -> String {
        match self {
            Self::Full => self.of(date).to_string(),
            Self::Short => format!("{:02}", self.of(date)),
        }
    }
}

/// Whether `version` begins with a year written this way and a month.
pub(super) fn fits(version: &str, year: Year) -> bool {
    let mut parts = version.trim_start_matches('v').split('.');
    let number = |part: Option<&str>| part.and_then(|part| Some((part.len(), part.parse::<u16>().ok()?)));
    let is_year = match (year, number(parts.next())) {
        (Year::Full, Some((4, written))) => written >= 1970,
        (Year::Short, Some((digits, written))) => digits == 2 && written < 100,
        _ => false,
    };
    is_year && matches!(number(parts.next()), Some((_, 1..=12)))
}

/// `YYYY.M.D` or `YY.M.D` of `today`; padded where `current` is, as 2024.01.15.
pub(super) fn dated(current: &str, year: Year, today: Date) -> String {
    let width = if current.split(['.', '-', '+']).skip(1).any(is_padded) { 2 } else { 1 };
    format!("{}.{:0width$}.{:0width$}", year.text(today), today.month(), today.day())
}

fn is_padded(part: &str) -> bool {
    part.len() == 2 && part.starts_with('0')
}

/// `YYYY.M.N` or `YY.M.N`: one more than `current`'s count when it is of this month, else 1.
///
/// Year and month are compared as numbers, so that 2026.1 isn't taken for a part of 2026.11.
pub(super) fn counted(current: &str, year: Year, today: Date) -> Result<String, VersionError> {
    let count = match count_within_month(current, year, today) {
        Some(digits) => digits
            .parse::<u64>()
            .ok()
            .and_then(|count| count.checked_add(1))
            .ok_or_else(|| VersionError::TooLarge { version: current.to_owned() })?,
        None => 1,
    };
    Ok(format!("{}.{}.{count}", year.text(today), today.month()))
}

/// The digits that start the third part of `current`, if its first two are this year and month.
fn count_within_month(current: &str, year: Year, today: Date) -> Option<&str> {
    let mut parts = current.trim_start_matches('v').splitn(3, '.');
    let same_year = parts.next()?.parse::<i16>().ok()? == year.of(today);
    let same_month = parts.next()?.parse::<i8>().ok()? == today.month();
    let count = parts.next()?;
    let digits = &count[..count.bytes().take_while(u8::is_ascii_digit).count()];
    (same_year && same_month && !digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_padded_as_they_were() {
        assert_eq!(dated("2025.1.5", Year::Full, date(2026, 1, 5)), "2026.1.5");
        assert_eq!(dated("0.0.0", Year::Short, date(2026, 11, 23)), "26.11.23");
        assert_eq!(dated("05.1.4", Year::Short, date(2005, 1, 5)), "05.1.5");
        assert_eq!(dated("2025.01.15", Year::Full, date(2026, 2, 5)), "2026.02.05");
    }

    #[test]
    fn counts_go_on_within_the_month() {
        let today = date(2026, 11, 23);
        for (current, year, expected) in [
            ("2026.11.4", Year::Full, "2026.11.5"),
            ("v2026.11.4", Year::Full, "2026.11.5"),
            ("2026.11.4-rc.1", Year::Full, "2026.11.5"),
            ("2026.1.4", Year::Full, "2026.11.1"),
            ("2025.11.4", Year::Full, "2026.11.1"),
            ("2026.11", Year::Full, "2026.11.1"),
            ("2026.11.x", Year::Full, "2026.11.1"),
            ("0.0", Year::Full, "2026.11.1"),
            ("26.11.9", Year::Short, "26.11.10"),
            ("2026.11.9", Year::Short, "26.11.1"),
        ] {
            assert_eq!(counted(current, year, today).as_deref(), Ok(expected), "{current}");
        }
    }

    #[test]
    fn january_is_not_a_part_of_november() {
        assert_eq!(counted("2026.11.9", Year::Full, date(2026, 1, 2)).as_deref(), Ok("2026.1.1"));
        assert_eq!(counted("2026.01.9", Year::Full, date(2026, 1, 2)).as_deref(), Ok("2026.1.10"));
    }

    #[test]
    fn a_count_that_is_too_large_is_refused() {
        let version = "2026.11.18446744073709551615".to_owned();
        assert_eq!(
            counted(&version, Year::Full, date(2026, 11, 1)),
            Err(VersionError::TooLarge { version: version.clone() })
        );
    }
}
