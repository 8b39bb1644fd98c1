# How nixpkgs' own `buildRustPackage` builds what `mkPgoPackage` needs, for packages that know no crane:
# `arguments -> { compilers, pnameOf, build, pack }`.
{ arguments }:

let
  inherit (arguments)
    cargoFlags
    cargoProfile
    listed
    pkgs
    rustPlatform
    ;
  inherit (pkgs) lib;
  packageArgs =
    args:
    args
    // {
      buildType = cargoProfile;
      cargoBuildFlags =
        args.cargoBuildFlags or [ ]
        ++ builtins.concatMap ({ flag, value }: [ flag ] ++ lib.optional (value != "") value) cargoFlags;
    }
    # NB: nixpkgs' cargo-auditable would link a second list in.
    // lib.optionalAttrs listed { auditable = false; };
in
{
  # None: a rustPlatform doesn't tell its compiler. The driver merges by itself, and refuses a profile of another format.
  compilers = [ ];

  pnameOf =
    args:
    args.pname
      or (throw "mkPgoPackage: set `pname` and `version` in `commonArgs`, which rustPlatform.buildRustPackage needs");

  # One stage: dependencies and binaries in one derivation.
  build =
    {
      args,
      # Shell code that judges cargo's messages in "$cargoBuildLog", `null` where nobody reads them.
      judgement ? null,
      # Shell code that leaves the binary in place instead of compiling, or `null`.
      linked ? null,
      passthru,
    }:
    let
      # Stands before cargo on PATH, because the build hook decides itself how to call it.
      judgingCargo = pkgs.writeShellApplication {
        name = "cargo";
        runtimeInputs = [ pkgs.jq ];
        # Set by the build: the cargo that is called, and the output for the judgement.
        excludeShellChecks = [ "SC2154" ];
        text = ''
          if [ "''${1:-}" != build ]; then
            exec "$judgedCargo" "$@"
          fi
          ${if linked != null then linked else judgedBuild}
        '';
      };
      judgedBuild = ''
        cargoBuildLog=$(mktemp)
        if ! "$judgedCargo" "$@" -vv --message-format json > "$cargoBuildLog"; then
          jq -rR 'fromjson? | select(.message.level? == "error") | .message.rendered' "$cargoBuildLog" >&2
          exit 1
        fi
        ${judgement}
      '';
      stageArgs = packageArgs args;
    in
    rustPlatform.buildRustPackage (
      stageArgs
      // {
        passthru = (stageArgs.passthru or { }) // passthru;
      }
      // lib.optionalAttrs (judgement != null || linked != null) {
        preBuild = ''
          ${stageArgs.preBuild}
          judgedCargo=$(type -P cargo)
          export judgedCargo PATH=${judgingCargo}/bin:$PATH
        '';
      }
    );

  # A cargo derivation that compiles nothing: `script` finds the sources, cargo, its crates and the compiler.
  pack =
    {
      name,
      args,
      script,
    }:
    rustPlatform.buildRustPackage (
      removeAttrs args [ "buildInputs" ]
      // {
        inherit name;
        pname = name;
        buildPhase = ''
          runHook preBuild
          ${script}
          runHook postBuild
        '';
        installPhase = ''
          runHook preInstall
          runHook postInstall
        '';
      }
    );
}
