# The package set of one system: what the flake takes from `nixpkgs.legacyPackages.<system>`, by the same names.
{
  lib,
  # Where it builds, and for what.
  system,
  hostSystem ? system,
  rustcTarget ?
    {
      x86_64-linux = "x86_64-unknown-linux-gnu";
      aarch64-linux = "aarch64-unknown-linux-gnu";
      x86_64-darwin = "x86_64-apple-darwin";
      aarch64-darwin = "aarch64-apple-darwin";
    }
    .${system},
}:

let
  machine = import ./machine.nix { inherit system; };
  # Packages of one program. NB: one that is missing leaves an empty package behind, which later builds find; so only what a build can do
  # without is optional.
  required =
    name:
    machine {
      inherit name;
      programs = [ name ];
    };
  optional =
    name:
    machine {
      inherit name;
      programs = [ name ];
      required = false;
    };
  # What nixpkgs' stdenv has on PATH. NB: not git, not the emulator, not a profile tool: packages have to ask for these.
  initialPath = [
    (machine {
      name = "stand-in-tools";
      programs = lib.flatten [
        [
          "bash"
          "sh"
          "cat"
          "cp"
          "mv"
          "rm"
          "mkdir"
          "rmdir"
          "ln"
          "ls"
          "touch"
          "chmod"
          "head"
          "tail"
          "sort"
          "uniq"
          "wc"
          "cut"
          "tr"
        ]
        [
          "basename"
          "dirname"
          "readlink"
          "realpath"
          "mktemp"
          "env"
          "id"
          "stat"
          "test"
          "true"
          "false"
          "date"
          "tee"
          "sha256sum"
        ]
        [
          "sed"
          "grep"
          "awk"
          "find"
          "xargs"
          "diff"
          "cmp"
          "tar"
          "gzip"
          "patch"
          "cc"
          "gcc"
          "ld"
          "ar"
          "as"
          "nm"
          "strip"
          "strings"
        ]
      ];
    })
  ];
  stdenv = import ./stdenv.nix {
    inherit
      hostSystem
      initialPath
      lib
      rustcTarget
      system
      ;
  };
  runCommand =
    name: attributes: buildCommand:
    stdenv.mkDerivation ({ inherit name buildCommand; } // attributes);
  writeText = name: text: builtins.toFile name text;
  fetchurl =
    {
      url,
      sha256,
      name ? baseNameOf url,
      ...
    }:
    derivation {
      inherit name url system;
      builder = "builtin:fetchurl";
      preferLocalBuild = true;
      outputHash = sha256;
      outputHashAlgo = "sha256";
      outputHashMode = "flat";
      executable = false;
      unpack = false;
    };
  makeRustPlatform = import ./makeRustPlatform.nix {
    inherit
      fetchurl
      lib
      runCommand
      stdenv
      ;
  };
  cross =
    hostSystem: rustcTarget:
    import ./pkgs.nix {
      inherit
        hostSystem
        lib
        rustcTarget
        system
        ;
    };
in
{
  inherit
    lib
    runCommand
    stdenv
    writeText
    ;
  pkgsStatic = cross system (builtins.replaceStrings [ "gnu" ] [ "musl" ] rustcTarget);
  pkgsCross = {
    aarch64-multiplatform-musl = cross "aarch64-linux" "aarch64-unknown-linux-musl";
    mingwW64 = cross "x86_64-windows" "x86_64-pc-windows-gnu";
  };

  inherit fetchurl makeRustPlatform;
  # Without a compiler of its own, so nothing but crates can be had from it.
  rustPlatform = makeRustPlatform {
    cargo = throw "the stand-in has no toolchain of its own: call makeRustPlatform";
    rustc = throw "the stand-in has no toolchain of its own: call makeRustPlatform";
  };
  runCommandLocal = runCommand;
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      meta ? { },
      ...
    }:
    runCommand name
      {
        inherit meta text;
        passthru.pname = name;
      }
      ''
        mkdir -p $out/bin
        {
          printf '#!/bin/bash\nset -euo pipefail\nexport PATH=%s:$PATH\n' ${lib.escapeShellArg (lib.makeBinPath runtimeInputs)}
          printf '%s\n' "$text"
        } > $out/bin/${name}
        chmod +x $out/bin/${name}
      '';
  mkShell =
    args:
    stdenv.mkDerivation (
      {
        name = "shell";
        buildCommand = "echo $nativeBuildInputs > $out";
        nativeBuildInputs = args.packages or [ ];
      }
      // removeAttrs args [ "packages" ]
    );
  symlinkJoin =
    { name, paths, ... }:
    runCommand name { inherit paths; } ''
      mkdir -p $out
      for path in $paths; do cp -rs --no-preserve=mode "$path"/. $out/; done
    '';

  testers.testBuildFailure =
    package:
    package.overrideAttrs (_: {
      args = [
        ./expect-failure.sh
        "/bin/bash"
        ./builder.sh
      ];
    });

  # What nixpkgs has for where it builds.
  buildPackages = import ./pkgs.nix { inherit lib system; };
  # A system's emulator, without those of other systems. NB: nixpkgs' has no shell around it either.
  qemu_test = machine {
    name = "qemu-for-vm-tests";
    programs = [ "qemu-system-x86_64" ];
    linked = true;
  };
  linuxPackages.kernel = import ./kernel.nix { inherit system; };

  windows.pthreads = null;
  # Debian's libc6-dev has libc.a where its compiler looks for it.
  glibc = {
    static = null;
    version = "stand-in";
    src = writeText "glibc-stand-in.tar.xz" "Debian's package glibc-source has it.";
    patches = [ (writeText "stand-in.patch" "none") ];
  };
  curl = optional "curl";
  git = required "git";
  jq = required "jq";
  qemu-user = machine {
    name = "qemu-user";
    programs = [
      "qemu-x86_64"
      "qemu-aarch64"
    ];
    required = false;
    linked = true;
  };
  valgrind = optional "valgrind";
  # The linters are installed by .ci/nix.
  cargo-deny = required "cargo-deny";
  cargo-nextest = optional "cargo-nextest";
  cargo-fuzz = optional "cargo-fuzz";
  deadnix = required "deadnix";
  nixfmt = required "nixfmt";
}
