# What a finished package is held to: `{ profile-applied, same-output, no-references, instructions }`, each a derivation that fails with
# the reason.
{
  arguments,
  baseline,
  package,
  profile,
  inputs,
}:

let
  inherit (arguments)
    gatedBenchmarks
    pkgs
    reproPgo
    specs
    ;
  inherit (pkgs) lib;
  # `command` for each spec and its two binaries.
  check =
    name: tools: command:
    pkgs.runCommand "pgo-check-${name}" { nativeBuildInputs = [ reproPgo ] ++ tools; } ''
      mkdir -p $out
      ${lib.concatMapStringsSep "\n" (
        one:
        command {
          inherit (one) binary;
          spec = one.file;
          limit = one.declared.gate.merge.limit or 0.002;
          before = "${baseline}/bin/${one.binary}";
          after = "${package}/bin/${one.binary}";
        }
      ) specs}
    '';
in
{
  # The report exists only if the package's build found no more functions without profile than the spec allows. A profile that is
  # ignored leaves the baseline's bytes.
  profile-applied = check "profile-applied" [ ] (
    {
      binary,
      before,
      after,
      ...
    }:
    ''
      cp ${package.report}/applied.json $out/${binary}.json
      if cmp -s ${before} ${after}; then
        echo "${binary} is the same with and without the profile ${profile}: it was not applied" >&2
        exit 1
      fi
    ''
  );
  # The same answers on every case of [check], from a file that needs nothing of the machine that made it and tells nothing of it.
  same-output = check "same-output" [ pkgs.git ] (
    {
      spec,
      before,
      after,
      ...
    }:
    "repro-pgo check --spec ${spec} --baseline ${before} --optimized ${after} --inputs ${inputs}"
  );
  # Not one reference to the store, as Nix itself sees it.
  no-references = pkgs.runCommand "pgo-check-no-references" { allowedReferences = [ ]; } ''
    mkdir -p $out
    cp ${package}/bin/* $out/
  '';
  # Instructions, counted by callgrind: no gated benchmark may take more than without the profile, beyond [gate.merge] limit.
  instructions = check "instructions" [ pkgs.jq pkgs.valgrind ] (
    {
      binary,
      spec,
      limit,
      before,
      after,
    }:
    ''
      bench=$out/${binary}
      repro-pgo bench --spec ${spec} --baseline ${before} --candidate ${after} --inputs ${inputs} --output "$bench"
      worse=$(jq -r --arg gated ${lib.escapeShellArg "^(${gatedBenchmarks})$"} --argjson limit ${toString limit} '.[]
        | select(.benchmark | test($gated))
        | select(."candidate-instructions" > ."baseline-instructions" * (1 + $limit)) | .benchmark' "$bench/bench.json")
      if [ -n "$worse" ]; then
        echo "over ${toString limit} more instructions than without the profile:" $worse >&2
        exit 1
      fi
    ''
  );
}
