# Releases for the targets without PGO, each a tarball with SHA256SUMS and a manifest: LTO alone.
{
  craneLib,
  craneLibFor,
  pkgs,
  relplan,
  repro-pgo,
  self,
  sources,
}:

let
  inherit (pkgs) lib stdenv;
  spec = ../../pgo.toml;
  inherit (import ../lib/pgoSpec.nix { inherit lib; } (lib.importTOML spec)) building;

  # A cargo derivation, because the manifest tells the workspace's version, lock file and compiler.
  pack =
    passthru: name: script:
    craneLib.mkCargoDerivation {
      inherit name passthru;
      pname = name;
      src = sources.distributed;
      strictDeps = true;
      cargoArtifacts = null;
      doInstallCargoArtifacts = false;
      nativeBuildInputs = [ repro-pgo ];
      REPRO_PGO_REVISION = self.rev or self.dirtyRev or "";
      REPRO_PGO_BUILT_BY = "nix";
      buildPhaseCargoCommand = script;
    };

  # A release for another target: the same flags and cargo profile, the manual printed by this machine's binary.
  other =
    {
      name,
      platform,
      target,
      package,
      buildInputs ? [ ],
    }:
    let
      suffix = lib.optionalString (lib.hasSuffix "-windows-gnu" target) ".exe";
      built = (craneLibFor [ target ] package).buildPackage {
        src = sources.release;
        pname = "relplan-${target}";
        strictDeps = true;
        CARGO_BUILD_TARGET = target;
        cargoExtraArgs = "--locked --package relplan";
        doCheck = false;
        nativeBuildInputs = [ repro-pgo ];
        inherit buildInputs;
        # nixpkgs' linker names libraries by their path in the store; a Mac without Nix has its own.
        postInstall = lib.optionalString stdenv.hostPlatform.isDarwin ''
          for library in $(otool -L "$out/bin/relplan" | sed -n 's|^[[:space:]]*\(/nix/store/[^ ]*\) .*|\1|p'); do
            install_name_tool -change "$library" "/usr/lib/$(basename "$library")" "$out/bin/relplan"
          done
        '';
        preBuild = ''
          CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --spec ${pkgs.writeText "pgo.toml" building} --stage baseline --target ${target} \
            --work "$NIX_BUILD_TOP/repro-pgo")
          export CARGO_ENCODED_RUSTFLAGS
        '';
      };
    in
    {
      ${name} = pack { binary = built; } name ''
        repro-pgo dist --target ${target} --platform ${platform} --binary ${built}/bin/relplan${suffix} \
          --generator ${lib.getExe relplan} --output "$out"
      '';
    };
in
lib.optionalAttrs (pkgs.stdenv.hostPlatform.system == "x86_64-linux") (
  # NB: cross-compiled on x86-64 alone. Compiled natively it would be another derivation, with other bytes.
  other {
    name = "release-arm64-linux";
    platform = "aarch64-linux";
    target = "aarch64-unknown-linux-musl";
    package = pkgs.pkgsCross.aarch64-multiplatform-musl;
  }
  // other {
    name = "release-x64-windows";
    platform = "x86_64-windows";
    target = "x86_64-pc-windows-gnu";
    package = pkgs.pkgsCross.mingwW64;
    buildInputs = [ pkgs.pkgsCross.mingwW64.windows.pthreads ];
  }
)
// lib.optionalAttrs (pkgs.stdenv.hostPlatform.system == "aarch64-linux") {
  inherit (self.packages.x86_64-linux) release-arm64-linux;
}
// lib.optionalAttrs (stdenv.hostPlatform.isDarwin && stdenv.hostPlatform.isx86_64) (other {
  name = "release-x64-darwin";
  platform = "x86_64-darwin";
  target = "x86_64-apple-darwin";
  package = pkgs;
})
// lib.optionalAttrs (stdenv.hostPlatform.isDarwin && stdenv.hostPlatform.isAarch64) (other {
  name = "release-arm64-darwin";
  platform = "aarch64-darwin";
  target = "aarch64-apple-darwin";
  package = pkgs;
})
