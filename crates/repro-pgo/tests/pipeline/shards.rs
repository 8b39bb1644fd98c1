//! Training in shards: the same bytes as one training of all, and nothing less.

use std::path::Path;
use std::process::Command;

use test_support::require;

use super::demo::{Demo, Ran, ran};

const QEMU: &str = "qemu-x86_64";
/// Workload, CPU model, and the input set of the workload.
const SHARDS: [(&str, &str, &str); 4] = [
    ("count", "Nehalem", "texts"),
    ("count", "Haswell", "texts"),
    ("count-more", "Nehalem", "more"),
    ("count-more", "Haswell", "more"),
];

/// A demo with two workloads on two sets, instrumented, and each set made in a folder of its own.
fn instrumented() -> Demo {
    let demo = Demo::new("shards");
    demo.edit("pgo.toml", "[training]", "[inputs.more]\ndirectory = \"more\"\n\n[training]");
    let second =
        "[[training.workloads]]\nname = \"count-more\"\ninputs = \"more\"\nweight = 3\nargs = [\"count\", \"{entry}\"]";
    demo.edit("pgo.toml", "[limits]", &format!("{second}\n\n[limits]"));
    demo.write("more/one.txt", b"one two two");
    demo.run(&["instrument", "--output", "out"]).fine();
    demo.run(&["inputs", "--output", "inputs-made"]).fine();
    for set in ["texts", "more"] {
        let to = demo.path(&format!("set-{set}"));
        std::fs::create_dir(&to).expect("the directory is ours");
        std::fs::rename(demo.path(&format!("inputs-made/{set}")), to.join(set)).expect("the set was made");
    }
    demo
}

fn train(demo: &Demo, (workload, model, set): (&str, &str, &str)) -> Ran {
    let (inputs, output) = (format!("set-{set}"), format!("{workload}-{model}"));
    let which = ["train", "--workload", workload, "--cpu-model", model];
    demo.run(&[&which[..], &["--binary", "out/demo", "--inputs", &inputs, "--output", &output]].concat())
}

/// Merges the shards in `folders`, where no compiler is to be found.
fn merge(demo: &Demo, folders: &[String]) -> Ran {
    let mut command = demo.command(&["merge", "--output", "merged"]);
    command.args(folders).env("PATH", demo.path("nothing"));
    ran(command.output().expect("the driver starts"))
}

/// What differs between two folders, in the words of `diff`.
fn differences(first: &Path, second: &Path) -> String {
    let told = Command::new("diff").arg("-r").args([first, second]).output().expect("diff starts");
    String::from_utf8_lossy(&told.stdout).into_owned()
}

#[test]
fn shards_give_the_bytes_of_one_training_and_each_is_missed() {
    if require(QEMU).is_none() {
        return;
    }
    let demo = instrumented();
    std::fs::create_dir(demo.path("sets")).expect("the directory is ours");
    for set in ["texts", "more"] {
        let link =
            std::os::unix::fs::symlink(demo.path(&format!("set-{set}/{set}")), demo.path(&format!("sets/{set}")));
        link.expect("the directory is ours");
    }
    demo.run(&["train", "--binary", "out/demo", "--inputs", "sets", "--output", "whole"]).fine();
    let folders: Vec<String> = SHARDS.iter().rev().map(|(workload, model, _)| format!("{workload}-{model}")).collect();
    for shard in SHARDS {
        train(&demo, shard).fine();
    }
    merge(&demo, &folders).fine();
    assert_eq!(differences(&demo.path("whole"), &demo.path("merged")), "");
    std::fs::remove_dir_all(demo.path("merged")).expect("it was made");

    merge(&demo, &folders[1..]).refused(&["no shard: workload `count-more` on Haswell;"]);
    merge(&demo, &[&folders[..], &folders[..1]].concat()).refused(&["are both of workload `count-more` on Haswell"]);
    merge(&demo, &[folders[0].clone(), "whole".to_owned()]).refused(&["whole/shard.json is no shard of a training"]);
    merge(&demo, &[folders[0].clone(), "whole/merged.profdata".to_owned()]).refused(&["either shards or profiles"]);

    let spec = std::fs::read_to_string(demo.path("pgo.toml")).expect("it is there");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 100000");
    merge(&demo, &folders).refused(&["training ran only", "100000 are demanded"]);
    demo.write("pgo.toml", spec.replace("name = \"count-more\"", "name = \"count-others\"").as_bytes());
    merge(&demo, &folders).refused(&["workload `count-more` on Haswell, which pgo.toml does not declare"]);
    demo.write("pgo.toml", spec.as_bytes());

    let shard = std::fs::read(demo.path("count-Haswell/shard.profdata")).expect("it was trained");
    demo.write("count-Haswell/shard.profdata", &shard[..shard.len() - 8]);
    merge(&demo, &folders).refused(&["count-Haswell/shard.profdata is not the profile", "train this shard again"]);
    assert!(!demo.path("merged").exists(), "nothing that was refused is there to be used");
}

#[test]
fn shards_of_two_programs_are_refused() {
    if require(QEMU).is_none() {
        return;
    }
    let demo = instrumented();
    for shard in &SHARDS[..3] {
        train(&demo, *shard).fine();
    }
    demo.edit("src/main.rs", "longest {longest}", "the longest has {longest}");
    demo.run(&["instrument", "--output", "out"]).fine();
    train(&demo, SHARDS[3]).fine();
    let folders = SHARDS.map(|(workload, model, _)| format!("{workload}-{model}"));
    merge(&demo, &folders).refused(&["count-more-Nehalem and count-more-Haswell have different instrumented binaries"]);
}

#[test]
fn what_is_no_shard_is_not_trained() {
    if require(QEMU).is_none() {
        return;
    }
    let demo = instrumented();
    let tail = ["--binary", "out/demo", "--inputs", "set-texts", "--output", "shard"];
    let given = |which: &[&str]| demo.run(&[&["train"], which, &tail[..]].concat());
    given(&["--workload", "counts"]).refused(&["no workload `counts`", "count, count-more"]);
    given(&["--workload", "count"]).refused(&["Nehalem, Haswell", "name it with --cpu-model"]);
    given(&["--workload", "count", "--cpu-model", "Zen"]).refused(&["has no Zen; it has Nehalem, Haswell"]);
    let both = ["--workload", "count", "--cpu-model", "Nehalem", "--cpu-model", "Haswell"];
    given(&both).refused(&["a shard is of one CPU model"]);
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"native\"");
    given(&["--workload", "count", "--cpu-model", "Nehalem"]).refused(&["trains natively", "leave --cpu-model out"]);
    demo.run(&["train", "--workload", "count"]).refused_usage("--binary");
}

#[test]
fn a_shard_of_a_program_that_races_is_trained_in_a_machine_too() {
    if require(QEMU).is_none() || require("qemu-system-x86_64").is_none() {
        return;
    }
    let demo = Demo::new("racing-shard").with_program("process_id");
    demo.edit("pgo.toml", "inputs = \"texts\"\nargs", "inputs = \"texts\"\nentries = [\"many.txt\"]\nargs");
    demo.run(&["instrument", "--output", "out"]).fine();
    demo.run(&["inputs", "--output", "set-texts"]).fine();
    let trained = train(&demo, SHARDS[1]).fine();
    for told in
        ["training once more in a whole machine", "declare `emulator = \"machine\"` and train the others there too"]
    {
        assert!(trained.stderr.contains(told), "`{told}` is not in\n{}", trained.stderr);
    }
    let record = std::fs::read_to_string(demo.path("count-Haswell/shard.json")).expect("it was trained");
    for told in ["\"emulator\": \"qemu-system ", "\"emulator-arguments\": \"-cpu MODEL,-rdrand,-rdseed -nodefaults "] {
        assert!(record.contains(told), "`{told}` is not in\n{record}");
    }
}
