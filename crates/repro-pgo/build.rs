//! Compiles the init of the machine that trains, which the driver carries with it: a training needs no compiler.

use std::path::PathBuf;
use std::process::Command;

const SOURCE: &str = "assets/machine_init.rs";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let init = PathBuf::from(variable("OUT_DIR")).join("machine_init");
    let host = variable("HOST");
    // The machine is x86-64's; a driver for another architecture, or built on one, goes without and says so.
    if !host.starts_with("x86_64-") || !host.contains("-linux-") || variable("CARGO_CFG_TARGET_ARCH") != "x86_64" {
        std::fs::write(&init, "").expect("cargo gives a folder to write into");
        return;
    }
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--edition=2024", "--crate-type=bin", "--crate-name=machine_init", "--target", &host]);
    rustc.args(["-Cpanic=abort", "-Copt-level=2", "-Ccodegen-units=1", "-Crelocation-model=static", "-Cstrip=symbols"]);
    rustc.args(["-Ctarget-feature=+crt-static", "-Clink-args=-nostartfiles -nostdlib -static -Wl,--build-id=none"]);
    if host.ends_with("musl") {
        rustc.arg("-Clink-self-contained=no");
    }
    let status = rustc.arg("-o").arg(&init).arg(SOURCE).status().expect("cargo names a compiler");
    assert!(status.success(), "{SOURCE} does not compile");
}
