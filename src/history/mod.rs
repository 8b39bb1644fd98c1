//! Reads in one pass over the history which commits belong to which packages, for all packages at once.
//!
//! [`read`] settles which releases HEAD can reach, which commits came after them, which packages' paths each of those
//! changed, and what its message says. Every commit and every tree on the way is read once, whatever the number of packages.

mod attribution;
mod bump_ceiling;
mod change_detection;
mod commit_object;
mod dag;
mod error;
mod followed;
mod head_files;
mod head_path;
mod merged;
mod order;
mod orphans;
mod outcome;
mod ownership;
mod package_set;
mod pass;
mod released;
mod repository;
mod request;
mod reverts;
mod tags;
mod tree;
mod unknown;

pub use error::HistoryError;
pub use error::Misnamed;
use error::WalkError;
pub use gix_hash::ObjectId;
pub(crate) use head_files::files_since;
pub use head_files::head_files;
pub(crate) use head_path::{HeadPath, head_matches, head_path};
pub use outcome::{
    AskedVersion, CommitRecord, History, Note, PackageHistory, PackageTags, TagRef, Touched, Versions, Work,
};
pub(crate) use pass::no_commit;
pub use pass::{TagHistory, read, read_tags};
pub use repository::{ObjectError, OpenError, Repository};
pub use request::{CommitRules, Detail, PackageScope, Request, TagNaming};
pub(crate) use tags::tag_names;
pub use unknown::UnknownTypes;
