//! Package paths that are symbolic links: git records what happens where a link leads, not under the link's own name.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Looks paths of one work tree up, each folder on the way once.
pub(super) struct Links<'a> {
    root: &'a Path,
    /// Folders that are none.
    plain_folders: RefCell<BTreeSet<String>>,
}

/// Links may lead to links, this far, as Linux has it.
const DEPTH: usize = 40;

impl<'a> Links<'a> {
    /// Nothing was looked up yet.
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, plain_folders: RefCell::default() }
    }

    /// Where `path` really lies within the work tree; `None` if that is where it says, or outside.
    pub(super) fn target(&self, path: &str) -> Option<String> {
        if !self.leads_through_link(path) {
            return None;
        }
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

    /// Whether `path` or a folder on the way to it is a link, which it seldom is.
    fn leads_through_link(&self, path: &str) -> bool {
        let mut plain = self.plain_folders.borrow_mut();
        let ends = path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]);
        ends.filter(|part| !part.is_empty()).any(|part| {
            if plain.contains(part) {
                return false;
            }
            let is_link = self.root.join(part).symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            if !is_link && part.len() < path.len() {
                plain.insert(part.to_owned());
            }
            is_link
        })
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
        std::fs::read_link(self.root.join(path)).ok()
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
