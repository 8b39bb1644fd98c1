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
      };
      checks.${system} = pgo.checks;
    };
}
