# Wrong arguments of `mkPgoPackage` are refused while evaluating, before anything is built, and the refusal says what to set.
{
  craneLib,
  craneLibFor,
  mkPgoPackage,
  nixpkgs,
  pkgs,
}:

let
  inherit (nixpkgs) legacyPackages;
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
  # NB: nothing is built by it here.
  rustPlatform = pkgs.makeRustPlatform {
    cargo = craneLib.cargo or pkgs.cargo;
    rustc = craneLib.rustc or pkgs.rustc;
  };
  withoutCrane = without "craneLib" // {
    inherit rustPlatform;
    commonArgs = good.commonArgs // {
      pname = "word-count";
      version = "0.1.0";
      cargoLock.lockFile = template + "/Cargo.lock";
    };
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
    unhashed-address = refused "set `sha256` to the hash of the file" (
      good // { spec = specs + "/unhashed.toml"; }
    );
    gated-in-nix = refused "[gate.merge] benchmarks of pgo.toml" (good // { gatedBenchmarks = ".*"; });
    old-name-of-inputs = refused "`stimuli` is called `inputs`" (good // { stimuli = ./.; });
    layout-of-two-binaries = refused "word-count, other are built" (
      good
      // {
        spec = specs + "/layout.toml";
        binaries = [ "other" ];
      }
    );
    machine-on-arm = refused "which is an x86-64 one, and ships aarch64-unknown-linux-gnu" (
      good
      // {
        pkgs = legacyPackages.aarch64-linux;
        craneLib = craneLibFor [ ] legacyPackages.aarch64-linux;
        spec = specs + "/machine-arm.toml";
      }
    );
    machine-nobody-trains-in = refused "doesn't train in one; set emulator = \"machine\"" (
      good // { machine.kernel = template + "/pgo.toml"; }
    );
    machine-with-a-disk = refused "`machine` has no disk" (
      good
      // {
        spec = specs + "/machine.toml";
        machine.disk = template;
      }
    );
    one-list-of-two-packages = refused "is `auditable`, and one list" (
      good // { spec = specs + "/listed.toml"; }
    );
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
    shards-by-hand = refused "--cpu-model in `trainArgs` is set for each shard" (
      good
      // {
        trainArgs = [
          "--cpu-model"
          "Haswell"
        ];
      }
    );
    pinned-and-trained = refused "with a pinned `profile` nothing is trained" (
      good
      // {
        profile = specs + "/second.toml";
        cpuModels = [ "Haswell" ];
      }
    );
    pinned-profile-missing = refused "which is not there" (good // { spec = specs + "/pinned.toml"; });
    other-target = refused "CARGO_BUILD_TARGET is x86_64-unknown-linux-musl" (
      good // { CARGO_BUILD_TARGET = "x86_64-unknown-linux-musl"; }
    );
    other-cargo-profile = refused "the cargo profile is dist" (good // { CARGO_PROFILE = "dist"; });
    lost-flags = refused "RUSTFLAGS would be lost" (good // { RUSTFLAGS = "-Ctarget-cpu=x86-64-v3"; });
    wrong-system = refused "set `pkgs` to a package set of a x86_64-linux system" (
      good // { pkgs = legacyPackages.aarch64-linux; }
    );
    two-builders = refused "both `craneLib` and `rustPlatform` are set" (
      good // { inherit rustPlatform; }
    );
    nameless-without-crane = refused "set `pname` and `version`" (
      withoutCrane // { commonArgs = removeAttrs withoutCrane.commonArgs [ "pname" ]; }
    );
    other-profile-without-crane = refused "the cargo profile is debug" (
      withoutCrane // { buildType = "debug"; }
    );
    other-target-without-crane = refused "buildRustPackage builds for x86_64-unknown-linux-musl" (
      withoutCrane
      // {
        pkgs = pkgs.pkgsStatic;
        inherit (pkgs.pkgsStatic) rustPlatform;
      }
    );
    cross = refused "builds on x86_64-linux for aarch64-linux" (
      good // { pkgs = pkgs.pkgsCross.aarch64-multiplatform-musl; }
    );
    cross-of-its-own-target = refused "set `pkgs` to the package set of aarch64-linux itself" (
      good
      // {
        pkgs = pkgs.pkgsCross.aarch64-multiplatform-musl;
        spec = specs + "/arm.toml";
      }
    );
    cross-to-windows = refused "where it is built; ship that target without a profile" (
      good
      // {
        pkgs = pkgs.pkgsCross.mingwW64;
      }
    );
  };

  # NB: no cross builds. One builds where it runs, the other for the machine it builds on.
  accepted = {
    arm-on-arm = good // {
      pkgs = legacyPackages.aarch64-linux;
      craneLib = craneLibFor [ ] legacyPackages.aarch64-linux;
      spec = specs + "/arm.toml";
      inputs = template + "/texts";
    };
    static-packages = good // {
      pkgs = pkgs.pkgsStatic;
    };
  };
in
{
  refuses-wrong-arguments = import ./refusing.nix { inherit pkgs; } "refuses-wrong-arguments" cases;
  accepts-systems = pkgs.runCommand "accepts-systems" (builtins.mapAttrs (
    # Evaluated alone: another system's would have to be built there.
    _: args: builtins.unsafeDiscardStringContext (mkPgoPackage args).package.drvPath
  ) accepted) "touch $out";
}
