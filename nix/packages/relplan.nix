# relplan for the system itself, optimized as a release but without a profile: what `nix run` and the overlay give.
{ craneLib, sources }:

craneLib.buildPackage {
  src = sources.release;
  pname = "relplan";
  strictDeps = true;
  cargoExtraArgs = "--locked --package relplan";
  # The tests are a check of their own.
  doCheck = false;
  meta = {
    description = "Release planner for single repositories and monorepos";
    mainProgram = "relplan";
  };
}
