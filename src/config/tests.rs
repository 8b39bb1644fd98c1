//! Configurations from files to values, and every refusal.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn repository(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, content) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(path, content).expect("files can be written");
    }
    directory
}

fn loaded(files: &[(&str, &str)]) -> LoadedConfig {
    let directory = repository(files);
    load(directory.path(), None).unwrap_or_else(|error| panic!("{files:?}: {error}"))
}

/// The error's code and text.
fn refused(files: &[(&str, &str)]) -> (&'static str, String) {
    let directory = repository(files);
    let error = load(directory.path(), None).expect_err("the configuration is to be refused");
    (error.code(), error.to_string())
}

fn refuses(files: &[(&str, &str)], code: &str, fragments: &[&str]) {
    let (actual, message) = refused(files);
    assert_eq!(actual, code, "{message}");
    for fragment in fragments {
        assert!(message.contains(fragment), "{fragment:?} is not in: {message}");
    }
}

fn names_and_paths(loaded: &LoadedConfig) -> Vec<(&str, &str)> {
    loaded.config.package.iter().map(|package| (package.name.as_str(), package.path.as_str())).collect()
}

const JSON: &str = r#"{
  "$schema": "https://example.com/schema.json",
  "workspace": { "tagTemplate": "{name}/{version}", "recoverMissedReleases": true, "floatingTags": ["major"] },
  "package": [
    { "name": "core", "path": "./core/", "versioned_files": [{ "path": "core/package.json", "format": "json" }] },
    { "name": "cli", "path": "cli", "dependsOn": ["core", { "name": "x", "propagate": "patch" }], "changelog": null }
  ]
}"#;

const TOML: &str = r#"
[workspace]
tag_template = "{name}/{version}"
recover_missed_releases = true
floating_tags = ["major"]
[[package]]
name = "core"
path = "./core/"
[[package.versioned_files]]
path = "core/package.json"
format = "json"
[[package]]
name = "cli"
path = "cli"
dependsOn = ["core", { name = "x", propagate = "patch" }]
"#;

const JSON5: &str = r"{
  workspace: { tagTemplate: '{name}/{version}', recover_missed_releases: true, floatingTags: ['major',] }, // why not
  package: [
    { name: 'core', path: './core/', versionedFiles: [{ path: 'core/package.json', format: 'json' }] },
    { name: 'cli', path: 'cli', depends_on: ['core', { name: 'x', propagate: 'patch' }] },
  ],
}";

#[test]
fn every_format_says_the_same() {
    let json = loaded(&[("ferrflow.json", JSON)]);
    assert_eq!(names_and_paths(&json), [("core", "core"), ("cli", "cli")]);
    assert_eq!(json.config.package[0].versioned_files[0].format, VersionFileFormat::Json);
    assert_eq!(json.config.package[1].depends_on[1].propagate, Propagate::Patch);
    assert_eq!(json.config.workspace.floating_tags, [FloatingLevel::Major]);
    assert_eq!(json.warnings, [""; 0]);
    for (name, content) in
        [(".ferrflow", JSON), ("ferrflow.toml", TOML), ("ferrflow.json5", JSON5), ("relplan.toml", TOML)]
    {
        let mut other = loaded(&[(name, content)]);
        if other.dialect == Dialect::Relplan {
            let left_open = &mut other.config.package[1].depends_on[0];
            assert_eq!(left_open.propagate, Propagate::Patch);
            left_open.propagate = Propagate::Same;
            assert!(!other.config.workspace.linked_moves_all);
            other.config.workspace.linked_moves_all = true;
        }
        assert_eq!((other.config, other.warnings), (json.config.clone(), Vec::new()), "{name}");
        assert_eq!(other.file.as_deref(), Some(name));
    }
}

#[test]
fn only_own_files_recover_missed_releases_by_default() {
    for (name, dialect, recovers) in [
        ("ferrflow.json", Dialect::FerrFlow, false),
        (".ferrflow", Dialect::FerrFlow, false),
        ("relplan.json", Dialect::Relplan, true),
        ("relplan.json5", Dialect::Relplan, true),
    ] {
        let loaded = loaded(&[(name, "{}")]);
        assert_eq!((loaded.dialect, loaded.compatibility.recover_missed_releases), (dialect, recovers), "{name}");
    }
    let explicit = loaded(&[("relplan.toml", "[workspace]\nrecoverMissedReleases = false\n")]);
    assert!(!explicit.compatibility.recover_missed_releases);
    let detected = loaded(&[]);
    assert_eq!((detected.dialect, detected.file.clone()), (Dialect::Detected, None));
    assert!(detected.compatibility.recover_missed_releases && detected.config.package.is_empty());
}

#[test]
fn several_files_need_a_choice() {
    let files = [("ferrflow.json", "{}"), ("relplan.toml", ""), (".ferrflow", "{}")];
    refuses(&files, "E1016", &["ferrflow.json, .ferrflow, relplan.toml", "--config"]);
    let directory = repository(&files);
    let chosen = load(directory.path(), Some(Path::new("relplan.toml"))).expect("one was chosen");
    assert_eq!(chosen.dialect, Dialect::Relplan);
    let absolute = directory.path().join("ferrflow.json");
    assert_eq!(load(directory.path(), Some(&absolute)).expect("it exists").file.as_deref(), Some("ferrflow.json"));
}

#[test]
fn a_chosen_file_is_read_by_its_extension() {
    let directory = repository(&[("a/plan.yaml", "{}"), ("b.toml", "x"), ("c.json5", "{"), ("conf.ts", "")]);
    let chosen = |path: &str| load(directory.path(), Some(Path::new(path)));
    let plain = chosen("a/plan.yaml").expect("JSON, whatever its name");
    assert_eq!((plain.dialect, plain.file.as_deref()), (Dialect::FerrFlow, Some("a/plan.yaml")));
    for (path, code) in [("b.toml", "E1004"), ("c.json5", "E1003"), ("conf.ts", "E1012"), ("none.json", "E1001")] {
        assert_eq!(chosen(path).expect_err(path).code(), code, "{path}");
    }
}

#[test]
fn programs_are_refused_with_a_way_out() {
    refuses(&[("ferrflow.ts", "export default {}")], "E1012", &["ferrflow.ts", "> relplan.json"]);
    refuses(&[("ferrflow.js", "")], "E1012", &["ferrflow.js", "npx"]);
}

#[test]
fn syntax_errors_tell_the_place() {
    refuses(&[("ferrflow.json", "{\n  \"a\": 1,\n}")], "E1002", &["ferrflow.json:3:1: ", "JSON", ".json5"]);
    refuses(&[("ferrflow.json", "{} x")], "E1002", &["ferrflow.json:1:4: ", "trailing characters"]);
    refuses(&[(".ferrflow", "{")], "E1006", &[".ferrflow:1:1: "]);
    refuses(&[("ferrflow.json5", "{\n a: 1 b")], "E1003", &["ferrflow.json5:2:7: "]);
    refuses(&[("ferrflow.json5", "{} {}")], "E1003", &["ferrflow.json5:1:4: "]);
    refuses(&[("ferrflow.toml", "[workspace]\nbranch = x\n")], "E1004", &["ferrflow.toml:2:10: "]);
    refuses(&[("ferrflow.toml", "[workspace]\n[workspace]\n")], "E1004", &["ferrflow.toml:2:"]);
}

#[test]
fn own_files_may_have_comments_and_trailing_commas() {
    let text = "{\n  // why\n  \"package\": [{ \"name\": \"a\", /* the root */ \"path\": \".\", },],\n}\n";
    for name in ["relplan.json", "relplan.jsonc"] {
        assert_eq!(names_and_paths(&loaded(&[(name, text)])), [("a", ".")], "{name}");
    }
    refuses(&[("ferrflow.json", text)], "E1002", &["ferrflow.json:2:3: ", ".json5"]);
    refuses(&[("relplan.json", "{\n  // why\n  \"package\": 1 2\n}")], "E1002", &["relplan.json:3:16: "]);
    refuses(&[("relplan.json", "{ /* never closed\n}")], "E1002", &["relplan.json:1:3: "]);
    refuses(&[("relplan.jsonc", "{ // why\n  \"package\": [{}]\n}")], "E1002", &["relplan.jsonc:2:15: ", "name"]);
}

#[test]
fn empty_files_marks_and_other_encodings() {
    refuses(&[("ferrflow.json", "")], "E1002", &["ferrflow.json: ", "is empty", "{}"]);
    refuses(&[("relplan.json5", " \n")], "E1003", &["is empty"]);
    assert_eq!(loaded(&[("ferrflow.toml", "")]).config, Config::default());
    for (name, content) in [("ferrflow.json", "\u{feff}{}"), ("a.json5", "\u{feff}{}"), ("a.toml", "\u{feff}")] {
        let directory = repository(&[(name, content)]);
        load(directory.path(), Some(Path::new(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let directory = repository(&[]);
    fs::write(directory.path().join("ferrflow.json"), b"{\n \"\xff\": 1}").expect("files can be written");
    let error = load(directory.path(), None).expect_err("it is no text");
    assert_eq!((error.code(), error.location().map(|at| at.to_string())), ("E1015", Some("ferrflow.json:2:3".into())));
}

#[test]
fn unreadable_files_are_reported() {
    refuses(&[("ferrflow.json/x", "")], "E1015", &["Failed to read ferrflow.json"]);
}

#[test]
fn nesting_without_end_is_refused_in_every_format() {
    for (name, open, close) in [
        ("ferrflow.json", "[", "]"),
        ("ferrflow.json", "{\"a\":", "}"),
        ("relplan.json5", "[", "]"),
        ("relplan.json5", "{a:", "}"),
        ("ferrflow.toml", "[", "]"),
        ("ferrflow.toml", "{a=", "}"),
    ] {
        let start = if name.ends_with("toml") { "x = " } else { "" };
        let depth = 20_000;
        let content = format!("{start}{}1{}", open.repeat(depth), close.repeat(depth));
        let (code, message) = refused(&[(name, &content)]);
        assert!(matches!(code, "E1002" | "E1003" | "E1004"), "{name} {open}: {message}");
        let unclosed = format!("{start}{}", open.repeat(depth));
        refused(&[(name, &unclosed)]);
    }
    let dotted = format!("{}a = 1", "a.".repeat(20_000));
    refuses(&[("ferrflow.toml", &dotted)], "E1004", &[]);
    let fits = format!("{{\"x\":{}{}}}", "[".repeat(90), "]".repeat(90));
    assert_eq!(loaded(&[("ferrflow.json", &fits)]).warnings.len(), 1);
}

#[test]
fn wrong_values_tell_place_and_key() {
    let json = |content: &str, fragments: &[&str]| refuses(&[("ferrflow.json", content)], "E1002", fragments);
    json("{\"package\":{}}", &["ferrflow.json:1:12: `package` must be a list, not an object"]);
    json("[]", &["ferrflow.json:1:1: ", "must be an object, not a list"]);
    json(
        "{\n \"workspace\": {\"hooks\": {\"preBump\": 1}}}",
        &["json:2:37: `workspace.hooks.preBump` must be a string"],
    );
    json("{\"workspace\":{\"versioning\":\"foo\"}}", &["`workspace.versioning`", "\"calver-seq\"", "\"foo\""]);
    json(
        "{\"workspace\":{\"releaseCommitMode\":3}}",
        &["json:1:35: `workspace.releaseCommitMode`", "\"pr\"", "number 3"],
    );
    json("{\"workspace\":{\"hooks\":{\"timeout\":0}}}", &["`workspace.hooks.timeout`", "from 1"]);
    json("{\"workspace\":{\"changelog\":{\"sections\":{\"x\":1}}}}", &["`workspace.changelog.sections.x`"]);
    json("{\"workspace\":{\"linked\":[\"a\"]}}", &["`workspace.linked[0]` must be a list"]);
    json(
        "{\"package\":[{\"name\":\"a\",\"path\":\".\"},\n{\"path\":\"b\"}]}",
        &["json:2:1: `package[1]` has no `name`"],
    );
    json(
        "{\"package\":[{\"name\":\"a\",\"path\":\".\",\"versionedFiles\":[{\"path\":\"x\",\"format\":\"yaml\"}]}]}",
        &["`package[0].versionedFiles[0].format`", "\"pubspecyaml\"", "\"yaml\""],
    );
    refuses(
        &[("ferrflow.toml", "[[package]]\nname = 'a'\npath = 1979-05-27\n")],
        "E1004",
        &["ferrflow.toml:3:8: `package[0].path` must be a string, not a date"],
    );
    refuses(&[("relplan.json5", "{ // x\n include: 'a' }")], "E1003", &["json5:2:11: `include` must be a list"]);
}

#[test]
fn a_key_in_both_spellings_is_a_duplicate() {
    refuses(
        &[("ferrflow.json", "{\"workspace\":{\"tagTemplate\":\"a\",\n\"tag_template\":\"b\"}}")],
        "E1002",
        &["json:2:16: ", "`workspace.tag_template`", "duplicate field", "`tagTemplate`"],
    );
    refuses(&[("ferrflow.json", "{\"workspace\":{},\"workspace\":{}}")], "E1002", &["duplicate field"]);
    refuses(
        &[("ferrflow.toml", "[workspace]\nreleaseCommitMode = 'pr'\nrelease_commit_mode = 'pr'\n")],
        "E1004",
        &["duplicate field"],
    );
}

#[test]
fn unknown_keys_are_warned_about_in_order() {
    let content = r#"{"packge":[],"workspace":{"tagTemplte":"","hooks":{"preBmp":""},"changelog":{"foo":1},
        "registries":{"k":{"urll":""}},"branches":[{"name":"x","chanel":"y"}],"nope":{"deep":1}},
        "package":[{"name":"p","path":".","versionedfiles":[],"publishers":[{"kind":"cargo","foo":1}],
        "dependsOn":[{"name":"q","propogate":"same"}]}],"$schema":1}"#;
    let expected = [
        "Warning: unknown key `packge` in ferrflow.json, ignored. Did you mean `package`?",
        "Warning: unknown key `workspace.tagTemplte` in ferrflow.json, ignored. Did you mean `tagTemplate`?",
        "Warning: unknown key `workspace.hooks.preBmp` in ferrflow.json, ignored. Did you mean `preBump`?",
        "Warning: unknown key `workspace.changelog.foo` in ferrflow.json, ignored.",
        "Warning: unknown key `workspace.registries.k.urll` in ferrflow.json, ignored. Did you mean `url`?",
        "Warning: unknown key `workspace.branches[0].chanel` in ferrflow.json, ignored. Did you mean `channel`?",
        "Warning: unknown key `workspace.nope` in ferrflow.json, ignored.",
        "Warning: unknown key `package[0].versionedfiles` in ferrflow.json, ignored. Did you mean `versionedFiles`?",
        "Warning: unknown key `package[0].dependsOn[0].propogate` in ferrflow.json, ignored. Did you mean `propagate`?",
    ];
    assert_eq!(loaded(&[("ferrflow.json", content)]).warnings, expected);
}

#[test]
fn keys_for_releasing_are_kept_under_their_canonical_names() {
    let content = r#"{"workspace":{"releaseCommitMode":"pr","skipCi":false,"forge":"GitHub","branches":null,
        "registries":{"k":{"tokenEnv":"T"}},"anonymous_telemetry":true,"autoMergeReleases":null},
        "package":[{"name":"p","path":".","publishers":[{"kind":"webhook","url":"u","body":{"a":null}}]}]}"#;
    let loaded = loaded(&[("ferrflow.json", content)]);
    assert_eq!(loaded.warnings, [""; 0]);
    let other = &loaded.config.workspace.other;
    let keys: Vec<&str> = other.keys().map(String::as_str).collect();
    assert_eq!(keys, ["anonymous_telemetry", "forge", "registries", "release_commit_mode", "skip_ci"]);
    assert_eq!(other["registries"]["k"]["token_env"], "T");
    assert_eq!(loaded.config.package[0].other["publishers"][0]["kind"], "webhook");
}

#[test]
fn paths_stay_in_the_repository() {
    let package = |rest: &str| format!("{{\"package\":[{{\"name\":\"p\",\"path\":\"a/../b/\"{rest}}}]}}");
    assert_eq!(names_and_paths(&loaded(&[("ferrflow.json", &package(""))])), [("p", "b")]);
    for (content, fragments) in [
        ("{\"package\":[{\"name\":\"p\",\"path\":\"../x\"}]}".to_owned(), ["package[0].path", "../x"]),
        ("{\"package\":[{\"name\":\"p\",\"path\":\"/x\"}]}".to_owned(), ["package[0].path", "is absolute"]),
        (package(",\"versionedFiles\":[{\"path\":\"a/../../x\",\"format\":\"txt\"}]"), ["versionedFiles[0]", "leaves"]),
        (package(",\"changelog\":\"/etc/x\""), ["package[0].changelog", "is absolute"]),
    ] {
        refuses(&[("ferrflow.json", &content)], "E1018", &fragments);
    }
}

#[test]
fn packages_have_a_path_and_a_name_of_their_own() {
    refuses(&[("ferrflow.json", "{\"package\":[{\"name\":\"a\"}]}")], "E1023", &["`a`", "include"]);
    refuses(
        &[("ferrflow.json", "{\"package\":[{\"name\":\"a\",\"path\":\"x\"},{\"name\":\"a\",\"path\":\"y\"}]}")],
        "E1022",
        &["`a`", "`x`", "`y`"],
    );
}

#[test]
fn paths_that_can_match_nothing_are_refused() {
    for (keys, named) in [
        (r#""path":"a","shared_paths":["b","{a"]"#, ["`package[0].sharedPaths[1]` is `{a`", "no valid pattern"]),
        (r#""path":"a","shared_paths":["../b"]"#, ["`package[0].sharedPaths[0]` is `../b`", "leaves"]),
    ] {
        refuses(&[("ferrflow.json", &format!("{{\"package\":[{{\"name\":\"a\",{keys}}}]}}"))], "E1018", &named);
    }
}

#[test]
fn includes_add_one_package_a_file() {
    let loaded = loaded(&[
        ("ferrflow.json", r#"{"include":["b/ferrflow.toml","libs/*/p.json","deep/**/p.json5"],"package":[]}"#),
        ("b/ferrflow.toml", "name = 'b'\nsharedpaths = []\n"),
        ("libs/z/p.json", r#"{"name":"z","path":"src"}"#),
        ("libs/a/p.json", r#"{"name":"a","path":"../a/."}"#),
        ("libs/a/c/p.json", r#"{"name":"too deep"}"#),
        ("libs/.hidden/p.json", r#"{"name":"hidden"}"#),
        ("libs/node_modules/p.json", r#"{"name":"installed"}"#),
        ("deep/x/y/p.json5", "{name:'y'}"),
        ("deep/p.json5", "{name:'deep'}"),
    ]);
    assert_eq!(
        names_and_paths(&loaded),
        [("b", "b"), ("a", "libs/a"), ("z", "libs/z/src"), ("deep", "deep"), ("y", "deep/x/y")]
    );
    assert_eq!(
        loaded.warnings,
        ["Warning: unknown key `sharedpaths` in b/ferrflow.toml, ignored. Did you mean `sharedPaths`?"]
    );
}

#[test]
fn includes_start_at_the_folder_of_the_configuration() {
    let directory = repository(&[("conf/f.json", r#"{"include":["p.json"]}"#), ("conf/p.json", r#"{"name":"p"}"#)]);
    let loaded = load(directory.path(), Some(Path::new("conf/f.json"))).expect("a valid configuration");
    assert_eq!(names_and_paths(&loaded), [("p", "conf")]);
    let root = self::loaded(&[("ferrflow.json", r#"{"include":["p.json"]}"#), ("p.json", r#"{"name":"p"}"#)]);
    assert_eq!(names_and_paths(&root), [("p", ".")]);
}

#[test]
fn includes_that_cannot_be_are_refused() {
    let with = |content: &str, code: &str, fragments: &[&str]| {
        refuses(&[("ferrflow.json", r#"{"include":["a/p.json"]}"#), ("a/p.json", content)], code, fragments);
    };
    with("[]", "E1020", &["a/p.json", "a list"]);
    with(r#"{"workspace":{}}"#, "E1020", &["a/p.json", "`workspace`"]);
    with(r#"{"name":3}"#, "E1020", &["a/p.json:1:9: `name` must be a string"]);
    with("{}", "E1020", &["a/p.json:1:1: ", "no `name`"]);
    with(r#"{"name":"p","path":"../.."}"#, "E1021", &["a/p.json", "../.."]);
    with("{", "E1002", &["a/p.json:1:1: "]);
    for pattern in ["none.json", "x/*.json", "*/none.json", "[.json", "../x.json", "a/../../**", "/**"] {
        let content = format!("{{\"include\":[\"{pattern}\"]}}");
        refuses(&[("ferrflow.json", &content)], "E1019", &[pattern, "ferrflow.json"]);
    }
}

#[test]
fn two_thousand_packages_keep_their_order() {
    let packages: Vec<String> = (0..2000)
        .map(|number| format!("{{\"name\":\"p{number}\",\"path\":\"packages/p{number}\",\"versionedFiles\":[{{\"path\":\"packages/p{number}/package.json\",\"format\":\"json\"}}]}}"))
        .collect();
    let loaded = loaded(&[("ferrflow.json", &format!("{{\"package\":[{}]}}", packages.join(",")))]);
    assert_eq!(loaded.config.package.len(), 2000);
    assert_eq!(names_and_paths(&loaded)[1999], ("p1999", "packages/p1999"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(content in "[{}\\[\\]\",:=a\n'#/.1]{0,60}", index in 0usize..3) {
        let name = ["ferrflow.json", "ferrflow.json5", "ferrflow.toml"][index];
        let directory = repository(&[(name, &content)]);
        let _ = load(directory.path(), None);
    }
}
