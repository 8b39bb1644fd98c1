//! Lets the order in which the kernel lists a folder steer the control flow, past the C library's `readdir`.

use std::os::fd::AsRawFd;

unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

const GETDENTS64: i64 = 217;

fn main() {
    let path = std::env::args().nth(2).expect("a path is given");
    let folder = std::fs::File::open(std::path::Path::new(&path).parent().expect("it is in a folder"));
    let mut buffer = [0_u8; 4096];
    let folder = folder.expect("it can be opened");
    // SAFETY: the kernel writes no more than the buffer's size.
    let length = unsafe { syscall(GETDENTS64, folder.as_raw_fd(), buffer.as_mut_ptr(), buffer.len()) };
    let mut rest = &buffer[..usize::try_from(length).expect("it can be listed")];
    let mut names: Vec<&[u8]> = Vec::new();
    while !rest.is_empty() {
        let (entry, behind) = rest.split_at(usize::from(u16::from_le_bytes([rest[16], rest[17]])));
        names.push(entry[19..].split(|byte| *byte == 0).next().expect("a name ends with zero"));
        rest = behind;
    }
    names.retain(|name| !name.starts_with(b"."));
    for pair in names.windows(2) {
        if pair[0] < pair[1] { rising() } else { falling() }
    }
}

#[inline(never)]
fn rising() {
    std::hint::black_box(0);
}

#[inline(never)]
fn falling() {
    std::hint::black_box(1);
}
