# `mkPgoPackage`: an instrumented build by crane or buildRustPackage, its training in the sandbox, and the build that uses the profile, each a derivation.
#
#   { instrumented, inputs, profile, order, package, baseline, checks, gate, tarball.pgo, tarball.lto, release, override }
#
# `order` is there where the spec has [layout].
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
  compiled =
    stageName: more:
    stage (
      {
        stage = stageName;
        extraArgs = arguments.packageArgs;
        profile = if arguments.profile != null then arguments.profile else "${profile}/merged.profdata";
      }
      // more
    );
  # With [layout] the package is compiled here, and linked again in the order that the training gives its functions.
  recorded = compiled "recorded" { passthru = { }; };
  order = import ./pgoOrder.nix { inherit arguments inputs recorded; };
  package = import ./pgoOverriding.nix { inherit lib; } (
    compiled "optimized" {
      linked = if arguments.isLaidOut then { inherit order recorded; } else null;
      passthru = {
        inherit
          baseline
          inputs
          instrumented
          profile
          ;
        override = change: (override change).package;
      }
      // lib.optionalAttrs arguments.isLaidOut {
        inherit order recorded;
        inherit (recorded) dependencies;
      };
    }
  );
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
        order
        package
        profile
        ;
    })
    gate
    release
    tarball
    ;
}
// lib.optionalAttrs arguments.isLaidOut { inherit order; }
