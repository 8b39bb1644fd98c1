//! Branches and tags, however the repository stores them.

use gix_hash::ObjectId;
use gix_ref::file::find::ReferenceDecode;
use gix_ref::{FullName, Target};

use super::reftable::Table;

/// Symbolic refs are followed this far, as git does.
const SYMBOLIC_REF_DEPTH: usize = 5;

/// The repository's refs.
pub(super) enum Refs {
    /// One file a ref, and most of them packed into one file.
    Files(gix_ref::file::Store),
    /// Tables of many refs each.
    Tables(Table),
}

/// A ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::history) struct Ref {
    /// Its whole name.
    pub(in crate::history) name: Vec<u8>,
    /// What it points to. The object that an annotation leads to, where the store says so.
    pub(in crate::history) target: Target,
}

/// Refs under a prefix, and what could not be read of them.
#[derive(Debug, Default)]
pub(in crate::history) struct Listing {
    /// Those that can be read, sorted by name unless loose and packed ones are mixed.
    pub(in crate::history) refs: Vec<Ref>,
    /// Names of the others.
    pub(in crate::history) broken: Vec<String>,
}

impl Refs {
    /// What a ref points to; `None` if there is no such ref. The error says why it can't be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<Target>, String> {
        match self {
            Self::Tables(table) => Ok(table.get(name.as_bytes()).cloned()),
            Self::Files(store) => {
                let found = store.try_find(name).map_err(|error| error.to_string())?;
                Ok(found.map(|reference| reference.target))
            }
        }
    }

    fn find_full(&self, name: &FullName) -> Result<Option<Target>, String> {
        match self {
            Self::Tables(table) => Ok(table.get(&name.as_bstr().to_vec()).cloned()),
            Self::Files(store) => {
                let found = store.try_find(name.as_ref()).map_err(|error| error.to_string())?;
                Ok(found.map(|reference| reference.target))
            }
        }
    }

    /// All refs whose names start with `prefix`, a directory of refs. Like git, it passes broken ones over and says so.
    pub(super) fn under(&self, prefix: &str) -> Result<Listing, String> {
        match self {
            Self::Tables(table) => {
                let found = table.range(prefix.as_bytes().to_vec()..);
                let found = found.take_while(|(name, _)| name.starts_with(prefix.as_bytes()));
                let refs = found.map(|(name, target)| Ref { name: name.clone(), target: target.clone() }).collect();
                Ok(Listing { refs, broken: Vec::new() })
            }
            Self::Files(store) => {
                let platform = store.iter().map_err(|error| error.to_string())?;
                let directory = prefix.try_into().expect("a relative path");
                let mut listing = Listing::default();
                for reference in platform.prefixed(directory).map_err(|error| error.to_string())? {
                    match reference {
                        Ok(reference) => {
                            let target = reference.peeled.map_or(reference.target, Target::Object);
                            listing.refs.push(Ref { name: reference.name.as_bstr().to_vec(), target });
                        }
                        Err(error) => match error.downcast_any_ref::<ReferenceDecode>() {
                            Some(undecoded) => listing.broken.push(undecoded.relative_path.display().to_string()),
                            None => return Err(error.to_string()),
                        },
                    }
                }
                Ok(listing)
            }
        }
    }

    /// The names that a symbolic ref leads through and the object at its end; `None` if it leads nowhere. The error is for refs
    /// that can't be read.
    pub(super) fn follow(&self, target: Target) -> Result<Followed, String> {
        let (mut target, mut through) = (target, Vec::new());
        for _ in 0..SYMBOLIC_REF_DEPTH {
            match target {
                Target::Object(id) => return Ok(Followed { through, id: Some(id), endless: false }),
                Target::Symbolic(name) => {
                    let next = self.find_full(&name)?;
                    through.push(name);
                    match next {
                        None => return Ok(Followed { through, id: None, endless: false }),
                        Some(next) => target = next,
                    }
                }
            }
        }
        Ok(Followed { through, id: None, endless: true })
    }
}

/// Where a ref leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Followed {
    /// The refs on the way.
    pub(super) through: Vec<FullName>,
    /// The object at the end.
    pub(super) id: Option<ObjectId>,
    /// Whether there is no end.
    pub(super) endless: bool,
}
