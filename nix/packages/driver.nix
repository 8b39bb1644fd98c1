# The driver as it is released: one static file that starts anywhere on x86-64 Linux, in a tarball like relplan's.
{
  craneLib,
  pkgs,
  repro-pgo,
  self,
  sources,
}:

let
  inherit (pkgs) lib;
  spec = ../../driver.toml;
  declared = lib.importTOML spec;
  built = import ./repro-pgo.nix {
    inherit craneLib sources;
    extraArgs = {
      pname = "cargo-repro-pgo";
      CARGO_BUILD_TARGET = declared.build.target;
      CARGO_PROFILE = declared.build.profile;
      cargoExtraArgs = "--locked --package ${declared.build.package} --bin ${declared.build.binary}";
      nativeBuildInputs = [ repro-pgo ];
      buildInputs = [ pkgs.glibc.static ];
      preBuild = ''
        CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --spec ${spec} --stage baseline --work "$NIX_BUILD_TOP/repro-pgo")
        export CARGO_ENCODED_RUSTFLAGS
      '';
    };
  };
in
# A cargo derivation, because the manifest tells the workspace's version, lock file and compiler.
craneLib.mkCargoDerivation {
  pname = "cargo-repro-pgo-tarball";
  src = sources.driverDistributed;
  strictDeps = true;
  cargoArtifacts = null;
  doInstallCargoArtifacts = false;
  nativeBuildInputs = [ repro-pgo ];
  passthru = {
    binary = built;
  };
  REPRO_PGO_REVISION = self.rev or self.dirtyRev or "";
  REPRO_PGO_BUILT_BY = "nix";
  buildPhaseCargoCommand = ''
    repro-pgo dist --spec driver.toml --binary ${built}/bin/cargo-repro-pgo --output "$out"
  '';
}
