# The order in which the training first executes the functions of the package: `{ order.txt, layout.json }` in one folder.
#
# The training runs on the twin that the recorded stage linked, under user-mode emulation, as often and under the same variations as for
# the profile. The code is `repro-pgo layout trace`, which traces outside Nix too.
{
  arguments,
  inputs,
  recorded,
}:

let
  inherit (arguments)
    cpuModels
    pkgs
    reproPgo
    specs
    ;
  one = builtins.head specs;
  spec = pkgs.writeText "pgo.toml" (one.part.traced (cpuModels one.declared.training));
  sets = map (workload: workload.inputs) one.declared.training.workloads;
  # The sets that are trained on alone, so that what is only measured traces nothing anew.
  linked = pkgs.lib.concatMapStringsSep "\n" (
    set: "ln -sfn ${inputs.sets.${set} or inputs}/${set} inputs/${set}"
  ) sets;
in
pkgs.runCommand "pgo-order-${one.binary}"
  {
    nativeBuildInputs = [
      pkgs.qemu-user
      reproPgo
    ];
  }
  ''
    mkdir inputs
    ${linked}
    repro-pgo layout trace --spec ${spec} --recorded ${recorded.link} --inputs inputs --output "$out"
  ''
