# The traced order of functions: cargo and Nix make the same list of the same program, the same file by it, and the same debug information
# of that.
{
  craneLib,
  mkPgoPackage,
  pkgs,
  repro-pgo,
}:

let
  template = ../template;
  spec = ../tests/specs/layout.toml;
  inputs = template + "/texts";
  pgo = mkPgoPackage {
    inherit
      craneLib
      inputs
      pkgs
      spec
      ;
    commonArgs.src = craneLib.cleanCargoSource template;
  };
  withoutCrane = mkPgoPackage {
    inherit inputs pkgs spec;
    rustPlatform = pkgs.makeRustPlatform {
      cargo = craneLib.cargo or pkgs.cargo;
      rustc = craneLib.rustc or pkgs.rustc;
    };
    commonArgs = {
      pname = "word-count";
      version = "0.1.0";
      src = craneLib.cleanCargoSource template;
      cargoLock.lockFile = template + "/Cargo.lock";
    };
  };
in
{
  template-order = craneLib.mkCargoDerivation {
    pname = "template-order";
    version = "0.1.0";
    src = craneLib.cleanCargoSource template;
    cargoArtifacts = null;
    doInstallCargoArtifacts = false;
    buildInputs = [ pkgs.glibc.static ];
    nativeBuildInputs = [
      pkgs.qemu-user
      repro-pgo
    ];
    buildPhaseCargoCommand = ''
      cp ${spec} pgo.toml
      mkdir -p texts
      cp -r ${inputs}/. texts
      repro-pgo build --until optimize
    '';
    installPhaseCommand = ''
      made=target/repro-pgo/x86_64-unknown-linux-gnu
      cmp $made/layout/order.txt ${pgo.order}/order.txt
      cmp $made/layout/layout.json ${pgo.order}/layout.json
      cmp $made/optimized/word-count ${pgo.package}/bin/word-count
      cmp $made/optimized/word-count.debug ${pgo.package.debug}/lib/debug/word-count.debug
      [ -s ${withoutCrane.package.debug}/lib/debug/word-count.debug ]
      if cmp -s ${pgo.package.recorded}/bin/word-count ${pgo.package.debug}/lib/debug/word-count.debug; then
        echo "the functions stand as they did before" >&2
        exit 1
      fi
      mkdir -p "$out"
    '';
  };
}
