# Checks of the sources: formatting of Rust and Nix, lints, tests, documentation, licences, bans and advisories.
{
  advisory-db,
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
  # What the build sandbox lacks, and the tests that can't run without it. NB: every other test has to pass there.
  lacking = {
    "a date program in /bin" = [
      "verify::preload::tests::programs_see_another_date_and_another_order"
    ];
  };
  leftOut = builtins.concatLists (builtins.attrValues lacking);
  audit =
    advisory-db:
    craneLib.cargoAudit {
      inherit advisory-db;
      inherit (args) pname src;
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
        pkgs.curl
        pkgs.git
        pkgs.qemu-user
        pkgs.valgrind
      ];
      preCheck = lib.concatStringsSep "\n" (
        lib.mapAttrsToList (
          what: tests: "echo ${lib.escapeShellArg "left out, the sandbox has not ${what}: ${toString tests}"}"
        ) lacking
      );
      cargoTestExtraArgs = "--no-fail-fast -- ${
        lib.concatMapStringsSep " " (test: "--skip ${test}") leftOut
      }";
    }
  );
  documentation = craneLib.cargoDoc (
    withDependencies
    // {
      cargoDocExtraArgs = "--no-deps --document-private-items";
      RUSTDOCFLAGS = "--deny warnings";
    }
  );
  # What deny.toml says of licences, bans and sources.
  deny = craneLib.cargoDeny (removeAttrs args [ "cargoExtraArgs" ]);
  # NB: of the day flake.lock names, so that the answer never changes without a commit.
  advisories = audit advisory-db;
  advisories-refused =
    pkgs.runCommand "advisories-refused"
      {
        failed = pkgs.testers.testBuildFailure (audit ../tests/advisories);
      }
      ''
        grep RUSTSEC-2000-0002 "$failed/testBuildFailure.log" > $out
      '';
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
