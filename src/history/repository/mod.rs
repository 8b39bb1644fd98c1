//! The repository that a directory belongs to: where its parts lie, where HEAD is, and how its objects are read.

mod database;
mod delta_bases;
mod discover;
mod environment;
mod error;
mod loose;
mod objects;
mod packs;
mod refs;
mod reftable;
mod replacements;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};

use gix_hash::ObjectId;
use gix_ref::Target;

use discover::Layout;
use environment::Environment;
pub use error::{ObjectError, OpenError};
pub(crate) use objects::{ObjectReader, Objects, corrupt};
use refs::Refs;
use replacements::Replacements;
use settings::Settings;

/// A repository with a work tree and its whole history.
pub struct Repository {
    layout: Layout,
    settings: Settings,
    refs: Refs,
    objects: Objects,
    head: Head,
    object_dir: PathBuf,
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
        let environment = Environment::of_process();
        let (layout, settings) = discover::find(start, &environment)?;
        refuse_shallow(&layout.common_dir)?;
        let refs = refs(&layout, &settings)?;
        let head = head(&refs, &layout)?;
        let directory = environment.object_dir.clone().unwrap_or_else(|| layout.common_dir.join("objects"));
        let replacements = Replacements::read(&refs, &settings, &environment, &layout.common_dir)?;
        let objects = Objects::open(directory.clone(), &settings, &environment, replacements)
            .map_err(|source| OpenError::Read { path: directory.clone(), source })?;
        Ok(Self { layout, settings, refs, objects, head, object_dir: directory })
    }

    /// Top of the work tree that `start` lies in, and whether that is a sparse checkout, without reading anything of its
    /// history.
    ///
    /// # Errors
    /// When `start` lies in no repository or in a bare one.
    pub fn find_root(start: &Path) -> Result<(PathBuf, bool), OpenError> {
        let (layout, settings) = discover::find(start, &Environment::of_process())?;
        Ok((layout.root, settings.sparse))
    }

    /// Top of the work tree, relative to the process's directory where the search began with a relative path.
    pub fn root(&self) -> &Path {
        &self.layout.root
    }

    /// The directory that holds what is this work tree's alone.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.layout.git_dir
    }

    /// The directory that holds what all work trees share.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.layout.common_dir
    }

    /// The branch that HEAD is on, without `refs/heads/` and with bytes that are not UTF-8 replaced; `None` when HEAD is
    /// detached.
    pub fn head_branch(&self) -> Option<&str> {
        self.head.branch.as_deref()
    }

    /// Whether the work tree holds only part of the files.
    pub fn is_sparse(&self) -> bool {
        self.settings.sparse
    }

    /// The content that HEAD has of the file at `path`; `None` if it has none.
    ///
    /// # Errors
    /// When an object on the way is missing or damaged.
    pub fn committed_file(&self, path: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        let Some(head) = self.head.id else { return Ok(None) };
        let mut reader = self.reader();
        let mut buffer = Vec::new();
        reader.read(&head, gix_object::Kind::Commit, &mut buffer)?;
        let mut id = super::commit_object::parse(&head, &buffer)?.tree;
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            reader.read(&id, gix_object::Kind::Tree, &mut buffer)?;
            match super::tree::entry_named(&buffer, name.as_bytes(), id.kind().len_in_bytes()) {
                Some(entry) => id = entry,
                None => return Ok(None),
            }
        }
        reader.read(&id, gix_object::Kind::Blob, &mut buffer)?;
        Ok(Some(buffer))
    }

    /// The branch of `remote` that HEAD's commit is the newest of, if it is so of one branch only.
    pub fn only_remote_branch_at_head(&self, remote: &str) -> Option<String> {
        let (head, directory) = (self.head.id?, format!("refs/remotes/{remote}/"));
        let mut here: Vec<Vec<u8>> = Vec::new();
        let take = |name, target| here.extend((target == Target::Object(head)).then_some(name));
        self.refs.under(&directory, take).ok()?;
        let [only] = &here[..] else { return None };
        Some(String::from_utf8_lossy(only).into_owned())
    }

    /// The branch that `remote` said is its main one when it was cloned.
    pub fn default_branch(&self, remote: &str) -> Option<String> {
        let directory = format!("refs/remotes/{remote}/");
        let Target::Symbolic(branch) = self.refs.find(&format!("{directory}HEAD")).ok()?? else { return None };
        let name = branch.as_bstr().strip_prefix(directory.as_bytes())?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The commit at HEAD; `None` before the first commit.
    pub fn head_id(&self) -> Option<ObjectId> {
        self.head.id
    }

    /// Whether there is a tag of that name. There is none of a name that no tag can have.
    pub fn has_tag(&self, name: &str) -> bool {
        matches!(self.refs.find(&format!("refs/tags/{name}")), Ok(Some(_)))
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

    /// Hands out the refs under a directory of refs, and returns the names of those that can't be read.
    pub(super) fn refs_under(
        &self,
        directory: &str,
        take: impl FnMut(Vec<u8>, Target),
    ) -> Result<Vec<String>, super::HistoryError> {
        self.refs.under(directory, take).map_err(|reason| super::HistoryError::Tags { reason })
    }

    /// The object that a ref leads to; `None` if it leads nowhere.
    pub(super) fn resolve(&self, target: Target) -> Result<Option<ObjectId>, super::HistoryError> {
        Ok(self.refs.follow(target).map_err(|reason| super::HistoryError::Tags { reason })?.id)
    }

    pub(super) fn object_hash(&self) -> gix_hash::Kind {
        self.settings.object_hash
    }

    /// A remote whose tags are not fetched.
    pub(super) fn remote_without_tags(&self) -> Option<&str> {
        self.settings.remote_without_tags.as_deref()
    }

    /// Directory of the commit-graph, unless the repository says not to use it. Like git, it isn't used where commits are
    /// replaced, because it knows nothing of that.
    pub(super) fn commit_graph_dir(&self) -> Option<PathBuf> {
        let usable = self.settings.commit_graph && self.objects.replacements().is_empty();
        usable.then(|| self.object_dir.join("info"))
    }
}

fn refuse_shallow(common_dir: &Path) -> Result<(), OpenError> {
    let path = common_dir.join("shallow");
    match fs::metadata(&path) {
        Ok(metadata) if metadata.len() > 0 => Err(OpenError::Shallow { path }),
        _ => Ok(()),
    }
}

fn refs(layout: &Layout, settings: &Settings) -> Result<Refs, OpenError> {
    if !settings.reftable {
        return Ok(Refs::Files(ref_store(layout, settings)));
    }
    let table = reftable::read(&layout.git_dir, &layout.common_dir, settings.object_hash);
    let table = table.map_err(|reason| OpenError::Refs { path: layout.common_dir.clone(), reason })?;
    Ok(Refs::Tables(table))
}

fn ref_store(layout: &Layout, settings: &Settings) -> gix_ref::file::Store {
    let (git_dir, common_dir) = (layout.git_dir.clone(), layout.common_dir.clone());
    if git_dir == common_dir {
        gix_ref::file::Store::at_opts(git_dir, settings.object_hash, Default::default())
    } else {
        gix_ref::file::Store::for_linked_worktree(git_dir, common_dir, settings.object_hash)
    }
}

fn head(refs: &Refs, layout: &Layout) -> Result<Head, OpenError> {
    let failed = |reason: String| OpenError::Head { path: layout.git_dir.clone(), reason };
    let target = refs.find("HEAD").map_err(failed)?;
    let target = target.ok_or_else(|| failed("there is no such file".to_owned()))?;
    let followed = refs.follow(target).map_err(failed)?;
    if followed.endless {
        return Err(failed("it is a symbolic ref that never ends".to_owned()));
    }
    let branch = followed.through.first().map(|name| {
        let name = name.as_bstr();
        String::from_utf8_lossy(name.strip_prefix(b"refs/heads/").unwrap_or(name)).into_owned()
    });
    Ok(Head { branch, id: followed.id })
}
