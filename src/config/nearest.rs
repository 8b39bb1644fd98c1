//! Which name was probably meant.

/// Below this, a suggestion confuses more than it helps.
const SIMILAR: f64 = 0.75;

/// The one of `names` that is most like `wanted`: the same but for case or scope, else similar enough.
pub fn nearest_name<'a>(names: impl IntoIterator<Item = &'a str>, wanted: &str) -> Option<&'a str> {
    let folded = bare(wanted);
    let scored = names.into_iter().map(|name| {
        let likeness = strsim::jaro_winkler(&wanted.to_lowercase(), &name.to_lowercase());
        (likeness.max(strsim::jaro_winkler(&folded, &bare(name))), name)
    });
    let best = scored.filter(|(score, _)| *score >= SIMILAR).max_by(|left, right| left.0.total_cmp(&right.0));
    best.map(|(_, name)| name)
}

/// A name without its scope or folder, in lower case.
fn bare(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::nearest_name;

    #[test]
    fn case_scope_and_letters() {
        let names = ["@acme/core", "cli", "Web"];
        for (wanted, expected) in [
            ("core", Some("@acme/core")),
            ("web", Some("Web")),
            ("clii", Some("cli")),
            ("zzz", None),
            ("@acme/coer", Some("@acme/core")),
        ] {
            assert_eq!(nearest_name(names, wanted), expected, "{wanted}");
        }
    }
}
