//! The modules of a repository. Their versions are tags, `v1.2.3` in the root and `folder/v1.2.3` elsewhere, as the go command
//! wants them; a folder `v2` that only holds the next major version is no part of its tags.

use std::collections::{BTreeMap, BTreeSet};

use super::member::{Doubt, Member, file};
use super::text::{file_in, read};
use super::walk::{is_aside, joined};
use super::{InitError, Search};
use crate::config::VersionFileFormat;

pub(super) const MANIFEST: &str = "go.mod";
const WORKSPACE: &str = "go.work";

/// All modules of the repository. Most keep `go.work` to themselves, so every `go.mod` counts; among tests and examples those
/// that `go.work` uses don't count for it.
pub(super) fn find(search: &Search<'_>, base: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let mut paths: BTreeSet<String> =
        search.folders.with(|name| name == MANIFEST).map(|(path, _)| path.to_owned()).collect();
    if let Some(text) = read(search.root, &file_in(base, WORKSPACE))? {
        paths.extend(directives(&text, "use").iter().map(|path| joined(base, path)));
    }
    let mut modules: Vec<(String, String)> = Vec::new();
    for path in paths.into_iter().filter(|path| !path.split('/').any(|part| part.starts_with('_'))) {
        if let Some(text) = read(search.root, &file_in(&path, MANIFEST))? {
            modules.push((path, text));
        }
    }
    let paths: BTreeMap<String, &str> = modules.iter().map(|(path, text)| (name_of(text), path.as_str())).collect();
    Ok(modules.iter().map(|(path, text)| member(search, path, text, &paths)).collect())
}

fn member(search: &Search<'_>, path: &str, text: &str, paths: &BTreeMap<String, &str>) -> Member {
    let tagged = tagged_folder(path);
    let is_root = tagged == ".";
    let needs = directives(text, "require").into_iter().filter_map(|module| paths.get(&module));
    let template = match tagged == path {
        _ if is_root => "v{version}".to_owned(),
        true => "{name}/v{version}".to_owned(),
        false => format!("{tagged}/v{{version}}"),
    };
    Member {
        name: if path == "." {
            short_name(&name_of(text)).unwrap_or_else(|| search.name.to_owned())
        } else {
            path.to_owned()
        },
        path: path.to_owned(),
        files: vec![file(file_in(path, MANIFEST), VersionFileFormat::GoMod, None)],
        needs: needs.map(|path| (*path).to_owned()).collect(),
        tag_template: Some(template),
        doubt: (path != "." && is_aside(path)).then_some(Doubt::Aside),
        ..Member::default()
    }
}

fn name_of(text: &str) -> String {
    directives(text, "module").into_iter().next().unwrap_or_default()
}

/// The folder that a module's tags name: its own, without a last part that is a major version.
fn tagged_folder(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((outer, last)) if is_major(last) => outer,
        None if is_major(path) => ".",
        _ => path,
    }
}

/// Whether a part of a path is a major version as Go has it, `v2` and up.
fn is_major(part: &str) -> bool {
    part.strip_prefix('v').and_then(|rest| rest.parse::<u32>().ok()).is_some_and(|major| major >= 2)
}

/// What follows `verb` on its line, or line by line in its parentheses: the first word of each.
fn directives(text: &str, verb: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()) {
        let rest = match line.strip_prefix(verb).filter(|rest| rest.starts_with([' ', '\t', '('])) {
            _ if inside && line.starts_with(')') => {
                inside = false;
                continue;
            }
            _ if inside => line,
            Some(rest) if rest.trim_start().starts_with('(') => {
                inside = true;
                continue;
            }
            Some(rest) => rest,
            None => continue,
        };
        found.extend(rest.split_whitespace().next().map(|word| word.trim_matches(['"', '`']).to_owned()));
    }
    found
}

/// The last part of a module's path that isn't its major version.
fn short_name(module: &str) -> Option<String> {
    module.rsplit('/').find(|part| !part.is_empty() && !is_major(part)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{directives, short_name, tagged_folder};

    #[test]
    fn directives_on_lines_and_in_blocks() {
        let text = "module x.org/a // c\nuse ./one\nuse (\n\t./two // c\n\n\t\"./three\"\n)\nuser ./no\n";
        assert_eq!(directives(text, "use"), ["./one", "./two", "./three"]);
        assert_eq!(directives(text, "module"), ["x.org/a"]);
    }

    #[test]
    fn names_leave_the_major_version_out() {
        assert_eq!(short_name("github.com/a/tool/v2").as_deref(), Some("tool"));
        assert_eq!(short_name("tool").as_deref(), Some("tool"));
        assert_eq!(short_name("v2"), None);
        assert_eq!((tagged_folder("sdk/v3"), tagged_folder("v2"), tagged_folder("sdk")), ("sdk", ".", "sdk"));
    }
}
