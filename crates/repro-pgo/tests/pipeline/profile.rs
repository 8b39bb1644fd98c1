//! `profile show` and `profile diff` as a user meets them.

use std::path::Path;

use super::demo::{Demo, Ran, ran};

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pgo-profile/tests/golden").join(name);
    path.to_str().expect("the path is Unicode").to_owned()
}

/// Runs the driver where there is no workspace and no declaration.
fn profile(arguments: &[&str]) -> Ran {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_repro-pgo"));
    command.arg("profile").args(arguments).current_dir(directory.path());
    ran(command.output().expect("the driver starts"))
}

#[test]
fn a_profile_is_shown_without_a_workspace() {
    let shown = profile(&["show", &golden("merged.profdata")]).fine().stdout;
    assert!(shown.lines().last().is_some_and(|line| line.contains("of the counts")), "{shown}");
    let json = profile(&["show", &golden("merged.profdata"), "--json", "--top", "1"]).fine().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["hottest"].as_array().map(Vec::len), Some(1));
    assert!(json["covered-functions"].as_u64() <= json["functions"].as_u64());
}

#[test]
fn what_is_no_profile_is_refused() {
    profile(&["show", "merged.profdata"]).refused(&["merged.profdata: no such profile", "cargo repro-pgo train"]);
    profile(&["diff", &golden("one.profraw"), "b.profdata"]).refused(&["b.profdata: no such profile"]);
    profile(&["show", &golden("README.md")]).refused(&["README.md"]);
    profile(&["diff", &golden("README.md"), &golden("one.profraw")]).refused(&["README.md"]);
    profile(&["show"]).refused(&["pgo.toml"]);
}

#[test]
fn a_difference_is_an_error_only_where_it_is_asked_for() {
    let (one, three) = (golden("one.profraw"), golden("three.profraw"));
    let verdict = |ran: &Ran| ran.stdout.lines().last().unwrap_or_default().to_owned();
    let told = profile(&["diff", &one, &three]).fine();
    assert!(verdict(&told).starts_with("the profiles agree to "), "{}", told.stdout);
    profile(&["diff", &one, &three, "--fail-below", "1"]).fine();
    profile(&["diff", &one, &one, "--fail-below", "100"]).fine();
    let refused = profile(&["diff", &one, &three, "--fail-below", "100"]).refused(&[]);
    assert!(verdict(&refused).ends_with("less than the 100 % demanded"), "{}", refused.stdout);
    assert_eq!(profile(&["diff", &one, &three, "--fail-below", "101"]).code, 2);
}

#[test]
fn training_keeps_what_each_workload_and_cpu_model_did() {
    let demo = Demo::new("parts");
    demo.run(&["profile", "show"]).refused(&["no such profile", "cargo repro-pgo train"]);
    demo.run(&["train"]).fine();
    let json = demo.run(&["profile", "show", "--json", "--html", "page.html"]).fine().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let names = |kind: &str| -> Vec<&str> {
        json[kind].as_array().into_iter().flatten().filter_map(|part| part["name"].as_str()).collect()
    };
    assert_eq!(names("workloads"), ["count"]);
    assert_eq!(names("cpu-models"), ["Nehalem", "Haswell"]);
    let page = std::fs::read_to_string(demo.path("page.html")).expect("the page was written");
    assert!(page.contains("By CPU model") && page.ends_with("</html>\n"));
    let parts = |demo: &Demo| -> Vec<Vec<u8>> {
        ["01-workload-count", "02-cpu-model-Nehalem", "03-cpu-model-Haswell"]
            .map(|name| demo.made_bytes(&format!("profile/parts/{name}.profdata")))
            .to_vec()
    };
    let other = Demo::new("the same elsewhere");
    other.run(&["train"]).fine();
    assert!(
        parts(&demo) == parts(&other)
            && demo.made_bytes("profile/training.json") == other.made_bytes("profile/training.json")
    );
    std::fs::remove_file(demo.made("profile/parts/01-workload-count.profdata")).expect("it was just read");
    demo.run(&["train"]).fine();
    assert!(parts(&demo) == parts(&other), "a lost part is made again");
}

#[test]
fn workloads_of_equal_weight_count_alike_though_one_runs_much_longer() {
    let demo = Demo::new("equal");
    let two = "name = \"long\"\ninputs = \"texts\"\nentries = [\"many.txt\"]\nargs = [\"count\", \"{entry}\"]\n\n\
        [[training.workloads]]\nname = \"short\"\ninputs = \"texts\"\nentries = [\"pangram.txt\"]";
    demo.edit("pgo.toml", "name = \"count\"\ninputs = \"texts\"", two);
    let shares = || -> Vec<f64> {
        demo.run(&["train"]).fine();
        let json = demo.run(&["profile", "show", "--json"]).fine().stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        json["workloads"].as_array().into_iter().flatten().filter_map(|part| part["share"].as_f64()).collect()
    };
    let apart = shares();
    assert!(apart.len() == 2 && apart[0] > 1.5 * apart[1], "{apart:?}");
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    demo.write(
        "pgo.toml",
        text.replace("args = [\"count\", \"{entry}\"]\n", "args = [\"count\", \"{entry}\"]\nweight = \"equal\"\n")
            .as_bytes(),
    );
    let alike = shares();
    assert!((alike[0] / alike[1] - 1.0).abs() < 0.01, "{alike:?}");
}
