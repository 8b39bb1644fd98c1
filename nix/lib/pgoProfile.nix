# The profile, an output of its own: `merged.profdata`, `merged.proftext` (its canonical text) and `training.json` (what it was made from).
#
# The training is `repro-pgo train`, the code that trains outside Nix too. It refuses replicates that disagree in a single byte.
{
  arguments,
  builder,
  inputs,
  instrumented,
}:

let
  inherit (arguments)
    pkgs
    reproPgo
    specs
    trainArgs
    ;
  inherit (pkgs) lib;
  train = one: output: ''
    repro-pgo train --spec ${one.part.trained} --binary ${instrumented}/bin/${one.binary} --inputs ${inputs} ${lib.escapeShellArgs trainArgs} --output ${output}
  '';
  environment = {
    nativeBuildInputs = [
      pkgs.qemu-user
      reproPgo
    ]
    ++ builder.compilers;
  };
  one = one: pkgs.runCommand "pgo-profile-${one.binary}" environment (train one "$out");
  several = pkgs.runCommand "pgo-profile" environment ''
    repro-pgo merge --output $out ${
      lib.concatMapStringsSep " " (spec: "${one spec}/merged.profdata") specs
    }
  '';
in
if builtins.length specs == 1 then one (builtins.head specs) else several
