//! Adler-32 (RFC 1950, 8.2) that can be told of changed bytes.

/// The largest prime below 65536.
const MODULUS: u64 = 65521;
/// So many bytes can be added before the sums must be reduced.
const BYTES_A_ROUND: usize = 5552;

/// The checksum of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checksum {
    sum: u64,
    sum_of_sums: u64,
}

impl Default for Checksum {
    fn default() -> Self {
        Self { sum: 1, sum_of_sums: 0 }
    }
}

impl Checksum {
    /// The checksum of `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut checksum = Self::default();
        for round in bytes.chunks(BYTES_A_ROUND) {
            for byte in round {
                checksum.sum += u64::from(*byte);
                checksum.sum_of_sums += checksum.sum;
            }
            checksum.sum %= MODULUS;
            checksum.sum_of_sums %= MODULUS;
        }
        checksum
    }

    /// Takes note that a byte is another one now. `behind` counts the bytes from it, itself included, to the end.
    pub(super) fn change(&mut self, before: u8, after: u8, behind: usize) {
        let difference = MODULUS + u64::from(after) - u64::from(before);
        self.sum = (self.sum + difference) % MODULUS;
        self.sum_of_sums = (self.sum_of_sums + behind as u64 % MODULUS * difference) % MODULUS;
    }

    /// The four bytes that stand at the end of a stream, as a big-endian number.
    pub(super) fn value(self) -> u32 {
        let half = |sum: u64| u32::try_from(sum).expect("below 65521");
        half(self.sum_of_sums) << 16 | half(self.sum)
    }
}
