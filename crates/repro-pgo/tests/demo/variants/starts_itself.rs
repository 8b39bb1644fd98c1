//! Does its work in another process of its own.

fn main() {
    if std::env::args().nth(1).as_deref() == Some("inner") {
        return;
    }
    let own = std::env::current_exe().expect("it is running");
    let status = std::process::Command::new(own).arg("inner").status().expect("it can be started");
    assert!(status.success());
}
