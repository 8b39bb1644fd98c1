//! `init` on small repositories of every kind: what it finds, that its file is valid, and what it refuses.

use std::fs;

use tempfile::TempDir;

use crate::common::{assert_refused, commit, git, relplan, stderr, stdout, write};

/// A committed repository with these files and tags.
fn repository(files: &[(&str, &str)], tags: &[&str]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    git(folder.path(), &["init", "-q"]);
    for (file, content) in files {
        write(folder.path(), file, content);
    }
    commit(folder.path(), "README", "feat: start");
    for tag in tags {
        git(folder.path(), &["tag", tag]);
    }
    folder
}

/// Runs `init`, checks that `validate` finds no error in the result and that `check` plans with it, and returns it without
/// its comment.
fn proposed(files: &[(&str, &str)], tags: &[&str]) -> String {
    let repository = repository(files, tags);
    let root = repository.path();
    let output = relplan(root, &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = fs::read_to_string(root.join("relplan.toml")).expect("init wrote it");
    let validated = relplan(root, &["validate"]);
    assert_eq!(validated.status.code(), Some(0), "{text}\n{}", stderr(&validated));
    let checked = relplan(root, &["check", "--json"]);
    assert_eq!(checked.status.code(), Some(0), "{text}\n{}", stderr(&checked));
    text.split_once("\n\n").map(|(_, rest)| rest.to_owned()).expect("a comment comes first")
}

#[test]
fn a_cargo_workspace() {
    let workspace = "[workspace]\nmembers = [\"crates/*\", \"tool\"]\nexclude = [\"crates/old\"]\n\
        [workspace.package]\nversion = \"0.3.0\"\n[workspace.dependencies]\ncore = { path = \"crates/core\" }\n";
    let text = proposed(
        &[
            ("Cargo.toml", workspace),
            (
                "crates/core/Cargo.toml",
                "[package]\nname = \"core\"\nversion = \"1.0.0\"\n[dev-dependencies]\ntool = { path = \"../../tool\" }\n",
            ),
            ("crates/macros/Cargo.toml", "[package]\nname = \"macros\"\nversion.workspace = true\n"),
            ("crates/old/Cargo.toml", "[package]\nname = \"old\"\nversion = \"0.0.1\"\n"),
            (
                "tool/Cargo.toml",
                "[package]\nname = \"tool\"\nversion.workspace = true\n[dependencies]\ncore.workspace = true\nserde = \"1\"\n[target.'cfg(unix)'.dependencies]\nmacros = { path = \"../crates/macros\" }\n",
            ),
            ("target/x/Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n"),
        ],
        &[],
    );
    assert_eq!(
        text,
        "[workspace]\nfixed = [[\"macros\", \"tool\"]]\n\n\
         [[package]]\nname = \"core\"\npath = \"crates/core\"\nversioned_files = [{ path = \"crates/core/Cargo.toml\", format = \"toml\" }]\n\n\
         [[package]]\nname = \"macros\"\npath = \"crates/macros\"\nversioned_files = [{ path = \"Cargo.toml\", format = \"toml\" }]\n\n\
         [[package]]\nname = \"tool\"\npath = \"tool\"\nversioned_files = [{ path = \"Cargo.toml\", format = \"toml\" }]\ndepends_on = [\"core\", \"macros\"]\n"
    );
}

#[test]
fn a_root_package_leaves_its_members_files_to_them() {
    let text = proposed(
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[workspace]\nmembers = [\"lib\"]\n[dependencies]\nlib = { path = \"lib\" }\n",
            ),
            ("lib/Cargo.toml", "[package]\nname = \"lib\"\nversion = \"1.0.0\"\n"),
        ],
        &["app-v1.0.0", "lib-v1.0.0"],
    );
    assert!(
        text.starts_with("[workspace]\ntag_template = \"{name}-v{version}\"\nnested_packages = \"exclusive\"\n"),
        "{text}"
    );
    assert!(text.contains("name = \"app\"\npath = \".\"") && text.contains("depends_on = [\"lib\"]"), "{text}");
}

#[test]
fn an_npm_workspace_with_scoped_names() {
    let text = proposed(
        &[
            ("package.json", r#"{"private": true, "workspaces": ["packages/*", "!packages/skip"]}"#),
            ("packages/a/package.json", r#"{"name": "@s/a", "version": "1.0.0"}"#),
            (
                "packages/b/package.json",
                r#"{"name": "@s/b", "version": "2.0.0", "peerDependencies": {"@s/a": "^1"}, "devDependencies": {"@s/c": "*"}}"#,
            ),
            ("packages/c/package.json", r#"{"name": "@s/c", "private": true}"#),
            ("packages/skip/package.json", r#"{"name": "skip", "version": "1.0.0"}"#),
            ("packages/a/node_modules/x/package.json", r#"{"name": "x", "version": "1.0.0"}"#),
        ],
        &["@s/a@1.0.0"],
    );
    assert_eq!(
        text,
        "[workspace]\ntag_template = \"{name}@{version}\"\n\n\
         [[package]]\nname = \"@s/a\"\npath = \"packages/a\"\nversioned_files = [{ path = \"packages/a/package.json\", format = \"json\" }]\n\n\
         [[package]]\nname = \"@s/b\"\npath = \"packages/b\"\nversioned_files = [{ path = \"packages/b/package.json\", format = \"json\" }]\ndepends_on = [\"@s/a\"]\n"
    );
}

#[test]
fn yarn_pnpm_and_lerna_name_their_members_elsewhere() {
    let member = ("pkg/a/package.json", r#"{"name": "a", "version": "1.0.0"}"#);
    let other = ("pkg/b/package.json", r#"{"name": "b", "version": "1.0.0"}"#);
    for files in [
        &[("package.json", r#"{"private":true,"workspaces":{"packages":["pkg/*"]}}"#)][..],
        &[("package.json", r#"{"private":true}"#), ("pnpm-workspace.yaml", "packages:\n  - 'pkg/*'\n")],
        &[("package.json", r#"{"private":true}"#), ("lerna.json", r#"{"packages":["pkg/*"]}"#)],
    ] {
        let text = proposed(&[files, &[member, other]].concat(), &[]);
        assert_eq!(text.matches("[[package]]").count(), 2, "{text}");
    }
}

#[test]
fn npm_packages_that_need_each_other_are_opened() {
    let repository = repository(
        &[
            ("package.json", r#"{"private": true, "workspaces": ["*"]}"#),
            ("a/package.json", r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#),
            ("b/package.json", r#"{"name": "b", "version": "1.0.0", "dependencies": {"a": "1"}}"#),
        ],
        &[],
    );
    let output = relplan(repository.path(), &["init"]);
    assert!(stderr(&output).contains("left out that"), "{}", stderr(&output));
    assert_eq!(relplan(repository.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn a_go_workspace_is_tagged_as_the_go_command_wants_it() {
    let text = proposed(
        &[
            ("go.work", "go 1.22\n\nuse (\n\t.\n\t./tools/gen // generator\n)\n"),
            ("go.mod", "module example.org/app/v2\n\nrequire (\n\texample.org/app/tools/gen v0.1.0\n)\n"),
            ("tools/gen/go.mod", "module example.org/app/tools/gen\n"),
        ],
        &["v2.0.0", "tools/gen/v0.1.0"],
    );
    assert!(text.contains("name = \"app\"\npath = \".\"\nversioned_files = [{ path = \"go.mod\", format = \"gomod\" }]\ntag_template = \"v{version}\"\ndepends_on = [\"tools/gen\"]\n"), "{text}");
    assert!(text.contains("name = \"tools/gen\"\npath = \"tools/gen\"\nversioned_files = [{ path = \"tools/gen/go.mod\", format = \"gomod\" }]\n"), "{text}");
    assert!(text.starts_with("[workspace]\ntag_template = \"{name}/v{version}\"\n"), "{text}");
}

#[test]
fn gradle_projects_with_and_without_versions_of_their_own() {
    let text = proposed(
        &[
            ("settings.gradle.kts", "rootProject.name = \"all\"\ninclude(\":core\", \":app\")\n"),
            ("gradle.properties", "org.gradle.daemon=false\nversion=1.4.0\n"),
            ("core/build.gradle.kts", "plugins {}\nversion = \"2.0.0\"\n"),
            ("app/build.gradle.kts", "dependencies {\n    implementation(project(\":core\"))\n}\n"),
        ],
        &[],
    );
    assert!(text.contains("name = \"core\"\npath = \"core\"\nversioned_files = [{ path = \"core/build.gradle.kts\", format = \"gradle\" }]"), "{text}");
    assert!(text.contains("name = \"app\"\npath = \"app\"\nversioned_files = [{ path = \"gradle.properties\", format = \"txt\", selector = "), "{text}");
    assert!(text.contains("depends_on = [\"core\"]"), "{text}");
}

#[test]
fn a_single_gradle_build() {
    let text = proposed(
        &[("settings.gradle", "rootProject.name = 'one'\n"), ("build.gradle", "version = '1.0.0'\n")],
        &["1.0.0"],
    );
    assert!(text.contains("tag_template = \"{version}\"") && text.contains("name = \"one\"\npath = \".\""), "{text}");
}

#[test]
fn a_uv_workspace_and_poetry_folders() {
    let text = proposed(
        &[
            (
                "pyproject.toml",
                "[project]\nname = \"root\"\nversion = \"1.0.0\"\ndependencies = [\"My_Lib>=1\"]\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n",
            ),
            ("packages/lib/pyproject.toml", "[project]\nname = \"my-lib\"\nversion = \"0.2.0\"\n"),
            ("packages/dyn/pyproject.toml", "[project]\nname = \"dyn\"\ndynamic = [\"version\"]\n"),
            (
                "packages/old/pyproject.toml",
                "[tool.poetry]\nname = \"old\"\nversion = \"0.1.0\"\n[tool.poetry.dependencies]\nmy-lib = { path = \"../lib\" }\n",
            ),
        ],
        &[],
    );
    assert!(
        text.contains("name = \"root\"\npath = \".\"") && text.contains("nested_packages = \"exclusive\""),
        "{text}"
    );
    assert!(text.contains("name = \"dyn\"\npath = \"packages/dyn\"\n\n"), "{text}");
    assert_eq!(text.matches("depends_on = [\"my-lib\"]").count(), 2, "{text}");
}

#[test]
fn two_build_tools_in_one_folder_make_one_package() {
    let text = proposed(
        &[
            ("Cargo.toml", "[package]\nname = \"both\"\nversion = \"1.0.0\"\n"),
            ("package.json", r#"{"name": "both-js", "version": "1.0.0"}"#),
            ("pyproject.toml", "[project]\nname = \"both-py\"\nversion = \"9.0.0\"\n"),
        ],
        &[],
    );
    assert_eq!(
        text,
        "[[package]]\nname = \"both\"\npath = \".\"\n\
         versioned_files = [{ path = \"Cargo.toml\", format = \"toml\" }, { path = \"package.json\", format = \"json\" }]\n"
    );
}

#[test]
fn version_files_of_other_tools_make_one_package() {
    let text = proposed(&[("Chart.yaml", "name: c\nversion: 1.0.0\n")], &[]);
    assert!(text.contains("versioned_files = [{ path = \"Chart.yaml\", format = \"helm\" }]"), "{text}");
}

#[test]
fn every_format_is_read_again_alike() {
    let files = [("package.json", r#"{"name": "a\"b", "version": "1.0.0"}"#)];
    let mut answers = Vec::new();
    for (args, file) in [
        (&["init"][..], "relplan.toml"),
        (&["init", "--format", "json"], "relplan.json"),
        (&["init", "--format", "json5"], "relplan.json5"),
        (&["init", "--format", "toml", "--ferrflow"], "ferrflow.toml"),
        (&["init", "--format", "json", "--ferrflow"], "ferrflow.json"),
        (&["init", "--format", "json5", "--ferrflow"], "ferrflow.json5"),
        (&["init", "--format", "dotfile"], ".ferrflow"),
    ] {
        let repository = repository(&files, &["1.0.0"]);
        let root = repository.path();
        let output = relplan(root, args);
        assert!(stderr(&output).contains(&format!("Created {file} with 1 package")), "{}", stderr(&output));
        assert!(root.join(file).is_file(), "{file}");
        assert_eq!(relplan(root, &["validate"]).status.code(), Some(0), "{file}");
        answers.push(stdout(&relplan(root, &["tag", "--json"])));
    }
    assert_eq!(answers[0], "{\"name\":\"a\\\"b\",\"tag\":\"1.0.0\"}\n");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[test]
fn a_dry_run_prints_and_writes_nothing() {
    let repository = repository(&[("package.json", r#"{"name": "a", "version": "1.0.0"}"#)], &[]);
    let output = relplan(repository.path(), &["init", "--dry-run"]);
    assert!(stdout(&output).contains("[[package]]\nname = \"a\""), "{}", stdout(&output));
    let names: Vec<_> =
        fs::read_dir(repository.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("relplan")), "{names:?}");
}

#[test]
fn an_existing_configuration_is_never_overwritten() {
    for existing in ["ferrflow.json", ".ferrflow", "relplan.json5"] {
        let repository = repository(&[(existing, "{}"), ("VERSION", "1.0.0")], &[]);
        assert_refused(repository.path(), &["init"], &["error[E1017]", existing]);
        assert_refused(repository.path(), &["init", "--dry-run"], &["error[E1017]", existing]);
        assert_eq!(fs::read_to_string(repository.path().join(existing)).expect("it is there"), "{}");
    }
}

#[test]
fn nothing_to_find_and_broken_manifests_are_refused() {
    assert_refused(repository(&[], &[]).path(), &["init"], &["no package found", "relplan.toml"]);
    let broken = repository(&[("package.json", "{")], &[]);
    assert_refused(broken.path(), &["init"], &["package.json", "line 1"]);
    let broken = repository(&[("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"), ("a/Cargo.toml", "[package\n")], &[]);
    assert_refused(broken.path(), &["init"], &["a/Cargo.toml"]);
    let broken = repository(&[("Cargo.toml", "[workspace]\nmembers = [\"a[\"]\n")], &[]);
    assert_refused(broken.path(), &["init"], &["Cargo.toml", "a["]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_are_not_followed() {
    let repository = repository(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"**\"]\n"),
            ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"),
        ],
        &[],
    );
    std::os::unix::fs::symlink("..", repository.path().join("a/up")).expect("a link");
    let output = relplan(repository.path(), &["init", "--dry-run"]);
    assert_eq!(stdout(&output).matches("[[package]]").count(), 1, "{}", stdout(&output));
}

/// What `init` notes, and what it writes.
fn noted(files: &[(&str, &str)], tags: &[&str]) -> (String, String) {
    let repository = repository(files, tags);
    let output = relplan(repository.path(), &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = fs::read_to_string(repository.path().join("relplan.toml")).expect("init wrote it");
    let validated = relplan(repository.path(), &["validate"]);
    assert_eq!(validated.status.code(), Some(0), "{text}\n{}", stdout(&validated));
    assert!(!stdout(&validated).contains('⚠'), "{text}\n{}", stdout(&validated));
    let checked = relplan(repository.path(), &["check", "-v"]);
    assert_eq!(checked.status.code(), Some(0), "{text}\n{}", stderr(&checked));
    (stderr(&output), text)
}

#[test]
fn packages_whose_tags_leave_the_scope_out() {
    let (_, text) = noted(
        &[
            ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
            ("packages/git/package.json", r#"{"name": "@acme/git", "version": "3.1.2"}"#),
            ("packages/parser/package.json", r#"{"name": "@acme/parser", "version": "7.0.0"}"#),
            ("packages/new/package.json", r#"{"name": "@acme/new", "version": "0.1.0"}"#),
        ],
        &["git-v3.1.2", "parser-v7.0.0"],
    );
    for template in ["git-v{version}", "parser-v{version}", "new-v{version}"] {
        assert!(text.contains(&format!("tag_template = \"{template}\"")), "{text}");
    }
    assert!(!text.contains("[workspace]"), "{text}");
}

#[test]
fn packages_that_share_their_tags_are_a_fixed_group() {
    let member = |name| format!(r#"{{"name": "{name}", "version": "1.4.0"}}"#);
    let (a, b) = (member("a"), member("b"));
    let members = [
        ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
        ("packages/a/package.json", a.as_str()),
        ("packages/b/package.json", b.as_str()),
    ];
    for (more, tags) in [
        (&[("lerna.json", r#"{"version": "1.4.0"}"#)][..], &["v1.3.0", "v1.4.0"][..]),
        (&[("lerna.json", r#"{"version": "1.4.0"}"#)], &[]),
        (&[("nx.json", r#"{"release": {"projects": ["packages/*"]}}"#)], &[]),
        (&[], &["v1.4.0"]),
        (&[], &["a@1.0.0", "v1.4.0"]),
    ] {
        let (_, text) = noted(&[&members[..], more].concat(), tags);
        assert!(text.contains("tag_template = \"v{version}\"\nfixed = [[\"a\", \"b\"]]\n"), "{tags:?}\n{text}");
    }
    let (_, text) = noted(&[&members[..], &[("lerna.json", r#"{"version": "independent"}"#)]].concat(), &["a@1.4.0"]);
    assert!(text.contains("tag_template = \"{name}@{version}\"\n") && !text.contains("fixed"), "{text}");
}

#[test]
fn groups_that_other_release_tools_know() {
    let member = |name: &str| format!(r#"{{"name": "@acme/{name}", "version": "1.{}.0"}}"#, name.len());
    let (a, ui, icons, theme) = (member("a"), member("ui"), member("icons"), member("theme"));
    let (notes, text) = noted(
        &[
            ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
            (
                ".changeset/config.json",
                "{\n  // globs\n  \"fixed\": [[\"@acme/ui\", \"@acme/ic*\"], [\"@acme/ui\", \"@acme/a\"]],\n  \"linked\": [[\"@acme/a\", \"@acme/theme\"]],\n}",
            ),
            ("packages/a/package.json", a.as_str()),
            ("packages/ui/package.json", ui.as_str()),
            ("packages/icons/package.json", icons.as_str()),
            ("packages/theme/package.json", theme.as_str()),
        ],
        &["@acme/ui@1.2.0", "@acme/icons@1.5.0"],
    );
    assert!(
        text.contains("fixed = [[\"@acme/icons\", \"@acme/ui\"]]\nlinked = [[\"@acme/a\", \"@acme/theme\"]]\n"),
        "{text}"
    );
    assert!(
        notes.contains("has a fixed group, which is left out because these are in another one: @acme/ui"),
        "{notes}"
    );
}

#[test]
fn rush_projects_and_their_version_policies() {
    let member = |name| format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
    let (a, b, tool) = (member("a"), member("b"), member("tool"));
    let (notes, text) = noted(
        &[
            (
                "rush.json",
                "/* all */ {\"projects\": [{\"packageName\": \"a\", \"projectFolder\": \"libs/a\", \"versionPolicyName\": \"main\"},\n\
                 {\"packageName\": \"b\", \"projectFolder\": \"libs/b\", \"versionPolicyName\": \"main\"}, // why\n\
                 {\"packageName\": \"tool\", \"projectFolder\": \"tools/tool\"},]}",
            ),
            (
                "common/config/rush/version-policies.json",
                r#"[{"definitionName": "lockStepVersion", "policyName": "main", "version": "1.0.0"}]"#,
            ),
            ("libs/a/package.json", a.as_str()),
            ("libs/b/package.json", b.as_str()),
            ("tools/tool/package.json", tool.as_str()),
        ],
        &["a_v1.0.0", "b_v1.0.0"],
    );
    assert!(text.contains("fixed = [[\"a\", \"b\"]]"), "{text}");
    assert!(notes.contains("left out (private, and no tag names it): tool (tools/tool)"), "{notes}");
}

#[test]
fn what_release_please_counts_otherwise_is_told() {
    let settings = r#"{"bump-minor-pre-major": true, "packages": {".": {"bump-patch-for-minor-pre-major": true}}}"#;
    let files = [("package.json", r#"{"name": "a", "version": "0.4.0"}"#), ("release-please-config.json", settings)];
    let (notes, text) = noted(&files, &["v0.4.0"]);
    assert!(text.contains("versioning = \"zerover\""), "{text}");
    assert!(notes.contains("counts features below 1.0.0 as fixes"), "{notes}");
}

#[test]
fn members_that_only_path_dependencies_name_and_private_ones() {
    let (notes, text) = noted(
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"cli\"]\nexclude = [\"bench\"]\n[workspace.package]\nversion = \"0.4.0\"\npublish = false\n",
            ),
            (
                "cli/Cargo.toml",
                "[package]\nname = \"cli\"\nversion.workspace = true\n[dependencies]\ninner = { package = \"core\", path = \"../core\" }\n[dev-dependencies]\nbench = { path = \"../bench\" }\nhelp = { path = \"../help\" }\n",
            ),
            ("core/Cargo.toml", "[package]\nname = \"core\"\nversion.workspace = true\n"),
            ("help/Cargo.toml", "[package]\nname = \"help\"\nversion = \"0.1.0\"\npublish.workspace = true\n"),
            ("bench/Cargo.toml", "[package]\nname = \"bench\"\nversion = \"0.0.0\"\n"),
            ("own/Cargo.toml", "[package]\nname = \"own\"\nversion = \"0.0.0\"\n[workspace]\n"),
        ],
        &["v0.4.0"],
    );
    assert_eq!(text.matches("[[package]]").count(), 2, "{text}");
    assert!(text.contains("tag_template = \"v{version}\"\nfixed = [[\"cli\", \"core\"]]\n"), "{text}");
    assert!(text.contains("depends_on = [\"core\"]"), "{text}");
    assert!(notes.contains("left out (private, and no tag names it): help (help)"), "{notes}");
}

#[test]
fn go_modules_without_a_workspace_file() {
    let (notes, text) = noted(
        &[
            ("sdk/go.mod", "module example.org/t/sdk\n"),
            ("exporters/otlp/v2/go.mod", "module example.org/t/exporters/otlp/v2\nrequire example.org/t/sdk v1.0.0\n"),
            ("examples/one/go.mod", "module example.org/t/examples/one\n"),
            ("tests/tagged/go.mod", "module example.org/t/tests/tagged\n"),
            ("sdk/testdata/x/go.mod", "module x\n"),
        ],
        &["sdk/v1.0.0", "exporters/otlp/v2.0.0", "tests/tagged/v0.1.0"],
    );
    assert_eq!(text.matches("[[package]]").count(), 3, "{text}");
    assert!(text.contains("tag_template = \"exporters/otlp/v{version}\"\ndepends_on = [\"sdk\"]"), "{text}");
    assert!(notes.contains("examples/one"), "{notes}");
}

#[test]
fn maven_modules_with_the_parent_s_version_and_with_their_own() {
    let parent = "<project><groupId>o</groupId><artifactId>p</artifactId><version>1.0.0</version><packaging>pom</packaging>\
        <modules><module>core</module><!--<module>gone</module>--><module>own</module></modules></project>";
    let inherited = "<parent><groupId>o</groupId><artifactId>p</artifactId><version>1.0.0</version></parent>";
    let core = format!("<project>{inherited}<artifactId>core</artifactId></project>");
    let own = format!(
        "<project>{inherited}<artifactId>own</artifactId><version>2.0.0</version><dependencies><dependency><groupId>o</groupId>\
        <artifactId>core</artifactId></dependency></dependencies></project>"
    );
    let files = [("pom.xml", parent), ("core/pom.xml", core.as_str()), ("own/pom.xml", own.as_str())];
    let (_, text) = noted(&files, &["p-1.0.0", "own-2.0.0"]);
    assert!(text.contains("fixed = [[\"p\", \"core\"]]"), "{text}");
    assert!(text.contains("versioned_files = [{ path = \"pom.xml\", format = \"xml\" }, { path = \"core/pom.xml\", format = \"xml\", selector = \"project/parent/version\" }]"), "{text}");
    assert!(
        text.contains(
            "name = \"own\"\npath = \"own\"\nversioned_files = [{ path = \"own/pom.xml\", format = \"xml\" }]\n"
        ),
        "{text}"
    );
    assert!(text.contains("depends_on = [\"core\"]"), "{text}");
}

#[test]
fn python_projects_without_a_root_and_with_versions_elsewhere() {
    let (_, text) = noted(
        &[
            ("libs/core/pyproject.toml", "[tool.poetry]\nname = \"core\"\nversion = \"1.2.0\"\n"),
            (
                "libs/cli/pyproject.toml",
                "[tool.poetry]\nname = \"cli\"\nversion = \"0.9.0\"\n[tool.poetry.dependencies]\ncore = { path = \"../core\" }\n",
            ),
            (
                "libs/hatch/pyproject.toml",
                "[project]\nname = \"hatch\"\ndynamic = [\"version\"]\n[tool.hatch.version]\npath = \"src/hatch/__init__.py\"\n",
            ),
            ("libs/hatch/src/hatch/__init__.py", "__version__ = \"1.0.0\"\n"),
            (
                "libs/attr/pyproject.toml",
                "[project]\nname = \"attr\"\ndynamic = [\"version\"]\n[tool.setuptools.dynamic]\nversion = { attr = \"attr.__version__\" }\n",
            ),
            ("libs/attr/attr/__init__.py", "__version__: str = '2.0.0'\n"),
            ("libs/cfg/setup.cfg", "[metadata]\nname = cfg\nversion = 3.0.0\n"),
            ("libs/scm/pyproject.toml", "[project]\nname = \"scm\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n"),
        ],
        &["core==1.2.0", "cli==0.9.0", "scm==0.1.0"],
    );
    assert!(text.starts_with("# Made by `relplan init`; `relplan schema` lists all keys.\n\n[workspace]\ntag_template = \"{name}=={version}\"\n"), "{text}");
    for file in ["libs/hatch/src/hatch/__init__.py", "libs/attr/attr/__init__.py", "libs/cfg/setup.cfg"] {
        assert!(text.contains(&format!("versioned_files = [{{ path = \"{file}\", format = \"txt\"")), "{text}");
    }
    assert!(
        text.contains("name = \"scm\"\npath = \"libs/scm\"\n\n")
            || text.ends_with("name = \"scm\"\npath = \"libs/scm\"\n"),
        "{text}"
    );
    assert!(text.contains("depends_on = [\"core\"]"), "{text}");
}

#[test]
fn charts_keep_an_app_version_of_their_own() {
    let chart =
        |name: &str, app: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.2.0\nappVersion: \"{app}\"\n");
    let (web, other) = (chart("web", "3.4.5"), chart("web-2", "1.2.0"));
    let files = [
        ("charts/web/Chart.yaml", web.as_str()),
        ("charts/web-2/Chart.yaml", other.as_str()),
        ("charts/web/charts/common/Chart.yaml", "name: common\nversion: 9.9.9\n"),
    ];
    let (_, text) = noted(&files, &["web-1.2.0", "web-2-1.2.0"]);
    assert!(text.contains("tag_template = \"{name}-{version}\"\n"), "{text}");
    assert!(text.contains("{ path = \"charts/web/Chart.yaml\", format = \"chartyaml\" }"), "{text}");
    assert!(text.contains("{ path = \"charts/web-2/Chart.yaml\", format = \"helm\" }"), "{text}");
    assert!(!text.contains("common"), "{text}");
}

#[test]
fn gradle_projects_lie_where_the_settings_say() {
    let (_, text) = noted(
        &[
            ("settings.gradle", "include ':core', ':app'\nproject(':core').projectDir = file('libs/core')\n"),
            ("gradle.properties", "VERSION_NAME=1.3.0\n"),
            ("libs/core/build.gradle", "\n"),
            ("app/build.gradle", "dependencies {\n  api project(':core')\n}\n"),
        ],
        &["v1.3.0"],
    );
    assert!(
        text.contains("name = \"core\"\npath = \"libs/core\"\n") && text.contains("depends_on = [\"core\"]"),
        "{text}"
    );
    assert!(text.contains("tag_template = \"v{version}\"\nfixed = [[\"app\", \"core\"]]\n"), "{text}");
}

#[test]
fn dotnet_ruby_elixir_and_dart() {
    for (files, expected) in [
        (
            &[
                ("Shop.sln", ""),
                ("src/Shop/Shop.csproj", "<Project><PropertyGroup><Version>1.0.0</Version></PropertyGroup></Project>"),
                (
                    "test/Shop.Tests/Shop.Tests.csproj",
                    "<Project><PropertyGroup><IsPackable>false</IsPackable></PropertyGroup></Project>",
                ),
            ][..],
            "name = \"Shop\"\npath = \"src/Shop\"\nversioned_files = [{ path = \"src/Shop/Shop.csproj\", format = \"csproj\" }]\n",
        ),
        (
            &[
                (
                    "shop.gemspec",
                    "require_relative \"lib/shop/version\"\nGem::Specification.new { |s| s.name = \"shop\"; s.version = Shop::VERSION }\n",
                ),
                ("lib/shop/version.rb", "module Shop\n  VERSION = \"1.0.0\"\nend\n"),
            ],
            "name = \"shop\"\npath = \".\"\nversioned_files = [{ path = \"",
        ),
        (
            &[("mix.exs", "def project do\n  [app: :shop, version: \"1.0.0\"]\nend\n")],
            "name = \"shop\"\npath = \".\"\nversioned_files = [{ path = \"mix.exs\", format = \"mixexs\" }]\n",
        ),
        (
            &[
                ("packages/a/pubspec.yaml", "name: a\nversion: 1.0.0\n"),
                ("packages/b/pubspec.yaml", "name: b\nversion: 1.0.0\npublish_to: none\n"),
            ],
            "name = \"a\"\npath = \"packages/a\"\nversioned_files = [{ path = \"packages/a/pubspec.yaml\", format = \"pubspecyaml\" }]\n",
        ),
    ] {
        let (_, text) = noted(files, &["v1.0.0"]);
        assert!(text.contains(expected), "{text}");
        assert_eq!(text.matches("[[package]]").count(), 1, "{text}");
    }
}

#[test]
fn tags_alone_are_a_package() {
    let (notes, text) = noted(&[("tool.sh", "")], &["7.4.0"]);
    assert!(text.contains("tag_template = \"{version}\""), "{text}");
    assert!(notes.contains("counts from its tags"), "{notes}");
}

#[test]
fn settings_of_release_please_name_components_and_keep_them_below_one() {
    let settings = r#"{"bump-minor-pre-major": true, "packages": {"libs/a": {"component": "first"}, "libs/b": {"package-name": "second", "bump-minor-pre-major": false}}}"#;
    let (notes, text) = noted(
        &[
            ("release-please-config.json", settings),
            ("libs/a/package.json", r#"{"name": "a", "version": "0.2.0"}"#),
            ("libs/b/package.json", r#"{"name": "b", "version": "0.3.0"}"#),
        ],
        &["first-v0.2.0", "second-v0.3.0"],
    );
    assert!(text.contains("tag_template = \"first-v{version}\"\nversioning = \"zerover\"\n"), "{text}");
    assert!(text.contains("tag_template = \"second-v{version}\"\n") && text.matches("zerover").count() == 1, "{text}");
    assert!(notes.contains("a breaking change makes these 1.0.0") && notes.contains(": b\n"), "{notes}");
}

#[test]
fn one_stray_tag_is_no_style() {
    let packages: Vec<(String, String)> = [("core", "8.0.4"), ("cli", "8.0.1"), ("util", "8.0.0")]
        .map(|(name, version)| {
            let manifest = format!(r#"{{"name": "@s/{name}", "version": "{version}"}}"#);
            (format!("packages/{name}/package.json"), manifest)
        })
        .to_vec();
    let mut files = vec![("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#)];
    files.extend(packages.iter().map(|(file, manifest)| (file.as_str(), manifest.as_str())));
    let mut tags: Vec<String> = (0..5).map(|patch| format!("v8.0.{patch}")).collect();
    tags.extend((0..5).map(|minor| format!("v7.{minor}.0")));
    tags.push("@s/core@7.3.2".to_owned());
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    let (notes, text) = noted(&files, &tags);
    assert!(notes.contains("passed over: @s/core@7.3.2"), "{notes}");
    assert!(
        text.contains("tag_template = \"v{version}\"\nfixed = [[\"@s/cli\", \"@s/core\", \"@s/util\"]]\n"),
        "{text}"
    );
    // What names the version that a package is at is no stray.
    let (_, text) = noted(&files, &[&tags[..], &["@s/core@8.0.4"]].concat());
    assert!(text.contains("tag_template = \"{name}@{version}\""), "{text}");
}

#[test]
fn release_please_says_how_tags_will_be_named() {
    let cases = [
        (r#""packages": {".": {}}"#, Some("{name}-v{version}")),
        (r#""packages": {".": {"component": "web"}}"#, Some("web-v{version}")),
        (r#""include-component-in-tag": false, "packages": {".": {}}"#, None),
        (r#""include-v-in-tag": false, "packages": {".": {"include-component-in-tag": false}}"#, Some("{version}")),
        (r#""tag-separator": "@", "packages": {".": {"include-v-in-tag": false}}"#, Some("{name}@{version}")),
        (r#""packages": {"elsewhere": {}}"#, None),
    ];
    for (settings, template) in cases {
        let settings = format!("{{{settings}}}");
        let files =
            [("package.json", r#"{"name": "a", "version": "1.4.0"}"#), ("release-please-config.json", &settings)];
        let (_, text) = noted(&files, &[]);
        let line = template.map(|template| format!("tag_template = \"{template}\"\n"));
        assert_eq!(text.contains("tag_template"), line.is_some(), "{settings}\n{text}");
        assert!(text.contains(&line.unwrap_or_default()), "{settings}\n{text}");
        let (_, text) = noted(&files, &["v1.4.0"]);
        assert!(!text.contains("tag_template"), "{settings}: what is tagged counts\n{text}");
    }
}

#[test]
fn release_please_says_what_is_released_and_together() {
    let settings = r#"{"packages": {"a": {}, "b": {"component": "second"}, "charts": {}},
        "plugins": ["node-workspace", {"type": "linked-versions", "groupName": "all", "components": ["a", "second"]}]}"#;
    let (notes, text) = noted(
        &[
            ("package.json", r#"{"private": true, "workspaces": ["a", "b"]}"#),
            (".github/release-please-config.json", settings),
            ("a/package.json", r#"{"name": "@s/a", "version": "1.2.0", "private": true}"#),
            ("b/package.json", r#"{"name": "@s/b", "version": "1.2.0"}"#),
        ],
        &[],
    );
    assert!(text.contains("fixed = [[\"@s/a\", \"@s/b\"]]"), "{text}");
    assert!(text.contains("\"a-v{version}\"") && text.contains("\"second-v{version}\""), "{text}");
    assert!(notes.contains("add a [[package]] with name and path for each: charts"), "{notes}");
}

#[test]
fn versions_behind_references_are_listed() {
    let pom = "<project><groupId>g</groupId><artifactId>a</artifactId><version>${revision}${changelist}</version>\
        <properties><revision>1.4.1</revision><changelist>-SNAPSHOT</changelist></properties></project>";
    let (_, text) = noted(&[("pom.xml", pom)], &["v1.4.0"]);
    assert!(text.contains("versioned_files = [{ path = \"pom.xml\", format = \"xml\" }]"), "{text}");
    let build = "version = project.property('appVersion')\n";
    let (_, text) = noted(&[("build.gradle", build), ("gradle.properties", "appVersion=1.4.0\n")], &["v1.4.0"]);
    assert!(
        text.contains("{ path = \"gradle.properties\", format = \"properties\", selector = \"appVersion\" }"),
        "{text}"
    );
    let (notes, text) = noted(&[("a.gemspec", "s.name = 'a'\ns.version = A::VERSION::STRING\n")], &["v1.4.0"]);
    assert!(notes.contains("so their tags tell: a (.)") && !text.contains("versioned_files"), "{notes}\n{text}");
}

#[test]
fn release_tools_say_how_packages_without_tags_will_be_tagged() {
    let members = [
        ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
        ("packages/a/package.json", r#"{"name": "@s/a", "version": "1.4.0"}"#),
        ("packages/b/package.json", r#"{"name": "@s/b", "version": "1.3.0"}"#),
    ];
    let independent = r#"{"release": {"projectsRelationship": "independent", "releaseTag": {"pattern": "release/{projectName}/{version}"}}}"#;
    for (file, template) in [
        (("lerna.json", r#"{"version": "independent"}"#), "{name}@{version}"),
        ((".changeset/config.json", "{}"), "{name}@{version}"),
        (("nx.json", independent), "release/{name}/{version}"),
    ] {
        let (_, text) = noted(&[&members[..], &[file]].concat(), &[]);
        assert!(text.contains(&format!("tag_template = \"{template}\"\n")), "{text}");
    }
    let (notes, _) = noted(&[&members[..], &[(".changeset/config.json", r#"{"ignore": ["@s/b"]}"#)]].concat(), &[]);
    assert!(notes.contains("left out (private, and no tag names it): @s/b"), "{notes}");
}

#[test]
fn an_umbrella_is_no_package() {
    let app = |rest: &str| format!("def project do\n    [app: :{rest}]\n  end\n");
    let (a, b) = (app("a, version: \"1.0.0\", deps: [{:b, in_umbrella: true}]"), app("b, version: \"2.0.0\""));
    let root = ("mix.exs", "def project do\n    [apps_path: \"apps\", version: \"0.1.0\"]\n  end\n");
    let (_, text) = noted(&[root, ("apps/a/mix.exs", &a), ("apps/b/mix.exs", &b)], &["a-v1.0.0", "b-v2.0.0"]);
    assert!(text.contains("depends_on = [\"b\"]") && !text.contains("path = \".\""), "{text}");
}

#[test]
fn tags_that_name_folders_make_packages_of_them() {
    let files = [("modules/vpc/main.tf", "x"), ("modules/eks/main.tf", "x")];
    let (_, text) = noted(&files, &["modules/vpc/v1.0.0", "modules/vpc/v1.1.0", "eks-2.0.0"]);
    assert!(text.contains("path = \"modules/vpc\"\ntag_template = \"modules/vpc/v{version}\""), "{text}");
    assert!(text.contains("path = \"modules/eks\"\ntag_template = \"eks-{version}\""), "{text}");
    // Nor does one of them speak for the whole repository without a configuration.
    let checked =
        relplan(repository(&files, &["modules/vpc/v1.0.0", "modules/vpc/v1.1.0", "eks-2.0.0"]).path(), &["check"]);
    assert_eq!(checked.status.code(), Some(4), "{}", stdout(&checked));
}

#[test]
fn changelogs_are_kept_where_packages_have_one() {
    let text = proposed(
        &[
            ("package.json", "{ \"name\": \"root\", \"private\": true, \"workspaces\": [\"packages/*\"] }"),
            ("packages/a/package.json", "{ \"name\": \"a\", \"version\": \"1.0.0\" }"),
            ("packages/a/CHANGELOG.md", "# a\n\n## 1.0.0\n"),
            ("packages/b/package.json", "{ \"name\": \"b\", \"version\": \"1.0.0\" }"),
        ],
        &[],
    );
    assert!(text.contains("changelog = \"packages/a/CHANGELOG.md\"\n") && !text.contains("packages/b/CH"), "{text}");
}
