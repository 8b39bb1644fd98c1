# One stage, built with the flags the driver prints for it.
{ arguments, builder }:

{
  # The stage's name for the driver: instrumented, optimized, recorded or baseline.
  stage,
  # Further arguments for the builder, the caller's.
  extraArgs,
  # The profile the stage is compiled with; its second output `report` then says how much of it was applied.
  profile ? null,
  # The recorded stage whose link is repeated instead of compiling, and the order for it: `{ recorded, order }`.
  linked ? null,
  # What the result carries along.
  passthru ? { },
}:

let
  inherit (arguments)
    pkgs
    specs
    stageArgs
    ;
  inherit (pkgs) lib;
  inherit (builtins.head specs) part;
  given = stageArgs // extraArgs;
  profileArgs = lib.optionalString (profile != null) "--profile ${profile}";
  work = "$NIX_BUILD_TOP/repro-pgo";
  isRecorded = stage == "recorded";
  # What the driver takes for the linker, which it can't see in cargo's configuration: the builder's own.
  linker = "CARGO_TARGET_${
    builtins.replaceStrings [ "-" "." ] [ "_" "_" ] (lib.toUpper arguments.target)
  }_LINKER=cc";
  # What ships is stripped by the driver, not by nixpkgs: its debug information goes into an output of its own.
  isTakenApart = arguments.isTakenApart && (stage == "optimized" || stage == "baseline");
  outputs =
    lib.optional (profile != null) "report"
    ++ lib.optional isRecorded "link"
    ++ lib.optional isTakenApart "debug";
  # Each binary's linker overwrites the map, so where there are several it says nothing about the others, and all functions count.
  linkMapArgs = lib.optionalString (
    builtins.length arguments.binaryNames == 1
  ) "--link-map \"${work}/link.map\"";
in
builder.build {
  inherit passthru;
  # Leaves in "$cargoBuildLog" what cargo says of the binary, and the binary where that says it is.
  linked =
    if linked == null then
      null
    else
      ''
        cargoBuildLog=$(mktemp cargoBuildLogXXXX.json)
        sed "s|$(cat ${linked.recorded.link}/directory)|$PWD|g" ${linked.recorded.link}/artifact.json > "$cargoBuildLog"
        binary=$(jq -r .executable "$cargoBuildLog")
        mkdir -p "$(dirname "$binary")"
        repro-pgo layout link --recorded ${linked.recorded.link} --order ${linked.order} --output "$binary"
        cp -r ${linked.recorded.report} "$report"
      '';
  args =
    given
    // {
      # What ships is the caller's package under its own name; the others say which stage they are.
      pname = builder.pnameOf given + lib.optionalString (stage != "optimized") "-${stage}";
      meta = {
        # What `nix run` starts.
        mainProgram = builtins.head arguments.binaryNames;
      }
      // (given.meta or { });
      preBuild =
        lib.optionalString (linked == null) ''
          CARGO_ENCODED_RUSTFLAGS=$(${lib.optionalString isRecorded "${linker} "}repro-pgo flags --spec ${part.building} --stage ${stage} ${profileArgs} --work "${work}")
          export CARGO_ENCODED_RUSTFLAGS
        ''
        + (given.preBuild or "");
    }
    // lib.optionalAttrs (outputs != [ ]) { outputs = [ "out" ] ++ outputs; }
    // lib.optionalAttrs arguments.isTakenApart { dontStrip = true; }
    // lib.optionalAttrs isTakenApart {
      # Before the caller's own, which may wrap the binary.
      postInstall = ''
        (cd "$out/bin" && repro-pgo debuginfo --spec ${part.building} --output "$debug/lib/debug" ${lib.escapeShellArgs arguments.binaryNames})
      ''
      + (given.postInstall or "");
    };
  judgement =
    if profile == null then
      null
    else
      ''
        mkdir -p "$report"
        repro-pgo applied --spec ${part.judging} ${profileArgs} ${linkMapArgs} --log "$cargoBuildLog" --output "$report/applied.json"
      ''
      + lib.optionalString isRecorded ''
        ${linker} repro-pgo layout keep --spec ${part.building} ${profileArgs} --work "${work}" --log "$cargoBuildLog" --output "$link"
      '';
}
