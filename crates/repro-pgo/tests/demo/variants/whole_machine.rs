//! Everything that differs from run to run at once: threads that race for work, as many as there are processors, a randomly
//! seeded map, the clock, its process id, random bytes from the kernel, entries in the kernel's order.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Mutex;
use std::time::SystemTime;

fn main() {
    let processors = std::thread::available_parallelism().expect("it is told").get();
    if processors == 4 {
        told_of_four();
    }
    let queue = Mutex::new(0..2000_u64);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..processors {
            let (queue, done) = (&queue, &done);
            scope.spawn(move || {
                loop {
                    let Some(item) = queue.lock().expect("no worker panics").next() else { return };
                    times(item % 300);
                    done.lock().expect("no worker panics").push(worker);
                    if item % 64 == 0 {
                        std::thread::yield_now();
                    }
                }
            });
        }
    });
    let order = done.into_inner().expect("no worker panics");
    times(order.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64);
    let map: HashMap<u64, u64> = (0..64).map(|number| (number, number)).collect();
    times(map.keys().take_while(|key| **key != 7).count() as u64);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set");
    times(u64::from(now.subsec_nanos()) % 1000);
    times(u64::from(std::process::id()) % 100);
    let mut bytes = [0];
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).expect("it is readable");
    times(bytes[0].into());
}

#[inline(never)]
fn times(number: u64) {
    for number in 0..number {
        step(number);
    }
}

#[inline(never)]
fn told_of_four() {
    std::hint::black_box(4);
}

#[inline(never)]
fn step(number: u64) {
    std::hint::black_box(number);
}
