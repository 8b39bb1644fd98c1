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
    copiedSets
    cpuModels
    pkgs
    programs
    reproPgo
    specs
    ;
  one = builtins.head specs;
  spec = pkgs.writeText "pgo.toml" (one.part.traced (cpuModels one.declared.training));
in
pkgs.runCommand "pgo-order-${one.binary}"
  {
    nativeBuildInputs = [
      pkgs.qemu-user
      reproPgo
    ]
    ++ programs;
  }
  ''
    ${copiedSets one inputs}
    repro-pgo layout trace --spec ${spec} --recorded ${recorded.link} --inputs inputs --output "$out"
  ''
