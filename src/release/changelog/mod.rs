//! Changelogs: a section for the new version, and its place in the file.

mod entry;
mod insert;
mod links;
mod section;

pub(super) use entry::Entry;
pub(super) use insert::{Place, insert, section_of};
pub(super) use links::Forge;
pub(super) use section::{Section, body};
