//! A server that answers one connection after the other, and its client; by its first argument. The server has a thread that
//! ends it on SIGTERM.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

unsafe extern "C" {
    safe fn sigprocmask(how: i32, set: &[u64; 16], old: Option<&mut [u64; 16]>) -> i32;
    safe fn sigwait(set: &[u64; 16], signal: &mut i32) -> i32;
}

/// SIGTERM alone, as sigset_t has it.
const TERM: [u64; 16] = [1 << 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "serve", port] => serve(port),
        [_, "deaf", port] => deaf(port),
        [_, "plain", port] => plain(port),
        [_, "ask", port, file] => ask(port, file),
        [_, "stop", port] => stop(port),
        [_, "greet"] => println!("hello"),
        _ => {
            eprintln!("what is {}?", words[1..].join(" "));
            std::process::exit(9);
        }
    }
}

#[inline(never)]
fn serve(port: &str) {
    assert_eq!(sigprocmask(0, &TERM, None), 0);
    std::thread::spawn(|| {
        let mut signal = 0;
        sigwait(&TERM, &mut signal);
        std::process::exit(0);
    });
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port is free");
    for connection in listener.incoming() {
        let mut connection = connection.expect("a client comes");
        let mut request = [0];
        while connection.read(&mut request).expect("the client writes") == 1 {
            if request[0] == 0 {
                return;
            }
            connection.write_all(&[answer(request[0])]).expect("the client reads");
        }
    }
}

/// Neither answers nor stops.
fn deaf(port: &str) {
    assert_eq!(sigprocmask(0, &TERM, None), 0);
    let _listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port is free");
    eprintln!("not listening");
    loop {
        std::thread::park();
    }
}

/// Is ended by SIGTERM before it can count.
fn plain(port: &str) {
    let _listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port is free");
    loop {
        std::thread::park();
    }
}

#[inline(never)]
fn answer(request: u8) -> u8 {
    std::hint::black_box(request.to_ascii_uppercase())
}

#[inline(never)]
fn ask(port: &str, file: &str) {
    let text = std::fs::read(file).expect("it is there");
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the server listens");
    for byte in text.into_iter().take(40) {
        connection.write_all(&[byte]).expect("the server reads");
        let mut answer = [0];
        connection.read_exact(&mut answer).expect("the server answers");
        show(answer[0]);
    }
}

#[inline(never)]
fn show(answer: u8) {
    print!("{}", std::hint::black_box(answer) as char);
}

fn stop(port: &str) {
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the server listens");
    connection.write_all(&[0]).expect("the server reads");
}
