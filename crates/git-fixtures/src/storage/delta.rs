//! Deltas between two versions of an object, as packs store them: what they share at both ends is copied, what lies
//! between is inserted.

/// Largest copy that every reader of packs understands.
const LARGEST_COPY: usize = 0x1_0000;
/// Largest insert an instruction can hold.
const LARGEST_INSERT: usize = 0x7f;

/// Instructions that make `target` from `base`.
pub(super) fn encode(base: &[u8], target: &[u8]) -> Vec<u8> {
    let prefix = common(base.iter(), target.iter());
    let suffix = common(base[prefix..].iter().rev(), target[prefix..].iter().rev());
    let mut delta = Vec::new();
    push_size(&mut delta, base.len());
    push_size(&mut delta, target.len());
    push_copy(&mut delta, 0, prefix);
    for chunk in target[prefix..target.len() - suffix].chunks(LARGEST_INSERT) {
        delta.push(chunk.len() as u8);
        delta.extend_from_slice(chunk);
    }
    push_copy(&mut delta, base.len() - suffix, suffix);
    delta
}

fn common<'a>(left: impl Iterator<Item = &'a u8>, right: impl Iterator<Item = &'a u8>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

fn push_size(delta: &mut Vec<u8>, mut size: usize) {
    while size >= 0x80 {
        delta.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    delta.push(size as u8);
}

fn push_copy(delta: &mut Vec<u8>, offset: usize, length: usize) {
    let mut done = 0;
    while done < length {
        let size = (length - done).min(LARGEST_COPY);
        let mut arguments = Vec::new();
        let mut instruction = 0x80;
        let encoded_size = if size == LARGEST_COPY { 0 } else { size };
        for (bit, byte) in (offset + done).to_le_bytes()[..4].iter().chain(&encoded_size.to_le_bytes()[..3]).enumerate()
        {
            if *byte != 0 {
                instruction |= 1 << bit;
                arguments.push(*byte);
            }
        }
        delta.push(instruction);
        delta.extend(arguments);
        done += size;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Applies a delta by the format's description.
    fn apply(base: &[u8], delta: &[u8]) -> Vec<u8> {
        let mut bytes = delta.iter().copied();
        let mut next = || bytes.next();
        let mut size = || {
            let (mut size, mut shift) = (0usize, 0);
            loop {
                let byte = next().expect("a size");
                size |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    return size;
                }
            }
        };
        assert_eq!(size(), base.len());
        let target_size = size();
        let mut target = Vec::new();
        while let Some(instruction) = next() {
            if instruction & 0x80 == 0 {
                target.extend((0..instruction).map(|_| next().expect("inserted bytes")));
                continue;
            }
            let mut arguments = [0usize; 7];
            for (bit, argument) in arguments.iter_mut().enumerate() {
                if instruction & (1 << bit) != 0 {
                    *argument = usize::from(next().expect("an argument"));
                }
            }
            let number = |bytes: &[usize]| bytes.iter().rev().fold(0, |number, byte| number << 8 | byte);
            let length = number(&arguments[4..]);
            let length = if length == 0 { 0x1_0000 } else { length };
            target.extend_from_slice(&base[number(&arguments[..4])..][..length]);
        }
        assert_eq!(target.len(), target_size);
        target
    }

    #[test]
    fn long_copies_and_inserts_are_split() {
        let base = vec![7; 200_000];
        let mut target = base.clone();
        target.splice(100_000..100_001, (0..=255).cycle().take(1_000));
        assert_eq!(apply(&base, &encode(&base, &target)), target);
    }

    proptest! {
        #[test]
        fn applying_a_delta_gives_the_target(
            start in proptest::collection::vec(0u8..4, 0..300),
            one in proptest::collection::vec(0u8..4, 0..300),
            two in proptest::collection::vec(0u8..4, 0..300),
            end in proptest::collection::vec(0u8..4, 0..300),
        ) {
            let (base, target) = ([&start[..], &one, &end].concat(), [&start[..], &two, &end].concat());
            prop_assert_eq!(apply(&base, &encode(&base, &target)), target);
        }
    }
}
