# `crane.mkLib`: a set of functions around one package set and one toolchain.
{
  pkgs,
  toolchain ? throw "the stand-in has no toolchain of its own: call overrideToolchain",
}:

let
  source = import ./source.nix { inherit (pkgs) lib; };
  self = {
    inherit (source) cleanCargoSource crateNameFromCargoToml filterCargoSources;
    overrideToolchain =
      given:
      import ./lib.nix {
        inherit pkgs;
        toolchain = if builtins.isFunction given then given pkgs else given;
      };
    cargo = toolchain;
    rustc = toolchain;
    clippy = toolchain;
    rustfmt = toolchain;
    vendorCargoDeps =
      args:
      pkgs.rustPlatform.importCargoLock {
        lockFile = args.cargoLock or (source.originalOf args.src + "/Cargo.lock");
      };
    mkCargoDerivation = import ./mkCargoDerivation.nix {
      inherit (self) crateNameFromCargoToml vendorCargoDeps;
      inherit pkgs toolchain;
    };
    buildDepsOnly = import ./buildDepsOnly.nix {
      inherit (self) mkCargoDerivation vendorCargoDeps;
      inherit (source) crateNameFromCargoToml originalOf;
      inherit pkgs;
    };
    buildPackage = import ./buildPackage.nix {
      inherit (self) buildDepsOnly mkCargoDerivation vendorCargoDeps;
      inherit pkgs;
    };
  }
  // import ./commands.nix {
    inherit (self) mkCargoDerivation;
    inherit pkgs;
  };
in
self
