//! Takes down what it runs in, in the way that it is told.

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("memory") => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 1 << 20]);
            }
        }
        Some("kernel") => std::fs::write("/proc/sysrq-trigger", "c").expect("nobody but root runs here"),
        _ => loop {
            std::thread::sleep(std::time::Duration::from_secs(1000));
        },
    }
}
