//! The hash by which profiles refer to function names.

use md5::{Digest, Md5};

/// The first eight bytes of the name's MD5, little-endian: LLVM's key of a function name everywhere in a profile.
#[must_use]
pub fn name_hash(name: &str) -> u64 {
    let digest = Md5::digest(name.as_bytes());
    let low: [u8; 8] = digest[..8].try_into().expect("an MD5 has sixteen bytes");
    u64::from_le_bytes(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_half_of_the_digest() {
        // MD5("") is d41d8cd98f00b204 e9800998ecf8427e.
        assert_eq!(name_hash(""), 0x04b2_008f_d98c_1dd4);
    }
}
