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
    pkgs
    programs
    reproPgo
    specs
    ;
  inherit (pkgs) lib;
  # `command` for each spec and its two binaries.
  check =
    name: tools: command:
    pkgs.runCommand "pgo-check-${name}" { nativeBuildInputs = [ reproPgo ] ++ programs ++ tools; } ''
      mkdir -p $out
      ${lib.concatMapStringsSep "\n" (
        one:
        command {
          inherit (one) binary;
          spec = one.file;
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
  # Instructions, counted by callgrind: no gated benchmark may take more than without the profile, beyond [gate.merge] limit. Which
  # ones are gated, and the limit, stand in what `bench` writes.
  instructions = check "instructions" [ pkgs.jq pkgs.valgrind ] (
    {
      binary,
      spec,
      before,
      after,
    }:
    ''
      bench=$out/${binary}
      repro-pgo bench --spec ${spec} --baseline ${before} --candidate ${after} --inputs ${inputs} --output "$bench"
      worse=$(jq -r '.[] | select(.limit != null)
        | select(."candidate-instructions" > ."baseline-instructions" * (1 + .limit)) | .benchmark' "$bench/bench.json")
      if [ -n "$worse" ]; then
        echo "more instructions than without the profile, beyond the limit:" $worse >&2
        exit 1
      fi
    ''
  );
}
