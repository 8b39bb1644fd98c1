# The driver, for the build machine.
#
# NB: it lives in relplan's workspace, where cargo wants to see every package. Empty targets stand in for the root package and for the
# comparison of planners, so that a change of these doesn't rebuild the driver and with it every profile.
{
  craneLib,
  sources,
  # What the builder gets besides, for both derivations.
  extraArgs ? { },
}:

let
  args = {
    src = sources.driver;
    pname = "repro-pgo";
    strictDeps = true;
    CARGO_PROFILE = "driver";
    cargoExtraArgs = "--locked --package repro-pgo";
    doCheck = false;
  }
  // extraArgs;
  emptyTargets = root: ''
    mkdir -p ${root}/src ${root}/crates/planner-bench/src
    rm -f ${root}/src/main.rs ${root}/crates/planner-bench/src/lib.rs
    echo 'fn main() {}' > ${root}/src/main.rs
    touch ${root}/crates/planner-bench/src/lib.rs
  '';
in
craneLib.buildPackage (
  args
  // {
    cargoArtifacts = craneLib.buildDepsOnly (
      args
      // {
        cargoCheckCommand = ":";
        extraDummyScript = emptyTargets "$out";
      }
    );
    postPatch = emptyTargets ".";
    meta = {
      description = "Driver for reproducible, bench-gated PGO release builds";
      mainProgram = "repro-pgo";
    };
  }
)
