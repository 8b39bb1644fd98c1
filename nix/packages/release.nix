# Release tarballs, each with SHA256SUMS and a manifest: the x86-64 Linux ones from the PGO pipeline's binaries, the others LTO alone.
#
#   { gate, lto, pgo, ungated, others }
#
# The ship gate is a derivation of its own: it measures time, so it is the one output that no rebuild repeats. The release is a function
# of its verdict: where that says no, it holds the baseline, and the report beside the tarball says why.
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
  pack = packWith { };
  packWith =
    passthru: name: script:
    craneLib.mkCargoDerivation {
      inherit name passthru;
      pname = name;
      src = sources.distributed;
      strictDeps = true;
      cargoArtifacts = null;
      doInstallCargoArtifacts = false;
      nativeBuildInputs = [
        pkgs.jq
        repro-pgo
      ];
      REPRO_PGO_REVISION = self.rev or self.dirtyRev or "";
      buildPhaseCargoCommand = script;
    };

  packProfiled = stages: arguments: ''
    repro-pgo dist --binary ${stages.package}/bin/relplan --profile ${stages.profile} --stimuli ${stages.stimuli} \
          --unmatched-functions "$(jq '."unmatched-functions"' ${stages.package.report}/applied.json)" ${arguments} --output "$out"'';

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
        preBuild = ''
          CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --spec ${pkgs.writeText "pgo.toml" building} --stage baseline --target ${target})
          export CARGO_ENCODED_RUSTFLAGS
        '';
      };
    in
    {
      ${name} = packWith { binary = built; } name ''
        repro-pgo dist --target ${target} --platform ${platform} --binary ${built}/bin/relplan${suffix} \
          --generator ${lib.getExe relplan} --output "$out"
      '';
    };
  muslPackages =
    if stdenv.hostPlatform.isAarch64 then
      pkgs.pkgsStatic
    else
      pkgs.pkgsCross.aarch64-multiplatform-musl;
  windowsPackages = pkgs.pkgsCross.mingwW64;
in
rec {
  gate =
    stages:
    pkgs.runCommand "ship-gate"
      {
        nativeBuildInputs = [
          pkgs.git
          repro-pgo
        ];
        # It measures this machine; another one's verdict is another one's.
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
      ''
        repro-pgo gate ship --spec ${spec} --stimuli ${stages.stimuli} \
          --baseline ${stages.baseline}/bin/relplan --candidate ${stages.package}/bin/relplan --output "$out" || {
          # 1 with a verdict is the decision for the baseline; anything else is no decision.
          [ $? = 1 ] && [ -e "$out/gate.json" ]
        }
      '';

  lto =
    stages:
    pack "release-x64-linux-lto" ''
      repro-pgo dist --binary ${stages.baseline}/bin/relplan --output "$out"
    '';

  # The tarball with a profile, whatever the gate says: what it holds was not measured, so every machine makes the same.
  ungated = stages: pack "pgo-tarball" (packProfiled stages "");

  pgo =
    stages:
    pack "release-x64-linux-pgo" ''
      if [ "$(jq -r .outcome ${gate stages}/gate.json)" = ship ]; then
        ${packProfiled stages "--gate ${gate stages}"}
      else
        repro-pgo dist --binary ${stages.baseline}/bin/relplan --gate ${gate stages} --output "$out"
      fi
    '';

  others =
    lib.optionalAttrs stdenv.hostPlatform.isLinux (
      other {
        name = "release-arm64-linux";
        platform = "aarch64-linux";
        target = "aarch64-unknown-linux-musl";
        package = muslPackages;
      }
      // other {
        name = "release-x64-windows";
        platform = "x86_64-windows";
        target = "x86_64-pc-windows-gnu";
        package = windowsPackages;
        buildInputs = [ windowsPackages.windows.pthreads ];
      }
    )
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
    });
}
