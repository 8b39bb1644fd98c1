# Wrong arguments of `mkPgoPackage` are refused while evaluating. The messages can't be caught there, so that it throws is what is
# checked; `builtins.tryEval` also proves that nothing is built first.
{
  craneLib,
  mkPgoPackage,
  nixpkgs,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  good = {
    inherit craneLib pkgs;
    commonArgs.src = craneLib.cleanCargoSource template;
    spec = template + "/pgo.toml";
  };
  refusals = {
    no-crane = removeAttrs good [ "craneLib" ];
    no-source = good // {
      commonArgs = { };
    };
    no-spec = removeAttrs good [ "spec" ];
    empty-spec-list = good // {
      spec = [ ];
    };
    no-build-table = good // {
      spec = ../tests/specs/no-build.toml;
    };
    no-target = good // {
      spec = ../tests/specs/no-target.toml;
    };
    no-workloads = good // {
      spec = ../tests/specs/no-workloads.toml;
    };
    no-model-names = good // {
      cpuModels = [ { name = "Haswell"; } ];
    };
    other-target = good // {
      CARGO_BUILD_TARGET = "x86_64-unknown-linux-musl";
    };
    lost-flags = good // {
      RUSTFLAGS = "-Ctarget-cpu=x86-64-v3";
    };
    wrong-system = good // {
      pkgs = nixpkgs.legacyPackages.aarch64-linux;
    };
  };
  accepted = lib.filter (
    name: (builtins.tryEval (mkPgoPackage refusals.${name}).package.drvPath).success
  ) (builtins.attrNames refusals);
in
{
  refuses-wrong-arguments =
    lib.throwIf (accepted != [ ]) "mkPgoPackage accepts: ${toString accepted}"
      (
        pkgs.runCommand "refuses-wrong-arguments" { cases = builtins.attrNames refusals; } ''
          echo "$cases" > $out
        ''
      );
}
