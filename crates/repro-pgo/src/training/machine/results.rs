//! What the machine's init puts into the shared memory: how many bytes of records are complete, how it ended, and from the
//! second page on the records.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Where the records begin.
const RECORDS: u64 = 4096;

/// How the init ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It has not, or the machine ended without it.
    None,
    /// Every run was made, or one that ends the training.
    AllRan,
    /// The counters took more than the memory holds.
    NoRoom,
}

/// What one run left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// How it ended, as wait(2) tells it.
    pub status: i32,
    /// Whether it took too long, and was killed.
    pub is_late: bool,
    /// Its counters; empty where it wrote none.
    pub profile: Vec<u8>,
    /// The end of what it said.
    pub stderr: Vec<u8>,
    /// A file of the inputs that changed; empty where none did.
    pub changed: Vec<u8>,
    /// What its services left.
    pub services: Vec<Service>,
}

/// What one service left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// What is wrong with it: 0 nothing, otherwise one of the constants beside this.
    pub problem: u64,
    /// How it ended, or the command that was to stop it, as wait(2) tells it.
    pub status: i32,
    /// Its counters; empty where it wrote none.
    pub profile: Vec<u8>,
    /// The end of what it said.
    pub said: Vec<u8>,
}

/// It was not ready in time.
pub const NOT_READY: u64 = 1;
/// It ended before it was ready.
pub const ENDED_UNREADY: u64 = 2;
/// It ended before it was stopped.
pub const ENDED_EARLY: u64 = 3;
/// The command that is to stop it failed.
pub const STOP_FAILED: u64 = 4;
/// It did not stop.
pub const NOT_STOPPED: u64 = 5;

/// How many bytes of records are complete, and how it ended.
///
/// # Errors
/// The system's.
pub fn progress(memory: &File) -> io::Result<(u64, End)> {
    let mut head = [0; 16];
    memory.read_exact_at(&mut head, 0)?;
    let [complete, end] = [0, 8].map(|at| u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes")));
    let end = match end {
        1 => End::AllRan,
        2 => End::NoRoom,
        _ => End::None,
    };
    Ok((complete, end))
}

/// The records in the bytes `from` to `to`, two numbers of [`progress`].
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidData`] where they are none.
pub fn read(memory: &File, from: u64, to: u64) -> io::Result<Vec<Result>> {
    let size = memory.metadata()?.len();
    if to > size.saturating_sub(RECORDS) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let length = usize::try_from(to.saturating_sub(from)).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; length];
    memory.read_exact_at(&mut bytes, RECORDS + from)?;
    parse(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn parse(mut bytes: &[u8]) -> Option<Vec<Result>> {
    let mut results = Vec::new();
    while !bytes.is_empty() {
        let status = i32::try_from(number(&mut bytes)?).ok()?;
        let is_late = number(&mut bytes)? != 0;
        let [profile, stderr, changed] = [text(&mut bytes)?, text(&mut bytes)?, text(&mut bytes)?];
        let mut services = Vec::new();
        for _ in 0..number(&mut bytes)? {
            let problem = number(&mut bytes)?;
            let status = i32::try_from(number(&mut bytes)?).ok()?;
            let [profile, said] = [text(&mut bytes)?, text(&mut bytes)?];
            services.push(Service { problem, status, profile, said });
        }
        results.push(Result { status, is_late, profile, stderr, changed, services });
    }
    Some(results)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*number))
}

fn text(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(numbers: &[u64]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn records_are_read_one_after_the_other() {
        let one = [
            bytes(&[256, 0, 3]),
            b"abc".to_vec(),
            bytes(&[0, 1]),
            b"x".to_vec(),
            bytes(&[1, 3, 15, 0, 1]),
            b"y".to_vec(),
        ]
        .concat();
        let read = parse(&[one.clone(), one].concat()).expect("two records");
        assert_eq!(read.len(), 2);
        let expected = Result {
            status: 256,
            is_late: false,
            profile: b"abc".to_vec(),
            stderr: Vec::new(),
            changed: b"x".to_vec(),
            services: vec![Service { problem: ENDED_EARLY, status: 15, profile: Vec::new(), said: b"y".to_vec() }],
        };
        assert_eq!(read[1], expected);
    }

    #[test]
    fn what_is_cut_off_is_no_record() {
        assert_eq!(parse(&bytes(&[0, 0, 9])), None);
        assert_eq!(parse(&bytes(&[0, 0, u64::MAX])), None);
        assert_eq!(parse(b"short"), None);
    }
}
