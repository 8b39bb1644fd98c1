# Reproducible, bench-gated PGO releases of relplan, and `lib.mkPgoPackage`, which does the same for any crane project.
# Thin on purpose: inputs here, one idea a file in nix/.
{
  description = "Release planner, and reproducible profile-guided optimization for crane projects";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    crane.url = "github:ipetkov/crane";
    # The toolchain of every build, read from rust-toolchain.toml.
    rust-overlay = {
      url = "github:oxalica/rust-overlay";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    # The development shell's rust-analyzer and nightly.
    fenix = {
      url = "github:nix-community/fenix";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.rust-analyzer-src.follows = "";
    };
    # What is known against published crates, as of the locked day.
    advisory-db = {
      url = "github:rustsec/advisory-db";
      flake = false;
    };
  };

  outputs =
    inputs@{ self, nixpkgs, ... }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      perSystem = lib.genAttrs systems (system: import ./nix { inherit inputs system; });
      outputs = name: lib.genAttrs systems (system: perSystem.${system}.${name});
    in
    {
      packages = outputs "packages";
      checks = outputs "checks";
      apps = outputs "apps";
      devShells = outputs "devShells";
      formatter = outputs "formatter";

      lib.mkPgoPackage = import ./nix/lib/mkPgoPackage.nix {
        reproPgoFor = pkgs: self.packages.${pkgs.stdenv.buildPlatform.system}.repro-pgo;
      };
      overlays.default = import ./nix/overlay.nix { inherit self; };
      templates.default = {
        path = ./nix/template;
        description = "A crate with a reproducible profile of its own";
      };
    };
}
