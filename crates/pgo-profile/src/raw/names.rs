//! The names section: chunks of names joined by the byte 1, most of them compressed.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::name_hash::name_hash;

/// Names by their hash.
pub(super) type Names = BTreeMap<u64, String>;

const SEPARATOR: u8 = 1;
/// Deflate cannot do better than 1032 to 1; a chunk that promises more is damaged.
const MAX_RATIO: u64 = 1040;

pub(super) fn read(bytes: &[u8], section: Range<usize>) -> Result<Names, ReadError> {
    let mut cursor = Cursor::new(&bytes[..section.end], section.start);
    let mut names = Names::new();
    while cursor.remaining() > 0 {
        let start = cursor.offset();
        for name in read_chunk(&mut cursor)?.split(|byte| *byte == SEPARATOR) {
            let name = std::str::from_utf8(name)
                .ok()
                .filter(|name| !name.is_empty())
                .ok_or_else(|| ReadError::malformed(start, "a function name that is empty or no UTF-8"))?;
            names.entry(name_hash(name)).or_insert_with(|| name.to_owned());
        }
        skip_zeros(&mut cursor)?;
    }
    Ok(names)
}

/// One chunk: its length, its compressed length (0 where it is not compressed), and its bytes.
fn read_chunk(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, ReadError> {
    let start = cursor.offset();
    let length = read_uleb128(cursor)?;
    let compressed_length = read_uleb128(cursor)?;
    if compressed_length == 0 {
        return Ok(cursor.take(length, "names")?.to_vec());
    }
    let compressed = cursor.take(compressed_length, "compressed names")?;
    if length > compressed_length.saturating_mul(MAX_RATIO) {
        return Err(ReadError::malformed(start, format!("{compressed_length} bytes cannot unpack to {length}")));
    }
    decompress(compressed, length)
        .ok_or_else(|| ReadError::malformed(start, format!("the names do not unpack to {length} bytes")))
}

fn decompress(compressed: &[u8], length: u64) -> Option<Vec<u8>> {
    let mut names = Vec::new();
    ZlibDecoder::new(compressed).take(length + 1).read_to_end(&mut names).ok()?;
    (names.len() as u64 == length).then_some(names)
}

fn read_uleb128(cursor: &mut Cursor<'_>) -> Result<u64, ReadError> {
    let start = cursor.offset();
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = cursor.take(1, "length of a names chunk")?[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(ReadError::malformed(start, "a length of more than 63 bits"))
}

fn skip_zeros(cursor: &mut Cursor<'_>) -> Result<(), ReadError> {
    while cursor.remaining() > 0 && cursor.clone().take(1, "padding")? == [0] {
        cursor.skip(1, "padding")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn compressed(names: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(names).expect("a vector takes all bytes");
        let data = encoder.finish().expect("a vector takes all bytes");
        [&[names.len() as u8, data.len() as u8], data.as_slice()].concat()
    }

    fn read_names(section: &[u8]) -> Result<Vec<String>, ReadError> {
        let mut names: Vec<_> = read(section, 0..section.len())?.into_values().collect();
        names.sort();
        Ok(names)
    }

    #[test]
    fn reads_plain_and_compressed_chunks_with_padding_between() {
        let section = [&b"\x03\x00a\x01b"[..], &[0, 0, 0], &compressed(b"main\x01helper")].concat();
        assert_eq!(read_names(&section).expect("two good chunks"), ["a", "b", "helper", "main"]);
    }

    #[test]
    fn a_chunk_that_promises_too_much_is_refused_before_unpacking() {
        let error = read_names(b"\xff\xff\xff\xff\x7f\x02xx").expect_err("2 bytes hold no 32 GiB");
        assert!(error.to_string().contains("2 bytes cannot unpack to"), "{error}");
    }

    #[test]
    fn a_wrong_length_is_refused() {
        let mut section = compressed(b"main");
        section[0] = 9;
        assert!(read_names(&section).expect_err("main has four bytes").to_string().contains("do not unpack to 9"));
    }
}
