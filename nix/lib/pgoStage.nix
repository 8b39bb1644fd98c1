# One stage, built with the flags the driver prints for it.
{ arguments, builder }:

{
  # The stage's name for the driver: instrumented, optimized or baseline.
  stage,
  # Further arguments for the builder, the caller's.
  extraArgs,
  # The profile the stage is compiled with; its second output `report` then says how much of it was applied.
  profile ? null,
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
  # Each binary's linker overwrites the map, so where there are several it says nothing about the others, and all functions count.
  linkMapArgs = lib.optionalString (
    builtins.length arguments.binaryNames == 1
  ) "--link-map \"${work}/link.map\"";
in
builder.build {
  inherit passthru;
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
      preBuild = ''
        CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --spec ${part.building} --stage ${stage} ${profileArgs} --work "${work}")
        export CARGO_ENCODED_RUSTFLAGS
      ''
      + (given.preBuild or "");
    }
    // lib.optionalAttrs (profile != null) {
      outputs = [
        "out"
        "report"
      ];
    };
  judgement =
    if profile == null then
      null
    else
      ''
        mkdir -p "$report"
        repro-pgo applied --spec ${part.judging} ${profileArgs} ${linkMapArgs} --log "$cargoBuildLog" --output "$report/applied.json"
      '';
}
