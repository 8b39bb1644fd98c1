//! The few settings of a repository that change how it is read.
//!
//! Only the repository's own configuration counts: nothing that a user or a system sets can change or slow down a run,
//! and includes are not followed.

use std::fs;
use std::path::{Path, PathBuf};

use gix_hash::Kind;

use super::OpenError;

/// Extensions that don't change how objects and refs are read.
const HARMLESS_EXTENSIONS: [&str; 7] = [
    "noop",
    "partialclone",
    "preciousobjects",
    "worktreeconfig",
    "relativeworktrees",
    "compatobjectformat",
    "objectformat",
];

/// What the repository's configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// There is no work tree.
    pub(super) bare: bool,
    /// Top of the work tree, relative to the repository, where it isn't the directory that holds `.git`.
    pub(super) work_tree: Option<PathBuf>,
    /// Only part of the files are in the work tree.
    pub(super) sparse: bool,
    /// Whether replacement refs count.
    pub(super) use_replacements: bool,
    /// Refs are stored in tables rather than in files.
    pub(super) reftable: bool,
    /// The hash that names objects.
    pub(super) object_hash: Kind,
    /// Objects may be missing, to be fetched when needed.
    pub(super) partial_clone: bool,
    /// Whether the commit-graph may be used.
    pub(super) commit_graph: bool,
    /// A remote whose tags are not fetched, as `git clone --no-tags` leaves it.
    pub(super) remote_without_tags: Option<String>,
}

/// Reads the configuration shared by all work trees and, where it is switched on, the work tree's own.
pub(super) fn read(git_dir: &Path, common_dir: &Path) -> Result<Settings, OpenError> {
    let config = file(&common_dir.join("config"))?;
    let mut settings = Settings {
        bare: flag(&config, "core.bare", false),
        work_tree: work_tree(&config),
        sparse: flag(&config, "core.sparseCheckout", false),
        use_replacements: flag(&config, "core.useReplaceRefs", true),
        reftable: config.string("extensions.refStorage").is_some_and(|storage| storage == "reftable"),
        object_hash: object_hash(&config, common_dir)?,
        partial_clone: is_partial_clone(&config),
        commit_graph: flag(&config, "core.commitGraph", true),
        remote_without_tags: remote_without_tags(&config),
    };
    refuse_unknown_formats(&config, common_dir)?;
    if git_dir != common_dir {
        // A linked work tree is one, whatever the repository it hangs on is.
        (settings.bare, settings.work_tree) = (false, None);
    }
    if flag(&config, "extensions.worktreeConfig", false) {
        let own = file(&git_dir.join("config.worktree"))?;
        settings.bare = flag(&own, "core.bare", settings.bare) && git_dir == common_dir;
        settings.work_tree = work_tree(&own).or(settings.work_tree);
        settings.sparse = flag(&own, "core.sparseCheckout", settings.sparse);
        settings.use_replacements = flag(&own, "core.useReplaceRefs", settings.use_replacements);
    }
    Ok(settings)
}

fn file(path: &Path) -> Result<gix_config::File, OpenError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(OpenError::Read { path: path.to_owned(), source }),
    };
    let metadata = gix_config::file::Metadata::from(gix_config::Source::Local);
    gix_config::File::from_bytes_no_includes(&bytes, metadata, Default::default())
        .map_err(|source| OpenError::Settings { path: path.to_owned(), reason: source.to_string() })
}

fn flag(config: &gix_config::File, key: &str, default: bool) -> bool {
    config.boolean(key).ok().flatten().unwrap_or(default)
}

fn work_tree(config: &gix_config::File) -> Option<PathBuf> {
    config.string("core.worktree").filter(|path| !path.is_empty()).map(|path| PathBuf::from(path.to_string()))
}

fn object_hash(config: &gix_config::File, common_dir: &Path) -> Result<Kind, OpenError> {
    match config.string("extensions.objectFormat").map(|format| format.to_string().to_ascii_lowercase()).as_deref() {
        None | Some("sha1") => Ok(Kind::Sha1),
        Some("sha256") => Ok(Kind::Sha256),
        Some(other) => Err(unsupported(common_dir, format!("objects are named by {other}"))),
    }
}

fn is_partial_clone(config: &gix_config::File) -> bool {
    let promised = |section: gix_config::file::SectionRef<'_>| {
        section.value("promisor").is_some_and(|value| value.eq_ignore_ascii_case(b"true"))
    };
    config.string("extensions.partialClone").is_some()
        || config.sections_by_name("remote").is_some_and(|mut remotes| remotes.any(promised))
}

fn remote_without_tags(config: &gix_config::File) -> Option<String> {
    let mut remotes = config.sections_by_name("remote")?;
    let remote = remotes.find(|section| section.value("tagOpt").is_some_and(|value| value == "--no-tags"))?;
    remote.header().subsection_name().map(ToString::to_string)
}

fn refuse_unknown_formats(config: &gix_config::File, common_dir: &Path) -> Result<(), OpenError> {
    let version = config.integer("core.repositoryFormatVersion").ok().flatten().unwrap_or(0);
    if version > 1 {
        return Err(unsupported(common_dir, format!("core.repositoryFormatVersion is {version}")));
    }
    if let Some(storage) = config.string("extensions.refStorage").filter(|name| name != "files" && name != "reftable") {
        let reason = format!(
            "its refs are stored as `{storage}`; `git refs migrate --ref-format=files` converts them, with \
             `--no-reflog` where that git can't take the reflogs along"
        );
        return Err(unsupported(common_dir, reason));
    }
    match unknown_extension(config).filter(|_| version == 1) {
        Some(name) => Err(unsupported(common_dir, format!("it needs the extension `{name}`"))),
        None => Ok(()),
    }
}

fn unknown_extension(config: &gix_config::File) -> Option<String> {
    let sections = config.sections_by_name("extensions")?;
    let names = sections.flat_map(|section| {
        section.value_names().map(|name| name.to_string().to_ascii_lowercase()).collect::<Vec<_>>()
    });
    names.into_iter().find(|name| name != "refstorage" && !HARMLESS_EXTENSIONS.contains(&name.as_str()))
}

fn unsupported(common_dir: &Path, reason: String) -> OpenError {
    OpenError::UnsupportedFormat { path: common_dir.to_owned(), reason }
}
