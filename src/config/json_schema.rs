//! The configuration's JSON schema, made from the same table that configurations are checked with.

use serde_json::{Map, Value, json};

use super::schema::{CONFIG, Key, Kind, PACKAGE};

/// The dialect that editors know best.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// Schema of a whole configuration.
pub fn config_schema() -> Value {
    document("relplan configuration", CONFIG)
}

/// Schema of a file listed under `include`, which is one package.
pub fn package_schema() -> Value {
    document("relplan package", PACKAGE)
}

fn document(title: &str, keys: &[Key]) -> Value {
    let mut schema = object(keys);
    schema.insert("$schema".to_owned(), json!(DIALECT));
    schema.insert("title".to_owned(), json!(title));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("$schema".to_owned(), json!({ "type": "string" }));
    }
    Value::Object(schema)
}

fn value(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::TextOrFlag => json!({ "type": ["string", "boolean"] }),
        Kind::Positive => json!({ "type": "integer", "minimum": 1 }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Object(keys) => Value::Object(object(keys)),
        Kind::Map(kind) => json!({ "type": "object", "additionalProperties": value(kind) }),
        Kind::List(kind) => json!({ "type": "array", "items": value(kind) }),
        Kind::TextOrList => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        Kind::TextOrObject(keys) => json!({ "anyOf": [{ "type": "string" }, object(keys)] }),
        Kind::Anything => json!({}),
    }
}

/// An object in which each key has either of its spellings, but not both.
fn object(keys: &[Key]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut rules = Vec::new();
    for key in keys {
        let (snake, camel) = (key.name.to_owned(), key.camel_case());
        if snake != camel {
            properties.insert(snake.clone(), value(&key.kind));
            rules.push(json!({ "not": { "required": [camel, snake] } }));
        }
        if key.required {
            rules.push(required(&camel, &snake));
        }
        properties.insert(camel, value(&key.kind));
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !rules.is_empty() {
        schema.insert("allOf".to_owned(), Value::Array(rules));
    }
    schema
}

fn required(camel: &str, snake: &str) -> Value {
    if camel == snake {
        json!({ "required": [camel] })
    } else {
        json!({ "anyOf": [{ "required": [camel] }, { "required": [snake] }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `schema` allows `instance`, by the keywords that are used here.
    fn allows(schema: &Value, instance: &Value) -> bool {
        let Value::Object(schema) = schema else { return false };
        schema.iter().all(|(keyword, rule)| match keyword.as_str() {
            "$schema" | "title" | "additionalProperties" => true,
            "type" => types(rule).iter().any(|name| is_of_type(name, instance)),
            "enum" => rule.as_array().is_some_and(|words| words.contains(instance)),
            "minimum" => instance.as_f64() >= rule.as_f64(),
            "items" => instance.as_array().is_none_or(|items| items.iter().all(|item| allows(rule, item))),
            "anyOf" => rule.as_array().is_some_and(|rules| rules.iter().any(|rule| allows(rule, instance))),
            "allOf" => rule.as_array().is_some_and(|rules| rules.iter().all(|rule| allows(rule, instance))),
            "not" => !allows(rule, instance),
            "required" => types(rule).iter().all(|name| instance.get(name).is_some()),
            "properties" => properties_allow(rule, schema.get("additionalProperties"), instance),
            unknown => panic!("keyword {unknown}"),
        })
    }

    fn types(rule: &Value) -> Vec<&str> {
        match rule {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        }
    }

    fn is_of_type(name: &str, instance: &Value) -> bool {
        match name {
            "string" => instance.is_string(),
            "boolean" => instance.is_boolean(),
            "integer" => instance.is_i64() || instance.is_u64(),
            "array" => instance.is_array(),
            "object" => instance.is_object(),
            unknown => panic!("type {unknown}"),
        }
    }

    fn properties_allow(properties: &Value, others: Option<&Value>, instance: &Value) -> bool {
        let Value::Object(entries) = instance else { return true };
        entries.iter().all(|(key, value)| match properties.get(key) {
            Some(schema) => allows(schema, value),
            None => others != Some(&json!(false)),
        })
    }

    #[test]
    fn what_a_configuration_may_say_the_schema_allows() {
        for instance in [
            json!({}),
            json!({ "$schema": "x", "workspace": { "tagTemplate": "v{version}", "hooks": { "timeout": 1 } } }),
            json!({ "workspace": { "tag_template": "v{version}", "commitFormats": { "minor": ["all"], "major": "x" } } }),
            json!({ "package": [{ "name": "a", "dependsOn": ["b", { "name": "c", "propagate": "patch" }] }] }),
            json!({ "workspace": { "branches": [{ "name": "main", "channel": false }], "registries": { "r": { "url": "u" } } } }),
        ] {
            assert!(allows(&config_schema(), &instance), "{instance}");
        }
    }

    #[test]
    fn what_a_configuration_may_not_say_it_refuses() {
        for instance in [
            json!([]),
            json!({ "packages": [] }),
            json!({ "package": [{ "path": "a" }] }),
            json!({ "package": [{ "name": "a", "versionedFiles": [{ "path": "f", "format": "yaml" }] }] }),
            json!({ "package": [{ "name": "a", "dependsOn": [{ "propagate": "patch" }] }] }),
            json!({ "workspace": { "tagTemplate": "v{version}", "tag_template": "v{version}" } }),
            json!({ "workspace": { "hooks": { "timeout": 0 } } }),
            json!({ "workspace": { "recoverMissedReleases": "yes" } }),
        ] {
            assert!(!allows(&config_schema(), &instance), "{instance}");
        }
        assert!(allows(&package_schema(), &json!({ "name": "a" })));
        assert!(!allows(&package_schema(), &json!({ "workspace": {} })));
    }
}
