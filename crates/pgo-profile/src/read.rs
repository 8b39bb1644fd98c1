//! Telling the formats apart, and reading a file of any of them.

use std::path::Path;

use crate::error::{ReadError, Reason};
use crate::profile::Profile;
use crate::{indexed, raw, text};

/// How many bytes must look like text for a file to be taken for a text profile.
const SNIFFED: usize = 8;

impl Profile {
    /// Reads a profile file of any of the three formats.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, or is not a profile this library supports; the error names the file.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        std::fs::read(path)
            .map_err(|error| ReadError::whole_file(Reason::Io(error)))
            .and_then(|bytes| Self::from_bytes(&bytes))
            .map_err(|error| error.in_file(path))
    }

    /// Reads a profile of any of the three formats.
    ///
    /// # Errors
    /// When the bytes are not a profile this library supports.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            Err(ReadError::whole_file(Reason::Empty))
        } else if indexed::has_signature(bytes) {
            Self::read_indexed(bytes)
        } else if raw::has_signature(bytes) {
            Self::read_raw(bytes)
        } else if bytes.iter().take(SNIFFED).all(|byte| matches!(byte, b' '..=b'~' | b'\t'..=b'\r')) {
            Self::read_text(bytes)
        } else {
            Err(ReadError::whole_file(Reason::UnknownFormat))
        }
    }

    /// Reads a raw profile, or several of them one after the other.
    ///
    /// # Errors
    /// When the bytes are no raw profile of version 10 of a 64-bit little-endian program, or are damaged.
    pub fn read_raw(bytes: &[u8]) -> Result<Self, ReadError> {
        raw::read(bytes)
    }

    /// Reads an indexed profile.
    ///
    /// # Errors
    /// When the bytes are no indexed profile of version 4 to 13, or are damaged.
    pub fn read_indexed(bytes: &[u8]) -> Result<Self, ReadError> {
        indexed::read(bytes)
    }

    /// Reads a text profile.
    ///
    /// # Errors
    /// When the text is no IR-level text profile; the error names the line.
    pub fn read_text(text: &[u8]) -> Result<Self, ReadError> {
        text::read(text)
    }
}
