//! What is inflated by resemblance is what any decoder would make of the stream.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::{Model, Tools};

/// What follows a stream in a pack, at the least.
const CHECKSUM: [u8; 20] = [7; 20];

fn deflated(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(content).expect("writing into memory");
    let mut stream = encoder.finish().expect("writing into memory");
    stream.extend(CHECKSUM);
    stream
}

/// A tree of `count` directories with these ids.
fn tree(ids: &[[u8; 20]]) -> Vec<u8> {
    let entry = |(index, id): (usize, &[u8; 20])| [format!("40000 pkg-{index:03}\0").as_bytes(), id].concat();
    ids.iter().enumerate().flat_map(entry).collect()
}

/// Inflates the streams one after the other and returns how many were done by resemblance.
fn follow(model: &mut Model, streams: &[(Vec<u8>, Vec<u8>)]) -> usize {
    let mut tools = Tools::default();
    let mut done = 0;
    for (stream, content) in streams {
        if let Some(bytes) = model.inflate(stream, content.len(), &mut tools) {
            assert_eq!(bytes, content);
            done += 1;
        }
    }
    done
}

fn ids() -> impl Strategy<Value = Vec<[u8; 20]>> {
    prop::collection::vec(any::<[u8; 20]>(), 30..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn versions_of_a_directory(
        ids in ids(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<[u8; 20]>(), 1_u32..10), 1..20),
    ) {
        let mut ids = ids;
        let mut streams = vec![(deflated(&tree(&ids), 6), tree(&ids))];
        for (place, id, level) in changes {
            *place.get_mut(&mut ids) = id;
            streams.push((deflated(&tree(&ids), level), tree(&ids)));
        }
        let done = follow(&mut Model::default(), &streams);
        prop_assert_eq!(done, streams.len() - 1, "all but the first, before which no length was known");
    }

    #[test]
    fn contents_that_have_little_in_common(
        length in 768_usize..3000,
        seeds in prop::collection::vec((any::<u64>(), 1_u64..64, 1_u32..10), 2..8),
    ) {
        let streams: Vec<(Vec<u8>, Vec<u8>)> = seeds.iter().map(|(seed, bound, level)| {
            let content: Vec<u8> = noise(*seed).take(length).map(|number| (number % bound) as u8).collect();
            (deflated(&content, *level), content)
        }).collect();
        prop_assert_eq!(follow(&mut Model::default(), &streams), streams.len() - 1);
    }

    #[test]
    fn damage_is_never_passed_on(ids in ids(), place: prop::sample::Index, byte: u8, cut: bool, changed: prop::sample::Index) {
        let before = tree(&ids);
        let mut ids = ids;
        changed.get_mut(&mut ids)[7] ^= 0x55;
        let content = tree(&ids);
        let mut stream = deflated(&content, 6);
        if cut {
            stream.truncate(place.index(stream.len()));
        } else {
            *place.get_mut(&mut stream) = byte;
        }
        let mut model = Model::default();
        let intact = (deflated(&before, 6), before.clone());
        follow(&mut model, &[intact.clone(), intact.clone()]);
        let followed = model.inflate(&stream, content.len(), &mut Tools::default()).map(<[u8]>::to_vec);
        let mut decoded = Vec::new();
        match ZlibDecoder::new(stream.as_slice()).read_to_end(&mut decoded) {
            Ok(_) => prop_assert!(followed.is_none_or(|followed| followed == decoded)),
            Err(_) => prop_assert_eq!(followed, None),
        }
        prop_assert_eq!(follow(&mut model, &[intact.clone(), intact]), 2, "the damage leaves no trace");
    }
}

const FIXED: [u8; 32] = [
    0x78, 0x01, 0x33, 0x30, 0x34, 0x32, 0x36, 0x31, 0x35, 0x33, 0xb7, 0xb0, 0x4c, 0x4c, 0x4a, 0x4e, 0x49, 0x4d, 0x33,
    0x18, 0xe5, 0x8f, 0xf2, 0x47, 0xf9, 0x70, 0x3e, 0x00, 0xc6, 0x01, 0xdb, 0x25,
];

/// Xorshift numbers.
fn noise(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed | 1), |number| {
        let number = number ^ (number << 13);
        let number = number ^ (number >> 7);
        Some(number ^ (number << 17))
    })
}

#[test]
fn contents_of_several_blocks() {
    let ids: Vec<[u8; 20]> = noise(5)
        .take(20_000)
        .map(|number| {
            let mut id = [0; 20];
            id[..8].copy_from_slice(&number.to_le_bytes());
            id[8..16].copy_from_slice(&number.wrapping_mul(77).to_le_bytes());
            id
        })
        .collect();
    let mut streams = Vec::new();
    for change in [0, 9_999, 19_999, 3] {
        let mut ids = ids.clone();
        ids[change] = [change as u8; 20];
        streams.push((deflated(&tree(&ids), 6), tree(&ids)));
    }
    assert_eq!(follow(&mut Model::default(), &streams), 3);
}

#[test]
fn blocks_with_the_fixed_code() {
    let content = b"0123456789abcdef".repeat(50);
    // Made with zlib's strategy Z_FIXED.
    let mut stream = FIXED.to_vec();
    stream.extend(CHECKSUM);
    let streams = vec![(stream, content.clone()), (deflated(&content, 6), content)];
    assert_eq!(follow(&mut Model::default(), &[streams.clone(), streams].concat()), 3);
}

#[test]
fn what_is_not_worth_it_or_not_known_is_left_to_others() {
    let content = b"x".repeat(1000);
    let stream = deflated(&content, 6);
    let mut model = Model::default();
    let mut tools = Tools::default();
    assert_eq!(model.inflate(&stream, 1000, &mut tools), None, "the first of its length");
    assert_eq!(model.inflate(&stream, 999, &mut tools), None, "another length");
    assert_eq!(model.inflate(&stream, 999, &mut tools), None, "a length that is not the stream's");
    assert_eq!(model.inflate(&stream, 1000, &mut tools), None);
    assert!(model.inflate(&stream, 1000, &mut tools).is_some());
    let stored = (deflated(&content, 0), content.clone());
    assert_eq!(follow(&mut Model::default(), &[stored.clone(), stored]), 0, "stored as it is");
    let small = (deflated(b"small", 6), b"small".to_vec());
    assert_eq!(follow(&mut Model::default(), &[small.clone(), small]), 0);
}
