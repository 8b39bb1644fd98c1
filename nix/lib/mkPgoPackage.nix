# `mkPgoPackage`: an instrumented crane build, its training in the sandbox, and the build that uses the profile, each a derivation.
#
#   { instrumented, inputs, profile, package, baseline, checks, gate, tarball.pgo, tarball.lto, release }
#
# Guaranteed: all three builds differ in their profile flags alone; the profile comes from replicates that agree in every byte;
# a profile that is foreign, stale, empty or unreadable fails the package. The interface is described in docs/nix.md.
{ reproPgoFor }:

origArgs:

let
  arguments = import ./pgoArguments.nix ({ reproPgo = reproPgoFor origArgs.pkgs; } // origArgs);
  stage = import ./pgoStage.nix { inherit arguments; };

  instrumented = stage {
    stage = "instrumented";
    extraArgs = arguments.instrumentedArgs;
  };
  baseline = stage {
    stage = "baseline";
    extraArgs = arguments.baselineArgs;
  };
  package = stage {
    stage = "optimized";
    extraArgs = arguments.packageArgs;
    profile = if arguments.profile != null then arguments.profile else "${profile}/merged.profdata";
    passthru = {
      inherit
        baseline
        inputs
        instrumented
        profile
        ;
    };
  };
  inputs =
    if arguments.inputs != null then
      arguments.inputs
    else
      import ./pgoInputs.nix { inherit arguments; };
  profile =
    if arguments.profile != null then
      arguments.profile
    else
      import ./pgoProfile.nix { inherit arguments instrumented inputs; };
in
{
  inherit
    baseline
    inputs
    instrumented
    package
    profile
    ;
  checks = import ./pgoChecks.nix {
    inherit
      arguments
      baseline
      inputs
      package
      profile
      ;
  };
  inherit
    (import ./pgoRelease.nix {
      inherit
        arguments
        baseline
        inputs
        package
        profile
        ;
    })
    gate
    release
    tarball
    ;
}
