//! Works a plan out in memory: which files get which content, what the changelogs say, what is committed and tagged. Nothing is
//! written.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ReleaseError;
use super::changelog::{Entry, Forge, Place, Section, body, insert};
use super::dependents;
use super::git::Git;
use super::journal::{Outcome, Released};
use super::lock_files;
use super::run::Planned;
use super::settings::{Body, Mode, Settings, update_lock_files};
use super::versions;
use super::writes::Writes;
use crate::config::{VersionFileFormat, VersionedFile};
use crate::history::History;
use crate::plan::{Plan, Release};
use crate::report::release_line;
use crate::version::TagTemplate;
use crate::workspace::{FileChange, Workspace};

/// What a release would do, for `--dry-run`.
#[derive(Debug)]
pub(crate) struct Preview {
    /// The files that change.
    pub(crate) changes: Vec<FileChange>,
    /// What would be reported.
    pub(crate) outcome: Outcome,
    /// What happens besides, one line each.
    pub(crate) steps: Vec<String>,
}

/// A release that is worked out.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) packages: Vec<Drafted>,
    pub(super) subject: String,
}

/// One package of it.
#[derive(Debug, Clone)]
pub(super) struct Drafted {
    pub(super) release: Release,
    pub(super) tag: String,
    /// What its tags are made by.
    pub(super) template: TagTemplate,
    pub(super) next: String,
    pub(super) released: Released,
}

/// Completes the plan and fills `writes`.
///
/// # Errors
/// When a version, a file or a tag makes the release impossible.
pub(super) fn draft(
    git: &Git,
    workspace: &Workspace,
    history: &History,
    plan: &Plan,
    settings: &Settings,
    writes: &mut Writes<'_>,
) -> Result<Draft, ReleaseError> {
    let states = workspace.package_states(history);
    let mut packages = Vec::new();
    for (index, planned) in plan.releases.iter().enumerate() {
        let mut release = planned.clone();
        let template = states[release.package].tag_template.clone();
        versions::complete(git, workspace, &template, &mut release, settings.shown)?;
        let (next, tag) = (release.next.clone().unwrap_or_default(), release.tag.clone().unwrap_or_default());
        if settings.mode != Mode::Branch {
            refuse_tagged(workspace, &release.name, &tag)?;
        }
        let version = versions::in_files(git, workspace, &release, settings.shown)?;
        let mut files = Vec::new();
        for file in &workspace.config().package[release.package].versioned_files {
            let before = writes.written().len();
            let Some(carrier) = writes.set_version(index, file, &version)? else { continue };
            if writes.written().len() > before && update_lock_files(workspace.config(), release.package) {
                follow_in_lock_files(git, writes, index, &carrier, &release.current, &version)?;
            }
            files.push(carrier.path);
        }
        let released = released(&release, &next, &tag, files);
        packages.push(Drafted { release, tag, template, next, released });
    }
    if settings.update_dependents {
        follow_in_dependents(workspace, &packages, writes)?;
    }
    let forge = forge(git, workspace);
    for index in 0..packages.len() {
        write_changelog(workspace, history, settings, forge.as_ref(), writes, &mut packages, index)?;
    }
    let subject = subject(packages.iter(), settings);
    Ok(Draft { packages, subject })
}

/// As [`draft`], with the settings that hold for it: nobody can open a pull request of nothing, so what changes no file is tagged at
/// once.
///
/// # Errors
/// When a version, a file or a tag makes the release impossible.
pub(super) fn settled(
    git: &Git,
    Planned { workspace, history, plan }: &Planned,
    settings: &Settings,
    writes: &mut Writes<'_>,
) -> Result<(Draft, Settings), ReleaseError> {
    let draft = draft(git, workspace, history, plan, settings, writes)?;
    if settings.mode != Mode::Branch || !writes.is_empty() {
        return Ok((draft, settings.clone()));
    }
    for drafted in &draft.packages {
        refuse_tagged(workspace, &drafted.release.name, &drafted.tag)?;
    }
    Ok((draft, Settings { mode: Mode::Commit, ..settings.clone() }))
}

fn refuse_tagged(workspace: &Workspace, package: &str, tag: &str) -> Result<(), ReleaseError> {
    if workspace.repository().has_tag(tag) {
        return Err(ReleaseError::TagExists { package: package.to_owned(), tag: tag.to_owned() });
    }
    Ok(())
}

fn released(release: &Release, next: &str, tag: &str, files: Vec<String>) -> Released {
    Released {
        package: release.name.clone(),
        line: release_line(release),
        previous_version: release.current.clone(),
        new_version: next.to_owned(),
        bump_type: release.label.name().to_owned(),
        tag: tag.to_owned(),
        floating: Vec::new(),
        commit_count: release.commits.len(),
        prerelease: release.channel.is_some(),
        version_source: release.origin.as_ref().and_then(|origin| serde_json::to_value(origin).ok()),
        files,
        notes: String::new(),
    }
}

/// The subject of the commit that releases these packages.
pub(super) fn subject<'d>(packages: impl Iterator<Item = &'d Drafted>, settings: &Settings) -> String {
    let names: Vec<String> = packages.map(|drafted| format!("{} v{}", drafted.release.name, drafted.next)).collect();
    let marker = if settings.skip_ci { " [skip ci]" } else { "" };
    format!("chore(release): {}{marker}", names.join(", "))
}

/// The whole message of the commit that releases these packages.
pub(super) fn message(packages: &[&Drafted], settings: &Settings) -> String {
    let mut message = subject(packages.iter().copied(), settings);
    message.push('\n');
    match settings.body {
        Body::None => {}
        Body::Summary => {
            message.push('\n');
            for Released { package, new_version, commit_count, .. } in packages.iter().map(|drafted| &drafted.released)
            {
                let noun = if *commit_count == 1 { "commit" } else { "commits" };
                message.push_str(&format!("- {package} {new_version} ({commit_count} {noun})\n"));
            }
        }
        Body::Full => {
            for drafted in packages.iter().map(|drafted| &drafted.released) {
                message.push_str(&format!("\n{} {}\n\n{}", drafted.package, drafted.new_version, drafted.notes));
            }
        }
    }
    message
}

/// Writes a package's changelog, where it has one, and keeps what it says of the release.
fn write_changelog(
    workspace: &Workspace,
    history: &History,
    settings: &Settings,
    forge: Option<&Forge>,
    writes: &mut Writes<'_>,
    packages: &mut [Drafted],
    index: usize,
) -> Result<(), ReleaseError> {
    let body = notes(workspace, history, settings, forge, packages, index);
    let drafted = &packages[index];
    let release = &drafted.release;
    let mut notes = body.clone();
    let path = workspace.config().package[release.package].changelog.clone();
    if let Some(path) = path.filter(|_| !body.is_empty()) {
        let place = Place {
            package: &release.name,
            version: &drafted.next,
            date: today(),
            last_tag: history.packages[release.package].tags.since_stable.as_ref().map(|tag| tag.name.as_str()),
            tag: &drafted.tag,
            forge,
            compare_link: settings.changelog.as_ref().is_some_and(|settings| settings.compare_link),
        };
        let inserted = insert(writes.text(&path)?.as_deref(), &body, &place);
        notes = inserted.notes;
        writes.set(index, &path, inserted.text)?;
        packages[index].released.files.push(path);
    }
    packages[index].released.notes = notes;
    Ok(())
}

/// What there is to say of the package at `index` of a release.
pub(super) fn notes(
    workspace: &Workspace,
    history: &History,
    settings: &Settings,
    forge: Option<&Forge>,
    packages: &[Drafted],
    index: usize,
) -> String {
    let release = &packages[index].release;
    let entries = release.commits.iter().map(|&commit| entry(workspace, history, commit)).collect();
    let moved = |name: &String| packages.iter().find(|other| other.release.name == *name);
    let dependencies = release.caused_by.iter().filter_map(moved);
    let dependencies = dependencies.map(|other| (other.release.name.as_str(), other.next.as_str())).collect();
    body(&Section { entries, dependencies }, settings.changelog.as_ref(), forge)
}

fn entry(workspace: &Workspace, history: &History, commit: u32) -> Entry {
    let record = &history.commits[commit as usize];
    let breaks = record.bump == crate::commit::Bump::Major;
    let message = breaks.then(|| workspace.repository().commit_message(&record.id).ok()).flatten();
    let message = message.map(|message| String::from_utf8_lossy(&message).into_owned());
    Entry::new(record, history.subject(record), message.as_deref())
}

/// The pages of the repository that is released to.
pub(super) fn forge(git: &Git, workspace: &Workspace) -> Option<Forge> {
    let settings = &workspace.config().workspace;
    let address = git.ask(&["remote", "get-url", "--", &settings.remote])?;
    let kind = settings.other.get("forge").and_then(serde_json::Value::as_str);
    Forge::of_remote(&address, kind)
}

/// Today's date, UTC, so that a release is the same wherever it is made.
fn today() -> String {
    Timestamp::now().to_zoned(TimeZone::UTC).date().to_string()
}

/// Lets the dependents' manifests ask for the versions that are released.
fn follow_in_dependents(
    workspace: &Workspace,
    packages: &[Drafted],
    writes: &mut Writes<'_>,
) -> Result<(), ReleaseError> {
    let config = workspace.config();
    let moved: Vec<(&str, &str)> =
        packages.iter().map(|drafted| (drafted.release.name.as_str(), drafted.next.as_str())).collect();
    for dependent in &config.package {
        let concerns = |(name, _): &&(&str, &str)| dependent.depends_on.iter().any(|on| on.name == *name);
        let moved: Vec<(&str, &str)> = moved.iter().filter(concerns).copied().collect();
        if moved.is_empty() {
            continue;
        }
        let own = packages.iter().position(|drafted| drafted.release.name == dependent.name);
        for VersionedFile { path, format, .. } in &dependent.versioned_files {
            let rewrite = match format {
                VersionFileFormat::Json => dependents::in_json,
                VersionFileFormat::Toml => dependents::in_toml,
                _ => continue,
            };
            if let Some(text) = writes.text(path)? {
                // One that isn't released itself changes with the last package of the release.
                writes.set(own.unwrap_or(packages.len() - 1), path, rewrite(&text, &moved))?;
            }
        }
    }
    Ok(())
}

/// Lets the lock file that speaks of `manifest` follow.
fn follow_in_lock_files(
    git: &Git,
    writes: &mut Writes<'_>,
    package: usize,
    manifest: &VersionedFile,
    before: &str,
    after: &str,
) -> Result<(), ReleaseError> {
    let (folder, name) = manifest.path.rsplit_once('/').unwrap_or(("", &manifest.path));
    let lock_name = match name {
        "Cargo.toml" => "Cargo.lock",
        "package.json" => "package-lock.json",
        _ => return Ok(()),
    };
    // The lock file is beside the manifest, or above it where a workspace has one for all.
    let mut above = Some(folder);
    while let Some(directory) = above {
        let path = if directory.is_empty() { lock_name.to_owned() } else { format!("{directory}/{lock_name}") };
        if let Some(text) = writes.text(&path)? {
            let within = folder.strip_prefix(directory).unwrap_or(folder).trim_start_matches('/');
            let followed = match lock_name {
                "Cargo.lock" => Some(lock_files::cargo(&text, &cargo_names(git, writes, manifest)?, before, after)),
                _ => lock_files::npm(&text, within, before, after),
            };
            return followed.map_or(Ok(()), |text| writes.set(package, &path, text));
        }
        above = match directory {
            "" => None,
            directory => Some(directory.rsplit_once('/').map_or("", |(parent, _)| parent)),
        };
    }
    Ok(())
}

/// The crates whose version `manifest` says: its own, and those that take it from the workspace.
fn cargo_names(git: &Git, writes: &mut Writes<'_>, manifest: &VersionedFile) -> Result<Vec<String>, ReleaseError> {
    let read = |writes: &mut Writes<'_>, path: &str| -> Result<toml::Table, ReleaseError> {
        Ok(writes.text(path)?.and_then(|text| text.parse().ok()).unwrap_or_default())
    };
    let name_of = |table: &toml::Table| Some(table.get("package")?.get("name")?.as_str()?.to_owned());
    let declared = read(writes, &manifest.path)?;
    let own = declared.get("package").and_then(|package| package.get("version")).filter(|version| version.is_str());
    let mut names: Vec<String> = own.and_then(|_| name_of(&declared)).into_iter().collect();
    let shared = declared.get("workspace").and_then(|workspace| workspace.get("package")?.get("version"));
    if own.is_none() && shared.is_some() {
        let listed = git.run(&["ls-files", "-z"], &[])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        for path in listed.split('\0').filter(|path| path.rsplit('/').next() == Some("Cargo.toml")) {
            let member = read(writes, path)?;
            let version = member.get("package").and_then(|package| package.get("version"));
            if version.and_then(|version| version.get("workspace")).and_then(toml::Value::as_bool) == Some(true) {
                names.extend(name_of(&member));
            }
        }
    }
    Ok(names)
}
