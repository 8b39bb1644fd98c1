//! Inputs that are fetched by their address: held to their hash, kept, and refused in words that help.

use std::path::Path;

use test_support::require;

use super::demo::{Demo, Ran, ran};

const TEXT: &str = "the words of a corpus";

/// A demo whose texts are fetched, and their hash.
fn demo() -> (Demo, String) {
    let demo = Demo::new("fetched");
    demo.write("server/words.txt", TEXT.as_bytes());
    let sha256 = host::digest::of_bytes(TEXT.as_bytes());
    let url = format!("file://{}", demo.path("server/words.txt").display());
    demo.edit("pgo.toml", "directory = \"inputs\"", &format!("url = \"{url}\"\nsha256 = \"{sha256}\""));
    (demo, sha256)
}

fn inputs(demo: &Demo) -> Ran {
    let made = demo.path("sets");
    if made.exists() {
        std::fs::remove_dir_all(made).expect("the directory is ours");
    }
    let mut command = demo.command(&["inputs", "--output", "sets"]);
    ran(command.env("REPRO_PGO_CACHE", demo.path("cache")).output().expect("the driver starts"))
}

#[test]
fn an_input_is_fetched_once_and_held_to_its_hash() {
    let Some(_curl) = require("curl") else { return };
    let (demo, sha256) = demo();
    assert_eq!(inputs(&demo).fine().stdout, format!("{sha256}  texts\n"));
    assert_eq!(std::fs::read(demo.path("sets/texts/words.txt")).ok().as_deref(), Some(TEXT.as_bytes()));
    std::fs::remove_dir_all(demo.path("server")).expect("the directory is ours");
    assert_eq!(inputs(&demo).fine().stdout, format!("{sha256}  texts\n"), "the cache needs no network");
    let kept = format!("cache/inputs/{sha256}");
    demo.write(&kept, b"damaged");
    inputs(&demo).refused(&["input set `texts`: cannot fetch file://", "without a network, put the file at", &sha256]);
    demo.write("server/words.txt", b"other words");
    let found = host::digest::of_bytes(b"other words");
    inputs(&demo).refused(&[&format!("has the hash {found}"), &format!("pgo.toml records {sha256}")]);
    assert!(!demo.path("sets").exists(), "nothing is made of a wrong file");
    demo.write(&kept, TEXT.as_bytes());
    inputs(&demo).fine();
}

#[test]
fn without_curl_the_way_out_is_named_and_works() {
    let (demo, sha256) = demo();
    let run = || {
        let mut command = demo.command(&["inputs", "--output", "sets"]);
        command.env("REPRO_PGO_CACHE", demo.path("cache")).env("PATH", Path::new("/nowhere"));
        ran(command.output().expect("the driver starts"))
    };
    let place = demo.path(&format!("cache/inputs/{sha256}"));
    run().refused(&["curl is not on PATH", &format!("put the file at {}", place.display())]);
    demo.write(&format!("cache/inputs/{sha256}"), TEXT.as_bytes());
    run().fine();
}
