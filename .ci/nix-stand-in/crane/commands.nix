# crane's one-command derivations: formatting, lints, tests, documentation, licences, advisories.
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
  # NB: not cargo-audit, which takes minutes to compile: cargo-deny reads the same database, laid out as if it had just fetched it.
  cargoAudit =
    args:
    run "audit"
      (args: ''
        database=$NIX_BUILD_TOP/databases/advisory-db-3157b0e258782691
        mkdir -p "$database/.git"
        cp -r --no-preserve=mode ${args.advisory-db}/. "$database"
        touch "$database/.git/FETCH_HEAD"
        printf '[advisories]\ndisable-yank-checking = true\ndb-path = "%s"\n' "''${database%/*}" > "$NIX_BUILD_TOP/deny.toml"
        cargo --offline deny --offline --config "$NIX_BUILD_TOP/deny.toml" check advisories
      '')
      (
        args
        // {
          cargoArtifacts = null;
          nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [ pkgs.cargo-deny ];
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
