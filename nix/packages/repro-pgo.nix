# The driver, for the build machine.
#
# NB: it lives in relplan's workspace, whose root package cargo wants to see. An empty program stands in for it, so that a change of
# relplan doesn't rebuild the driver and with it every profile.
{ craneLib, sources }:

let
  args = {
    src = sources.driver;
    pname = "repro-pgo";
    strictDeps = true;
    CARGO_PROFILE = "driver";
    cargoExtraArgs = "--locked --package repro-pgo";
    doCheck = false;
  };
  emptyProgram = root: ''
    mkdir -p ${root}/src
    rm -f ${root}/src/main.rs
    echo 'fn main() {}' > ${root}/src/main.rs
  '';
in
craneLib.buildPackage (
  args
  // {
    cargoArtifacts = craneLib.buildDepsOnly (
      args
      // {
        cargoCheckCommand = ":";
        extraDummyScript = emptyProgram "$out";
      }
    );
    postPatch = emptyProgram ".";
    meta = {
      description = "Driver for reproducible, bench-gated PGO release builds";
      mainProgram = "repro-pgo";
    };
  }
)
