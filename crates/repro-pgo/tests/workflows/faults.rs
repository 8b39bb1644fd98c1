//! Each rule notices its fault: the workflows with one thing changed for the worse.

use super::problems;
use super::workflow::Workflow;

/// The problems after `old` became `new` in the file that has it.
fn after(name: &str, old: &str, new: &str) -> Vec<String> {
    let changed = |workflow: Workflow| match workflow.name == name {
        true => {
            assert!(workflow.text.contains(old), "{name} has no `{old}`, so this test changes nothing");
            Workflow::new(workflow.name, workflow.text.replacen(old, new, 1))
        }
        false => workflow,
    };
    problems(&changed(Workflow::ci()), &changed(Workflow::release()), &changed(Workflow::targets()))
}

#[track_caller]
fn notices(name: &str, old: &str, new: &str, told: &str) {
    let found = after(name, old, new);
    assert!(found.iter().any(|problem| problem.contains(told)), "`{told}` is not among {found:#?}");
}

const RELEASE: &str = "nix-release.yml";
const CI: &str = "ci.yml";
const TARGETS: &str = "targets.yml";

#[test]
fn a_second_target_with_pgo() {
    let (old, new) = ("release: release-arm64-linux", "release: release-arm64-linux-pgo");
    notices(TARGETS, old, new, "build builds release-arm64-linux-pgo, but only x64 Linux has PGO");
    notices(TARGETS, old, new, "the flake has no `release-arm64-linux-pgo`");
}

#[test]
fn a_missing_target() {
    let entry = "          - release: release-x64-windows\n            runner: ubuntu-24.04\n";
    notices(TARGETS, entry, "", "the targets are");
}

#[test]
fn an_unpinned_action() {
    let action = "cachix/cachix-action@1eb2ef646ac0255473d23a5907ad7b04ce94065c";
    notices(CI, &format!("{action} # v17"), "cachix/cachix-action@v17", "cachix/cachix-action@v17 is not pinned");
    notices(CI, &format!("{action} # v17"), action, "is not pinned by commit with its version");
}

#[test]
fn a_swallowed_exit_code() {
    let check = "run: nix flake check --print-build-logs";
    for swallowed in ["|| true", "|| :", "; true"] {
        // Quoted, because YAML ends a plain text at a colon.
        let quoted = format!("run: \"nix flake check --print-build-logs {swallowed}\"");
        notices(CI, check, &quoted, "swallows an exit code");
    }
    notices(CI, check, &format!("{check}\n        continue-on-error: true"), "continue-on-error swallows a failure");
    notices(CI, check, &format!("{check}\n        shell: sh {{0}}"), "has a shell of its own");
    notices(CI, check, "run: |\n          set +e\n          nix flake check", "more than one command");
}

#[test]
fn a_missing_limit() {
    notices(CI, "    timeout-minutes: 60\n", "", "test has no timeout");
    notices(RELEASE, "concurrency:\n  group:", "other:\n  group:", "concurrency is not set");
}

#[test]
fn a_broad_permission() {
    notices(CI, "      contents: read\n", "      contents: write\n", "test has other permissions");
    notices(
        CI,
        "    permissions:\n      contents: read\n",
        "    permissions: write-all\n",
        "test has other permissions",
    );
    notices(CI, "    permissions:\n      contents: read\n", "", "test has other permissions");
    notices(RELEASE, "permissions: {}", "permissions: read-all", "own permissions are not empty");
}

#[test]
fn a_secret_within_reach_of_a_pull_request() {
    let tests = "    env:\n      PACKAGES: ${{ matrix.packages }}\n";
    let token = format!("{tests}      TOKEN: ${{{{ secrets.CACHIX_AUTH_TOKEN }}}}\n");
    notices(CI, tests, &token, "test has a secret and may run on a pull request");
    notices(CI, "\n  pull_request:\n", "\n  pull_request_target:\n", "pull_request_target runs a stranger's event");
    let own = " && github.event.pull_request.head.repo.full_name == github.repository";
    notices(CI, own, "", "comment may write and runs what a pull request brings");
    let push = "    if: github.event_name == 'push'\n    runs-on: ubuntu-24.04\n    timeout-minutes: 150\n    environment: cachix";
    let either = push.replace("'push'", "'push' || github.event_name == 'pull_request'");
    notices(CI, push, &either, "flake-and-cache has a secret");
}

#[test]
fn a_command_that_does_not_exist() {
    notices(RELEASE, "repro-pgo release compare", "repro-pgo release compair", "unrecognized subcommand 'compair'");
    notices(RELEASE, "release collect built --platforms", "release collect built --systems", "unexpected argument");
    notices(RELEASE, "nix build .#pgo-hashes", "nix build .#pgo-sums", "the flake has no `pgo-sums`");
    notices(CI, ".ci/nix-rebuilds nix", ".ci/nix-rebuild nix", "there is no .ci/nix-rebuild");
    notices(CI, "run: .ci/nix-rebuilds nix", "run: curl https://example.org/install", "no command of this repository");
}

#[test]
fn publishing_what_was_not_compared() {
    notices(
        RELEASE,
        "needs: [x64-linux, x64-linux-again, others, start, start-driver]",
        "needs: [x64-linux, others, start, start-driver]",
        "wait for x64-linux-again",
    );
    notices(RELEASE, "hashes-second/hashes.json", "hashes-first/hashes.json", "doesn't compare the hashes");
    let needs = "needs: [collect, peers]\n";
    let old = &format!("if: startsWith(github.ref, 'refs/tags/')\n    {needs}");
    let new = format!("if: always()\n    {needs}");
    notices(RELEASE, old, &new, "publish runs although something before it failed");
    notices(RELEASE, old, needs, "publish would publish without a tag");
    notices(RELEASE, needs, "needs: collect\n", "publish doesn't wait for peers");
    notices(RELEASE, " --max-jobs 0 --out-link made", " --out-link made", "peers builds what the first runner made");
    let (old, new) = (" && vars.CACHIX_CACHE != ''", " || vars.CACHIX_CACHE != ''");
    notices(RELEASE, old, new, "cache would publish without a tag");
    notices(RELEASE, "needs: [collect, publish]", "needs: collect", "cache doesn't wait for publish");
    let (old, cache) = ("      # Without the project's cache", "      - uses: cachix/cachix-action@1eb2ef64 # v17\n");
    notices(RELEASE, old, &format!("{cache}{old}"), "x64-linux-again takes from the cache what it has to make");
}

#[test]
fn an_artefact_that_nobody_leaves() {
    let (old, new) = (
        "          name: closure\n          path: closure\n          if-no",
        "          path: closure\n          if-no",
    );
    notices(RELEASE, old, new, "no job leaves the artefact closure");
    notices(RELEASE, "{release-*,hashes-*}", "{release-*,sums-*}", "no job leaves the artefact sums-*");
}

#[test]
fn a_variable_that_nothing_sets() {
    notices(CI, "--base \"$BASE\"", "--base \"$BASIS\"", "uses $BASIS, which nothing sets");
    notices(CI, "cargo test --locked $PACKAGES", "cargo test --locked ${{ matrix.packages }}", "pasted in");
}

#[test]
fn credentials_within_reach_of_later_steps() {
    notices(CI, "          persist-credentials: false\n", "", "keeps its token on disk");
    notices(RELEASE, "    environment: cachix\n", "", "has a secret outside of an environment");
}

#[test]
fn a_file_that_nobody_writes() {
    notices(
        CI,
        "--body-file merge-gate/comment.md",
        "--body-file merge-gate/merge.md",
        "merge-gate/merge.md is written",
    );
    notices(
        CI,
        "cat target/merge-gate/comment.md",
        "cat target/merge-gate/notes.md",
        "target/merge-gate/notes.md is written",
    );
    notices(
        RELEASE,
        "built/hashes-first/hashes.json --output",
        "built/hashes-first/sums.json --output",
        "sums.json is written",
    );
    notices(RELEASE, "-x86_64-linux.gate.md", "-x86_64-linux.notes.md", "notes.md is written");
    notices(
        CI,
        "          path: target/merge-gate\n",
        "          path: target/merge\n",
        "merge-gate/comment.md is written",
    );
}

#[test]
fn a_first_day_that_is_red() {
    let condition = "        if: vars.CACHIX_CACHE != ''\n        with:\n          name:";
    notices(CI, condition, "        with:\n          name:", "needs a cache that a fresh repository doesn't have");
    notices(CI, "name: ${{ vars.CACHIX_CACHE }}", "name: relplan", "names a cache that anyone may register");
    notices(CI, "          skipAddingSubstituter: true\n", "", "trusts whoever has the cache's name");
    let bin = "          cachixBin: ${{ github.workspace }}/target/cachix/bin/cachix\n";
    notices(CI, bin, "", "runs whichever cachix is newest");
    notices(RELEASE, " && vars.CACHIX_CACHE != ''", "", "needs a cache that a fresh repository doesn't have");
    notices(RELEASE, " && vars.FLAKEHUB_NAME != ''", "", "needs a FlakeHub that a fresh repository doesn't have");
    let revision = "          source-revision: 71f57208810a5d299fc6545350981de98fdbc860\n";
    notices(RELEASE, revision, "", "runs whichever flakehub-push is newest");
    notices(CI, "--base \"$GITHUB_SHA\"", "--base ${{ github.event.before }}", "a first or forced push has none");
}

#[test]
fn a_judge_from_the_change_it_judges() {
    notices(CI, "nix run \"$RUNNER_TEMP/judge#gate-merge\"", "nix run .#gate-merge", "is judged by its own driver");
    notices(CI, "'HEAD^1'", "github.event.pull_request.base.sha", "not with what the change is merged into");
    notices(CI, "judge\" \"$BASE\"", "judge\" HEAD", "is judged by its own driver");
    notices(CI, "\n  merge_group:\n", "\n", "the merge queue is not gated");
    notices(CI, "    name: Merge gate\n", "    name: Gate\n", "main waits for `Merge gate`, which no job is called");
    let (old, new) = (" || github.event_name == 'merge_group'\n", "\n");
    notices(CI, old, new, "main waits for `Merge gate`, which doesn't run in the merge queue");
}

#[test]
fn a_release_that_is_tried_out_by_its_users() {
    notices(RELEASE, "\n  schedule:\n    - cron", "\n  weekly:\n    - cron", "a release is not rehearsed");
    notices(TARGETS, "\n    paths:\n", "\n    branches:\n", "not built for a change of what they are made from");
    notices(TARGETS, "      - run: .ci/start-release built\n", "", "targets.yml: nobody starts what build made");
    notices(RELEASE, ".ci/start-release built", ".ci/nix lint", "nix-release.yml: nobody starts what x64-linux made");
    notices(RELEASE, "        if: ${{ failure() }}\n", "", "the report of a gate without a verdict is lost");
    let kept = "/nix/var/nix/builds/**/ship-gate-report/*";
    notices(RELEASE, kept, "/nix/var/nix/builds/*ship-gate*", "the report of a gate without a verdict is lost");
    notices(TARGETS, "      fail-fast: false\n", "", "the first failure in build hides the others");
}

#[test]
fn a_driver_that_nobody_can_install() {
    let build = "      - run: nix build .#driver-x64-linux --print-build-logs --out-link driver\n";
    notices(RELEASE, build, "", "nobody builds the driver");
    notices(RELEASE, ".ci/start-driver built", ".ci/start-release built", "nobody starts the driver");
    notices(RELEASE, " --along cargo-repro-pgo", "", "the driver is not collected");
    notices(RELEASE, "others, start, start-driver]", "others, start]", "wait for start-driver");
}

#[test]
fn a_release_that_nobody_signs_for() {
    notices(RELEASE, "          subject-checksums: assets/SHA256SUMS\n", "", "nobody signs for what is published");
    let bill = "sbom-path: assets/relplan-${{ env.VERSION }}-${{ matrix.platform }}.sbom.cdx.json";
    notices(RELEASE, bill, "push-to-registry: false", "nobody signs for what is in a tarball");
    notices(
        RELEASE,
        "          - platform: aarch64-darwin\n            archive: tar.gz\n",
        "",
        "the bills that are signed for are not those of all platforms",
    );
    notices(RELEASE, "nix build .#glibc-source", "nix build .#pgo-profile", "source of the C library is not published");
}
