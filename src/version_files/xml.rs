//! The version element of an XML file, found without a document tree.

use super::VersionProblem;

/// The text of the element that `selector` names: `//name` is the first of that name, `a/b/c` the first at that path.
/// Without one it is the first `version` right below the root, else the first anywhere that isn't a dependency's.
pub(super) fn parse<'a>(text: &'a str, selector: Option<&str>) -> Result<&'a str, VersionProblem> {
    let found = match selector {
        None => find(text, |path| matches!(path, [_, "version"])).or_else(|| {
            find(text, |path| ends_with(path, "version") && !path.iter().any(|name| FOREIGN.contains(name)))
        }),
        Some(selector) => match selector.strip_prefix("//") {
            Some(name) => find(text, |path| ends_with(path, name.trim_start_matches('/'))),
            None => {
                let wanted: Vec<&str> = selector.trim_start_matches('/').split('/').collect();
                find(text, |path| path == wanted)
            }
        },
    };
    found.ok_or_else(|| match selector {
        None => VersionProblem::NotFound("a <version> element"),
        Some(selector) => {
            VersionProblem::Selector { selector: selector.to_owned(), problem: "matches no element".to_owned() }
        }
    })
}

/// Elements whose versions are others'.
const FOREIGN: [&str; 8] =
    ["parent", "dependency", "dependencies", "plugin", "plugins", "extension", "extensions", "dependencyManagement"];

/// The name of the outermost element.
pub(super) fn root(text: &str) -> Option<&str> {
    Tags { text, at: 0 }.next().map(|tag| tag.name)
}

fn ends_with(path: &[&str], name: &str) -> bool {
    path.last() == Some(&name)
}

/// What the first element whose path (names from the root) is `wanted` contains.
pub(super) fn find(text: &str, wanted: impl Fn(&[&str]) -> bool) -> Option<&str> {
    find_if(text, wanted, |_| true)
}

/// As [`find`], the first whose contents are `accepted`.
pub(super) fn find_if(text: &str, wanted: impl Fn(&[&str]) -> bool, accepted: impl Fn(&str) -> bool) -> Option<&str> {
    let mut path: Vec<&str> = Vec::new();
    let mut tags = Tags { text, at: 0 };
    while let Some(tag) = tags.next() {
        match tag.kind {
            Kind::Open => {
                path.push(tag.name);
                if wanted(&path) {
                    let found = contents(text, Tags { text, at: tags.at }, &tag)?;
                    if accepted(found) {
                        return Some(found);
                    }
                }
            }
            Kind::Close => {
                path.pop();
            }
            Kind::Empty => {}
        }
    }
    None
}

/// What stands between `open` and the tag that closes it.
fn contents<'a>(text: &'a str, tags: Tags<'a>, open: &Tag<'_>) -> Option<&'a str> {
    let mut depth = 0usize;
    for tag in tags.filter(|tag| tag.name == open.name) {
        match tag.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => return text.get(open.end..tag.start),
            Kind::Close => depth -= 1,
            Kind::Empty => {}
        }
    }
    None
}

/// The tags of a text in order; comments, CDATA, processing instructions and declarations are passed over.
struct Tags<'a> {
    text: &'a str,
    at: usize,
}

struct Tag<'a> {
    name: &'a str,
    kind: Kind,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Empty,
}

/// What isn't a tag although it starts like one; more specific openings first.
const OTHER_MARKUP: [(&str, &str); 4] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.text[self.at..].find('<')?;
            let rest = &self.text[start..];
            if let Some((open, close)) = OTHER_MARKUP.iter().find(|(open, _)| rest.starts_with(open)) {
                let length = rest[open.len()..].find(close).map(|end| open.len() + end + close.len());
                self.at = start + length.unwrap_or(rest.len());
                continue;
            }
            self.at = start + 1;
            if let Some((name, kind, length)) = read_tag(rest) {
                self.at = start + length;
                return Some(Tag { name, kind, start, end: self.at });
            }
        }
    }
}

/// Name, kind and length of the tag that `text` starts with.
fn read_tag(text: &str) -> Option<(&str, Kind, usize)> {
    let closing = text.starts_with("</");
    let name_start = if closing { 2 } else { 1 };
    let rest = &text[name_start..];
    let name_length = rest.find([' ', '\t', '\n', '\r', '/', '>'])?;
    if name_length == 0 {
        return None;
    }
    let (end, empty) = tag_end(&rest[name_length..])?;
    let kind = match (closing, empty) {
        (true, _) => Kind::Close,
        (false, true) => Kind::Empty,
        (false, false) => Kind::Open,
    };
    Some((&rest[..name_length], kind, name_start + name_length + end))
}

/// How far it is to behind the `>` that isn't inside quotes, and whether a `/` stands before it.
fn tag_end(attributes: &str) -> Option<(usize, bool)> {
    let mut quote = None;
    let mut slash = false;
    for (offset, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return Some((offset + 1, slash)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, _) => {}
        }
        if quote.is_some() || !matches!(byte, b' ' | b'\t') {
            slash = quote.is_none() && byte == b'/';
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn elements() {
        for (text, selector, expected) in [
            ("<p><parent><version>9</version></parent><version> 1 </version></p>", None, Some("1")),
            ("<p><a><version>9</version></a></p>", None, Some("9")),
            (
                "<?xml version='1'?><!DOCTYPE p><!-- <version>0</version> --><p><![CDATA[<version>0</version>]]><version>2</version></p>",
                None,
                Some("2"),
            ),
            ("<p><version/><version>3</version></p>", None, Some("3")),
            ("<p><version a='/' / ><version>3</version></p>", None, Some("3")),
            ("<p><a><version>9</version></a><version>2</version></p>", Some("//version"), Some("9")),
            ("<p><a><version>9</version></a><version>2</version></p>", Some("p/a/version"), Some("9")),
            ("<p><a><version>9</version></a><version>2</version></p>", Some("/p/version"), Some("2")),
            ("<p><a/><v>9</v></p>", Some("p/x"), None),
            ("<p><version a=\"x>y\">4</version></p>", None, Some("4")),
            ("<p><version>1<version>2</version></version></p>", None, Some("1<version>2</version>")),
            ("<p><version></version></p>", None, Some("")),
            ("<p><version>4", None, None),
            ("<ns:p><ns:version>1</ns:version></ns:p>", None, None),
            ("<>< a><p", None, None),
        ] {
            assert_eq!(parse(text, selector).ok().map(str::trim), expected, "{text}");
        }
    }

    #[test]
    fn errors_say_what_was_looked_for() {
        let message = |selector| parse("<a/>", selector).expect_err("there is none").to_string();
        assert!(message(None).contains("<version>"));
        assert!(message(Some("a/b")).contains("\"a/b\""));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>/!\\-?\\[\\]a\"' é]{0,40}", selector in proptest::option::of("[/a]{0,5}")) {
            let _ = parse(&text, selector.as_deref());
        }

        #[test]
        fn never_panics_on_elements(parts in proptest::collection::vec("</?(version|a|é)( x='>')?/?>|<!--|-->|<!\\[CDATA\\[|1", 0..10)) {
            let _ = parse(&parts.concat(), None);
        }
    }
}
