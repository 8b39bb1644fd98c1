# What overriding does to a profile, shown while evaluating: a changed program is trained anew or refused, what runs after the compiler
# leaves the profile alone.
{
  craneLib,
  mkPgoPackage,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  given = {
    inherit craneLib pkgs;
    commonArgs.src = craneLib.cleanCargoSource template;
    spec = template + "/pgo.toml";
  };
  pgo = mkPgoPackage given;
  withoutCrane = mkPgoPackage {
    inherit pkgs;
    inherit (given) spec;
    rustPlatform = pkgs.makeRustPlatform {
      cargo = craneLib.cargo or pkgs.cargo;
      rustc = craneLib.rustc or pkgs.rustc;
    };
    commonArgs = given.commonArgs // {
      pname = "word-count";
      version = "0.1.0";
      cargoLock.lockFile = template + "/Cargo.lock";
    };
  };
  patch = pkgs.writeText "some.patch" "";
  refusing = import ./refusing.nix { inherit pkgs; };

  refused = change: {
    told = "package.override (old:";
    attempt = (pgo.package.overrideAttrs change).drvPath;
  };
  refusedOf = stage: name: {
    told = "${stage}.${name} would make one stage another program";
    attempt =
      (pgo.override {
        ${stage} = {
          ${name} = [ patch ];
        };
      }).package.drvPath;
  };

  # Every build and the training are other derivations than before.
  trained =
    name: changed:
    let
      kept = builtins.filter (stage: changed.${stage}.drvPath == pgo.${stage}.drvPath) [
        "baseline"
        "instrumented"
        "package"
        "profile"
      ];
    in
    lib.throwIf (kept != [ ]) "overriding (${name}) leaves ${toString kept} as it was" name;
  # The package is another derivation, or none, and the training is the same.
  untrained =
    name: package:
    lib.throwIf (
      package.profile.drvPath != pgo.profile.drvPath
    ) "overriding (${name}) trains again, without a reason" name;
  patched = old: {
    commonArgs = old.commonArgs // {
      patches = [ patch ];
    };
  };
in
{
  refuses-untrained-overrides = refusing "refuses-untrained-overrides" {
    other-source = refused (_: {
      src = template;
    });
    patched = refused (old: {
      patches = old.patches or [ ] ++ [ patch ];
    });
    edited = refused (_: {
      postPatch = "sed -i s/10/20/ src/main.rs";
    });
    other-flags = refused (_: {
      RUSTFLAGS = "-Ctarget-cpu=native";
    });
    other-dependencies = refused (_: {
      cargoVendorDir = null;
    });
    patched-the-second-time = {
      told = "package.override (old:";
      attempt =
        (
          (pgo.package.overrideAttrs (_: {
            postInstall = "true";
          })).overrideAttrs
          (_: {
            patches = [ patch ];
          })
        ).drvPath;
    };
    patched-without-crane = {
      told = "changes patches";
      attempt =
        (withoutCrane.package.overrideAttrs (_: {
          patches = [ patch ];
        })).drvPath;
    };
    one-stage-patched = refusedOf "packageArgs" "patches";
    one-stage-of-another-source = refusedOf "instrumentedArgs" "src";
  };
  overriding = pkgs.runCommand "overriding" {
    trained = [
      (trained "a patched source" (pgo.override patched))
      (trained "another toolchain" (
        pgo.override {
          craneLib = craneLib.overrideToolchain (_: pkgs.runCommand "another-toolchain" { } "mkdir $out");
        }
      ))
      (trained "a patched source, by the package" {
        inherit (pgo.package.override patched) baseline instrumented profile;
        package = pgo.package.override patched;
      })
    ];
    untrained = [
      (untrained "what is installed" (
        pgo.package.overrideAttrs (_: {
          postInstall = "mkdir -p $out/share";
        })
      ))
      (untrained "what is said of it" (
        pgo.package.overrideAttrs (_: {
          meta.description = "Counts words";
        })
      ))
    ];
  } ''echo "trained: $trained; not: $untrained" > $out'';
}
