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
mod semantic;
mod tag;
mod template;

pub use channel::{channel_of_branch, validate_channel_name};
pub use current::{Current, Found, SourceKind, bootstrap_version, choose_current};
pub use detection::{detect_strategy, detect_strategy_in_names};
pub use error::VersionError;
pub use next::next_version;
pub use numeric::compare_numeric;
pub use prerelease::{Prerelease, prerelease_version};
pub use semantic::{compare_semantic, parse_semantic};
pub use tag::{TagTemplate, VersionTag, floating_aliases, floating_version, latest_tag_name, parse_version_tag};
pub use template::VersionTemplate;
