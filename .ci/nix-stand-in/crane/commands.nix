# crane's one-command derivations: formatting, lints, tests, documentation, licences.
{ mkCargoDerivation, pkgs }:

let
  run =
    name: command: args:
    mkCargoDerivation (
      removeAttrs args [
        "cargoClippyExtraArgs"
        "cargoDenyChecks"
        "cargoDocExtraArgs"
        "cargoExtraArgs"
        "cargoTestExtraArgs"
      ]
      // {
        pnameSuffix = "-${name}";
        buildPhaseCargoCommand = command args;
        doInstallCargoArtifacts = false;
      }
    );
  common = args: args.cargoExtraArgs or "--locked";
in
{
  cargoFmt =
    args:
    run "fmt" (_: "cargo fmt ${args.cargoExtraArgs or ""} -- --check") (
      args
      // {
        cargoArtifacts = null;
        cargoVendorDir = null;
      }
    );
  cargoClippy = run "clippy" (
    args: "cargoWithProfile clippy ${common args} ${args.cargoClippyExtraArgs or "--all-targets"}"
  );
  cargoDoc = run "doc" (
    args: "cargoWithProfile doc ${common args} ${args.cargoDocExtraArgs or "--no-deps"}"
  );
  cargoTest =
    args:
    run "test" (_: "") (
      args
      // {
        doCheck = true;
        checkPhaseCargoCommand = "cargoWithProfile test ${common args} ${args.cargoTestExtraArgs or ""}";
      }
    );
  cargoDeny =
    args:
    run "deny"
      (
        args:
        "cargo --offline ${args.cargoExtraArgs or ""} deny check ${
          args.cargoDenyChecks or "bans licenses sources"
        }"
      )
      (
        args
        // {
          cargoArtifacts = null;
          nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [ pkgs.cargo-deny ];
        }
      );
}
