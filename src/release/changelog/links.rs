//! Addresses of commits and comparisons, as the remote's own address gives them.

/// A repository on a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forge {
    base: String,
    /// What GitLab has between the repository and its pages.
    infix: &'static str,
}

impl Forge {
    /// The forge that a remote's address leads to; `None` for one that isn't on a host. `kind` is what the configuration says.
    pub(crate) fn of_remote(address: &str, kind: Option<&str>) -> Option<Self> {
        let (host, path) = match address.split_once("://") {
            Some((scheme, rest)) if matches!(scheme, "http" | "https" | "ssh" | "git" | "git+ssh") => {
                let (authority, path) = rest.split_once('/')?;
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                // The port of ssh says nothing of the pages.
                let host = if scheme.starts_with("http") { host } else { host.split(':').next().unwrap_or(host) };
                (host, path)
            }
            Some(_) => return None,
            // As scp has it: user@host:path.
            None => {
                let (authority, path) = address.split_once(':')?;
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                // One letter is a drive.
                if host.contains(['/', '\\']) || host.len() < 2 {
                    return None;
                }
                (host, path)
            }
        };
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let is_gitlab = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("gitlab")) || host.contains("gitlab");
        (!host.is_empty() && !path.is_empty())
            .then(|| Self { base: format!("https://{host}/{path}"), infix: if is_gitlab { "/-" } else { "" } })
    }

    /// The forge that a changelog's own links lead to.
    pub(crate) fn of_link(link: &str) -> Option<Self> {
        let end = ["/compare/", "/commits/", "/releases/", "/commit/"].iter().find_map(|part| link.find(part))?;
        let base = &link[..end];
        let (base, infix) = base.strip_suffix("/-").map_or((base, ""), |base| (base, "/-"));
        Some(Self { base: base.to_owned(), infix })
    }

    /// Where a commit is shown.
    pub(crate) fn commit(&self, id: &str) -> String {
        format!("{}{}/commit/{id}", self.base, self.infix)
    }

    /// Where the difference between two revisions is shown; everything up to `to` where there is no release before it.
    pub(crate) fn compare(&self, from: Option<&str>, to: &str) -> String {
        match from {
            Some(from) => format!("{}{}/compare/{from}...{to}", self.base, self.infix),
            None => format!("{}{}/commits/{to}", self.base, self.infix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Forge;

    #[test]
    fn addresses() {
        for (address, expected) in [
            ("https://github.com/a/b.git", "https://github.com/a/b/compare/v1...v2"),
            ("https://user:secret@github.com/a/b", "https://github.com/a/b/compare/v1...v2"),
            ("git@codeberg.org:a/b.git", "https://codeberg.org/a/b/compare/v1...v2"),
            ("ssh://git@gitlab.example.org:2222/a/b/c.git", "https://gitlab.example.org/a/b/c/-/compare/v1...v2"),
        ] {
            let forge = Forge::of_remote(address, None).expect("it is on a host");
            assert_eq!(forge.compare(Some("v1"), "v2"), expected);
        }
        for address in ["/srv/git/a.git", "../a", "file:///srv/a.git", "C:\\a"] {
            assert_eq!(Forge::of_remote(address, None), None, "{address}");
        }
        let forge = Forge::of_link("https://github.com/a/b/commits/main").expect("it is a forge's");
        assert_eq!(forge.commit("1"), "https://github.com/a/b/commit/1");
    }
}
