//! Seeds a hash from where its stack and a static are, as foldhash does, and lets it steer the control flow.

static PLACE: u8 = 7;

fn main() {
    let local = 0_u8;
    let seed = (&raw const local as u64) ^ (&raw const PLACE as u64).rotate_left(32);
    let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    report(mixed.count_ones() + 64 * u32::from(mixed & 1 == 1));
}

#[inline(never)]
fn report(times: u32) {
    for number in 0..times {
        std::hint::black_box(number);
    }
}
