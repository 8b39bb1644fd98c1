//! Branches and tags, however the repository stores them.

use gix_hash::ObjectId;
use gix_object::bstr::BString;
use gix_ref::file::find::ReferenceDecode;
use gix_ref::{FullName, PartialNameRef, Target};

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

impl Refs {
    /// What a ref points to; `None` if there is no such ref. The error says why it can't be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<Target>, String> {
        match self {
            Self::Tables(table) => Ok(table.get(name.as_bytes()).cloned()),
            Self::Files(store) => {
                let name = <&PartialNameRef>::try_from(name);
                find(store, name.map_err(|error| error.to_string())?)
            }
        }
    }

    fn find_full(&self, name: &FullName) -> Result<Option<Target>, String> {
        match self {
            Self::Tables(table) => Ok(table.get(&name.as_bstr().to_vec()).cloned()),
            Self::Files(store) => find(store, name.as_ref().as_partial_name()),
        }
    }

    /// Hands out all refs under a directory of refs, by their names below it, sorted unless loose and packed ones are mixed; an
    /// annotated tag's target is what it leads to where the store says so. Like git, it passes refs over that can't be read;
    /// their whole names are returned.
    pub(super) fn under(&self, directory: &str, mut take: impl FnMut(Vec<u8>, Target)) -> Result<Vec<String>, String> {
        let mut broken = Vec::new();
        match self {
            Self::Tables(table) => {
                let found = table.range(directory.as_bytes().to_vec()..);
                let found = found.map_while(|(name, target)| Some((name.strip_prefix(directory.as_bytes())?, target)));
                found.for_each(|(name, target)| take(name.to_vec(), target.clone()));
            }
            Self::Files(store) => {
                let platform = store.iter().map_err(|error| error.to_string())?;
                let prefix = directory.try_into().expect("a relative path");
                for reference in platform.prefixed(prefix).map_err(|error| error.to_string())? {
                    match reference {
                        Ok(reference) => {
                            let target = reference.peeled.map_or(reference.target, Target::Object);
                            let mut name = Vec::from(BString::from(reference.name));
                            // The name's own memory: another copy of each is 5 % of reading many tags.
                            name.drain(..directory.len());
                            take(name, target);
                        }
                        Err(error) => match error.downcast_any_ref::<ReferenceDecode>() {
                            Some(undecoded) => broken.push(undecoded.relative_path.display().to_string()),
                            None => return Err(error.to_string()),
                        },
                    }
                }
            }
        }
        Ok(broken)
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

/// A loose ref counts before a packed one of the same name, so mostly nothing has to look after the packed ones.
fn find(store: &gix_ref::file::Store, name: &PartialNameRef) -> Result<Option<Target>, String> {
    let loose = store.try_find_packed(name, None).map_err(|error| error.to_string())?;
    let loose = loose.filter(|reference| reference.name.as_bstr() == name.as_bstr());
    let found = match loose {
        Some(loose) => Some(loose),
        None => store.try_find(name).map_err(|error| error.to_string())?,
    };
    Ok(found.map(|reference| reference.target))
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
