//! Changelogs as a user finds them in the repository.

use super::*;

#[test]
fn configured_sections_and_links() {
    let settings = "tag_template = \"v{version}\"\n[workspace.changelog]\ngroup_by_scope = true\ninclude_commit_links = true\n\
        include_compare_link = true\nsections = { feat = \"Added\", fix = \"Fixed\" }";
    let site = Site::single(settings, "changelog = \"CHANGELOG.md\"");
    site.commit("a", "fix(parser): read more");
    site.commit("b", "docs: say more");
    let url = "https://user:secret@example.org/a/b.git";
    site.git(&["remote", "set-url", "origin", url]);
    site.git(&["remote", "set-url", "--push", "origin", &site.remote().to_string_lossy()]);
    let output = relplan(&site.root(), &["release", "--no-push"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = site.text("CHANGELOG.md");
    let id = site.git(&["rev-parse", "HEAD~2"]);
    let link = format!("- **parser:** read more ([{}](https://example.org/a/b/commit/{}))\n", &id[..8], id.trim());
    for part in [
        "### Added\n\n- add parser (",
        "### Fixed\n\n",
        &link,
        "\n[1.1.0]: https://example.org/a/b/compare/v1.0.0...v1.1.0\n",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("say more") && !text.contains("secret"), "{text}");
}

#[test]
fn what_somebody_wrote_is_what_is_released() {
    let site = Site::single("", "changelog = \"CHANGELOG.md\"");
    let before = "# Log\r\n\r\n## [Unreleased]\r\n\r\n- by hand\r\n\r\n## [1.0.0] - 2020-01-01\r\n\r\n- old\r\n";
    write(&site.root(), "CHANGELOG.md", before);
    site.commit("x", "docs: log");
    site.release(&[]);
    let date = site.git(&["log", "-1", "--date=format-local:%Y-%m-%d", "--format=%cd"]);
    let text = site.text("CHANGELOG.md");
    assert!(
        text.contains(&format!(
            "## [Unreleased]\r\n\r\n## [1.1.0] - {}\r\n\r\n- by hand\r\n\r\n## [1.0.0]",
            date.trim()
        )),
        "{text}"
    );
    site.assert_settled();
}
