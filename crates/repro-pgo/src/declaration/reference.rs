//! docs/pgo-toml.md, written from the types themselves: every key with what its documentation says, and an example that holds
//! each of them once; and pgo.toml's JSON schema for editors. Set `UPDATE_REFERENCE=1` to write both instead of comparing them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};
use toml::{Table, Value};

const MODEL: &str = include_str!("model.rs");

/// A whole `pgo.toml` with every key there is.
const EXAMPLE: &str = r#"[build]
package = "tool"
binary = "tool"
target = "x86_64-unknown-linux-gnu"
profile = "release"
rustflags = ["-Ctarget-feature=+crt-static"]
features = ["fast"]
no-default-features = true
auditable = true
debuginfo = "line-tables-only"
more-binaries = [{ binary = "toolx", package = "tool" }]

[inputs.made]
definitions = "tests/repositories"

[inputs.texts]
directory = "tests/data"
sha256 = "b4ea8f21656bc7053f40e766acb17b64eaa50169e19d2b1a5076101489cf3301"

[inputs.fetched]
url = "https://example.org/corpora/book.txt"
sha256 = "0d3f5bb8a1e9d9e4f0a6b1a1f0a4a4b4a3c1b0a9d8e7f6a5b4c3d2e1f0a9b8c7"

[training]
replicates = 2
timeout-seconds = 300
emulator = "auto"
network = false
pinned = "pgo-profile"
cpu-models = [{ name = "Haswell", weight = 2, features = ["avx2"], optional = false }]
machine = { memory-megabytes = 1024, processors = 4, kernel = "/boot/vmlinuz", kernel-sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }

[[training.workloads]]
name = "index"
inputs = "texts"
entries = ["small-*", "book.txt"]
binary = "toolx"
args = ["index", "{entry}", "--threads", "1"]
env = { HOME = "{set}" }
stdin = "{entry}"
directory = "."
setup = [["touch", "made-before"]]
teardown = [["test", "-e", "made-before"]]
writes = true
services = [
    { command = ["{binary}", "serve", "8080"], binary = "tool", ready = { port = 8080 }, stop = ["{binary}", "stop", "8080"] },
    { command = ["{binary}", "watch"], ready = { file = "watching.sock" } },
]
exit-codes = [0, 1]
weight = "equal"

[[training.workloads]]
name = "ask"
inputs = "texts"
program = "curl"
args = ["--silent", "--data-binary", "@{entry}", "http://127.0.0.1:8080/"]
services = [{ command = ["{binary}", "serve", "8080"], ready = { port = 8080 } }]

[limits]
max-unmatched-functions = 100
max-unmatched-share = 0.01
min-covered-functions = 500

[layout]
order = "trace"

[check]
inputs = ["texts"]
commands = [["count", "{entry}"]]
workloads = true
sort-lines = true
ignore-files = [".cache/**"]

[[benchmarks]]
name = "index of a large book"
inputs = "texts"
entry = "large-book.txt"
binary = "toolx"
args = ["index", "{entry}"]
env = { HOME = "{set}" }
stdin = "{entry}"
directory = "."
setup = [["touch", "made-before"]]
teardown = [["test", "-e", "made-before"]]
writes = true
exit-codes = [0, 1]

[gate.merge]
benchmarks = "*"
limit = 0.002
repeats = 3
micro-benchmarks = "parts"

[gate.ship]
minimum-win = 0.02
case-tolerance = 0.01
maximum-growth = 0.1
confidence = 0.95
budget-seconds = 90
memory-layouts = 2
processors = "as-used"

[dist]
name = "tool"
platform = "x86_64-linux"
files = ["LICENSE", "README.md"]
generated = [{ path = "man/tool.1", args = ["man"] }]
"#;

/// Tables by the name that leads to them, and the type of each.
const TABLES: [(&str, &str); 19] = [
    ("build", "BuildSpec"),
    ("build.more-binaries", "BinarySpec"),
    ("inputs.*", "InputSpec"),
    ("training", "TrainingSpec"),
    ("training.cpu-models", "CpuModel"),
    ("training.machine", "MachineSpec"),
    ("training.workloads", "WorkloadSpec"),
    ("training.workloads.services", "ServiceSpec"),
    ("training.workloads.services.ready", "ReadySpec"),
    ("limits", "LimitsSpec"),
    ("layout", "LayoutSpec"),
    ("check", "CheckSpec"),
    ("benchmarks", "BenchmarkSpec"),
    ("gate.merge", "MergeSpec"),
    ("gate.ship", "ShipSpec"),
    ("dist", "DistSpec"),
    ("dist.generated", "GeneratedFile"),
    ("", "Spec"),
    ("gate", "GateSpec"),
];

/// One key.
struct Key {
    name: String,
    kind: String,
    told: String,
    is_required: bool,
}

/// The documentation of a type and its keys, as its source tells.
fn keys_of(type_name: &str) -> (String, Vec<Key>) {
    let start = MODEL.find(&format!("pub struct {type_name} {{")).unwrap_or_else(|| panic!("no {type_name}"));
    let (before, body) = (&MODEL[..start], &MODEL[start..]);
    let body = body.split("\n}").next().expect("split gives one part");
    let above: Vec<&str> =
        before.lines().rev().take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
    let all_optional = above.iter().any(|line| line.starts_with("#[serde(default"));
    let documentation = |line: &&&str| line.starts_with("///");
    let title: Vec<&str> = above.iter().rev().filter(documentation).map(|line| line[3..].trim()).collect();
    let (mut told, mut has_default, mut keys) = (Vec::new(), false, Vec::new());
    for line in body.lines().skip(1).map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            told.push(text.trim());
        } else if line.starts_with("#[serde(") {
            has_default |= line.contains("default");
        } else if let Some((name, kind)) = line.strip_prefix("pub ").and_then(|field| field.split_once(": ")) {
            let kind = kind.trim_end_matches(',');
            let is_required = !(all_optional || has_default || kind.starts_with("Option<"));
            let told = std::mem::take(&mut told).join(" ");
            keys.push(Key { name: name.replace('_', "-"), kind: readable(kind), told, is_required });
            has_default = false;
        }
    }
    (title.join(" "), keys)
}

/// A Rust type in the words of TOML.
fn readable(kind: &str) -> String {
    let inner = kind.strip_prefix("Option<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind);
    match inner {
        "String" => "text",
        "bool" => "true or false",
        "Vec<String>" => "list of texts",
        "Vec<Vec<String>>" => "list of commands",
        "Vec<i32>" => "list of numbers",
        "BTreeMap<String, String>" => "table of texts",
        "f64" => "fraction",
        "u16" | "u32" | "u64" | "usize" => "number",
        "EmulatorChoice" => "`auto`, `qemu-user`, `machine` or `native`",
        "FunctionOrder" => "`trace`",
        "Weight" => "number or `equal`",
        "Debuginfo" => "`line-tables-only`, `limited` or `full`",
        "Processors" => "`as-used` or `one`",
        list if list.starts_with("Vec<") => "list of tables",
        _ => "table",
    }
    .to_owned()
}

/// The tables that `path` leads to in the example.
fn examples<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Table> {
    match (value, path) {
        (Value::Array(all), _) => all.iter().flat_map(|one| examples(one, path)).collect(),
        (Value::Table(table), []) => vec![table],
        (Value::Table(table), ["*", rest @ ..]) => table.values().flat_map(|one| examples(one, rest)).collect(),
        (Value::Table(table), [first, rest @ ..]) => {
            table.get(*first).map(|one| examples(one, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The JSON schema of the table that `path` leads to.
fn schema(path: &str) -> Json {
    let type_name = TABLES.iter().find(|(name, _)| *name == path).unwrap_or_else(|| panic!("no {path}")).1;
    let (title, keys) = keys_of(type_name);
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let required: Vec<&str> = keys.iter().filter(|key| key.is_required).map(|key| key.name.as_str()).collect();
    let property = |key: &Key| {
        let mut value = value_schema(&key.kind, &at(&key.name));
        value["description"] = json!(key.told.replace('`', ""));
        (key.name.clone(), value)
    };
    let properties: serde_json::Map<String, Json> = keys.iter().map(property).collect();
    json!({
        "type": "object",
        "description": title.replace('`', ""),
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The JSON schema of a value in the words of [`readable`].
fn value_schema(kind: &str, path: &str) -> Json {
    let list = |items: Json| json!({ "type": "array", "items": items });
    let text = || json!({ "type": "string" });
    match kind {
        "text" => text(),
        "true or false" => json!({ "type": "boolean" }),
        "list of texts" => list(text()),
        "list of commands" => list(list(text())),
        "list of numbers" => list(json!({ "type": "integer" })),
        "table of texts" => json!({ "type": "object", "additionalProperties": text() }),
        "fraction" => json!({ "type": "number", "minimum": 0 }),
        "number" => json!({ "type": "integer", "minimum": 0 }),
        "number or `equal`" => json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": "equal" }] }),
        "list of tables" => list(schema(path)),
        "table" if TABLES.iter().any(|(name, _)| *name == format!("{path}.*")) => {
            json!({ "type": "object", "additionalProperties": schema(&format!("{path}.*")) })
        }
        "table" => schema(path),
        // `a`, `b` or `c`
        words => json!({ "enum": words.split('`').skip(1).step_by(2).collect::<Vec<_>>() }),
    }
}

fn whole_schema() -> String {
    let mut whole = schema("");
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["title"] = json!("pgo.toml");
    format!("{}\n", serde_json::to_string_pretty(&whole).expect("it is made of texts and numbers"))
}

fn page() -> String {
    let mut page = String::from(
        "# pgo.toml\n\nEvery key, written from the types that read it by `crates/repro-pgo/src/declaration/reference.rs`. \
         `repro-pgo init` writes a first\nfile, `repro-pgo schema` prints the JSON schema for editors. An unknown key is refused with its place and the nearest known one. Durations are \
         whole seconds, ratios are fractions\n(0.02 is 2 %), paths are relative to the file's folder. In `args`, `env`, `stdin`, `directory`, \
         `setup`, `teardown` and `services`, `{entry}`\nbecomes the absolute path of the entry, `{set}` that of its set.\n",
    );
    for (name, type_name) in TABLES.iter().filter(|(name, _)| !["", "gate"].contains(name)) {
        let (title, keys) = keys_of(type_name);
        let heading = name.replace('*', "NAME");
        write!(page, "\n## {heading}\n\n{title}\n\n| key | value | meaning |\n|---|---|---|\n").expect("text grows");
        for Key { name, kind, told, is_required } in keys {
            let required = if is_required { ", required" } else { "" };
            writeln!(page, "| `{name}` | {kind}{required} | {} |", told.replace('|', "\\|")).expect("text grows");
        }
    }
    write!(page, "\n## Everything at once\n\nA file that has every key; hardly any program needs many of them.\n\n```toml\n{EXAMPLE}```\n")
        .expect("text grows");
    page
}

#[test]
fn the_example_is_valid_and_has_every_key_of_every_table() {
    super::parse(EXAMPLE, Path::new("pgo.toml")).expect("it is valid");
    let root = Value::Table(EXAMPLE.parse().expect("it is TOML"));
    for (name, type_name) in TABLES {
        let path: Vec<&str> = name.split('.').filter(|part| !part.is_empty()).collect();
        let used: BTreeSet<&String> = examples(&root, &path).into_iter().flat_map(Table::keys).collect();
        for key in keys_of(type_name).1 {
            assert!(used.contains(&key.name), "[{name}] {} has no example", key.name);
            assert!(!key.told.is_empty(), "[{name}] {} is not explained", key.name);
        }
    }
}

#[test]
fn the_reference_and_the_schema_are_these() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, text) in [("../../docs/pgo-toml.md", page()), ("assets/pgo.schema.json", whole_schema())] {
        let file = package.join(file);
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::write(&file, &text).expect("the documentation is writable");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{}", file.display());
    }
}

#[test]
fn the_schema_knows_what_is_required_and_what_a_value_can_be() {
    let schema = schema("");
    let at = |pointer: &str| schema.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")).clone();
    assert_eq!(at("/required"), json!(["build"]));
    assert_eq!(at("/properties/build/required"), json!(["package", "binary", "target"]));
    assert_eq!(at("/properties/inputs/additionalProperties/properties/directory/type"), json!("string"));
    assert_eq!(at("/properties/training/properties/emulator/enum"), json!(["auto", "qemu-user", "machine", "native"]));
    assert_eq!(at("/properties/training/properties/workloads/items/properties/setup/items/type"), json!("array"));
    assert_eq!(at("/properties/gate/properties/ship/additionalProperties"), json!(false));
}
