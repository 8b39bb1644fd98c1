//! The `Release-As:` footer, with which a commit asks for one version.

/// What the last `Release-As:` line below the subject asks for, in any case and without white space; `None` if there is none.
pub(super) fn asked_version(message: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b'\n', message).filter_map(|newline| after_token(&message[newline + 1..])).next_back()
}

fn after_token(line: &[u8]) -> Option<&[u8]> {
    const TOKEN: &[u8] = b"release-as:";
    let (token, rest) = line.split_at_checked(TOKEN.len())?;
    if !token.eq_ignore_ascii_case(TOKEN) {
        return None;
    }
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    Some(rest[..end].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::asked_version;

    #[test]
    fn footers() {
        for (message, expected) in [
            ("fix: x\n\nRelease-As: 2.0.0", Some("2.0.0")),
            ("fix: x\n\nrelease-as:2.0.0 \r\nSigned-off-by: a", Some("2.0.0")),
            ("fix: x\n\nRELEASE-AS: 1.0.0\nRelease-As: v3.0.0\n", Some("v3.0.0")),
            ("fix: x\n\nRelease-As:", Some("")),
            ("Release-As: 2.0.0", None),
            ("fix: x\n\n> Release-As: 2.0.0", None),
            ("fix: x\n\nRelease-As 2.0.0", None),
            ("", None),
        ] {
            assert_eq!(asked_version(message.as_bytes()), expected.map(str::as_bytes), "{message:?}");
        }
    }
}
