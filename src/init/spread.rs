//! Tools that know no workspace: every manifest of theirs is a package, wherever it lies. Helm charts, .NET projects, Elixir,
//! Ruby and Dart packages.

use std::sync::LazyLock;

use regex::Regex;

use super::member::{Doubt, Member, file};
use super::text::{file_in, read};
use super::walk::{is_aside, joined};
use super::{InitError, Search};
use crate::config::{VersionFileFormat, VersionedFile};
use crate::version_files;

macro_rules! regex {
    ($pattern:literal) => {{
        static REGEX: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is a constant, and tested"));
        &REGEX
    }};
}

const BUILD_PROPERTIES: &str = "Directory.Build.props";

/// Whether a file is a chart's.
pub(super) fn is_chart(name: &str) -> bool {
    name == "Chart.yaml"
}

/// Whether a file is a .NET project's, or says that its folder is one's root.
pub(super) fn is_dotnet(name: &str) -> bool {
    is_project(name) || name == BUILD_PROPERTIES || name.ends_with(".sln") || name.ends_with(".slnx")
}

fn is_project(name: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is an Elixir project's.
pub(super) fn is_mix(name: &str) -> bool {
    name == "mix.exs"
}

/// Whether a file is a gem's.
pub(super) fn is_gem(name: &str) -> bool {
    name.ends_with(".gemspec")
}

/// Whether a file is a Dart package's.
pub(super) fn is_dart(name: &str) -> bool {
    name == "pubspec.yaml"
}

/// All charts; a chart's own `charts` folder holds copies of others. `appVersion` follows only where it is the same.
pub(super) fn charts(search: &Search<'_>, _: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let folders: Vec<String> = search.folders.with(is_chart).map(|(path, _)| path.to_owned()).collect();
    let is_copy = |path: &str| {
        folders.iter().any(|outer| outer != path && path.starts_with(&format!("{}/", joined(outer, "charts"))))
    };
    each(
        search,
        &folders.iter().filter(|path| !is_copy(path)).map(|path| file_in(path, "Chart.yaml")).collect::<Vec<_>>(),
        |manifest, text| {
            let app =
                regex!(r#"(?m)^appVersion:\s*["']?([^"'\s#]+)"#).captures(text).map(|captures| captures[1].to_owned());
            let version = version_files::parse(VersionFileFormat::ChartYaml, None, text).ok();
            let follows = app.is_none() || app == version;
            let format = if follows { VersionFileFormat::Helm } else { VersionFileFormat::ChartYaml };
            let library = regex!(r"(?m)^\s+repository:\s*file://(\S+)")
                .captures_iter(text)
                .map(|captures| captures[1].to_owned());
            Found {
                name: first(regex!(r#"(?m)^name:\s*["']?([^"'\s#]+)"#), text),
                files: version.map(|_| file(manifest.to_owned(), format, None)).into_iter().collect(),
                needs: library.collect(),
                private: false,
            }
        },
    )
}

/// All .NET projects with a version; where `Directory.Build.props` carries one for all, they are one package.
pub(super) fn dotnet(search: &Search<'_>, _: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let carries =
        |file: &VersionedFile| version_files::read_version(search.root, file).is_ok_and(|it| !it.contains("$("));
    let shared: Vec<VersionedFile> = search
        .folders
        .with(|name| name.ends_with(".props"))
        .map(|(path, name)| file(file_in(path, name), VersionFileFormat::Csproj, None))
        .filter(carries)
        .collect();
    let projects: Vec<String> = search.folders.with(is_project).map(|(path, name)| file_in(path, name)).collect();
    let members = each(search, &projects, |manifest, text| {
        let own = file(manifest.to_owned(), VersionFileFormat::Csproj, None);
        let is_test =
            regex!(r"(?i)<IsTestProject>\s*true|<IsPackable>\s*false|Microsoft\.NET\.Test\.Sdk").is_match(text);
        let reference = regex!(r#"<ProjectReference\s+Include\s*=\s*"([^"]+)""#).captures_iter(text);
        let stem = manifest.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem.to_owned());
        Found {
            name: first(regex!(r"<PackageId>\s*([^<$\s]+)\s*</PackageId>"), text).or(stem),
            files: Some(own).filter(carries).into_iter().collect(),
            needs: reference.map(|captures| format!("{}/..", captures[1].replace('\\', "/"))).collect(),
            private: is_test,
        }
    })?;
    let [shared] = &shared[..] else { return Ok(members) };
    if members.iter().any(|member| !member.files.is_empty() && member.doubt.is_none()) {
        return Ok(members);
    }
    Ok(vec![Member {
        name: search.name.to_owned(),
        path: ".".to_owned(),
        files: vec![shared.clone()],
        ..Member::default()
    }])
}

/// All Elixir projects.
pub(super) fn mix(search: &Search<'_>, _: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let manifests: Vec<String> = search.folders.with(is_mix).map(|(path, name)| file_in(path, name)).collect();
    each(search, &manifests, |manifest, text| {
        let needed = regex!(r#"(?m)^\s*\{:\w+,[^}\n]*\bpath:\s*"([^"]+)""#).captures_iter(text);
        let siblings = regex!(r"\{:(\w+),[^}\n]*\bin_umbrella:\s*true").captures_iter(text);
        let siblings = siblings.map(|captures| format!("../{}", &captures[1]));
        Found {
            name: first(regex!(r"(?m)^\s*\[?\s*app:\s*:(\w+)"), text),
            files: readable(search, vec![file(manifest.to_owned(), VersionFileFormat::MixExs, None)]),
            needs: needed.map(|captures| captures[1].to_owned()).chain(siblings).collect(),
            // An umbrella only holds others together.
            private: regex!(r"\bapps_path:").is_match(text),
        }
    })
}

/// All gems, their version in the specification or in the constant that it names.
pub(super) fn gems(search: &Search<'_>, _: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let manifests: Vec<String> = search.folders.with(is_gem).map(|(path, name)| file_in(path, name)).collect();
    each(search, &manifests, |manifest, text| {
        let folder = manifest.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let constants =
            regex!(r#"require(?:_relative)?\s*\(?\s*["']((?:\./)?(?:lib/)?[^"']*version)["']"#).captures_iter(text);
        let constants = constants.flat_map(|captures| {
            let named = captures[1].trim_start_matches("./").to_owned();
            [format!("{named}.rb"), format!("lib/{named}.rb")]
        });
        let mut places = vec![file(manifest.to_owned(), VersionFileFormat::Gemspec, None)];
        let selector = r#"\bVERSION\s*=\s*["']([^"']+)["']"#;
        places.extend(constants.map(|named| file(joined(folder, &named), VersionFileFormat::Txt, Some(selector))));
        let stem = manifest.rsplit('/').next().and_then(|name| name.strip_suffix(".gemspec")).map(str::to_owned);
        Found {
            name: first(regex!(r#"\.name\s*=\s*["']([^"']+)["']"#), text).or(stem),
            files: readable(search, places),
            needs: Vec::new(),
            private: false,
        }
    })
}

/// All Dart packages.
pub(super) fn dart(search: &Search<'_>, _: &str, _: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let manifests: Vec<String> = search.folders.with(is_dart).map(|(path, name)| file_in(path, name)).collect();
    each(search, &manifests, |manifest, text| Found {
        name: first(regex!(r"(?m)^name:\s*(\S+)"), text),
        files: readable(search, vec![file(manifest.to_owned(), VersionFileFormat::PubspecYaml, None)]),
        needs: regex!(r"(?m)^\s+path:\s*(\.\S+)").captures_iter(text).map(|captures| captures[1].to_owned()).collect(),
        private: regex!(r#"(?m)^publish_to:\s*["']?none"#).is_match(text),
    })
}

/// What one manifest says.
struct Found {
    name: Option<String>,
    files: Vec<VersionedFile>,
    /// Folders, as seen from the manifest's own.
    needs: Vec<String>,
    private: bool,
}

fn each(
    search: &Search<'_>,
    manifests: &[String],
    found: impl Fn(&str, &str) -> Found,
) -> Result<Vec<Member>, InitError> {
    let mut members = Vec::new();
    for manifest in manifests {
        let Some(text) = read(search.root, manifest)? else { continue };
        let path = manifest.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let found = found(manifest, &text);
        let doubts = [
            found.files.is_empty().then_some(Doubt::NoVersion),
            found.private.then_some(Doubt::Private),
            (path != "." && is_aside(path)).then_some(Doubt::Aside),
        ];
        members.push(Member {
            name: found.name.unwrap_or_else(|| search.name_of(path)),
            path: path.to_owned(),
            files: found.files,
            needs: found.needs.iter().map(|needed| joined(path, needed)).collect(),
            doubt: doubts.into_iter().flatten().max(),
            ..Member::default()
        });
    }
    Ok(members)
}

/// The first file of `places` that gives a version.
fn readable(search: &Search<'_>, places: Vec<VersionedFile>) -> Vec<VersionedFile> {
    let is_read = |file: &VersionedFile| {
        version_files::read_version(search.root, file)
            .is_ok_and(|version| version.starts_with(|it: char| it.is_ascii_digit()))
    };
    places.into_iter().find(is_read).into_iter().collect()
}

fn first(regex: &Regex, text: &str) -> Option<String> {
    regex.captures(text).map(|captures| captures[1].to_owned())
}
