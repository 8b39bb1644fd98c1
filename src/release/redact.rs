//! Keeps secrets out of messages: passwords in addresses, and the values of variables that are named like secrets.

use std::env;

/// Words that a secret's variable has in its name.
const SECRET_WORDS: [&str; 6] = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE_KEY"];

/// Shorter values are too likely to be a part of something else.
const SHORTEST_SECRET: usize = 6;

/// Whether a variable of that name holds a secret, as far as names tell.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET_WORDS.iter().any(|word| name.contains(word)) || name.ends_with("_KEY") || name.ends_with("_PAT")
}

/// `text` without secrets.
pub(super) fn redacted(text: &str) -> String {
    let secrets = env::vars_os().filter_map(|(name, value)| {
        let value = value.into_string().ok()?;
        (is_secret(&name.to_string_lossy()) && value.len() >= SHORTEST_SECRET).then_some(value)
    });
    let text = secrets.fold(text.to_owned(), |text, secret| text.replace(&secret, "***"));
    without_user_information(&text)
}

/// What stands between `://` and `@` in addresses is a user with a password or a token.
fn without_user_information(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (head, tail) = rest.split_at(start + 3);
        kept.push_str(head);
        let host = tail.find(|character: char| character.is_whitespace() || "/'\"".contains(character));
        let authority = &tail[..host.unwrap_or(tail.len())];
        match authority.rfind('@') {
            Some(at) => {
                kept.push_str("***");
                rest = &tail[at..];
            }
            None => rest = tail,
        }
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_passwords() {
        assert_eq!(
            redacted("fatal: 'https://u:pass@x.org/a.git' and ssh://git@y/b"),
            "fatal: 'https://***@x.org/a.git' and ssh://***@y/b"
        );
        assert_eq!(redacted("see https://x.org/a@b and a://"), "see https://x.org/a@b and a://");
    }

    #[test]
    fn names_tell_what_is_secret() {
        for name in ["GITHUB_TOKEN", "my_secret", "NPM_TOKEN_2", "AWS_SECRET_ACCESS_KEY", "API_KEY", "GL_PAT"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["PATH", "KEYBOARD", "HOME", "GIT_AUTHOR_NAME"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
