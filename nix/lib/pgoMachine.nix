# The profile of a program that is trained in a whole emulated machine, `emulator = "machine"`: the files that `pgoProfile.nix` makes.
#
# One derivation and no shards: all runs on a CPU model share a boot, and what ran before in it decides with when threads take turns, so
# workloads that are trained apart add up to another profile than `cargo repro-pgo build` makes. The machines of several CPU models run
# side by side. They need no KVM, no privileges and no network.
{
  arguments,
  builder,
  inputs,
  instrumented,
}:

one:

let
  inherit (arguments)
    copiedSets
    cpuModels
    machine
    pkgs
    programs
    reproPgo
    trainArgs
    ;
  spec = pkgs.writeText "pgo.toml" (one.part.whole (cpuModels one.declared.training));
in
pkgs.runCommand "pgo-profile-${one.binary}"
  {
    nativeBuildInputs = [
      machine.qemu
      reproPgo
    ]
    ++ builder.compilers
    ++ programs;
    # Comes before the kernel that the spec names, which is one of whoever trains outside of Nix.
    REPRO_PGO_KERNEL = machine.kernel;
    passthru = {
      inherit machine;
      shards = { };
    };
  }
  ''
    ${copiedSets one inputs}
    repro-pgo train --spec ${spec} ${pkgs.lib.escapeShellArgs trainArgs} \
      --binary ${instrumented}/bin/${one.binary} --inputs inputs --output "$out"
  ''
