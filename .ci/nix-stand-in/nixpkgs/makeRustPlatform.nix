# `pkgs.makeRustPlatform`: cargo builds by nixpkgs' names and arguments, as far as this flake uses them.
{
  fetchurl,
  lib,
  runCommand,
  stdenv,
}:

{ cargo, rustc }:

let
  importCargoLock = import ./importCargoLock.nix { inherit fetchurl lib runCommand; };
in
{
  inherit importCargoLock;

  buildRustPackage =
    {
      buildType ? "release",
      cargoLock,
      nativeBuildInputs ? [ ],
      ...
    }@args:
    stdenv.mkDerivation (
      removeAttrs args [
        "buildType"
        "cargoLock"
      ]
      // {
        cargoBuildType = buildType;
        cargoDeps = importCargoLock { inherit (cargoLock) lockFile; };
        rustcTarget = stdenv.hostPlatform.rust.rustcTarget;
        doCheck = args.doCheck or true;
        nativeBuildInputs = nativeBuildInputs ++ [
          cargo
          rustc
          ./cargo-hooks
        ];
      }
    );
}
