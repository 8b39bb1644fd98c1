# How crane builds what `mkPgoPackage` needs: `arguments -> { compilers, pnameOf, build, pack }`.
{ arguments }:

let
  inherit (arguments)
    cargoFlags
    cargoProfile
    craneLib
    pkgs
    target
    ;
  inherit (pkgs) lib;
  craneArgs =
    args:
    args
    // {
      CARGO_BUILD_TARGET = target;
      CARGO_PROFILE = cargoProfile;
      cargoExtraArgs = lib.concatStringsSep " " (
        [ (args.cargoExtraArgs or "--locked") ]
        ++ map (
          { flag, value }: flag + lib.optionalString (value != "") " ${lib.escapeShellArg value}"
        ) cargoFlags
      );
    };
in
{
  # Its llvm-tools write and read the profile format of the compiler that uses it.
  compilers = [ (craneLib.rustc or pkgs.rustc) ];

  pnameOf = args: args.pname or (craneLib.crateNameFromCargoToml args).pname;

  # One stage as two derivations, its dependencies and its binaries, both compiled with the same flags.
  #
  # NB: each stage has dependencies of its own. Flags are part of cargo's fingerprint, so another stage's would all be compiled again.
  build =
    {
      args,
      # Shell code that judges cargo's messages in "$cargoBuildLog", `null` where nobody reads them.
      judgement ? null,
      # Shell code that leaves the binary in place instead of compiling, and cargo's messages about it in "$cargoBuildLog"; or `null`.
      linked ? null,
      passthru,
    }:
    let
      stageArgs = craneArgs args;
      dependencies = craneLib.buildDepsOnly (
        stageArgs
        // {
          cargoCheckCommand = ":";
          # NB: cargo keeps a dependency's warnings, among them those about the profile, only when it was asked to show them.
          cargoBuildExtraArgs = "-vv ${stageArgs.cargoBuildExtraArgs or ""}";
          # The answers of cargo's rustc probes, in an order that changes from run to run; a failed one would be kept too.
          postBuild = ''
            rm -f "''${CARGO_TARGET_DIR:-target}/.rustc_info.json"
          '';
        }
      );
      # The build as crane's own, but with messages the driver can read, dependencies' included.
      judgedBuild = ''
        cargoBuildLog=$(mktemp cargoBuildLogXXXX.json)
        if ! cargoWithProfile build -vv --message-format json ${stageArgs.cargoExtraArgs} ${
          stageArgs.cargoBuildExtraArgs or ""
        } > "$cargoBuildLog"; then
          jq -rR 'fromjson? | select(.message.level? == "error") | .message.rendered' "$cargoBuildLog" >&2
          exit 1
        fi
        ${judgement}'';
    in
    craneLib.buildPackage (
      stageArgs
      // {
        cargoArtifacts = if linked == null then dependencies else null;
        passthru =
          (stageArgs.passthru or { })
          // lib.optionalAttrs (linked == null) { inherit dependencies; }
          // passthru;
      }
      // lib.optionalAttrs (judgement != null || linked != null) {
        buildPhaseCargoCommand = if linked == null then judgedBuild else linked;
        nativeBuildInputs = stageArgs.nativeBuildInputs ++ [ pkgs.jq ];
      }
    );

  # A cargo derivation that compiles nothing: `script` finds the sources, cargo, its crates and the compiler.
  pack =
    {
      name,
      args,
      script,
    }:
    craneLib.mkCargoDerivation (
      removeAttrs (craneArgs args) [
        "buildInputs"
        "cargoExtraArgs"
      ]
      // {
        inherit name;
        pname = name;
        cargoArtifacts = null;
        doInstallCargoArtifacts = false;
        buildPhaseCargoCommand = script;
      }
    );
}
