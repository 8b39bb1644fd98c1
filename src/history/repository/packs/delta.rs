//! Differences between objects, as packs store them (gitformat-pack, "Deltified representation").

/// Makes into `result` what `delta` makes of `base`. `None` if it makes no sense or more than `largest` bytes.
pub(super) fn apply(base: &[u8], delta: &[u8], largest: u64, result: &mut Vec<u8>) -> Option<()> {
    let mut rest = delta;
    let base_length = take_length(&mut rest)?;
    let length = take_length(&mut rest).filter(|length| *length <= largest)?;
    if base_length != base.len() as u64 {
        return None;
    }
    result.clear();
    result.reserve(usize::try_from(length).ok()?);
    while let Some(instruction) = take_byte(&mut rest) {
        let bytes = match instruction {
            0 => return None,
            1..0x80 => rest.split_off(..usize::from(instruction))?,
            _ => copied(base, instruction, &mut rest)?,
        };
        if result.len() as u64 + bytes.len() as u64 > length {
            return None;
        }
        result.extend_from_slice(bytes);
    }
    (result.len() as u64 == length).then_some(())
}

/// The piece of `base` that a copy instruction names by the bytes that follow it.
fn copied<'a>(base: &'a [u8], instruction: u8, rest: &mut &[u8]) -> Option<&'a [u8]> {
    let mut number = |bits: std::ops::Range<u32>| {
        let present = bits.clone().filter(|bit| instruction >> bit & 1 == 1);
        present
            .map(|bit| (bit - bits.start) * 8)
            .try_fold(0_usize, |number, shift| Some(number | usize::from(take_byte(rest)?) << shift))
    };
    let offset = number(0..4)?;
    let length = match number(4..7)? {
        0 => 0x1_0000,
        length => length,
    };
    base.get(offset..offset.checked_add(length)?)
}

/// A number of seven bits a byte, the lowest first.
fn take_length(rest: &mut &[u8]) -> Option<u64> {
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = take_byte(rest).filter(|_| shift < 63)?;
        length |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
}

fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    rest.split_off_first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
        let mut result = Vec::new();
        apply(base, delta, 1 << 20, &mut result).map(|()| result)
    }

    #[test]
    fn copies_and_inserts() {
        assert_eq!(
            applied(b"hello world", &[11, 9, 0x91, 6, 5, 4, b'!', b'!', b'!', b'!']),
            Some(b"world!!!!".to_vec())
        );
        let long = vec![7; 0x1_0000];
        assert_eq!(applied(&long, &[0x80, 0x80, 4, 0x80, 0x80, 4, 0x80]), Some(long.clone()));
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        let cases: [&[u8]; 9] = [
            &[],
            &[0x80],
            &[4, 1, 1, b'x'],
            &[5, 2, 1, b'x'],
            &[5, 1, 2, b'x', b'y'],
            &[5, 1, 0],
            &[5, 1, 2, b'x'],
            &[5, 9, 0x90, 9],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ];
        for delta in cases {
            assert_eq!(applied(b"hello", delta), None, "{delta:?}");
        }
    }
}
