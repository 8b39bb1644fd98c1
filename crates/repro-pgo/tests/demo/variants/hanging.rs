//! Never ends, and neither does its child.

fn main() {
    let _ = std::process::Command::new("/bin/sleep").arg("1000").spawn();
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1000));
    }
}
