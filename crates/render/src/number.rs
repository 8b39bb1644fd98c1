//! Figures as reports show them: a unit, and at most three significant digits.

/// At most three significant digits, without an exponent: 12345 becomes "12300", 0.012345 becomes "0.0123".
pub fn significant(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let scale = 10_f64.powi(2 - magnitude);
    let rounded = (value * scale).round() / scale;
    // Rounding up may have brought one digit more: 9.996 is 10.0.
    let magnitude = rounded.abs().log10().floor() as i32;
    let text = format!("{rounded:.*}", usize::try_from(2 - magnitude).unwrap_or(0));
    if text.trim_start_matches('-').bytes().all(|byte| byte == b'0' || byte == b'.') { "0".to_owned() } else { text }
}

/// A ratio near 1: three decimals tell a tenth of a percent.
pub fn ratio(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    if (0.0005..10.0).contains(&value) { format!("{value:.3}") } else { significant(value) }
}

/// As [`ratio`], without what adds nothing: 0.9 for the label of an axis.
pub fn short_ratio(value: f64) -> String {
    ratio(value).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share as a percentage: 0.1389 is "13.9 %", 0.02 is "2 %". Below a hundredth of a percent all is noise.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let text = match value.abs() {
        size if !size.is_finite() || size >= 1000.0 => return format!("{} %", significant(value)),
        size if size >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" | "" | "-" => "0 %".to_owned(),
        digits => format!("{digits} %"),
    }
}

/// As [`percent`], with its sign: "-13.9 %" or "+2 %".
pub fn change(share: f64) -> String {
    let text = percent(share);
    if share > 0.0 && text != "0 %" { format!("+{text}") } else { text }
}

/// Nanoseconds in the unit that suits them.
pub fn duration(nanoseconds: u64) -> String {
    scaled(nanoseconds as f64, &[("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)])
}

/// Bytes in the unit that suits them (powers of 1000).
pub fn bytes(bytes: u64) -> String {
    scaled(bytes as f64, &[("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)])
}

/// A count of instructions in thousands, millions or billions.
pub fn instructions(count: u64) -> String {
    scaled(count as f64, &[("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9)]).trim_end().to_owned()
}

/// A count: exact below a thousand, then in thousands, millions and so on.
pub fn count(count: u64) -> String {
    if count < 1000 {
        return count.to_string();
    }
    let units = [("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18)];
    scaled(count as f64, &units)
}

fn scaled(value: f64, units: &[(&str, f64)]) -> String {
    // 999.6 ns would be shown as 1000 ns: that is where the next unit begins.
    let fits = units.iter().rev().find(|unit| value >= unit.1 * 0.9995).or(units.first());
    fits.map_or(String::new(), |(unit, factor)| format!("{} {unit}", significant(value / factor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (12_345.0, "12300"),
            (0.012_345, "0.0123"),
            (9.996, "10.0"),
            (-3.456, "-3.46"),
            (123.4, "123"),
            (f64::INFINITY, "unknown"),
            (f64::NAN, "unknown"),
        ] {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn units() {
        assert_eq!(duration(999), "999 ns");
        assert_eq!(duration(999_800), "1.00 ms");
        assert_eq!(duration(51_234_567), "51.2 ms");
        assert_eq!(duration(0), "0 ns");
        assert_eq!(bytes(60_400_000), "60.4 MB");
        assert_eq!(instructions(4_800_000_000), "4.80 G");
        assert_eq!(instructions(12), "12.0");
        assert_eq!(count(12), "12");
        assert_eq!(count(1000), "1.00 k");
        assert_eq!(count(999_999), "1.00 M");
        assert_eq!(count(u64::MAX), "18.4 E");
    }

    #[test]
    fn shares() {
        assert_eq!(percent(0.1389), "13.9 %");
        assert_eq!(percent(0.95), "95 %");
        assert_eq!(percent(0.0035), "0.35 %");
        assert_eq!(percent(2.0), "200 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(change(-0.1389), "-13.9 %");
        assert_eq!(change(0.02), "+2 %");
        assert_eq!(change(0.000_01), "0 %");
        assert_eq!(change(-0.000_01), "0 %");
        assert_eq!(ratio(0.8612), "0.861");
        assert_eq!(ratio(1.0), "1.000");
        assert_eq!(ratio(f64::INFINITY), "unknown");
    }
}
