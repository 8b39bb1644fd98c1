//! Asks another program, and fails without it.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

fn main() {
    let address: SocketAddr = std::env::args().nth(1).and_then(|told| told.parse().ok()).expect("an address");
    match TcpStream::connect_timeout(&address, Duration::from_secs(5)) {
        Ok(_) => answered(),
        Err(error) => {
            eprintln!("demo: {error}");
            std::process::exit(1);
        }
    }
}

#[inline(never)]
fn answered() {
    println!("answered");
}
