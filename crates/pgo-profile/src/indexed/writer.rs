//! Writing an indexed profile of version 13.

use super::hash_table;
use super::header::{SIGNATURE, VERSION};
use super::variants::bits_of;
use crate::hash_order::bucket_order;
use crate::name_hash::name_hash;
use crate::profile::Profile;
use crate::record::FunctionRecord;
use crate::summary::Summary;
use crate::value_data;

/// Where the offset of the hash table stands in the header; the other sections' offsets follow.
const OFFSETS_OFFSET: usize = 32;
const OFFSETS: usize = 5;
const SUMMARY_FIELDS: u64 = 6;

/// Writes a folded profile.
pub(crate) fn write(profile: &Profile) -> Vec<u8> {
    let mut output = Vec::new();
    output.extend(SIGNATURE);
    put(&mut output, VERSION | bits_of(profile.variants()));
    put(&mut output, 0);
    put(&mut output, 0); // MD5
    output.extend([0; OFFSETS * 8]);
    write_summaries(profile, &mut output);
    let hash_table = write_table(profile.functions(), &mut output);
    let binary_ids = write_binary_ids(profile.binary_ids(), &mut output);
    let virtual_table_names = output.len();
    put(&mut output, 0);
    let offsets = [hash_table, 0, binary_ids, 0, virtual_table_names];
    for (place, offset) in output[OFFSETS_OFFSET..].as_chunks_mut().0.iter_mut().zip(offsets) {
        *place = (offset as u64).to_le_bytes();
    }
    output
}

fn put(output: &mut Vec<u8>, number: u64) {
    output.extend(number.to_le_bytes());
}

/// Context sensitive records have a summary of their own.
fn write_summaries(profile: &Profile, output: &mut Vec<u8>) {
    let of = |context_sensitive: bool| {
        let functions = profile.functions().iter();
        Summary::of(functions.filter(|function| function.is_context_sensitive() == context_sensitive))
    };
    write_summary(&of(false), output);
    if profile.variants().context_sensitive {
        write_summary(&of(true), output);
    }
}

fn write_summary(summary: &Summary, output: &mut Vec<u8>) {
    put(output, SUMMARY_FIELDS);
    put(output, summary.cutoffs.len() as u64);
    put(output, summary.functions);
    put(output, summary.blocks);
    put(output, summary.max_function_count);
    put(output, summary.max_count);
    put(output, summary.max_internal_count);
    put(output, summary.total_count);
    for cutoff in &summary.cutoffs {
        put(output, u64::from(cutoff.share));
        put(output, cutoff.min_count);
        put(output, cutoff.blocks);
    }
}

/// Writes the entries, then the table of their offsets, and returns where that starts.
fn write_table(functions: &[FunctionRecord], output: &mut Vec<u8>) -> usize {
    let entries: Vec<&[FunctionRecord]> = functions.chunk_by(|left, right| left.name == right.name).collect();
    let hashes: Vec<u64> = entries.iter().map(|records| name_hash(&records[0].name)).collect();
    let buckets = hash_table::buckets(&hashes);
    let mut offsets = Vec::with_capacity(buckets.len());
    for bucket in &buckets {
        offsets.push(if bucket.is_empty() { 0 } else { output.len() as u64 });
        if !bucket.is_empty() {
            output.extend((bucket.len() as u16).to_le_bytes());
        }
        for index in bucket {
            write_entry(hashes[*index], entries[*index], output);
        }
    }
    output.resize(output.len().next_multiple_of(8), 0);
    let start = output.len();
    put(output, buckets.len() as u64);
    put(output, entries.len() as u64);
    for offset in offsets {
        put(output, offset);
    }
    start
}

fn write_entry(name_hash: u64, records: &[FunctionRecord], output: &mut Vec<u8>) {
    let name = &records[0].name;
    put(output, name_hash);
    put(output, name.len() as u64);
    put(output, records.iter().map(record_size).sum::<usize>() as u64);
    output.extend(name.as_bytes());
    let hashes: Vec<u64> = records.iter().map(|record| record.hash).collect();
    for index in bucket_order(&hashes) {
        write_record(&records[index], output);
    }
}

fn record_size(record: &FunctionRecord) -> usize {
    let numbers = 3 + record.counts.len() + record.bitmap.len();
    numbers * 8 + value_data::size(&record.value_sites)
}

fn write_record(record: &FunctionRecord, output: &mut Vec<u8>) {
    put(output, record.hash);
    put(output, record.counts.len() as u64);
    for count in &record.counts {
        put(output, *count);
    }
    put(output, record.bitmap.len() as u64);
    for byte in &record.bitmap {
        put(output, u64::from(*byte));
    }
    value_data::write(&record.value_sites, output);
}

/// Writes the build ids, sorted and each once, behind their size, and returns where that stands.
fn write_binary_ids(ids: &[Vec<u8>], output: &mut Vec<u8>) -> usize {
    let start = output.len();
    put(output, ids.iter().map(|id| 8 + id.len().next_multiple_of(8) as u64).sum());
    for id in ids {
        put(output, id.len() as u64);
        output.extend(id);
        output.resize(output.len() + id.len().next_multiple_of(8) - id.len(), 0);
    }
    start
}
