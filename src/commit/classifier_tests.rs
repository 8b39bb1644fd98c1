//! The classifier against bumps observed from FerrFlow 7.35.3, one commit on top of a tag at a time.

use proptest::prelude::*;

use super::{Bump, Bump::*, Classifier, ClassifierError, Kind};
use crate::commit::subject::subject;
use crate::config::WorkspaceSettings;

fn workspace(json: &str) -> WorkspaceSettings {
    serde_json::from_str(json).expect("the test's settings are valid")
}

fn classifier(json: &str) -> Classifier {
    Classifier::new(&workspace(json)).expect("the test's settings are usable")
}

#[test]
fn subjects_under_the_default_formats() {
    let classifier = classifier("{}");
    for (bump, subjects) in [
        (Minor, "feat: x|feat:x|feat:|feat(api): x|feat(): a): b|feat(a)(b): x|feat((a)): x|feat(a b): x|feat(é): x"),
        (Minor, "feat(a(b)!): x|feature: x|feature(a): x|Feature/abc|feature/abc|Feat: x|Feat(a): x|Feat/abc|feat/abc"),
        (Minor, "feat: été|\u{2003}feat: em space|  feat: x  |feat: x\u{2028}chore"),
        (
            Patch,
            "fix: x|fix(a): x|Fix: x|Fix/abc|fix/abc|perf: x|perf(a): x|Perf: x|refactor: x|Refactor: x|Refactor/abc",
        ),
        (Patch, "\u{a0}fix: x|\tfix: x"),
        (
            Major,
            "feat!: x|feat(x)!: x|feat(x!): x|feat(!): x|feat(a): see (b)!: y|feat(a)!:|fix!: x|fix(a)!: x|perf!: x",
        ),
        (Major, "refactor!: x|chore!: x|chore(a)!: x|docs!: x|style!: x|test!: x|ci!: x|build!: x|ci(a!): x"),
        (Major, "BREAKING CHANGE: gone|BREAKING-CHANGE: gone|breaking change: gone"),
        (None, "feat(): x|feat(a: x|feat (x): y|feat x|feat|feat : x|Feature: x|Feature(a): x"),
        (None, "FEAT: x|fEAT: x|FIX: x|Perf/abc|perf/abc|chore: x|deps: x|security: x|wip!: x"),
        (None, "Merge branch 'feat: x'|BREAKING CHANGE:gone|BREAKING CHANGE gone|BREAKING  CHANGE: x"),
        (None, "你: x|chore(a!b): x|wip|update README|"),
    ] {
        for subject in subjects.split('|') {
            assert_eq!(classifier.classify(subject.as_bytes()), bump, "{subject:?}");
        }
    }
}

/// FerrFlow releases nothing for any of these.
#[test]
fn subjects_that_ferrflow_passes_over() {
    let classifier = classifier("{}");
    for (bump, subjects) in [
        (Major, "Feat!: x|FEAT!: x|feature!: x|revert!: x|security!: x|deps!: x|hotfix!: x|feat()!: x"),
        (
            Major,
            "feat (api)!: x|feat(api)! : x|feat!(api): x|[ABC-12] feat!: x|✨ feat!: x|💥 drop x|Merged PR 1: fix!: x",
        ),
        (
            Minor,
            "Merged PR 12: feat: x|[ABC-12] feat: x|ABC-12: feat: x|✨ feat: x|:sparkles: add x|fixup! feat: x|- feat: x",
        ),
        (
            Minor,
            "Merge pull request #1 from a/b\n\nfeat: x|Merge branch 'a' into 'main'\n\nfeat: x\n\nSee merge request a!1",
        ),
        (Minor, "Merged in a (pull request #7)\n\nfeat: x|Reapply \"feat: x\"|Revert \"Revert \"feat: x\"\""),
        (
            Patch,
            "revert: feat: x|Revert \"feat: x\"|Revert the parser|🐛 close the file|⏪ take x back|Merged PR 1: perf: x",
        ),
    ] {
        for message in subjects.split('|') {
            assert_eq!(classifier.classify(message.as_bytes()), bump, "{message:?}");
        }
    }
}

#[test]
fn subjects_under_relplans_own_rules() {
    let classifier = classifier("{}").by_own_rules();
    for (bump, subjects) in [
        (Major, "wip!: x|bump!: x|whatever(a)!: x|功能!: x"),
        (Minor, "FEAT: x|feat : x|feat (a): x|feat(): x|feat[a]: x|feat：x|Feature(a): x|features: x"),
        (Patch, "FIX: x|hotfix: x|bugfix: x|security: x|deps: x|PERF : x"),
        (None, "wip: x|功能: x|feat x|Chore: x|CI: x|http://example.org"),
    ] {
        for subject in subjects.split('|') {
            assert_eq!(classifier.classify(subject.as_bytes()), bump, "{subject:?}");
        }
    }
}

#[test]
fn types_that_nobody_knows_are_told() {
    let (by_ferrflow, by_own_rules) = (classifier("{}"), classifier("{}").by_own_rules());
    let is_unknown = |rules: &Classifier, subject: &str| rules.read(subject.as_bytes()).kind == Kind::Unknown;
    for unknown in ["wip: x", "Update the readme", "fixed: x", "功能: x", "[ABC-12] x", "🦀 x", "", "Merge the parsers"]
    {
        assert!(is_unknown(&by_ferrflow, unknown) && is_unknown(&by_own_rules, unknown), "{unknown}");
    }
    for known in [
        "chore: x",
        "Docs(a): x",
        "release: x",
        "📝 x",
        "Merge branch 'a'",
        "Merge branch 'a'\n\n# Conflicts",
        "revert: x",
    ] {
        assert!(!is_unknown(&by_ferrflow, known) && !is_unknown(&by_own_rules, known), "{known}");
    }
    for slip in ["FEAT: x", "feat(): x", "feat : x", "hotfix: x"] {
        assert!(is_unknown(&by_ferrflow, slip) && !is_unknown(&by_own_rules, slip), "{slip}");
    }
}

#[test]
fn built_in_types_yield_to_patterns_of_the_same_level() {
    let classifier = classifier(r#"{"commitFormats":{"minor":"add *"}}"#).by_own_rules();
    for (subject, bump) in [
        ("add x", Minor),
        ("Merged PR 1: add x", Minor),
        ("FEAT: x", None),
        ("✨ new x", None),
        ("hotfix: x", Patch),
        ("🐛 x", Patch),
        ("feat!: x", Major),
    ] {
        let read = classifier.read(subject.as_bytes());
        assert_eq!(read.bump, bump, "{subject}");
        assert_ne!(read.kind, Kind::Unknown, "{subject}");
    }
}

#[test]
fn kinds_that_need_the_history() {
    let classifier = classifier("{}");
    let kind = |message: &str| classifier.read(message.as_bytes()).kind;
    assert_eq!(kind("Revert \"feat: x\""), Kind::Revert);
    assert_eq!(kind("Merged PR 12: Revert \"feat: x\""), Kind::Revert);
    assert_eq!(kind("Merged PR 12: feat: x"), Kind::MergeTitle);
    assert_eq!(kind("refactor: revert the loop"), Kind::Known);
}

#[test]
fn whole_messages_under_the_default_formats() {
    let classifier = classifier("{}");
    let cases: [(&[u8], Bump); 23] = [
        (b"chore: x\n\nBREAKING CHANGE: gone\n", Major),
        (b"chore: x\n\nbreaking change: gone\n", Major),
        (b"chore: x\n\nBREAKING-CHANGE: gone\n", Major),
        (b"chore: x\r\n\r\nBREAKING CHANGE: gone\r\n", Major),
        (b"chore: x\nBREAKING CHANGE: no blank\n", Major),
        (b"chore: x\n\nBREAKING CHANGE: \n", Major),
        ("chore: x\n\nBREA\u{212a}ING CHANGE: kelvin\n".as_bytes(), Major),
        (b"chore: x\n\nBREAKING CHANGE:gone\n", None),
        (b"chore: x\n\nBREAKING CHANGE:\n", None),
        (b"chore: x\n\nBREAKING CHANGE \n", None),
        (b"chore: x\n\n  BREAKING CHANGE: indented\n", None),
        (b"chore: x\n\n* BREAKING CHANGE: bullet\n", Major),
        (b"chore: x\n\nnote\rBREAKING CHANGE: cr\n", None),
        (b"chore: x\n\nfeat: y\nfix: z\n", None),
        (b"feat: x\r\n\r\nbody\r\n", Minor),
        (b"feat: \xff\xfe\n", Minor),
        (b"feat(\xff): x\n", Minor),
        (b"\xfffeat: x\n", None),
        (b"\nfeat: x\n", None),
        (b" \nfeat: x\n", None),
        (b"\r\nfeat: x\n", None),
        (b"\n", None),
        (b"", None),
    ];
    for (message, bump) in cases {
        assert_eq!(classifier.classify(message), bump, "{:?}", String::from_utf8_lossy(message));
    }
}

#[test]
fn configured_formats() {
    for (formats, cases) in [
        (
            r#"{"minor":"feat*","patch":"all"}"#,
            &[("feat x", Minor), ("chore: y", Patch), ("Feat: z", Patch), ("", Patch)] as &[(&str, Bump)],
        ),
        (
            r#"{"minor":[],"patch":["?ix:*"]}"#,
            &[("feat: x", None), ("fix: x", Patch), ("Éix: x", Patch), ("perf: x", None), ("ix: x", None)],
        ),
        (
            r#"{"major":"boom*","case_sensitive":false}"#,
            &[("BOOM now", Major), ("FEAT: x", Minor), ("fIx(A): y", Patch), ("PERF/abc", None), ("Feature: x", Minor)],
        ),
        (r#"{"major":"ALL"}"#, &[("chore: x", Major), ("", Major)]),
        (
            r#"{"patch":["ÉTÉ*"],"caseSensitive":false}"#,
            &[("été: x", Patch), ("Été", Patch), ("fix: x", None), ("feat: x", Minor)],
        ),
        (r#"{"patch":"*bump*"}"#, &[("chore(deps): bump x", Patch), ("bump", Patch), ("x", None)]),
    ] {
        let classifier = classifier(&format!(r#"{{"commitFormats":{formats}}}"#));
        for (subject, bump) in cases {
            assert_eq!(classifier.classify(subject.as_bytes()), *bump, "{formats} {subject:?}");
        }
    }
}

#[test]
fn breaking_rules_hold_without_any_pattern() {
    let strict = classifier(r#"{"commitFormats":{"major":[],"minor":[],"patch":[]}}"#);
    assert_eq!(strict.classify(b"fix!: x"), Major);
    assert_eq!(strict.classify(b"feat: x"), None);
}

#[test]
fn skip_markers() {
    let default = classifier("{}");
    for skipped in ["feat: x [skip ci]", "feat: x [SKIP CI]", "[no ci] feat: x", "x[ci skip]y", "a [Actions Skip]"] {
        assert!(default.is_skipped(skipped.as_bytes()), "{skipped}");
    }
    for kept in ["feat: x [skip]", "skip ci", "", "[skip  ci]", "[", "[skip c"] {
        assert!(!default.is_skipped(kept.as_bytes()), "{kept}");
    }
    assert!(!default.is_skipped(subject(b"feat: x\n\n[skip ci]\n")));
    let own = classifier(r#"{"commitSkipMarkers":["no-Release"]}"#);
    assert!(own.is_skipped(b"feat: NO-release") && !own.is_skipped(b"feat: x [skip ci]"));
    assert!(!classifier(r#"{"commitSkipMarkers":[]}"#).is_skipped(b"feat: x [skip ci]"));
}

#[test]
fn an_empty_skip_marker_is_refused() {
    let error = Classifier::new(&workspace(r#"{"commitSkipMarkers":["x",""]}"#)).expect_err("it would skip everything");
    assert_eq!(error, ClassifierError::EmptySkipMarker);
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(message in proptest::collection::vec(any::<u8>(), 0..300)) {
        let classifier = classifier(r#"{"commitFormats":{"minor":["?*x","é*"],"caseSensitive":false}}"#);
        let _ = classifier.classify(&message);
        let _ = classifier.is_skipped(subject(&message));
    }

    #[test]
    fn a_body_without_footer_changes_nothing(line in "[a-z(!):/ ]{0,20}", body in "[a-z:\\n ]{0,30}") {
        let classifier = classifier("{}");
        let message = format!("{line}\n\n{body}");
        prop_assert_eq!(classifier.classify(message.as_bytes()), classifier.classify(line.as_bytes()));
    }
}
