//! Takes random bytes from the kernel's own device, which no symbol can pin, and lets them steer the control flow.

use std::io::Read;

fn main() {
    let mut bytes = [0; 64];
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).expect("there is a device");
    let mut odd = 0;
    for byte in bytes {
        if byte % 2 == 1 {
            odd += 1;
        }
    }
    println!("{}", usize::from(odd > 1000));
    report(odd);
}

#[inline(never)]
fn report(times: u32) {
    for number in 0..times {
        std::hint::black_box(number);
    }
}
