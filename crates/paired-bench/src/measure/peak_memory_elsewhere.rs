//! The peak resident set where it can't be traced: unknown.

use host::process::Invocation;

/// Nothing is run, nothing is known.
pub fn peak_rss_bytes(_: &Invocation<'_>) -> Option<u64> {
    None
}

/// What a traced run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traced {
    /// The largest peak among its processes, in bytes.
    pub peak_rss_bytes: u64,
    /// Whether one of its processes started a thread.
    pub starts_threads: bool,
}

/// Nothing is known here.
pub fn traced(_: &Invocation<'_>) -> Option<Traced> {
    None
}
