# Checks of the sources: formatting of Rust and Nix, lints, tests, documentation, licences and bans.
{
  craneLib,
  pkgs,
  sources,
}:

let
  inherit (pkgs) lib;
  args = {
    src = sources.workspace;
    pname = "relplan-workspace";
    strictDeps = true;
    # Not the release profile: fat LTO would be paid for each test binary.
    CARGO_PROFILE = "dev";
    cargoExtraArgs = "--locked --workspace";
  };
  withDependencies = args // {
    cargoArtifacts = craneLib.buildDepsOnly args;
  };
  nixFiles = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.fileFilter (file: lib.hasSuffix ".nix" file.name) ../..;
  };
in
{
  formatting = craneLib.cargoFmt (removeAttrs args [ "cargoExtraArgs" ]);
  clippy = craneLib.cargoClippy (
    withDependencies // { cargoClippyExtraArgs = "--all-targets -- --deny warnings"; }
  );
  tests = craneLib.cargoTest (
    withDependencies
    // {
      src = sources.tested;
      # What the tests run besides the programs under test.
      nativeBuildInputs = [
        pkgs.git
        pkgs.qemu-user
        pkgs.valgrind
      ];
    }
  );
  documentation = craneLib.cargoDoc (
    withDependencies
    // {
      cargoDocExtraArgs = "--no-deps --document-private-items";
      RUSTDOCFLAGS = "--deny warnings";
    }
  );
  # Of deny.toml, what needs no network: its advisories are looked up in a database that changes.
  deny = craneLib.cargoDeny (removeAttrs args [ "cargoExtraArgs" ]);
  nix-files =
    pkgs.runCommand "nix-files"
      {
        nativeBuildInputs = [
          pkgs.deadnix
          pkgs.nixfmt
        ];
      }
      ''
        cd ${nixFiles}
        find . -name '*.nix' -exec nixfmt --check {} +
        deadnix --fail .
        touch $out
      '';
}
