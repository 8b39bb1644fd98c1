//! The runner on real processes: shells that succeed, fail, hang, and look at where they run.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::measure::samples::Metric;
use crate::measure::wall::{Silent, interleave};

struct Bench {
    directory: tempfile::TempDir,
}

impl Bench {
    fn new(script: &str) -> Self {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let path = directory.path().join("script");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
        Self { directory }
    }

    fn arms(&self) -> [Arm; 3] {
        arms(self.directory.path().join("script"), self.directory.path().join("script"))
    }

    fn plan(&self) -> SamplingPlan {
        SamplingPlan {
            minimum_rounds: 2,
            warm_ups: 1,
            timeout: Duration::from_secs(2),
            ..SamplingPlan::with_budget(Duration::ZERO, self.directory.path())
        }
    }

    fn case(&self) -> Case {
        Case::new("case", self.directory.path(), &["argument"])
    }

    fn refusal(&self) -> String {
        interleave(&self.arms(), &[self.case()], &self.plan(), &Silent).expect_err("fails").to_string()
    }
}

#[test]
fn samples_real_processes_and_cleans_up() {
    let bench = Bench::new("test \"$1\" = argument");
    let samples = interleave(&bench.arms(), &[bench.case()], &bench.plan(), &Silent).expect("the shell succeeds");
    assert_eq!(samples.arms, ["baseline", "candidate", "baseline-again"]);
    assert_eq!((samples.rounds(), samples.blocks.len()), (2, 2));
    assert!(samples.runs(0, 2).all(|run| run.wall_ns > 0 && run.max_rss_bytes > 0));
    assert!(samples.median_ns(0, 0, Metric::Wall) > 0);
    let left: Vec<_> = fs::read_dir(bench.directory.path()).expect("ours").collect();
    assert_eq!(left.len(), 1, "the copies are gone: {left:?}");
}

#[test]
fn arms_see_paths_of_one_length_and_layouts_differ() {
    let bench = Bench::new("echo \"${#0} ${#MEMORY_LAYOUT}\" >> seen; env | wc -l >> seen");
    interleave(&bench.arms(), &[bench.case()], &bench.plan(), &Silent).expect("the shell succeeds");
    let seen = fs::read_to_string(bench.directory.path().join("seen")).expect("written");
    let lines: std::collections::BTreeSet<&str> = seen.lines().filter(|line| line.contains(' ')).collect();
    assert_eq!(lines.len(), 2, "two layouts, one length of path: {lines:?}");
}

#[test]
fn a_failing_run_is_an_error_with_its_own_words() {
    let error = Bench::new("echo 'no such repository' >&2; exit 5").refusal();
    assert_eq!(
        error,
        "case case, arm baseline: ended with exit code 5, expected exit code [0]; it said: no such repository"
    );
}

#[test]
fn a_hanging_run_is_an_error() {
    assert!(Bench::new("sleep 600").refusal().contains("still running after 2 s"));
}

#[test]
fn a_missing_binary_is_named() {
    let bench = Bench::new("true");
    let arms = arms("/no/such/baseline".into(), "/no/such/candidate".into());
    let error = interleave(&arms, &[bench.case()], &bench.plan(), &Silent).expect_err("missing").to_string();
    assert!(error.starts_with("cannot copy /no/such/baseline to "), "{error}");
}

#[test]
fn pinning_is_undone() {
    let before = linux::affinity().expect("allowed");
    if let Some(pin) = Pin::to_one_cpu() {
        assert_eq!(linux::affinity().expect("allowed").count(), 1);
        drop(pin);
    }
    assert_eq!(linux::affinity().expect("allowed"), before);
}

fn arms(baseline: PathBuf, candidate: PathBuf) -> [Arm; 3] {
    Arm::with_same_binary(Arm::new("baseline", baseline), Arm::new("candidate", candidate))
}
