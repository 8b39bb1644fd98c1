//! Versions in files that are programs: Elixir's and Ruby's project files, Python modules, Gradle scripts.
//!
//! They are not run. A version that is a string is read, one that a constant of the same file holds is followed, and one
//! that comes from another file is looked for there; anything else is refused with the words that compute it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::VersionProblem;
use super::error::Candidate;
use super::located::Located;
use crate::config::VersionFileFormat;

macro_rules! regex {
    ($regex:literal) => {{
        static REGEX: LazyLock<Regex> = LazyLock::new(|| Regex::new($regex).expect("a constant, and tested"));
        &*REGEX
    }};
}

fn group<'a>(text: &'a str, found: &Captures<'_>, index: usize) -> Option<&'a str> {
    found.get(index).map(|group| &text[group.range()])
}

/// What the first group of `pattern` matches first in `text`.
fn first<'a>(text: &'a str, pattern: &str) -> Option<&'a str> {
    let regex = Regex::new(pattern).expect("a constant with an escaped name in it");
    group(text, &regex.captures(text)?, 1)
}

fn computed(expression: &str) -> VersionProblem {
    let read = regex!(r#"(?:File\.read!?|open|read_text|readFileSync)\b[^"'\n]*["']([^"'\n]+)["']"#);
    match read.captures(expression) {
        Some(found) => VersionProblem::Elsewhere {
            what: format!("the version is read with `{}`", expression.trim()),
            candidates: vec![Candidate { path: found[1].to_owned(), format: VersionFileFormat::Txt, selector: None }],
        },
        None => VersionProblem::Computed { expression: expression.trim().trim_end_matches(',').to_owned() },
    }
}

/// `version: "…"`, or the module attribute that it names.
pub(super) fn elixir(text: &str) -> Result<Located, VersionProblem> {
    let from = text.find("def project").unwrap_or_default();
    let key = regex!(r#"(?m)^(?:[^#\n]*?[\s\[,(])?version:\s*(?:["']([^"'\s]+)["']|@([a-z_][A-Za-z0-9_]*)|([^\n]+))"#);
    let found = key
        .captures(&text[from..])
        .ok_or(VersionProblem::NotFound("`version: \"…\"` or `version: @version` in `def project`"))?;
    if let Some(version) = group(&text[from..], &found, 1) {
        return Located::whole(text, version);
    }
    let Some(name) = group(&text[from..], &found, 2) else {
        return Err(computed(group(&text[from..], &found, 3).unwrap_or_default()));
    };
    match first(text, &format!(r#"(?m)^\s*@{name}\s+["']([^"'\n]+)["']"#)) {
        Some(version) => Located::whole(text, version),
        None => {
            let definition = first(text, &format!(r"(?m)^\s*@{name}\s+([^\n]+)"));
            Err(computed(definition.unwrap_or(&format!("@{name}"))))
        }
    }
}

/// `….version = "…"` of a gemspec, or the constant that it or a `version.rb` has.
pub(super) fn ruby(text: &str) -> Result<Located, VersionProblem> {
    let assigned = regex!(r#"(?m)^[^#\n]*?\.version\s*=\s*(?:["']([^"'\s]+)["']|([^\n]+))"#).captures(text);
    if let Some(version) = assigned.as_ref().and_then(|found| group(text, found, 1)) {
        return Located::whole(text, version);
    }
    let constant = regex!(r#"(?m)^\s*VERSION\s*=\s*["']([^"'\s]+)["']"#).captures(text);
    if let Some(version) = constant.as_ref().and_then(|found| group(text, found, 1)) {
        return Located::whole(text, version);
    }
    let Some(expression) = assigned.as_ref().and_then(|found| group(text, found, 2)) else {
        return Err(VersionProblem::NotFound("`….version = \"…\"` or `VERSION = \"…\"`"));
    };
    if !regex!(r"^(?:::)?[A-Z][A-Za-z0-9_]*(?:::[A-Z][A-Za-z0-9_]*)*\s*(?:\.to_s|\.dup|\.freeze)?\s*(?:#.*)?$")
        .is_match(expression)
    {
        return Err(computed(expression));
    }
    Err(VersionProblem::Elsewhere {
        what: format!("the version is {}", expression.trim()),
        candidates: ruby_files(text, expression),
    })
}

/// The files that a gemspec requires for its constant, else the one where the constant's name says it is.
fn ruby_files(text: &str, constant: &str) -> Vec<Candidate> {
    let candidate = |path: String| Candidate { path, format: VersionFileFormat::Gemspec, selector: None };
    let required = regex!(
        r#"(?m)^\s*(require_relative|require|load)[\s(]+(?:File\.expand_path\(\s*)?["']([^"'\n]*version[^"'\n]*)["']"#
    );
    let mut candidates = Vec::new();
    for found in required.captures_iter(text) {
        let name = found[2].trim_start_matches("./").trim_end_matches(".rb").to_owned();
        if !name.starts_with("lib/") && &found[1] != "require_relative" {
            candidates.push(candidate(format!("lib/{name}.rb")));
        }
        candidates.push(candidate(format!("{name}.rb")));
    }
    let modules: Vec<&str> = constant.trim().trim_start_matches("::").split("::").collect();
    let snake = regex!(r"([a-z0-9])([A-Z])");
    let folder = |name: &&str| snake.replace_all(name, "${1}_$2").to_lowercase();
    let folders: Vec<String> = modules[..modules.len() - 1].iter().map(folder).collect();
    candidates.push(candidate(format!("lib/{}/version.rb", folders.join("/"))));
    candidates.push(candidate(format!("lib/{}/version.rb", folders.join("-"))));
    candidates
}

/// `__version__ = "…"` of a module, `VERSION = "…"`, or the `version="…"` of a `setup.py`.
pub(super) fn python(text: &str) -> Result<Located, VersionProblem> {
    let found = regex!(r#"(?m)^__version__\s*(?::[^=\n]+)?=\s*["']([^"'\n]+)["']"#)
        .captures(text)
        .or_else(|| regex!(r#"(?m)^(?:VERSION|version)\s*(?::[^=\n]+)?=\s*["']([^"'\n]+)["']"#).captures(text))
        .or_else(|| regex!(r#"(?ms)^setup\s*\(.*?\bversion\s*=\s*["']([^"'\n]+)["']"#).captures(text));
    if let Some(version) = found.as_ref().and_then(|found| group(text, found, 1)) {
        return Located::whole(text, version);
    }
    let expression = regex!(r"(?m)^\s*(?:__version__|VERSION|version)\s*=\s*([^\n]+)").captures(text);
    match expression.as_ref().and_then(|found| group(text, found, 1)) {
        Some(expression) => Err(computed(expression)),
        None => Err(VersionProblem::NotFound("a line `__version__ = \"…\"` or `VERSION = \"…\"`")),
    }
}

/// `version = "…"` or `version '…'` of the project, else what a Gradle property or Android's `versionName` says.
pub(super) fn gradle(text: &str) -> Result<Located, VersionProblem> {
    let mut expression = None;
    for (level, line) in statements(text) {
        let Some(found) = regex!(r#"^\s*version(?:\s*=\s*|\s+|\s*\(\s*)(?:"([^"\n]+)"|'([^'\n]+)'|([^\s={'"][^\n]*))"#)
            .captures(line)
        else {
            continue;
        };
        let string = group(line, &found, 1).or_else(|| group(line, &found, 2));
        match (level, string) {
            (Level::Project, Some(version)) if !version.contains('$') => return Located::whole(text, version),
            (Level::Project, Some(version)) => expression = expression.or(Some(version)),
            (Level::Project, None) => expression = expression.or_else(|| group(line, &found, 3)),
            (Level::Other, _) => {}
        }
    }
    if let Some(expression) = expression {
        return gradle_expression(text, expression);
    }
    let android = regex!(r#"(?m)^\s*versionName(?:\s*=\s*|\s+)["']([^"'$\n]+)["']"#).captures(text);
    match android.as_ref().and_then(|found| group(text, found, 1)) {
        Some(version) => Located::whole(text, version),
        None => Err(VersionProblem::Elsewhere {
            what: "no version found; looked for a line `version = \"…\"` or `version '…'`".to_owned(),
            candidates: vec![properties_file("gradle.properties", "version")],
        }),
    }
}

fn gradle_expression(text: &str, expression: &str) -> Result<Located, VersionProblem> {
    let named = regex!(
        r#"^\$?\{?(?:(?:rootProject|project)\.)?(?:(?:property|findProperty|providers\.gradleProperty)\(\s*["']([A-Za-z_][\w.]*)["']\s*\)(?:\.get\(\)|\s*as\s+String|\.toString\(\)|!!)*|(?:ext\.)?([A-Za-z_]\w*))\}?\s*(?:as\s+String)?\s*(?://.*)?$"#
    );
    let Some(found) = named.captures(expression.trim()) else { return Err(computed(expression)) };
    let name = found.get(1).or_else(|| found.get(2)).map(|name| name.as_str()).unwrap_or_default();
    let definition = format!(
        r#"(?m)^\s*(?:(?:def|val|var|final|String|const)\s+)*(?:ext\.|project\.ext\.)?{}\s*(?::\s*String\s*)?=\s*["']([^"'$\n]+)["']"#,
        regex::escape(name)
    );
    match first(text, &definition) {
        Some(version) => Located::whole(text, version),
        None => {
            let path = |up: usize| format!("{}gradle.properties", "../".repeat(up));
            Err(VersionProblem::Elsewhere {
                what: format!("the version is `{}`", expression.trim()),
                candidates: (0..4).map(|up| properties_file(&path(up), name)).collect(),
            })
        }
    }
}

fn properties_file(path: &str, key: &str) -> Candidate {
    Candidate { path: path.to_owned(), format: VersionFileFormat::Properties, selector: Some(key.to_owned()) }
}

/// Whose a Gradle statement is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The project's, or that of all projects.
    Project,
    /// A block's: of a plugin, a dependency, a publication.
    Other,
}

/// The lines of a Gradle script with their level; comments are left out.
fn statements(text: &str) -> impl Iterator<Item = (Level, &str)> {
    let mut blocks: Vec<bool> = Vec::new();
    let mut in_comment = false;
    text.lines().filter_map(move |line| {
        let level = if blocks.iter().all(|is_project| *is_project) { Level::Project } else { Level::Other };
        let was_in_comment = in_comment;
        let opens_projects = regex!(r"^\s*(?:allprojects|subprojects)\b").is_match(line);
        let (mut quote, mut rest) = (None, line.char_indices().peekable());
        while let Some((at, character)) = rest.next() {
            let pair = &line[at..];
            match (in_comment, quote) {
                (true, _) => {
                    if pair.starts_with("*/") {
                        in_comment = false;
                        rest.next();
                    }
                }
                (false, Some(open)) => {
                    if character == '\\' {
                        rest.next();
                    } else if character == open {
                        quote = None;
                    }
                }
                (false, None) => match character {
                    '/' if pair.starts_with("//") => break,
                    '/' if pair.starts_with("/*") => in_comment = true,
                    '"' | '\'' => quote = Some(character),
                    '{' => blocks.push(opens_projects),
                    '}' => {
                        blocks.pop();
                    }
                    _ => {}
                },
            }
        }
        (!was_in_comment && !line.trim_start().starts_with("//")).then_some((level, line))
    })
}
