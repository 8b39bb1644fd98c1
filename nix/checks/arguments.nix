# Wrong arguments of `mkPgoPackage` are refused while evaluating, before anything is built, and the refusal says what to set.
#
# An evaluation can't read the message of what it throws. So this check holds that every case throws, and `.ci/nix evaluate` that it does so
# with the case's words, from `cases.<name>.{ told, attempt }`.
{
  craneLib,
  mkPgoPackage,
  nixpkgs,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  specs = ../tests/specs;
  good = {
    inherit craneLib pkgs;
    commonArgs.src = craneLib.cleanCargoSource template;
    spec = template + "/pgo.toml";
  };
  refused = told: args: {
    inherit told;
    attempt = (mkPgoPackage args).package.drvPath;
  };
  without = name: removeAttrs good [ name ];
  cases = {
    no-crane = refused "set `craneLib`" (without "craneLib");
    no-packages = refused "set `pkgs`" (without "pkgs");
    no-common-arguments = refused "set `commonArgs`" (without "commonArgs");
    no-source = refused "set `src` in `commonArgs`" (good // { commonArgs = { }; });
    no-spec = refused "set `spec`" (without "spec");
    empty-spec-list = refused "`spec` is an empty list" (good // { spec = [ ]; });
    missing-spec = refused "there is no" (good // { spec = specs + "/missing.toml"; });
    spec-in-a-string = refused "`spec` is a string" (good // { spec = "${template}/pgo.toml"; });
    no-build-table = refused "has no [build] table" (good // { spec = specs + "/no-build.toml"; });
    no-target = refused "set `target` in [build]" (good // { spec = specs + "/no-target.toml"; });
    no-workloads = refused "has no [[training.workloads]]" (
      good // { spec = specs + "/no-workloads.toml"; }
    );
    no-inputs = refused "to a folder that is there" (good // { spec = specs + "/no-inputs.toml"; });
    gated-in-nix = refused "[gate.merge] benchmarks of pgo.toml" (good // { gatedBenchmarks = ".*"; });
    old-name-of-inputs = refused "`stimuli` is called `inputs`" (good // { stimuli = ./.; });
    windows = refused "trained on Linux alone" (good // { spec = specs + "/windows.toml"; });
    specs-that-differ = refused "the specs differ in [build] target" (
      good
      // {
        spec = [
          good.spec
          (specs + "/windows.toml")
        ];
      }
    );
    one-binary-twice = refused "more than one of `spec` trains the binary word-count" (
      good
      // {
        spec = [
          good.spec
          good.spec
        ];
      }
    );
    two-sets-of-one-name = refused "rename one of them" (
      good
      // {
        spec = [
          good.spec
          (specs + "/second.toml")
        ];
      }
    );
    no-model-names = refused "`cpuModels` is a list of the emulator's names" (
      good // { cpuModels = [ { name = "Haswell"; } ]; }
    );
    pinned-and-trained = refused "with a pinned `profile` nothing is trained" (
      good
      // {
        profile = specs + "/second.toml";
        cpuModels = [ "Haswell" ];
      }
    );
    other-target = refused "CARGO_BUILD_TARGET is x86_64-unknown-linux-musl" (
      good // { CARGO_BUILD_TARGET = "x86_64-unknown-linux-musl"; }
    );
    other-cargo-profile = refused "CARGO_PROFILE is dist" (good // { CARGO_PROFILE = "dist"; });
    lost-flags = refused "RUSTFLAGS would be lost" (good // { RUSTFLAGS = "-Ctarget-cpu=x86-64-v3"; });
    wrong-system = refused "set `pkgs` to a package set of a x86_64-linux system" (
      good // { pkgs = nixpkgs.legacyPackages.aarch64-linux; }
    );
  };
  accepted = lib.filter (name: (builtins.tryEval cases.${name}.attempt).success) (
    builtins.attrNames cases
  );
in
{
  refuses-wrong-arguments =
    lib.throwIf (accepted != [ ]) "mkPgoPackage accepts: ${toString accepted}"
      (
        pkgs.runCommand "refuses-wrong-arguments"
          {
            names = builtins.attrNames cases;
            passthru = { inherit cases; };
          }
          ''
            echo "$names" > $out
          ''
      );
}
