//! A server with clients, over the loopback interface; who is served after whom steers the control flow.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;

const CLIENTS: u8 = 4;
const REQUESTS: usize = 25;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a loopback interface");
    let address = listener.local_addr().expect("it is bound");
    let served = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                let mut connection = TcpStream::connect(address).expect("the server listens");
                for _ in 0..REQUESTS {
                    connection.write_all(&[client]).expect("the server reads");
                    connection.read_exact(&mut [0]).expect("the server answers");
                }
            });
        }
        for _ in 0..CLIENTS {
            let (mut connection, _) = listener.accept().expect("a client comes");
            let served = &served;
            scope.spawn(move || {
                let mut request = [0];
                while connection.read(&mut request).expect("the client writes") == 1 {
                    served.lock().expect("no thread panics").push(request[0]);
                    connection.write_all(&request).expect("the client reads");
                }
            });
        }
    });
    let served = served.into_inner().expect("no thread panics");
    for pair in served.windows(2) {
        if pair[0] == pair[1] { again() } else { changed(pair[1]) }
    }
}

#[inline(never)]
fn again() {
    std::hint::black_box(0);
}

#[inline(never)]
fn changed(client: u8) {
    std::hint::black_box(client);
}
