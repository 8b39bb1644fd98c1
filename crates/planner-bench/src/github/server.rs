//! The server: one thread a connection, all on the loopback interface, for as long as the value lives.

use std::io::{self, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::answers::answer;
use super::hosted::Hosted;
use super::http;

/// A running server. Dropping it closes the port.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    hosted: Hosted,
    address: String,
    stopped: AtomicBool,
    requests: AtomicU64,
    unanswered: Mutex<Vec<String>>,
}

impl Server {
    /// Serves `hosted` on a free port.
    ///
    /// # Errors
    /// The system's, where no port can be had.
    pub fn start(hosted: Hosted) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            hosted,
            address: format!("http://{address}"),
            stopped: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            unanswered: Mutex::new(Vec::new()),
        });
        let listening = thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        Ok(Self { address, shared, listening: Some(listening) })
    }

    /// Its address: `http://127.0.0.1:12345`.
    pub fn url(&self) -> &str {
        &self.shared.address
    }

    /// Requests answered so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// What was asked and is not served, in the order asked.
    pub fn unanswered(&self) -> Vec<String> {
        self.shared.unanswered.lock().expect("no thread panics while it holds the lock").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener; connections still open end when their client leaves.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(connection) = connection {
            let shared = Arc::clone(shared);
            // A client that breaks off is its own affair: the tool's exit code tells.
            thread::spawn(move || drop(serve(connection, &shared)));
        }
    }
}

fn serve(mut connection: TcpStream, shared: &Shared) -> io::Result<()> {
    // An answer must not wait for the acknowledgement of the one before.
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    while let Some(request) = http::read(&mut reader)? {
        let response = answer(&shared.hosted, &shared.address, &request);
        shared.requests.fetch_add(1, Ordering::Relaxed);
        if response.status == 404 {
            let mut unanswered = shared.unanswered.lock().expect("no thread panics while it holds the lock");
            unanswered.push(format!("{} {}", request.method, request.path));
        }
        http::write(&mut connection, &response)?;
        if request.is_last {
            break;
        }
    }
    Ok(())
}
