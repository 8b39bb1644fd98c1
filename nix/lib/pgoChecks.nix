# What a finished package is held to, each a derivation that fails with the reason: `{ standalone, same-output, profile-applied, ... }`.
{
  arguments,
  baseline,
  package,
  profile,
  stimuli,
}:

let
  inherit (arguments) pkgs reproPgo specs;
  inherit (pkgs) lib;
  check =
    name: inputs: command:
    pkgs.runCommand "pgo-check-${name}" { nativeBuildInputs = [ reproPgo ] ++ inputs; } ''
      mkdir -p $out
      ${lib.concatMapStringsSep "\n" command specs}
    '';
  binaries =
    one:
    "--spec ${one.file} --baseline ${baseline}/bin/${one.binary} --optimized ${package}/bin/${one.binary}";
in
{
  # The report exists only if the package's build found no more functions without profile than the spec allows. A profile that is
  # ignored leaves the baseline's bytes.
  profile-applied = check "profile-applied" [ ] (one: ''
    cp ${package.report}/applied.json $out/
    if cmp -s ${baseline}/bin/${one.binary} ${package}/bin/${one.binary}; then
      echo "${one.binary} is the same with and without the profile ${profile}: it was not applied" >&2
      exit 1
    fi
  '');
  # The same output on every case of [check], and a file that needs and tells nothing of the machine that made it.
  same-output = check "same-output" [ pkgs.git ] (
    one: "repro-pgo check ${binaries one} --stimuli ${stimuli}"
  );
  # Not one reference to the store: the file runs wherever its kernel and CPU do.
  no-references = pkgs.runCommand "pgo-check-no-references" { allowedReferences = [ ]; } ''
    mkdir -p $out
    cp ${package}/bin/* $out/
  '';
  # Instructions, counted by callgrind: no benchmark may cost more than with the baseline.
  instructions = check "instructions" [ pkgs.valgrind ] (one: ''
    repro-pgo bench --instructions ${binaries one} --stimuli ${stimuli} --output $out
  '');
}
