# A crate whose release is optimized by a profile that anyone can regenerate from this source.
{
  inputs = {
    relplan.url = "github:relplan/relplan";
    nixpkgs.follows = "relplan/nixpkgs";
    crane.follows = "relplan/crane";
    rust-overlay.follows = "relplan/rust-overlay";
  };

  outputs =
    {
      self,
      nixpkgs,
      crane,
      rust-overlay,
      relplan,
      ...
    }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
      toolchainFor =
        p:
        ((rust-overlay.lib.mkRustBin { } p).fromRustupToolchainFile ./rust-toolchain.toml).override (old: {
          extensions = old.extensions ++ [ "llvm-tools" ];
        });
      craneLib = (crane.mkLib pkgs).overrideToolchain toolchainFor;

      pgo = relplan.lib.mkPgoPackage {
        inherit craneLib pkgs;
        commonArgs.src = craneLib.cleanCargoSource ./.;
        spec = ./pgo.toml;
        revision = self.rev or self.dirtyRev or "";
      };

      # For those who know no crane: the same by nixpkgs' own builder.
      toolchain = toolchainFor pkgs;
      withoutCrane = import ./package.nix {
        inherit (nixpkgs) lib;
        inherit (relplan.lib) mkPgoPackage;
        inherit pkgs;
        rustPlatform = pkgs.makeRustPlatform {
          cargo = toolchain;
          rustc = toolchain;
        };
        revision = self.rev or self.dirtyRev or "";
      };
    in
    {
      packages.${system} = {
        default = pgo.package;
        # The tarball with its report: `release` asks the gate, the others don't.
        inherit (pgo) gate release;
        tarball-pgo = pgo.tarball.pgo;
        tarball-lto = pgo.tarball.lto;
        inherit (pgo)
          baseline
          instrumented
          package
          profile
          inputs
          ;
        without-crane = withoutCrane.package;
        without-crane-tarball = withoutCrane.tarball.pgo;
      };
      checks.${system} = pgo.checks // {
        without-crane-applied = withoutCrane.checks.profile-applied;
        without-crane-output = withoutCrane.checks.same-output;
      };
      # Whether a change makes the program do more work: nix run .#gate-merge -- --base origin/main
      apps.${system} = { inherit (relplan.apps.${system}) gate-merge; };
    };
}
