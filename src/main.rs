//! relplan
fn main() {}
