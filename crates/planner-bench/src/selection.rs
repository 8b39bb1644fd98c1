//! Which tools and repositories a command line names.

use thiserror::Error;

use super::tool::Tool;

/// The repositories that are measured where none is named, the smallest first.
pub const REPOSITORIES: [&str; 4] = ["floor", "mono-small", "mono-medium", "mono-large"];

/// A name that isn't known.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("there is no {kind} called {name}{hint}; known: {known}")]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    hint: String,
    known: String,
}

/// The tools called `names`, in the order of the tables; all where none is named. relplan is always among them, because
/// the others are compared with it.
///
/// # Errors
/// [`UnknownName`] for the first name that is no tool's.
pub fn tools(names: &[String]) -> Result<Vec<Tool>, UnknownName> {
    let known = Tool::ALL.map(Tool::name);
    known_names("tool", names, &known)?;
    let is_wanted =
        |tool: &Tool| names.is_empty() || *tool == Tool::Relplan || names.iter().any(|name| name == tool.name());
    Ok(Tool::ALL.into_iter().filter(is_wanted).collect())
}

/// The repositories called `names` out of the `known` ones; [`REPOSITORIES`] where none is named.
///
/// # Errors
/// [`UnknownName`] for the first name that isn't known.
pub fn repositories(names: &[String], known: &[&str]) -> Result<Vec<String>, UnknownName> {
    let wanted = if names.is_empty() { REPOSITORIES.map(str::to_owned).to_vec() } else { names.to_vec() };
    known_names("repository", &wanted, known)?;
    Ok(wanted)
}

fn known_names(kind: &'static str, names: &[String], known: &[&str]) -> Result<(), UnknownName> {
    let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let nearest = known.iter().map(|other| (strsim::jaro_winkler(name, other), other));
    let nearest = nearest.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = nearest.map(|(_, other)| format!(", did you mean {other}?")).unwrap_or_default();
    Err(UnknownName { kind, name: name.clone(), hint, known: known.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn relplan_is_always_measured() {
        assert_eq!(tools(&names(&["knope"])).expect("known"), [Tool::Relplan, Tool::Knope]);
        assert_eq!(tools(&[]).expect("all").len(), Tool::ALL.len());
    }

    #[test]
    fn an_unknown_name_is_refused_with_a_hint() {
        let error = tools(&names(&["git-clif"])).expect_err("unknown").to_string();
        assert!(
            error.starts_with("there is no tool called git-clif, did you mean git-cliff?; known: relplan,"),
            "{error}"
        );
        let error = repositories(&names(&["huge"]), &["floor"]).expect_err("unknown").to_string();
        assert_eq!(error, "there is no repository called huge; known: floor");
        assert_eq!(repositories(&[], &REPOSITORIES).expect("known").len(), 4);
    }
}
