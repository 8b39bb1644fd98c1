//! One exported function whose control flow depends on how the program is built: one name, several hashes.

#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn versioned(number: u64) -> u64 {
    #[cfg(version_b)]
    if number % 3 == 0 {
        return number / 3;
    }
    #[cfg(version_c)]
    for divisor in 2..number {
        if number % divisor == 0 {
            return divisor;
        }
    }
    if number % 2 == 0 { number / 2 } else { number * 3 + 1 }
}

fn main() {
    let count = std::env::args().count() as u64 * 100;
    println!("{}", (0..count).map(|number| versioned(number)).sum::<u64>());
}
