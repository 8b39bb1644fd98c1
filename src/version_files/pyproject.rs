//! Where a Python project's version comes from when its pyproject.toml says that it is dynamic.

use toml::de::DeTable;

use super::VersionProblem;
use super::error::{Candidate, python_modules};
use super::toml::{string_at, value_at};
use crate::config::VersionFileFormat;

/// What keeps the version out of this file, if `project.dynamic` lists it.
pub(super) fn dynamic(document: &DeTable<'_>) -> Option<VersionProblem> {
    let listed = value_at(document, &["project", "dynamic"])?.get_ref().as_array()?;
    listed.iter().find(|entry| entry.get_ref().as_str() == Some("version"))?;
    let text = |path: &[&str]| string_at(document, path).and_then(|value| value.get_ref().as_str());
    let has = |path: &[&str]| value_at(document, path).is_some();
    let from_tags = has(&["tool", "setuptools_scm"])
        || has(&["tool", "versioningit"])
        || has(&["tool", "poetry-dynamic-versioning"])
        || text(&["tool", "hatch", "version", "source"])
            .is_some_and(|source| source == "vcs" || source == "versioningit")
        || text(&["tool", "pdm", "version", "source"]) == Some("scm");
    if from_tags {
        return Some(VersionProblem::FromTags);
    }
    let module =
        |path: &str| vec![Candidate { path: path.to_owned(), format: VersionFileFormat::Python, selector: None }];
    let candidates = if let Some(path) = text(&["tool", "hatch", "version", "path"]) {
        module(path)
    } else if let Some(path) = text(&["tool", "pdm", "version", "path"]) {
        module(path)
    } else if let Some(attribute) = text(&["tool", "setuptools", "dynamic", "version", "attr"]) {
        python_modules(attribute)
    } else if let Some(path) = text(&["tool", "setuptools", "dynamic", "version", "file"]) {
        vec![Candidate { path: path.to_owned(), format: VersionFileFormat::Txt, selector: None }]
    } else {
        match text(&["build-system", "build-backend"]) {
            Some("maturin") => {
                vec![Candidate { path: "Cargo.toml".to_owned(), format: VersionFileFormat::Toml, selector: None }]
            }
            Some(backend) if backend.starts_with("flit") => {
                let name = text(&["tool", "flit", "module", "name"]).or_else(|| text(&["project", "name"]))?;
                python_modules(&format!("{}.__version__", name.replace('-', "_")))
            }
            _ => return Some(VersionProblem::Computed { expression: "dynamic = [\"version\"]".to_owned() }),
        }
    };
    Some(VersionProblem::Elsewhere { what: "`dynamic = [\"version\"]`".to_owned(), candidates })
}
