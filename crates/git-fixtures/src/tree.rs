//! A work tree in memory: cheap to clone, and writing it to the object store costs only what changed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::definition::RepoPath;
use crate::object::{Kind, ObjectId};
use crate::storage::ObjectStore;

/// Why a tree could not be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A file stands where a folder is needed, or the other way round.
    #[error("`{0}` would be both a file and a folder")]
    Conflict(String),
    /// Nothing to delete or rename.
    #[error("`{0}` does not exist at that commit")]
    Missing(String),
}

/// A file's content and mode.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) content: Rc<[u8]>,
    pub(crate) executable: bool,
    written: Option<ObjectId>,
    previous: Option<ObjectId>,
}

impl File {
    pub(crate) fn new(content: &str, executable: bool) -> Self {
        Self { content: Rc::from(content.as_bytes()), executable, written: None, previous: None }
    }

    pub(crate) fn mode(&self) -> u32 {
        if self.executable { 0o100_755 } else { 0o100_644 }
    }

    /// The blob's name; the tree must have been written.
    pub(crate) fn id(&self) -> ObjectId {
        self.written.expect("the tree was written before its files are listed")
    }
}

/// Entries are keyed in git's order: a folder counts as its name with a `/` behind it.
#[derive(Debug, Clone, Default)]
struct Directory {
    entries: BTreeMap<String, Node>,
    written: Option<ObjectId>,
    previous: Option<ObjectId>,
}

#[derive(Debug, Clone)]
enum Node {
    File(File),
    Directory(Rc<Directory>),
}

/// A whole work tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    root: Rc<Directory>,
}

impl Tree {
    /// Writes a file, over an older one if there is one.
    pub(crate) fn set(&mut self, path: &RepoPath, file: File) -> Result<(), TreeError> {
        let components: Vec<&str> = path.components().collect();
        Rc::make_mut(&mut self.root).put(&components, Node::File(file), path)
    }

    /// The file at `path`.
    pub(crate) fn get(&self, path: &RepoPath) -> Option<&File> {
        let mut directory = &self.root;
        let mut components = path.components().peekable();
        while let Some(component) = components.next() {
            if components.peek().is_none() {
                return match directory.entries.get(component) {
                    Some(Node::File(file)) => Some(file),
                    _ => None,
                };
            }
            match directory.entries.get(&format!("{component}/")) {
                Some(Node::Directory(inner)) => directory = inner,
                _ => return None,
            }
        }
        None
    }

    /// Deletes a file or folder, and the folders that this leaves empty.
    pub(crate) fn remove(&mut self, path: &RepoPath) -> Result<(), TreeError> {
        self.take(path).map(|_| ())
    }

    /// Moves a file or folder.
    pub(crate) fn rename(&mut self, from: &RepoPath, to: &RepoPath) -> Result<(), TreeError> {
        let node = self.take(from)?;
        let components: Vec<&str> = to.components().collect();
        Rc::make_mut(&mut self.root).put(&components, node, to)
    }

    fn take(&mut self, path: &RepoPath) -> Result<Node, TreeError> {
        let components: Vec<&str> = path.components().collect();
        Rc::make_mut(&mut self.root).take(&components).ok_or_else(|| TreeError::Missing(path.to_string()))
    }

    /// Puts every object that is not there yet into `store`; returns the root tree's name.
    pub(crate) fn write(&mut self, store: &mut ObjectStore) -> ObjectId {
        Directory::write(&mut self.root, store)
    }

    /// All files with their paths, sorted as git's index sorts them.
    pub(crate) fn files(&self) -> Vec<(String, &File)> {
        let mut files = Vec::new();
        self.root.list("", &mut files);
        files.sort_by(|left, right| left.0.cmp(&right.0));
        files
    }
}

impl Directory {
    /// Forgets the written form, but remembers it as what the next one is a newer version of.
    fn touch(&mut self) {
        self.previous = self.written.take().or(self.previous);
    }

    fn put(&mut self, components: &[&str], mut node: Node, path: &RepoPath) -> Result<(), TreeError> {
        self.touch();
        let conflict = || TreeError::Conflict(path.to_string());
        let (name, inner) = components.split_first().expect("a path has at least one component");
        let folder = format!("{name}/");
        if !inner.is_empty() {
            if self.entries.contains_key(*name) {
                return Err(conflict());
            }
            let entry = self.entries.entry(folder).or_insert_with(|| Node::Directory(Rc::default()));
            let Node::Directory(directory) = entry else { return Err(conflict()) };
            return Rc::make_mut(directory).put(inner, node, path);
        }
        let (key, other) = match &node {
            Node::File(_) => ((*name).to_owned(), folder),
            Node::Directory(_) => (folder, (*name).to_owned()),
        };
        if self.entries.contains_key(&other) {
            return Err(conflict());
        }
        match (&mut node, self.entries.get(&key)) {
            (Node::File(new), Some(Node::File(old))) => new.previous = old.written.or(old.previous),
            (Node::Directory(_), Some(_)) => return Err(conflict()),
            _ => {}
        }
        self.entries.insert(key, node);
        Ok(())
    }

    fn take(&mut self, components: &[&str]) -> Option<Node> {
        let (name, inner) = components.split_first()?;
        let folder = format!("{name}/");
        let taken = if inner.is_empty() {
            self.entries.remove(*name).or_else(|| self.entries.remove(&folder))?
        } else {
            let Node::Directory(directory) = self.entries.get_mut(&folder)? else { return None };
            let taken = Rc::make_mut(directory).take(inner)?;
            if directory.entries.is_empty() {
                self.entries.remove(&folder);
            }
            taken
        };
        self.touch();
        Some(taken)
    }

    fn write(directory: &mut Rc<Self>, store: &mut ObjectStore) -> ObjectId {
        if let Some(id) = directory.written {
            return id;
        }
        let this = Rc::make_mut(directory);
        let mut bytes = Vec::with_capacity(this.entries.len() * 40);
        for (key, node) in &mut this.entries {
            let (mode, id) = match node {
                Node::File(file) => (file.mode(), file.write(store)),
                Node::Directory(inner) => (0o40_000, Self::write(inner, store)),
            };
            bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
            bytes.extend_from_slice(key.trim_end_matches('/').as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(&id.0);
        }
        let id = store.put(Kind::Tree, &bytes, this.previous);
        this.written = Some(id);
        id
    }

    fn list<'a>(&'a self, prefix: &str, files: &mut Vec<(String, &'a File)>) {
        for (key, node) in &self.entries {
            match node {
                Node::File(file) => files.push((format!("{prefix}{key}"), file)),
                Node::Directory(inner) => inner.list(&format!("{prefix}{key}"), files),
            }
        }
    }
}

impl File {
    fn write(&mut self, store: &mut ObjectStore) -> ObjectId {
        *self.written.get_or_insert_with(|| store.put(Kind::Blob, &self.content, self.previous))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Storage;

    fn path(text: &str) -> RepoPath {
        RepoPath::try_from(text.to_owned()).expect("a valid path")
    }

    fn tree(paths: &[&str]) -> Tree {
        let mut tree = Tree::default();
        for text in paths {
            tree.set(&path(text), File::new(text, false)).expect("no conflict");
        }
        tree
    }

    fn names(tree: &Tree) -> Vec<String> {
        tree.files().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_same_files_make_the_same_tree_in_any_order() {
        let mut store = ObjectStore::new(Storage::Plain);
        let id = tree(&["a", "b/c", "b.txt"]).write(&mut store);
        assert_eq!(id, tree(&["b.txt", "b/c", "a"]).write(&mut store));
        let mut changed = tree(&["a", "b/c", "b.txt", "x/y"]);
        changed.write(&mut store);
        changed.remove(&path("x/y")).expect("it is there");
        assert_eq!(id, changed.write(&mut store));
    }

    #[test]
    fn files_and_folders_of_one_name_conflict() {
        let file = || File::new("", false);
        assert_eq!(tree(&["a"]).set(&path("a/b"), file()), Err(TreeError::Conflict("a/b".to_owned())));
        assert_eq!(tree(&["a/b"]).set(&path("a"), file()), Err(TreeError::Conflict("a".to_owned())));
    }

    #[test]
    fn folders_move_with_their_files() {
        let mut tree = tree(&["libs/core/x", "libs/core/y/z", "libs/cli/x"]);
        tree.rename(&path("libs/core"), &path("crates/core")).expect("it is there");
        assert_eq!(names(&tree), ["crates/core/x", "crates/core/y/z", "libs/cli/x"]);
        assert_eq!(tree.remove(&path("libs/core")), Err(TreeError::Missing("libs/core".to_owned())));
    }

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut first = tree(&["a/b"]);
        let second = first.clone();
        first.set(&path("a/c"), File::new("", false)).expect("no conflict");
        assert_eq!(names(&second), ["a/b"]);
    }
}
