//! What a repository is called.

use std::fs;
use std::path::Path;

use crate::history::Repository;

/// The last part of the address that `origin` is fetched from, unless that is a path on this machine; else the name of the
/// folder.
pub fn repository_name(repository: &Repository) -> String {
    let config = fs::read_to_string(repository.common_dir().join("config")).unwrap_or_default();
    of_remote(&config).unwrap_or_else(|| of_folder(repository.root()))
}

fn of_folder(root: &Path) -> String {
    // The root may be `.`, whose name only the whole path tells.
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    whole.file_name().and_then(|name| name.to_str()).unwrap_or("project").to_owned()
}

fn of_remote(config: &str) -> Option<String> {
    let mut lines = config.lines().map(str::trim).skip_while(|line| *line != "[remote \"origin\"]").skip(1);
    let setting = lines.by_ref().take_while(|line| !line.starts_with('[')).find_map(|line| {
        line.strip_prefix("url").and_then(|rest| rest.trim_start().strip_prefix('=')).map(str::trim)
    })?;
    // `host:path` as ssh has it; one letter before the colon is a drive.
    let is_remote = match (setting.find("://"), setting.find(':')) {
        (Some(_), _) => !setting.starts_with("file:"),
        (None, Some(colon)) => colon > 1 && !setting[..colon].contains('/'),
        _ => false,
    };
    let name = setting.trim_end_matches('/').rsplit(['/', ':']).next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    (is_remote && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::of_remote;

    #[test]
    fn addresses_end_with_the_name() {
        for (url, expected) in [
            ("https://example.org/team/tool.git", Some("tool")),
            ("git@example.org:team/tool", Some("tool")),
            ("git@example.org:tool.git/", Some("tool")),
            ("../origin", None),
            ("file:///srv/tool.git", None),
            ("C:\\repos\\tool", None),
        ] {
            let config =
                format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n\tfetch = x\n[branch \"a\"]\n");
            assert_eq!(of_remote(&config).as_deref(), expected, "{url}");
        }
        assert_eq!(of_remote("[core]\n"), None);
    }
}
