# The same crate without crane, as a package set's own expression would build it:
#
#   callPackage ./package.nix { inherit (relplan.lib) mkPgoPackage; }
{
  lib,
  mkPgoPackage,
  pkgs,
  rustPlatform,
  revision ? "",
}:

mkPgoPackage {
  inherit pkgs revision rustPlatform;
  # As for rustPlatform.buildRustPackage.
  commonArgs = {
    pname = "word-count";
    version = "0.1.0";
    src = lib.fileset.toSource {
      root = ./.;
      fileset = lib.fileset.unions [
        ./Cargo.lock
        ./Cargo.toml
        ./src
      ];
    };
    cargoLock.lockFile = ./Cargo.lock;
    meta.description = "Counts words";
  };
  spec = ./pgo.toml;
}
