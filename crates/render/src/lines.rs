//! What programs say, quoted in messages.

/// How many lines tell what the matter is.
const LINES: usize = 10;

/// The last of the lines that a program said, each on a new line and indented.
pub fn last<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines.collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| format!("\n  | {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_are_indented() {
        let said: String = (1..=12).map(|number| format!("{number}\n")).collect();
        assert_eq!(last("".lines()), "");
        assert_eq!(last("one\ntwo\n".lines()), "\n  | one\n  | two");
        let told = last(said.lines());
        assert!(told.starts_with("\n  | 3\n") && told.ends_with("\n  | 12"), "{told}");
    }
}
