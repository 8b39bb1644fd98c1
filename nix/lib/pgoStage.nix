# One stage as two crane derivations, its dependencies and its binaries, both compiled with the flags the driver prints for it.
#
# NB: each stage has dependencies of its own. Flags are part of cargo's fingerprint, so another stage's would all be compiled again.
{ arguments }:

{
  # The stage's name for the driver: instrumented, optimized or baseline.
  stage,
  # Further arguments for crane, the caller's.
  extraArgs,
  # The profile the stage is compiled with; its second output `report` then says how much of it was applied.
  profile ? null,
  # What the result carries along besides its `dependencies`.
  passthru ? { },
}:

let
  inherit (arguments)
    craneArgs
    craneLib
    pkgs
    specs
    ;
  inherit (pkgs) lib;
  inherit (builtins.head specs) part;
  given = craneArgs // extraArgs;
  profileArgs = lib.optionalString (profile != null) "--profile ${profile}";
  work = "$NIX_BUILD_TOP/repro-pgo";
  # Each binary's linker overwrites the map, so where there are several it says nothing about the others, and all functions count.
  linkMapArgs = lib.optionalString (
    builtins.length arguments.binaryNames == 1
  ) "--link-map \"${work}/link.map\"";

  args = given // {
    # What ships is the caller's package under its own name; the others say which stage they are.
    pname =
      given.pname or (craneLib.crateNameFromCargoToml given).pname
      + lib.optionalString (stage != "optimized") "-${stage}";
    meta = {
      # What `nix run` starts.
      mainProgram = builtins.head arguments.binaryNames;
    }
    // (given.meta or { });
    preBuild = ''
      CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --spec ${part.building} --stage ${stage} ${profileArgs} --work "${work}")
      export CARGO_ENCODED_RUSTFLAGS
    ''
    + (given.preBuild or "");
  };

  dependencies = craneLib.buildDepsOnly (
    args
    // {
      cargoCheckCommand = ":";
      # NB: cargo keeps a dependency's warnings, among them those about the profile, only when it was asked to show them.
      cargoBuildExtraArgs = "-vv ${given.cargoBuildExtraArgs or ""}";
      # The answers of cargo's rustc probes, in an order that changes from run to run; a failed one would be kept too.
      postBuild = ''
        rm -f "''${CARGO_TARGET_DIR:-target}/.rustc_info.json"
      '';
    }
  );

  # The build as crane's own, but with messages the driver can read, dependencies' included.
  judgedBuild = ''
    cargoBuildLog=$(mktemp cargoBuildLogXXXX.json)
    if ! cargoWithProfile build -vv --message-format json ${args.cargoExtraArgs} ${
      given.cargoBuildExtraArgs or ""
    } > "$cargoBuildLog"; then
      jq -rR 'fromjson? | select(.message.level? == "error") | .message.rendered' "$cargoBuildLog" >&2
      exit 1
    fi
    mkdir -p "$report"
    repro-pgo applied --spec ${part.judging} ${profileArgs} ${linkMapArgs} --log "$cargoBuildLog" --output "$report/applied.json"
  '';
in
craneLib.buildPackage (
  args
  // {
    cargoArtifacts = dependencies;
    passthru =
      (args.passthru or { })
      // passthru
      // {
        inherit dependencies;
      };
  }
  // lib.optionalAttrs (profile != null) {
    buildPhaseCargoCommand = judgedBuild;
    nativeBuildInputs = args.nativeBuildInputs ++ [ pkgs.jq ];
    outputs = [
      "out"
      "report"
    ];
  }
)
