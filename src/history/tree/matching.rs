//! Packages that share files by patterns: the paths that differ are matched one by one, where nothing cheaper has told yet.

use gix_hash::ObjectId;
use gix_object::Kind;

use super::differences;
use crate::config::SharedPattern;
use crate::history::ownership::Patterns;
use crate::history::package_set::{contains, insert};
use crate::history::repository::{ObjectError, ObjectReader, corrupt};

/// Two versions of a root tree that differ; `None` is the empty one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roots {
    pub(super) left: Option<ObjectId>,
    pub(super) right: Option<ObjectId>,
}

/// Adds to `touched` the packages among `wanted` whose patterns match a path that differs.
pub(super) fn add_matching(
    patterns: &[Patterns],
    roots: Roots,
    wanted: &[u64],
    touched: &mut [u64],
    reader: &mut ObjectReader,
) -> Result<(), ObjectError> {
    for Patterns { base, patterns } in patterns {
        let is_open = |package: usize, touched: &[u64]| contains(wanted, package) && !contains(touched, package);
        let mut open: Vec<&(usize, SharedPattern)> =
            patterns.iter().filter(|(package, _)| is_open(*package, touched)).collect();
        if open.is_empty() {
            continue;
        }
        let (left, right) = (folder(roots.left, base, reader)?, folder(roots.right, base, reader)?);
        let prefix = if base == "." { String::new() } else { format!("{base}/") };
        let mut pending = vec![(prefix, left, right)];
        let (mut left_data, mut right_data) = (Vec::new(), Vec::new());
        while let Some((prefix, left, right)) = pending.pop().filter(|_| !open.is_empty()) {
            if left == right {
                continue;
            }
            read(left, reader, &mut left_data)?;
            read(right, reader, &mut right_data)?;
            let either = left.or(right).expect("two missing trees don't differ");
            let differences = differences(&left_data, &right_data, either.kind().len_in_bytes());
            for difference in differences.ok_or_else(|| makes_no_sense(&either))? {
                let path = format!("{prefix}{}", String::from_utf8_lossy(difference.name));
                open.iter()
                    .filter(|(_, pattern)| pattern.is_match(&path))
                    .for_each(|(owner, _)| insert(touched, *owner));
                open.retain(|(package, _)| is_open(*package, touched));
                if difference.is_directory {
                    pending.push((path + "/", difference.left, difference.right));
                }
            }
        }
    }
    Ok(())
}

/// The tree of the folder at `path` below a root; `None` where there is none.
fn folder(root: Option<ObjectId>, path: &str, reader: &mut ObjectReader) -> Result<Option<ObjectId>, ObjectError> {
    let (mut folder, mut data) = (root, Vec::new());
    for name in path.split('/').filter(|name| *name != ".") {
        let Some(id) = folder else { return Ok(None) };
        read(Some(id), reader, &mut data)?;
        let entries = differences(&[], &data, id.kind().len_in_bytes()).ok_or_else(|| makes_no_sense(&id))?;
        let entry = entries.iter().find(|entry| entry.is_directory && entry.name == name.as_bytes());
        folder = entry.and_then(|entry| entry.right);
    }
    Ok(folder)
}

fn read(id: Option<ObjectId>, reader: &mut ObjectReader, data: &mut Vec<u8>) -> Result<(), ObjectError> {
    data.clear();
    id.map_or(Ok(()), |id| reader.read(&id, Kind::Tree, data))
}

fn makes_no_sense(id: &ObjectId) -> ObjectError {
    corrupt(id, Kind::Tree, "its entries make no sense")
}
