//! The modules of a Go workspace, or the one module of a repository. Their versions are tags, `v1.2.3` in the root and
//! `folder/v1.2.3` elsewhere, as the go command wants them.

use std::collections::BTreeMap;
use std::path::Path;

use super::InitError;
use super::member::Member;
use super::text::{file_in, read};
use super::walk::{Folders, normal};
use crate::config::{VersionFileFormat, VersionedFile};

const MANIFEST: &str = "go.mod";
const WORKSPACE: &str = "go.work";

/// The modules that `go.work` uses, else the one in the root.
pub(super) fn find(root: &Path, _: &Folders, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let paths = match read(root, WORKSPACE)? {
        Some(text) => directives(&text, "use").into_iter().map(|path| normal(&path)).collect(),
        None => vec![".".to_owned()],
    };
    let mut modules: Vec<(String, String)> = Vec::new();
    for path in paths {
        if let Some(text) = read(root, &file_in(&path, MANIFEST))? {
            modules.push((path, text));
        }
    }
    let name_of = |text: &str| directives(text, "module").into_iter().next().unwrap_or_default();
    let paths: BTreeMap<String, &str> = modules.iter().map(|(path, text)| (name_of(text), path.as_str())).collect();
    let member = |(path, text): &(String, String)| {
        let is_root = path == ".";
        let needs = directives(text, "require").into_iter().filter_map(|module| paths.get(&module));
        Member {
            name: if is_root { short_name(&name_of(text)) } else { path.clone() },
            path: path.clone(),
            file: Some(VersionedFile {
                path: file_in(path, MANIFEST),
                format: VersionFileFormat::GoMod,
                selector: None,
            }),
            needs: needs.map(|path| (*path).to_owned()).collect(),
            tag_template: Some(if is_root { "v{version}" } else { "{name}/v{version}" }.to_owned()),
        }
    };
    Ok(modules.iter().map(member).collect())
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
fn short_name(module: &str) -> String {
    let is_major = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    module.rsplit('/').find(|part| !is_major(part)).unwrap_or("root").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{directives, short_name};

    #[test]
    fn directives_on_lines_and_in_blocks() {
        let text = "module x.org/a // c\nuse ./one\nuse (\n\t./two // c\n\n\t\"./three\"\n)\nuser ./no\n";
        assert_eq!(directives(text, "use"), ["./one", "./two", "./three"]);
        assert_eq!(directives(text, "module"), ["x.org/a"]);
    }

    #[test]
    fn names_leave_the_major_version_out() {
        assert_eq!(short_name("github.com/a/tool/v2"), "tool");
        assert_eq!(short_name("tool"), "tool");
        assert_eq!(short_name("v2"), "root");
    }
}
