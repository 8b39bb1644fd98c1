//! A local stand-in for GitHub's API: it serves one repository to one tool on the loopback interface, without latency,
//! limits or authorisation. Every commit is served as the squash merge of a pull request of its own, whose files come along
//! with it; that is the answer GitHub's clients can work with at the least number of requests.

pub mod answers;
pub mod git_output;
pub mod hosted;
pub mod http;
pub mod server;

pub use hosted::Hosted;
pub use server::Server;
