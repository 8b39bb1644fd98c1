//! Package paths that are symbolic links: git records what happens where a link leads, not under the link's own name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Looks paths of one work tree up, each folder on the way once.
pub(super) struct Links<'a> {
    root: &'a Path,
    /// By folder: where it leads, if it is a link.
    known: RefCell<BTreeMap<PathBuf, Option<PathBuf>>>,
}

/// Links may lead to links, this far, as Linux has it.
const DEPTH: usize = 40;

impl<'a> Links<'a> {
    /// Nothing was looked up yet.
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, known: RefCell::default() }
    }

    /// Where `path` really lies within the work tree; `None` if that is where it says, or outside.
    pub(super) fn target(&self, path: &str) -> Option<String> {
        let mut real = PathBuf::from(path);
        for _ in 0..DEPTH {
            match self.step(&real)? {
                Step::Moved(next) => real = next,
                Step::Real => {
                    let real = real.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
                    return (real != path).then_some(if real.is_empty() { ".".to_owned() } else { real });
                }
            }
        }
        None
    }

    /// Follows the first link on the way to `path`. `None` if it leads out of the work tree.
    fn step(&self, path: &Path) -> Option<Step> {
        let mut so_far = PathBuf::new();
        let mut components = path.components();
        while let Some(component) = components.next() {
            so_far.push(component);
            if let Some(target) = self.link(&so_far) {
                let folder = so_far.parent().unwrap_or(Path::new(""));
                let mut moved = joined(folder, &target)?;
                moved.extend(components);
                return Some(Step::Moved(moved));
            }
        }
        Some(Step::Real)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        let mut known = self.known.borrow_mut();
        if let Some(target) = known.get(path) {
            return target.clone();
        }
        let full = self.root.join(path);
        let is_link = full.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        let target = if is_link { std::fs::read_link(&full).ok() } else { None };
        known.insert(path.to_owned(), target.clone());
        target
    }
}

enum Step {
    Real,
    Moved(PathBuf),
}

/// `target` as seen from `folder`, without `.` and `..`; `None` if that leads out.
fn joined(folder: &Path, target: &Path) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for component in target.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::Normal(name) => path.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_within_the_work_tree() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let root = root.path();
        std::fs::create_dir_all(root.join("libs/a")).expect("a writable folder");
        std::fs::create_dir_all(root.join("packages")).expect("a writable folder");
        for (target, link) in
            [("../libs/a", "packages/a"), ("packages", "modules"), ("../..", "packages/out"), ("loop", "loop")]
        {
            symlink(target, root.join(link)).expect("links can be made");
        }
        let links = Links::new(root);
        assert_eq!(links.target("packages/a").as_deref(), Some("libs/a"));
        assert_eq!(links.target("modules/a").as_deref(), Some("libs/a"));
        assert_eq!(links.target("libs/a"), None);
        assert_eq!(links.target("."), None);
        assert_eq!(links.target("packages/out"), None);
        assert_eq!(links.target("loop"), None);
        assert_eq!(links.target("nowhere/at/all"), None);
    }
}
