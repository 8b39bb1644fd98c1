//! The version of a .NET project: of its own properties, never of what it references.

use super::VersionProblem;
use super::located::{Located, Part, is_reference};
use super::xml;

/// `<Version>` in a `<PropertyGroup>`, else `<VersionPrefix>` with its `<VersionSuffix>`, else `<PackageVersion>`. One that
/// only names another property of the same file is followed there.
pub(super) fn locate(text: &str) -> Result<Located, VersionProblem> {
    let version = property(text, "Version");
    if let Some(version) = version.and_then(|version| followed(text, version)) {
        return Located::whole(text, version);
    }
    if let Some(prefix) = property(text, "VersionPrefix").and_then(|prefix| followed(text, prefix)) {
        let suffix = property(text, "VersionSuffix").filter(|suffix| !is_reference(suffix));
        return match suffix {
            Some(suffix) => Located::parts(text, &[(prefix, Part::Release), (suffix, Part::Suffix)]),
            None => Located::whole(text, prefix),
        };
    }
    if let Some(expression) = version {
        return Err(VersionProblem::Computed { expression: expression.trim().to_owned() });
    }
    match property(text, "PackageVersion").and_then(|version| followed(text, version)) {
        Some(version) => Located::whole(text, version),
        None => Err(VersionProblem::NotFound(
            "<Version>, <VersionPrefix> or <PackageVersion> in a <PropertyGroup>; where a Directory.Build.props has it, list that file",
        )),
    }
}

/// The first property of that name that isn't blank.
fn property<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let wanted = |path: &[&str]| matches!(path, [_, "PropertyGroup", last] if *last == name);
    xml::find_if(text, wanted, |value| !value.trim().is_empty())
}

/// `value`, or the property of the same file that it names; `None` when it is made of other things.
fn followed<'a>(text: &'a str, value: &'a str) -> Option<&'a str> {
    if !is_reference(value) {
        return Some(value);
    }
    let name = value.trim().strip_prefix("$(")?.strip_suffix(')')?;
    property(text, name).filter(|value| !is_reference(value))
}

#[cfg(test)]
mod tests {
    use super::locate;

    fn version_and_next(text: &str, next: &str) -> (String, String) {
        let located = locate(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (located.version.clone(), located.replaced(text, next))
    }

    #[test]
    fn only_the_projects_own_version_counts() {
        for (text, version, after) in [
            (
                "<Project><ItemGroup><PackageReference Include=\"A\"><Version>13.0.3</Version></PackageReference></ItemGroup><PropertyGroup><Version>1.5.0</Version></PropertyGroup></Project>",
                "1.5.0",
                "<Project><ItemGroup><PackageReference Include=\"A\"><Version>13.0.3</Version></PackageReference></ItemGroup><PropertyGroup><Version>2.0.0</Version></PropertyGroup></Project>",
            ),
            (
                "<Project><PropertyGroup><VersionPrefix>1.5.0</VersionPrefix><VersionSuffix>beta.1</VersionSuffix></PropertyGroup></Project>",
                "1.5.0-beta.1",
                "<Project><PropertyGroup><VersionPrefix>2.0.0</VersionPrefix><VersionSuffix></VersionSuffix></PropertyGroup></Project>",
            ),
            (
                "<Project><PropertyGroup><Version>$(LibraryVersion)</Version></PropertyGroup>\r\n<PropertyGroup><LibraryVersion> 1.5.0 </LibraryVersion></PropertyGroup></Project>",
                "1.5.0",
                "<Project><PropertyGroup><Version>$(LibraryVersion)</Version></PropertyGroup>\r\n<PropertyGroup><LibraryVersion> 2.0.0 </LibraryVersion></PropertyGroup></Project>",
            ),
            (
                "<Project><PropertyGroup><Version></Version></PropertyGroup><PropertyGroup Condition=\"'$(X)' == ''\"><Version>1.5.0</Version></PropertyGroup></Project>",
                "1.5.0",
                "<Project><PropertyGroup><Version></Version></PropertyGroup><PropertyGroup Condition=\"'$(X)' == ''\"><Version>2.0.0</Version></PropertyGroup></Project>",
            ),
        ] {
            assert_eq!(version_and_next(text, "2.0.0"), (version.to_owned(), after.to_owned()));
        }
    }

    #[test]
    fn computed_and_missing_versions_are_refused() {
        for (text, words) in [
            (
                "<Project><PropertyGroup><Version>$(Major).$(Minor).0</Version></PropertyGroup></Project>",
                "$(Major).$(Minor).0",
            ),
            (
                "<Project><ItemGroup><PackageReference><Version>1.0</Version></PackageReference></ItemGroup></Project>",
                "Directory.Build.props",
            ),
            (
                "<Project><Target><PropertyGroup><Version>1.0</Version></PropertyGroup></Target></Project>",
                "PropertyGroup",
            ),
        ] {
            let message = locate(text).expect_err(text).to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
