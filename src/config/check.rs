//! A document against the schema: unknown keys are warned about and dropped, everything wrong is an error with its
//! path, and what remains has canonical names and no nulls.

use std::borrow::Cow;

use super::error::ConfigError;
use super::node::Node;
use super::path::KeyPath;
use super::schema::{self, Key, Kind};
use super::source::Source;

/// Brings `node` into the shape that `keys` describe. Warnings, ready to print, are added to `warnings`.
pub(super) fn conform(
    source: &Source,
    node: &mut Node<'_>,
    keys: &'static [Key],
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    Check { source, warnings }.object(node, keys, &KeyPath::ROOT)
}

struct Check<'c> {
    source: &'c Source,
    warnings: &'c mut Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, node: &mut Node<'_>, kind: &Kind, path: &KeyPath<'_>) -> Result<(), ConfigError> {
        match (kind, &mut *node) {
            (Kind::Anything, _)
            | (Kind::Text | Kind::TextOrFlag | Kind::TextOrList | Kind::TextOrObject(_), Node::Text(_))
            | (Kind::Flag | Kind::TextOrFlag, Node::Flag(_)) => Ok(()),
            (Kind::Choice(words), Node::Text(word)) if words.contains(&word.as_ref()) => Ok(()),
            (Kind::Positive, Node::Number(number)) if number.as_u64().is_some_and(|number| number > 0) => Ok(()),
            (Kind::Object(keys) | Kind::TextOrObject(keys), Node::Object(_)) => self.object(node, keys, path),
            (Kind::Map(kind), Node::Object(entries)) => {
                entries.retain(|(_, value)| !matches!(value, Node::Null));
                entries.iter_mut().try_for_each(|(key, value)| self.value(value, kind, &path.key(key)))
            }
            (Kind::List(kind), Node::List(items)) => self.list(items, kind, path),
            (Kind::TextOrList, Node::List(items)) => self.list(items, &Kind::Text, path),
            _ => Err(self.refuse(path, &format!("must be {}, not {}", expected(kind), node.describe()))),
        }
    }

    fn list(&mut self, items: &mut [Node<'_>], kind: &Kind, path: &KeyPath<'_>) -> Result<(), ConfigError> {
        items.iter_mut().enumerate().try_for_each(|(index, item)| self.value(item, kind, &path.index(index)))
    }

    fn object(&mut self, node: &mut Node<'_>, keys: &'static [Key], path: &KeyPath<'_>) -> Result<(), ConfigError> {
        let Node::Object(entries) = node else {
            return Err(self.refuse(path, &format!("must be an object, not {}", node.describe())));
        };
        let mut seen = vec![false; keys.len()];
        let mut known = Vec::with_capacity(entries.len());
        for (given, mut value) in std::mem::take(entries) {
            let here = path.key(&given);
            let Some(index) = keys.iter().position(|key| key.is_spelled(&given)) else {
                self.warn_unknown(&given, keys, &here);
                continue;
            };
            if std::mem::replace(&mut seen[index], true) {
                return Err(self.refuse(&here, &twice(&keys[index])));
            }
            // `null` is a way not to give a key.
            if !matches!(value, Node::Null) {
                self.value(&mut value, &keys[index].kind, &here)?;
                known.push((Cow::Borrowed(keys[index].name), value));
            }
        }
        let missing = keys.iter().find(|key| key.required && known.iter().all(|(name, _)| name != key.name));
        *entries = known;
        match missing {
            Some(key) => Err(self.refuse(path, &format!("has no `{}`; add one", key.name))),
            None => Ok(()),
        }
    }

    fn warn_unknown(&mut self, given: &str, keys: &[Key], path: &KeyPath<'_>) {
        if given == "$schema" {
            return;
        }
        let mut warning = format!("Warning: unknown key `{path}` in {}, ignored.", self.source.file);
        if let Some(nearest) = schema::nearest(given, keys) {
            warning += &format!(" Did you mean `{nearest}`?");
        }
        self.warnings.push(warning);
    }

    fn refuse(&self, path: &KeyPath<'_>, problem: &str) -> ConfigError {
        let problem = if path.is_root() { format!("the configuration {problem}") } else { problem.to_owned() };
        self.source.value_error(path, &problem)
    }
}

fn twice(key: &Key) -> String {
    let (snake, camel) = (key.name, key.camel_case());
    if snake == camel {
        "is a duplicate field; keep one of the two".to_owned()
    } else {
        format!("is a duplicate field: `{camel}` and `{snake}` are the same key; keep one of the two")
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text => "a string".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::TextOrFlag => "a string, true or false".to_owned(),
        Kind::Positive => "a whole number from 1".to_owned(),
        Kind::Choice(words) => format!("one of \"{}\"", words.join("\", \"")),
        Kind::Object(_) | Kind::Map(_) => "an object".to_owned(),
        Kind::List(_) => "a list".to_owned(),
        Kind::TextOrList => "a string or a list of strings".to_owned(),
        Kind::TextOrObject(_) => "a string or an object".to_owned(),
        Kind::Anything => "any value".to_owned(),
    }
}
