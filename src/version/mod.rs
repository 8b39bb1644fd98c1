//! Version numbers: reading and comparing them, choosing the current one, and counting to the next.
//!
//! Everything here is a pure function of texts, dates and settings; the clock and the repository belong to the callers.

mod calendar;
mod channel;
mod current;
mod detection;
mod error;
mod next;
mod numeric;
mod prerelease;
mod reading;
mod tag;
mod template;

pub(crate) use channel::{channel_of_branch, validate_channel_name};
pub use current::{Candidate, Found, SourceKind};
pub(crate) use current::{Current, choose_current};
pub use detection::detect_strategy;
pub(crate) use detection::{detect_strategy_in_names, detect_strategy_with_care};
pub use error::VersionError;
pub(crate) use next::{Position, next_version};
pub(crate) use numeric::{compare_numeric, is_far_above, leading_number};
pub use prerelease::Prerelease;
pub(crate) use prerelease::prerelease_version;
pub(crate) use reading::{compare_versions, is_prerelease, is_readable, post_release, released_core, require_semantic};
pub(crate) use tag::floating_version;
pub use tag::{TagTemplate, VersionTag, floating_aliases, parse_version_tag};
pub(crate) use template::VersionTemplate;
