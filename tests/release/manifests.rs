//! Manifests as people and their tools write them: comments, carriage returns, byte order marks, odd indentation, keys that are
//! there twice. A release changes the version's bytes and no others.

use super::*;

/// A file, its format, and the text up to and behind its version.
type Manifest = (&'static str, &'static str, &'static str, &'static str);

const MANIFESTS: [Manifest; 12] = [
    (
        "Cargo.toml",
        "toml",
        "# Über alles\r\n[package]\r\n  name    = \"x\"\r\n\tversion = '",
        "' # 1.0.0 is first\r\n\r\n[dependencies]\r\ny = \"1.0.0\"\r\n[package.metadata.z]\r\nversion = \"1.0.0\"\r\n",
    ),
    (
        "package.json",
        "json",
        "\u{feff}{\n\t\"config\": { \"version\": \"1.0.0\" },\n\t\"version\": \"0.9.0\",\n\t  \"version\"  :  \"",
        "\",\n\t\"dependencies\": {\"x\": \"1.0.0\"}}",
    ),
    (
        "pyproject.toml",
        "toml",
        "[build-system]\nrequires = [\"x==1.0.0\"]\n\n[project]\nname = \"x\"\ndescription = \"\"\"\nversion = \"1.0.0\"\n\"\"\"\nversion=\"",
        "\"\n[tool.other]\nversion = \"1.0.0\"",
    ),
    (
        "pom.xml",
        "xml",
        "<?xml version=\"1.0.0\"?>\r\n<!-- <version>1.0.0</version> -->\r\n<project>\r\n <parent><version>1.0.0</version></parent>\r\n <version>\r\n  ",
        "\r\n </version>\r\n <dependencies><dependency><version>1.0.0</version></dependency></dependencies>\r\n</project>\r\n",
    ),
    (
        "app.csproj",
        "csproj",
        "\u{feff}<Project Sdk=\"x\">\r\n  <ItemGroup><PackageReference Include=\"y\"><Version>1.0.0</Version></PackageReference></ItemGroup>\r\n  <PropertyGroup>\r\n    <Version>",
        "</Version><!-- 1.0.0 -->\r\n  </PropertyGroup>\r\n</Project>",
    ),
    (
        "Chart.yaml",
        "helm",
        "# version: 1.0.0\napiVersion: v2\nname: x\nversion:   \"",
        "\"   # the chart's\nappVersion: 7.0.0\ndependencies:\n  - name: y\n    version: 1.0.0\n",
    ),
    (
        "build.gradle",
        "gradle",
        "plugins {\n    id 'x' version '3.0.0'\n}\ngroup = 'y'\nversion  =  '",
        "' // 1.0.0\n\n\n",
    ),
    (
        "mix.exs",
        "mixexs",
        "defmodule X do\n  # version: \"1.0.0\"\n  def project do\n    [app: :x,\n     version: \"",
        "\",\n     deps: [{:y, \"1.0.0\"}]]\n  end\nend\n",
    ),
    ("VERSION", "txt", "  v", "\r\n"),
    ("setup.cfg", "setupcfg", "[options]\nversion = 7\n[metadata]\nname = x\nversion = ", "\n; version = 1.0.0\n"),
    ("gradle.properties", "properties", "#VERSION_NAME=1.0.0\r\nGROUP=x\r\nVERSION_NAME = ", "\r\nPOM=1.0.0\r\n"),
    (
        "x.cabal",
        "cabal",
        "cabal-version: 2.4\nname:    x\nversion:        ",
        "\n-- version: 1.0.0\nlibrary\n  build-depends: y ==1.0.0\n",
    ),
];

#[test]
fn only_the_bytes_of_the_version_change() {
    for (file, format, before, behind) in MANIFESTS {
        let site = Site::empty();
        let config = format!(
            "[[package]]\nname = \"x\"\npath = \".\"\nversioned_files = [{{ path = \"{file}\", format = \"{format}\" }}]\n"
        );
        write(&site.root(), "relplan.toml", &config);
        write(&site.root(), file, &format!("{before}1.0.0{behind}"));
        site.start(&["v1.0.0"]);
        site.commit("lib", "feat: add parser");
        site.release(&[]);
        assert_eq!(site.text(file), format!("{before}1.1.0{behind}"), "{file}");
        let committed = site.git(&["show", &format!("HEAD:{file}")]);
        assert_eq!(committed.trim_end(), format!("{before}1.1.0{behind}").trim_end(), "{file}");
    }
}
