//! The traced link order: it is followed, the same everywhere, and refused by name where it can't be had.

use host::exit_code::ExitCode;
use test_support::require;

use super::demo::{Demo, Ran, ran};

const QEMU: &str = "qemu-x86_64";

/// The demo with a traced order; `None` where there is no emulator.
fn traced(prefix: &str) -> Option<Demo> {
    require(QEMU)?;
    let demo = Demo::new(prefix);
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    demo.write("pgo.toml", format!("{text}\n[layout]\norder = \"trace\"\n").as_bytes());
    Some(demo)
}

fn order(demo: &Demo) -> Vec<String> {
    let text = String::from_utf8(demo.made_bytes("layout/order.txt")).expect("it is text");
    text.lines().map(str::to_owned).collect()
}

/// Builds up to the optimized binary with a script for a linker; `$real` is the machine's.
fn linked_by(demo: &Demo, script: &str) -> Ran {
    test_support::script(&demo.path("tools/cc"), &format!("#!/bin/sh\nreal=cc\n{script}\n"));
    let mut command = demo.command(&["build", "--until", "optimize"]);
    command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", demo.path("tools/cc"));
    ran(command.output().expect("the driver starts"))
}

#[test]
fn functions_stand_as_they_are_first_executed_and_nothing_else_changes() {
    let Some(demo) = traced("ordered") else { return };
    demo.run(&["build", "--until", "check"]).fine();
    let order = order(&demo);
    assert_eq!(order[0], "_start", "the program starts there: {order:?}");
    let place = |part: &str| order.iter().position(|name| name.contains(part));
    assert!(place("main") < place("4demo4main") && place("4demo4main").is_some(), "{order:?}");
    assert!(!order.iter().any(|name| name.contains("__wrap_")), "only the twin has those: {order:?}");
    let (before, after) = (demo.made_bytes("unordered/demo"), demo.made_bytes("optimized/demo"));
    assert!(before != after && before.len().abs_diff(after.len()) < 4096, "the same code stands in another order");
    let shown = demo.run(&["profile", "show"]).fine().stdout;
    assert!(shown.contains(&format!("Link order: {} functions, sha256 ", order.len())), "{shown}");
    let again = demo.run(&["build", "--until", "check"]).fine().stderr;
    assert_eq!(again.matches("up to date").count(), 7, "{again}");
    // Without [layout] cargo links by itself: the recorded build is that one, byte for byte.
    demo.edit("pgo.toml", "[layout]\norder = \"trace\"", "");
    demo.run(&["build", "--until", "optimize"]).fine();
    assert!(demo.made_bytes("optimized/demo") == before, "recording changes nothing");
}

#[test]
fn an_order_of_another_build_is_refused() {
    let Some(demo) = traced("stale") else { return };
    demo.run(&["optimize"]).refused(&["merged.profdata"]);
    demo.run(&["train"]).fine();
    let next = "make a new one with `repro-pgo layout`";
    demo.run(&["optimize"]).refused(&["layout/order.txt is stale: there is no layout.json beside it", next]);
    demo.run(&["layout"]).fine();
    demo.run(&["optimize"]).fine();
    demo.edit("src/main.rs", "longest {longest}", "at most {longest}");
    demo.run(&["optimize"]).refused(&["is stale: the unordered binary has the hash", next]);
    demo.run(&["layout"]).fine();
    let order = order(&demo);
    let mut foreign = order.clone();
    foreign.swap(0, 1);
    demo.write("target/repro-pgo/x86_64-unknown-linux-gnu/layout/order.txt", (foreign.join("\n") + "\n").as_bytes());
    demo.run(&["optimize"]).refused(&["is stale: the order has the hash", next]);
    // The chain makes what was changed by hand anew.
    demo.run(&["build", "--until", "optimize"]).fine();
    assert_eq!(self::order(&demo), order);
}

#[test]
fn another_build_system_gets_the_same_order_and_the_same_file() {
    let Some(demo) = traced("elsewhere") else { return };
    demo.run(&["build", "--until", "optimize"]).fine();
    let profile = demo.made("profile/merged.profdata").display().to_string();
    demo.run(&["flags", "--stage", "optimized", "--profile", &profile])
        .refused(&["would be linked in no order", "--stage recorded"]);
    demo.build_elsewhere("own", &["recorded", "--profile", &profile, "--work", "work"]);
    let log = ["--profile", &profile, "--work", "work", "--log", "log.json"];
    demo.run(&[&["layout", "keep"], &log[..], &["--output", "recorded"]].concat()).fine();
    std::fs::remove_dir_all(demo.path("work")).expect("the directory is ours");
    std::fs::rename(demo.path("recorded"), demo.path("moved")).expect("the directory is ours");
    let inputs = demo.made("inputs").display().to_string();
    demo.run(&["layout", "trace", "--recorded", "moved", "--inputs", &inputs, "--output", "order"]).fine();
    let read = |name: &str| std::fs::read(demo.path(name)).expect("it was made");
    for name in ["order.txt", "layout.json"] {
        assert!(read(&format!("order/{name}")) == demo.made_bytes(&format!("layout/{name}")), "another {name}");
    }
    let link = ["layout", "link", "--recorded", "moved", "--order", "order", "--output", "own/demo"];
    demo.run(&link).fine();
    assert!(read("own/demo") == demo.made_bytes("optimized/demo"), "another binary");

    // A list with a function of another build, and a record that was made to fit it.
    let text = String::from_utf8(read("order/order.txt")).expect("it is text") + "_ZN5other5buildE\n";
    let record = String::from_utf8(read("order/layout.json")).expect("it is text");
    let hash = |text: &str| host::digest::of_bytes(text.as_bytes());
    let own = hash(text.strip_suffix("_ZN5other5buildE\n").expect("it was put there"));
    demo.write("order/layout.json", record.replace(&own, &hash(&text)).as_bytes());
    demo.write("order/order.txt", text.as_bytes());
    demo.run(&link)
        .refused(&["order.txt names _ZN5other5buildE, which is not in the binary: it was made for another build"]);
}

#[test]
fn a_linker_that_ignores_the_order_is_refused() {
    let Some(demo) = traced("ignored") else { return };
    let deaf = "for argument do\n  shift\n  case $argument in --symbol-ordering-file=*) argument=--gc-sections ;; esac\n  \
                set -- \"$@\" \"$argument\"\ndone\nexec $real \"$@\"";
    linked_by(&demo, deaf)
        .refused(&["optimize: the linker did not follow the order: ", "drops --symbol-ordering-file"]);
    assert!(!demo.made("optimized/demo").exists(), "no binary that is not in order");
    let bfd = linked_by(&demo, "exec $real \"$@\" -fuse-ld=bfd");
    bfd.refused(&["layout: the linker wrote a map that is not lld's", "remove [layout]"]);
    linked_by(&demo, "exec $real \"$@\"").fine();
}

#[test]
fn without_an_emulator_a_known_linker_or_with_two_binaries_nothing_is_laid_out() {
    let Some(demo) = traced("missing") else { return };
    demo.run(&["train"]).fine();
    // A PATH that has a compiler, and nothing else.
    std::fs::create_dir(demo.path("tools")).expect("the directory is ours");
    for tool in ["cargo", "rustc"] {
        let found = require(tool).expect("tests are compiled");
        std::os::unix::fs::symlink(found, demo.path("tools").join(tool)).expect("the directory is ours");
    }
    let mut command = demo.command(&["layout"]);
    command.env("PATH", demo.path("tools"));
    let parts =
        ["layout: [layout] order = \"trace\" runs the training under user-mode emulation", "apt-get install qemu-user"];
    let told = ran(command.output().expect("the driver starts")).ended_with(ExitCode::Missing, &parts);
    assert!(!told.stderr.contains("\"native\""), "that traces nothing: {}", told.stderr);

    demo.write(".cargo/config.toml", b"[target.x86_64-unknown-linux-gnu]\nlinker = \"cc\"\n");
    let parts =
        [".cargo/config.toml sets the linker", "set CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER to it instead"];
    demo.run(&["layout"]).refused(&parts);

    demo.edit("pgo.toml", "binary = \"demo\"", "binary = \"demo\"\nmore-binaries = [{ binary = \"other\" }]");
    demo.write("src/bin/other.rs", b"fn main() {}\n");
    demo.run(&["build", "--until", "optimize"]).refused(&["layout: [layout] is for one binary", "`more-binaries`"]);
    let flags = [
        "flags",
        "--stage",
        "recorded",
        "--profile",
        "target/repro-pgo/x86_64-unknown-linux-gnu/profile/merged.profdata",
    ];
    demo.run(&[&flags[..], &["--work", "work"]].concat()).refused(&["[layout] is for one binary", "`more-binaries`"]);
}
