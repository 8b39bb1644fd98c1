//! New inputs from old ones: small changes, pieces of other seeds, and words that readers look for.

/// Words that decide something in one of the formats read.
const WORDS: [&[u8]; 40] = [
    b"version",
    b"\"",
    b"'",
    b"[package]",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    "é".as_bytes(),
    b"-",
    b"+",
    b"v",
    b"@",
    b"/",
    b"..",
    b"*",
    b"**",
    b"?",
    b"{version}",
    b"{name}",
    b"{seq}",
    b"{year}",
    b"99999999999999999999",
    b"-1",
    b"0",
    b"1.2.3",
    b"feat!:",
    b"BREAKING CHANGE: ",
    b"refs/tags/",
    b"ref: ",
    b"^",
    b"0000000000000000000000000000000000000000",
    b"<version>",
    b"\n%%\n",
];

/// Inputs longer than this only make the run slower.
const LONGEST: usize = 8 << 10;

/// A stream of inputs that is the same for the same seed.
pub struct Mutator<'a> {
    state: u64,
    corpus: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    /// A stream from `seed` over a corpus, which must not be empty.
    pub fn new(seed: u64, corpus: &'a [Vec<u8>]) -> Self {
        // An odd multiplier keeps different seeds apart, and the state is never zero.
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, corpus }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let start = self.below(self.corpus.len());
        let mut input = self.corpus[start].clone();
        for _ in 0..=self.below(4) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(16)).min(input.len());
        match self.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = input[at..end].repeat(1 + self.below(8));
                input.splice(at..at, piece);
            }
            3 => input.truncate(at),
            4 => {
                let corpus = self.corpus;
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len() + 1);
                let to = (from + self.below(256)).min(other.len());
                input.splice(at..end, other[from..to].iter().copied());
            }
            5 | 6 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..end, word.iter().copied());
            }
            _ => input.insert(at, u8::try_from(self.below(256)).expect("below 256")),
        }
    }

    /// A number below `bound`, by xorshift64* (Vigna 2016).
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let random = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(random).expect("31 bits") % bound.max(1)
    }
}
