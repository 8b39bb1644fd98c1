# Release tarballs, each with SHA256SUMS and a manifest: the x86-64 Linux ones from the PGO pipeline's binaries, the others LTO alone.
#
#   { gate, lto, pgo, crossCompiled }
#
# The ship gate is a derivation of its own: it measures time, so it is the one output that no rebuild repeats. The tarball is a function
# of its verdict; where that says no, the baseline ships and the manifest says so.
{
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
  revision = self.rev or self.dirtyRev or "unknown";
  # The files pgo.toml's [dist] names, which the tarball holds beside the binary.
  distributed = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions (
      [ spec ] ++ map (file: ../.. + "/${file}") (lib.importTOML spec).dist.files
    );
  };
  # `generator` prints the completions and the manual page: a binary of this machine, also where `binary` is for another.
  tarball =
    {
      name,
      binary,
      generator,
      arguments ? "",
    }:
    pkgs.runCommand name { nativeBuildInputs = [ repro-pgo ]; } ''
      repro-pgo dist --spec ${distributed}/pgo.toml --binary ${binary} --generator ${generator} --revision ${revision} ${arguments} --output $out
    '';

  cross =
    {
      name,
      platform,
      target,
      package,
      extraArgs ? { },
    }:
    let
      craneLib = craneLibFor [ target ] package;
      built = craneLib.buildPackage (
        {
          src = sources.release;
          pname = "relplan-${target}";
          strictDeps = true;
          CARGO_BUILD_TARGET = target;
          cargoExtraArgs = "--locked --package relplan";
          doCheck = false;
        }
        // extraArgs
      );
    in
    {
      ${name} = tarball {
        inherit name;
        binary = "${built}/bin/relplan${lib.optionalString (lib.hasSuffix "-windows-gnu" target) ".exe"}";
        generator = lib.getExe relplan;
        arguments = "--platform ${platform}";
      };
    };
  muslPackages =
    if stdenv.hostPlatform.isAarch64 then
      pkgs.pkgsStatic
    else
      pkgs.pkgsCross.aarch64-multiplatform-musl;
in
rec {
  gate =
    stages:
    pkgs.runCommand "ship-gate"
      {
        nativeBuildInputs = [
          repro-pgo
          pkgs.git
        ];
        # Timing: on this machine, and never beside another build of the same run.
        preferLocalBuild = true;
        allowSubstitutes = false;
        enableParallelBuilding = false;
      }
      ''
        repro-pgo gate ship --spec ${spec} --stimuli ${stages.stimuli} \
          --baseline ${stages.baseline}/bin/relplan --candidate ${stages.package}/bin/relplan --output $out
      '';

  lto =
    stages:
    tarball {
      name = "release-x64-linux-lto";
      binary = "${stages.baseline}/bin/relplan";
      generator = "${stages.baseline}/bin/relplan";
    };

  pgo =
    stages:
    tarball {
      name = "release-x64-linux-pgo";
      # The driver takes the candidate where the verdict says so, else the baseline.
      binary = "${stages.package}/bin/relplan";
      generator = "${stages.baseline}/bin/relplan";
      arguments = "--baseline ${stages.baseline}/bin/relplan --verdict ${gate stages}/verdict.json --training ${stages.profile}/training.json --applied ${stages.package.report}/applied.json";
    };

  crossCompiled =
    lib.optionalAttrs stdenv.hostPlatform.isLinux (
      cross {
        name = "release-arm64-linux";
        platform = "aarch64-linux";
        target = "aarch64-unknown-linux-musl";
        package = muslPackages;
        extraArgs.CARGO_BUILD_RUSTFLAGS = "-Ctarget-feature=+crt-static";
      }
      // cross {
        name = "release-x64-windows";
        platform = "x86_64-windows";
        target = "x86_64-pc-windows-gnu";
        package = pkgs.pkgsCross.mingwW64;
      }
    )
    // lib.optionalAttrs (stdenv.hostPlatform.isDarwin && stdenv.hostPlatform.isx86_64) (cross {
      name = "release-x64-darwin";
      platform = "x86_64-darwin";
      target = "x86_64-apple-darwin";
      package = pkgs;
    })
    // lib.optionalAttrs (stdenv.hostPlatform.isDarwin && stdenv.hostPlatform.isAarch64) (cross {
      name = "release-arm64-darwin";
      platform = "aarch64-darwin";
      target = "aarch64-apple-darwin";
      package = pkgs;
    });
}
