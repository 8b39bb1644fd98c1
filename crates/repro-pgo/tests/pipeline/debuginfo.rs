//! Debug information kept apart: it leads from an address to a line of the source, is the same everywhere, and goes along with a release.

use std::path::Path;
use std::process::Command;

use test_support::require;

use super::demo::Demo;

fn kept_apart(prefix: &str) -> Demo {
    let demo = Demo::new(prefix);
    demo.edit("pgo.toml", "profile = \"release\"", "profile = \"release\"\ndebuginfo = \"line-tables-only\"");
    demo
}

fn told(program: &str, arguments: &[&str], file: &Path) -> String {
    let ran = Command::new(program).args(arguments).arg(file).output().expect("it starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("it is text")
}

/// Where `main` begins, as the debug information in `file` says.
fn line_of_main(file: &Path) -> String {
    let symbols = told("nm", &[], file);
    let main = symbols.lines().find(|line| line.contains("4demo4main")).expect("symbols are in it");
    let address = main.split(' ').next().expect("it begins with the address");
    let ran = Command::new("addr2line").arg("-e").arg(file).arg(address).output().expect("it starts");
    String::from_utf8(ran.stdout).expect("it is text").trim().to_owned()
}

#[test]
fn an_address_leads_to_a_line_and_what_ships_is_stripped() {
    let (Some(_), Some(_)) = (require("addr2line"), require("qemu-x86_64")) else { return };
    let demo = kept_apart("debuginfo");
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    demo.write("pgo.toml", format!("{text}\n[layout]\norder = \"trace\"\n").as_bytes());
    demo.run(&["build", "--until", "check"]).fine();
    let line = line_of_main(&demo.made("optimized/demo.debug"));
    assert!(line.starts_with("/build/src/main.rs:"), "{line}");
    let sections = told("readelf", &["-SW"], &demo.made("optimized/demo"));
    assert!(!sections.contains(".symtab") && !sections.contains(".debug_info"), "{sections}");
    assert!(sections.contains(".gnu_debuglink") && sections.contains(".note.gnu.build-id"), "{sections}");
    let again = demo.run(&["build", "--until", "check"]).fine().stderr;
    assert_eq!(again.matches("up to date").count(), 7, "{again}");

    let elsewhere = kept_apart("another-folder");
    elsewhere.run(&["baseline"]).fine();
    for name in ["baseline/demo", "baseline/demo.debug"] {
        assert!(demo.made_bytes(name) == elsewhere.made_bytes(name), "{name} depends on the folder");
    }
    // As another build system does it.
    demo.build_elsewhere("elsewhere", &["baseline"]);
    let built = demo.path("elsewhere/x86_64-unknown-linux-gnu/release/demo");
    let whole = std::fs::read(&built).expect("it was built");
    let arguments = ["debuginfo", "--output", "apart", built.to_str().expect("it is text")];
    demo.run(&arguments).fine();
    assert!(std::fs::read(demo.path("apart/demo.debug")).expect("it was written") == whole);
    assert!(std::fs::read(&built).expect("it was written") == demo.made_bytes("baseline/demo"));
    demo.run(&arguments).refused(&["its debug information was taken away before"]);
    elsewhere.edit("pgo.toml", "debuginfo = \"line-tables-only\"", "");
    elsewhere.run(&arguments).refused(&["pgo.toml has no `debuginfo` in [build]"]);
}
