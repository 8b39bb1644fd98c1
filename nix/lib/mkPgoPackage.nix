# `mkPgoPackage`: an instrumented build by crane or buildRustPackage, its training in the sandbox, and the build that uses the profile, each a derivation.
#
#   { instrumented, inputs, profile, package, baseline, checks, gate, tarball.pgo, tarball.lto, release, override }
#
# Guaranteed: all three builds differ in their profile flags alone; the profile comes from replicates that agree in every byte;
# a profile that is foreign, stale, empty or unreadable fails the package; no way of overriding leaves an old profile in place. The
# interface is described in docs/nix.md.
{ reproPgoFor }@context:

origArgs:

let
  arguments = import ./pgoArguments.nix ({ reproPgo = reproPgoFor origArgs.pkgs; } // origArgs);
  builder = import (if arguments.craneLib != null then ./pgoCrane.nix else ./pgoRustPlatform.nix) {
    inherit arguments;
  };
  stage = import ./pgoStage.nix { inherit arguments builder; };

  instrumented = stage {
    stage = "instrumented";
    extraArgs = arguments.instrumentedArgs;
  };
  baseline = stage {
    stage = "baseline";
    extraArgs = arguments.baselineArgs;
  };
  inherit (arguments.pkgs) lib;
  # The same function on changed arguments: all builds and the training.
  override =
    change:
    import ./mkPgoPackage.nix context (
      origArgs // (if builtins.isFunction change then change origArgs else change)
    );
  package = import ./pgoOverriding.nix { inherit lib; } (stage {
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
      override = change: (override change).package;
    };
  });
  inputs =
    if arguments.inputs != null then
      arguments.inputs
    else
      import ./pgoInputs.nix { inherit arguments; };
  profile =
    if arguments.profile != null then
      arguments.profile
    else
      import ./pgoProfile.nix {
        inherit
          arguments
          builder
          inputs
          instrumented
          ;
      };
in
{
  inherit
    baseline
    inputs
    instrumented
    override
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
        builder
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
