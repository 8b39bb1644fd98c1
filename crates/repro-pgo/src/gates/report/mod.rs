//! The overall report: the verdicts of both gates, their history, the profile and what another program adds, for a pull
//! request, for release notes, and as one HTML page.

pub mod overview;
pub mod parts;
pub mod summary;
mod timeline;
