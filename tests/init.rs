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
    assert!(text.contains("name = \"tools/gen\"\npath = \"tools/gen\"\nversioned_files = [{ path = \"tools/gen/go.mod\", format = \"gomod\" }]\ntag_template = \"{name}/v{version}\"\n"), "{text}");
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
