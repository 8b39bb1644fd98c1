//! Packages whose version stands in one and the same place: a release can give that place one version only.

use std::collections::BTreeMap;

use super::error::SharedPlace;
use super::{Workspace, WorkspaceError};
use crate::plan::Plan;
use crate::version_files::{self, Place};

impl Workspace {
    /// Refuses a plan that would write different versions into one place. `written` are the files that it would write, each
    /// with its release's index in the plan.
    pub(super) fn require_one_version_a_place(
        &self,
        plan: &Plan,
        written: &[(usize, String)],
    ) -> Result<(), WorkspaceError> {
        let mut by_path: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (release, path) in written {
            by_path.entry(path).or_default().push(*release);
        }
        // Nearly always each package has a file of its own, which need not be looked at again.
        for (path, releases) in by_path.into_iter().filter(|(_, releases)| releases.len() > 1) {
            let mut places: BTreeMap<Place, usize> = BTreeMap::new();
            for release in releases {
                for place in self.places_in(path, plan.releases[release].package) {
                    let first = *places.entry(place).or_insert(release);
                    let (one, other) = (&plan.releases[first], &plan.releases[release]);
                    if let (Some(version), Some(next)) = (&one.next, &other.next)
                        && version != next
                    {
                        return Err(WorkspaceError::SharedPlace(Box::new(SharedPlace {
                            file: path.to_owned(),
                            first: (one.name.clone(), version.clone()),
                            second: (other.name.clone(), next.clone()),
                        })));
                    }
                }
            }
        }
        Ok(())
    }

    /// Where the versions of a package stand in the file at `path`.
    fn places_in(&self, path: &str, package: usize) -> impl Iterator<Item = Place> {
        let files = self.config().package[package].versioned_files.iter();
        let places = files.filter_map(|file| version_files::place(self.root(), file));
        places.filter(move |place| place.path == path)
    }
}
