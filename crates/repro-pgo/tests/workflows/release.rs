//! A release has five targets, one of them with PGO, and nothing is published that two machines didn't make alike.

use std::collections::BTreeSet;

use yaml_serde::Value;

use super::workflow::{Job, Workflow, read};

const TARGETS: [&str; 5] = [
    "release-arm64-darwin",
    "release-arm64-linux",
    "release-x64-darwin",
    "release-x64-linux-pgo",
    "release-x64-windows",
];
const WITH_PROFILE: [&str; 4] = ["x64-linux", "x64-linux-again", "peers", "cache"];
/// These use what the first runner made.
const BUILD_NOTHING: [&str; 2] = ["peers", "cache"];
const COMPARISON: &str =
    "cargo repro-pgo release compare built/hashes-first/hashes.json built/hashes-second/hashes.json";

/// Everything by which the workflow is no such release.
pub fn problems(workflow: &Workflow, others: &Workflow) -> Vec<String> {
    let mut problems = targets(workflow, others);
    for (job, needed) in [
        ("collect", &["x64-linux", "x64-linux-again", "others", "start", "start-driver"] as &[_]),
        ("publish", &["collect", "peers"]),
        ("cache", &["collect", "publish"]),
        ("flakehub", &["publish"]),
        ("bills", &["publish"]),
    ] {
        problems.extend(order(&workflow.value["jobs"][job], job, needed));
    }
    for job in ["publish", "bills", "cache", "flakehub"] {
        // More conditions may follow, none instead of it.
        let condition = workflow.value["jobs"][job]["if"].as_str().unwrap_or_default();
        let mut terms = condition.split("&&").map(str::trim);
        if terms.next() != Some("startsWith(github.ref, 'refs/tags/')") || condition.contains("||") {
            problems.push(format!("{job} would publish without a tag"));
        }
    }
    let makers = ["x64-linux", "x64-linux-again", "build"];
    for job in workflow.jobs().iter().chain(&others.jobs()).filter(|job| makers.contains(&job.name)) {
        let reads = |action| job.steps_with(action).next().is_some();
        let uses = |step: &Value| step["uses"].as_str() == Some("$/.github/actions/nix");
        if reads("cachix/cachix-action") || job.steps().any(uses) {
            problems.push(format!("{} takes from the cache what it has to make", job.name));
        }
    }
    for job in BUILD_NOTHING {
        let mut builds = commands(workflow, job).into_iter().filter(|command| command.starts_with("nix build .#"));
        if !builds.all(|command| command.contains("--max-jobs 0")) {
            problems.push(format!("{job} builds what the first runner made"));
        }
    }
    problems.extend(rehearsals(workflow, others));
    problems.extend(attestations(workflow));
    if !commands(workflow, "collect").iter().any(|command| command == COMPARISON) {
        problems.push("collect doesn't compare the hashes of the two machines".to_owned());
    }
    if !commands(workflow, "x64-linux-again").iter().any(|command| command.contains(".#pgo-hashes")) {
        problems.push("no second machine makes the release again".to_owned());
    }
    problems.extend(driver(workflow));
    problems
}

/// The prebuilt driver is made with the release, tried where nobody built it, and published with what two machines made.
fn driver(workflow: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    if !commands(workflow, "x64-linux").iter().any(|command| command.starts_with("nix build .#driver-x64-linux ")) {
        problems.push("nobody builds the driver".to_owned());
    }
    if commands(workflow, "start-driver") != [".ci/start-driver built"] {
        problems.push("nobody starts the driver".to_owned());
    }
    if !commands(workflow, "collect").iter().any(|command| command.contains(" --along cargo-repro-pgo ")) {
        problems.push("the driver is not collected".to_owned());
    }
    if !read("nix/packages/hashes.nix").contains(" driver=") {
        problems.push("the driver is not among what two machines make".to_owned());
    }
    problems
}

/// What a tag is the wrong moment to find out: both workflows also run before one, and every binary is started where it will run.
fn rehearsals(workflow: &Workflow, others: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    if !workflow.runs_on("schedule") {
        problems.push("a release is not rehearsed".to_owned());
    }
    if others.value["on"]["pull_request"]["paths"].as_sequence().is_none_or(Vec::is_empty) {
        problems.push("the other targets are not built for a change of what they are made from".to_owned());
    }
    for (workflow, builder) in [(workflow, "x64-linux"), (others, "build")] {
        let jobs = workflow.jobs();
        let starter = jobs.iter().find(|job| job.name == "start");
        let starts = starter.is_some_and(|job| {
            job.value["needs"].as_str() == Some(builder) && job.commands() == [".ci/start-release built"]
        });
        if !starts {
            problems.push(format!("{}: nobody starts what {builder} made", workflow.name));
        }
        if starter.is_some_and(|job| text(job.value).contains("nix")) {
            problems.push(format!("{}: start has a Nix, which users may not have", workflow.name));
        }
    }
    let gate = workflow.jobs().into_iter().find(|job| attributes(job).iter().any(|name| name == "ship-gate"));
    // An output of a failed build is thrown away, so it is a folder of the build's that has to be kept.
    let folder = "ship-gate-report";
    assert!(read("nix/lib/pgoRelease.nix").contains(&format!("report={folder}\n")), "the gate writes another folder");
    let is_kept = |step: &Value| {
        let paths = step["with"]["path"].as_str().unwrap_or_default();
        step["if"].as_str() == Some("${{ failure() }}") && paths.lines().all(|path| path.contains(folder))
    };
    if gate.is_none_or(|job| !job.steps_with("actions/upload-artifact").any(is_kept)) {
        problems.push("the report of a gate without a verdict is lost".to_owned());
    }
    problems
}

/// Everything that is published is signed for, and each tarball's bill of materials with it; the library's source lies beside.
fn attestations(workflow: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    let jobs = workflow.jobs();
    let attests = |name: &str, what: &dyn Fn(&Value) -> bool| {
        jobs.iter().any(|job| job.name == name && job.steps_with("actions/attest").any(|step| what(&step["with"])))
    };
    if !attests("publish", &|with| with["subject-checksums"].as_str() == Some("assets/SHA256SUMS")) {
        problems.push("nobody signs for what is published".to_owned());
    }
    let of_platform = |with: &Value, key: &str, end: &str| {
        let path = with[key].as_str().unwrap_or_default();
        path.starts_with("assets/relplan-${{ env.VERSION }}-${{ matrix.platform }}.") && path.ends_with(end)
    };
    let (archive, bill) = ("${{ matrix.archive }}", repro_pgo::package::legal::BILL);
    if !attests("bills", &|with| of_platform(with, "subject-path", archive) && of_platform(with, "sbom-path", bill)) {
        problems.push("nobody signs for what is in a tarball".to_owned());
    }
    let platforms = |job: &Value| -> BTreeSet<String> {
        let entries = job["strategy"]["matrix"]["include"].as_sequence().into_iter().flatten();
        entries.filter_map(|entry| entry["platform"].as_str().map(str::to_owned)).collect()
    };
    let collected = workflow.value["jobs"]["collect"]["env"]["PLATFORMS"].as_str().unwrap_or_default();
    if platforms(&workflow.value["jobs"]["bills"]) != collected.split(',').map(str::to_owned).collect() {
        problems.push("the bills that are signed for are not those of all platforms".to_owned());
    }
    if !jobs.iter().any(|job| attributes(job).iter().any(|name| name == "glibc-source")) {
        problems.push("the source of the C library is not published with it".to_owned());
    }
    problems
}

fn text(value: &Value) -> String {
    yaml_serde::to_string(value).expect("what was YAML is YAML")
}

fn targets(workflow: &Workflow, others: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    let mut built = BTreeSet::new();
    for job in workflow.jobs().into_iter().chain(others.jobs()) {
        for attribute in attributes(&job) {
            if attribute.contains("pgo") && !WITH_PROFILE.contains(&job.name) {
                problems.push(format!("{} builds {attribute}, but only x64 Linux has PGO", job.name));
            }
            if attribute.starts_with("release-") {
                built.insert(attribute);
            }
        }
    }
    let due: BTreeSet<String> = TARGETS.map(str::to_owned).into();
    if built != due {
        problems.push(format!("the targets are {built:?}, not {due:?}"));
    }
    problems
}

/// What a job lets Nix build.
fn attributes(job: &Job<'_>) -> Vec<String> {
    let commands = job.commands().into_iter().filter(|command| command.starts_with("nix build "));
    let words = commands.flat_map(|command| command.split(' ').map(|word| word.replace('"', "")).collect::<Vec<_>>());
    words.filter_map(|word| word.strip_prefix(".#").map(str::to_owned)).collect()
}

fn commands(workflow: &Workflow, name: &str) -> Vec<String> {
    workflow.jobs().iter().filter(|job| job.name == name).flat_map(Job::commands).collect()
}

/// A job waits for those it needs, and doesn't run when one of them failed.
fn order(job: &Value, name: &str, needed: &[&str]) -> Vec<String> {
    let needs: Vec<&str> = match &job["needs"] {
        Value::Sequence(needs) => needs.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let missing = needed.iter().filter(|needed| !needs.contains(needed));
    let mut problems: Vec<String> = missing.map(|missing| format!("{name} doesn't wait for {missing}")).collect();
    let condition = job["if"].as_str().unwrap_or_default();
    if ["always()", "cancelled()", "failure()"].iter().any(|form| condition.contains(form)) {
        problems.push(format!("{name} runs although something before it failed"));
    }
    problems
}
