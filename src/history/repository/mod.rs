//! The repository that a directory belongs to: where its parts lie, where HEAD is, and how its objects are read.

mod delta_bases;
mod discover;
mod error;
mod objects;
mod packs;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};

use gix_hash::ObjectId;
use gix_ref::Target;

use discover::Layout;
pub use error::{ObjectError, OpenError};
pub(crate) use objects::{ObjectReader, Objects, corrupt};
use settings::Settings;

/// Symbolic refs are followed this far, as git does.
const SYMBOLIC_REF_DEPTH: usize = 5;

/// A repository with a work tree and its whole history.
pub struct Repository {
    layout: Layout,
    settings: Settings,
    refs: gix_ref::file::Store,
    objects: Objects,
    head: Head,
}

/// Where HEAD points.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    branch: Option<String>,
    id: Option<ObjectId>,
}

impl Repository {
    /// Opens the repository that `start` lies in.
    ///
    /// # Errors
    /// When there is none, or it has no work tree, or part of its history is missing, or its format is unknown.
    pub fn discover(start: &Path) -> Result<Self, OpenError> {
        let layout = discover::find(start)?;
        let settings = settings::read(&layout.git_dir, &layout.common_dir)?;
        if settings.bare {
            return Err(OpenError::Bare { path: layout.git_dir });
        }
        refuse_shallow(&layout.common_dir)?;
        let refs = ref_store(&layout, &settings);
        let head = head(&refs, &layout)?;
        let directory = layout.common_dir.join("objects");
        let objects = Objects::open(directory.clone(), settings.object_hash, settings.partial_clone)
            .map_err(|source| OpenError::Read { path: directory, source })?;
        Ok(Self { layout, settings, refs, objects, head })
    }

    /// Top of the work tree that `start` lies in, without reading anything of its history.
    ///
    /// # Errors
    /// When `start` lies in no repository or in a bare one.
    pub fn find_root(start: &Path) -> Result<PathBuf, OpenError> {
        Ok(discover::find(start)?.root)
    }

    /// Top of the work tree, relative to the process's directory where the search began with a relative path.
    pub fn root(&self) -> &Path {
        &self.layout.root
    }

    /// The directory that holds what belongs to this work tree alone.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.layout.git_dir
    }

    /// The directory that holds what all work trees share.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.layout.common_dir
    }

    /// The branch that HEAD is on, without `refs/heads/`; `None` when HEAD is detached.
    pub fn head_branch(&self) -> Option<&str> {
        self.head.branch.as_deref()
    }

    /// The commit at HEAD; `None` before the first commit.
    pub fn head_id(&self) -> Option<ObjectId> {
        self.head.id
    }

    /// Whether there is a tag of that name. There is none of a name that no tag can have.
    pub fn has_tag(&self, name: &str) -> bool {
        matches!(self.refs.try_find(format!("refs/tags/{name}").as_str()), Ok(Some(_)))
    }

    /// The whole message of a commit, as bytes in whatever encoding it has.
    ///
    /// # Errors
    /// When the commit is missing or damaged.
    pub fn commit_message(&self, id: &ObjectId) -> Result<Vec<u8>, ObjectError> {
        let mut buffer = Vec::new();
        self.reader().read(id, gix_object::Kind::Commit, &mut buffer)?;
        let start = super::commit_object::parse(id, &buffer)?.message_start;
        Ok(buffer.split_off(start))
    }

    pub(super) fn reader(&self) -> ObjectReader {
        self.objects.reader()
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The object that a symbolic ref leads to; `None` if it leads nowhere.
    pub(super) fn resolve(&self, name: gix_ref::FullName) -> Result<Option<ObjectId>, super::HistoryError> {
        let mut name = name;
        for _ in 0..SYMBOLIC_REF_DEPTH {
            let reference = self
                .refs
                .try_find(name.as_ref())
                .map_err(|error| super::HistoryError::Tags { reason: error.to_string() })?;
            match reference.map(|reference| reference.target) {
                None => return Ok(None),
                Some(Target::Object(id)) => return Ok(Some(id)),
                Some(Target::Symbolic(next)) => name = next,
            }
        }
        Ok(None)
    }

    pub(super) fn refs(&self) -> &gix_ref::file::Store {
        &self.refs
    }

    pub(super) fn object_hash(&self) -> gix_hash::Kind {
        self.settings.object_hash
    }

    /// A remote whose tags are not fetched.
    pub(super) fn remote_without_tags(&self) -> Option<&str> {
        self.settings.remote_without_tags.as_deref()
    }

    /// Directory of the commit-graph, unless the repository says not to use it.
    pub(super) fn commit_graph_dir(&self) -> Option<PathBuf> {
        self.settings.commit_graph.then(|| self.layout.common_dir.join("objects").join("info"))
    }
}

fn refuse_shallow(common_dir: &Path) -> Result<(), OpenError> {
    let path = common_dir.join("shallow");
    match fs::metadata(&path) {
        Ok(metadata) if metadata.len() > 0 => Err(OpenError::Shallow { path }),
        _ => Ok(()),
    }
}

fn ref_store(layout: &Layout, settings: &Settings) -> gix_ref::file::Store {
    let (git_dir, common_dir) = (layout.git_dir.clone(), layout.common_dir.clone());
    if git_dir == common_dir {
        gix_ref::file::Store::at_opts(git_dir, settings.object_hash, Default::default())
    } else {
        gix_ref::file::Store::for_linked_worktree(git_dir, common_dir, settings.object_hash)
    }
}

fn head(refs: &gix_ref::file::Store, layout: &Layout) -> Result<Head, OpenError> {
    let failed = |reason: String| OpenError::Head { path: layout.git_dir.clone(), reason };
    let mut name = "HEAD".to_owned();
    let mut branch = None;
    for _ in 0..SYMBOLIC_REF_DEPTH {
        let reference = refs.try_find(name.as_str()).map_err(|error| failed(error.to_string()))?;
        match reference.map(|reference| reference.target) {
            None if branch.is_none() => return Err(failed("there is no such file".to_owned())),
            None => return Ok(Head { branch, id: None }),
            Some(Target::Object(id)) => return Ok(Head { branch, id: Some(id) }),
            Some(Target::Symbolic(target)) => {
                name = target.as_bstr().to_string();
                branch = branch.or_else(|| Some(name.trim_start_matches("refs/heads/").to_owned()));
            }
        }
    }
    Err(failed("it is a symbolic ref that never ends".to_owned()))
}
