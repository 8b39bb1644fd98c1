//! Loose objects: one file each.

use std::fs;
use std::io;
use std::path::Path;

use super::{Body, Object, deflate};
use crate::object::{Kind, header};

/// A loose object's bytes.
pub(super) fn deflate_with_header(kind: Kind, bytes: &[u8]) -> Vec<u8> {
    deflate(&[header(kind, bytes.len()).as_bytes(), bytes].concat())
}

/// Writes each object into its file below `folder`.
pub(super) fn write(folder: &Path, objects: &[Object]) -> io::Result<()> {
    for object in objects {
        let name = object.id.to_string();
        let (fan, rest) = name.split_at(2);
        let Body::Whole(deflated) = &object.body else {
            unreachable!("loose objects are deflated when they are put");
        };
        fs::create_dir_all(folder.join(fan))?;
        fs::write(folder.join(fan).join(rest), deflated)?;
    }
    Ok(())
}
