//! Every format against versions observed from FerrFlow 7.35.3, and every refusal.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::config::VersionedFile;

#[test]
fn formats_found_by_a_pattern() {
    use VersionFileFormat::*;
    for (format, text, expected) in [
        (Csproj, "<Project><Version>1</Version></Project>", None),
        (Csproj, "<P><PropertyGroup><Version> 2 </Version></PropertyGroup></P>", Some("2")),
        (Csproj, "<P><PropertyGroup><!-- <Version>0</Version> --><Version>2</Version></PropertyGroup></P>", Some("2")),
        (Csproj, "<P><version>2</version></P>", None),
        (Gradle, "plugins {}\nversion = \"1\"", Some("1")),
        (Gradle, "  version='2'\n", Some("2")),
        (Gradle, "// version = \"0\"\nversion = \"3\"", Some("3")),
        (Gradle, "project.version = \"1\"", None),
        (Gradle, "version \"1\"", Some("1")),
        (Gradle, "plugins {\n  id 'a'\n  version '9'\n}\nversion '1'", Some("1")),
        (Gradle, "allprojects {\n  version = '1'\n}", Some("1")),
        (Gradle, "dependencies {\n  implementation('a') {\n    version '9'\n  }\n}", None),
        (Gradle, "/*\nversion = '9'\n*/\nversion('1')", Some("1")),
        (Gradle, "def libVersion = '1'\nversion = libVersion", Some("1")),
        (Gradle, "version = computeVersion()", None),
        (Gradle, "android {\n  defaultConfig {\n    versionCode 3\n    versionName \"1.3\"\n  }\n}", Some("1.3")),
        (Python, "__version__ = '1.2'", Some("1.2")),
        (Python, "VERSION: Final = \"1.2\"", Some("1.2")),
        (Python, "from setuptools import setup\nsetup(\n    name='a',\n    version=\"1.2\",\n)", Some("1.2")),
        (Python, "__version__ = get_version()", None),
        (SetupCfg, "[metadata]\nname = a\nversion = 1.2\n[options]\n", Some("1.2")),
        (SetupCfg, "[metadata]\nname = a\n[bumpversion]\nversion = 9\n", None),
        (Properties, "#version=9\nversion=1.2\n", Some("1.2")),
        (Properties, "dependency.version=9\nVERSION_NAME=1.2\n", Some("1.2")),
        (Txt, "VERSION=1.4.0\n", Some("1.4.0")),
        (Txt, "# c\nNAME=a\nAPP_VERSION = \"1.4.0\"\n", Some("1.4.0")),
        (Txt, "one\ntwo\n", None),
        (Helm, "apiVersion: v2\nversion: 1.2.3\nappVersion: 9\n", Some("1.2.3")),
        (Helm, "version: \"1\"\n", Some("1")),
        (Helm, "version: 1.2.3 # the chart's\n", Some("1.2.3")),
        (ChartYaml, "version: 1.2.3 # c\n", Some("1.2.3")),
        (ChartYaml, "version:\n  1.0\n", Some("1.0")),
        (ChartYaml, "version: 1 2\nversion: 3", Some("3")),
        (PubspecYaml, "a:\n  version: 1\nversion: 2+3\n", Some("2+3")),
        (GalaxyYml, "version: '4'\r\n", Some("4")),
        (GalaxyYml, " version: 4\n", None),
        (MixExs, "  version: \"1.0\",", Some("1.0")),
        (MixExs, "@version \"2\"\n version: @version", Some("2")),
        (MixExs, "def project do\n [app: :a, version: \"1.0\", deps: [{:b, version: \"9\"}]]", Some("1.0")),
        (MixExs, "app_version: \"9\"", None),
        (MixExs, "# version: \"9\"\n version: \"1\"", Some("1")),
        (Gemspec, "s.version = \"1\"", Some("1")),
        (Gemspec, "s.required_ruby_version = \"9\"\nspec.version='3'", Some("3")),
        (Gemspec, "s.version = Foo::VERSION", None),
        (Gemspec, "module Foo\n  VERSION = '1.2'.freeze\nend", Some("1.2")),
        (Gemspec, "# s.version = '9'\ns.version = '1'", Some("1")),
        (PackageSwift, "let version = \"1\"", Some("1")),
        (PackageSwift, "  let appVersion=\"2\"", Some("2")),
        (PackageSwift, "let  my_version = \"4\"", Some("4")),
        (PackageSwift, "public let version = \"3\"\nlet versionX = \"3\"", None),
        (Cabal, "cabal-version: 3\nVersion :  1.2\n", Some("1.2")),
        (Cabal, " version: 1\nversion:\n 1", None),
        (Cmake, "cmake_minimum_required(VERSION 3.5)\nproject(x VERSION 1.2.3 LANGUAGES C)", Some("1.2.3")),
        (Cmake, "PROJECT ( x\n version 2.0 )", Some("2.0")),
        (Cmake, "project(x)\nset(VERSION 3)", None),
        (Txt, " 1.0\n", Some("1.0")),
        (Txt, "\n", None),
        (Json, "\u{feff}{\"version\":\"1\"}", Some("1")),
    ] {
        assert_eq!(parse(format, None, text).ok().as_deref(), expected, "{format:?} {text:?}");
    }
}

#[test]
fn selectors_name_the_version_in_a_text() {
    let select = |text, selector| parse(VersionFileFormat::Txt, Some(selector), text);
    assert_eq!(select("v: 1.5 x", "v: ([0-9.]+)").ok().as_deref(), Some("1.5"));
    assert_eq!(select("RELEASE =  2 \n", "(?im)^release =(.*)$").ok().as_deref(), Some("2"));
    for (selector, problem) in [
        ("v: ([0-9]+)", "matches nothing"),
        ("v: (", "no valid regular expression"),
        ("v: x", "exactly one capture group"),
        ("(v)(:)", "it has 2"),
        ("v:( *)", "group is empty"),
        ("(z)?v", "group is empty"),
    ] {
        let message = select("v: x", selector).expect_err(selector).to_string();
        assert!(message.contains(problem) && message.contains(&format!("{selector:?}")), "{message}");
    }
    assert_eq!(parse(VersionFileFormat::Json, Some("(x)"), "{\"version\":\"1\"}").ok().as_deref(), Some("1"));
}

fn read(format: VersionFileFormat, name: &str, content: Option<&[u8]>) -> Result<String, VersionFileError> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    if let Some(content) = content {
        fs::write(directory.path().join(name), content).expect("files can be written");
    }
    read_version(directory.path(), &VersionedFile { path: name.to_owned(), format, selector: None })
}

#[test]
fn files_are_read_and_named_in_errors() {
    use VersionFileFormat::{GoMod, Json, Txt};
    assert_eq!(read(Txt, "VERSION", Some(b"1.2.3\n")).ok().as_deref(), Some("1.2.3"));
    for (format, content, fragments) in [
        (Txt, None, ["VERSION", "cannot read"]),
        (Txt, Some(b"\xff" as &[u8]), ["VERSION", "UTF-8"]),
        (Json, Some(b"{}"), ["VERSION", "top-level key \"version\""]),
        (Json, Some(b"{"), ["VERSION", "not valid JSON"]),
        (GoMod, None, ["VERSION", "tags"]),
    ] {
        let message = read(format, "VERSION", content).expect_err("no version").to_string();
        assert!(fragments.iter().all(|fragment| message.contains(fragment)), "{message}");
    }
}

#[test]
fn a_go_mod_is_left_to_the_caller() {
    let error = read(VersionFileFormat::GoMod, "go.mod", None).expect_err("tags tell");
    assert!(matches!(error.problem, VersionProblem::FromTags));
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,60}|[ \nversion:='\"()#]{0,40}", index in 0usize..19) {
        use VersionFileFormat::*;
        let formats = [
            Toml, Json, Xml, Csproj, Gradle, Helm, ChartYaml, PubspecYaml, GalaxyYml, MixExs, Gemspec, PackageSwift,
            Cabal, Cmake, Txt, GoMod, Python, SetupCfg, Properties,
        ];
        let _ = parse(formats[index], None, &text);
    }
}
