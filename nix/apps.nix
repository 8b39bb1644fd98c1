# `nix run .#<gate>`: the gates on the working tree, with the emulator and callgrind of the package set.
{ pkgs, repro-pgo }:

let
  inherit (pkgs) lib stdenv;
  run =
    {
      name,
      description,
      arguments,
    }:
    {
      type = "app";
      meta = { inherit description; };
      program = lib.getExe (
        pkgs.writeShellApplication {
          inherit name;
          runtimeInputs = [
            pkgs.git
            repro-pgo
          ]
          ++ lib.optionals stdenv.hostPlatform.isLinux [
            pkgs.qemu-user
            pkgs.valgrind
          ];
          text = ''
            exec repro-pgo ${arguments} "$@"
          '';
        }
      );
    };
in
{
  repro-pgo = run {
    name = "repro-pgo";
    description = "The driver, with everything it runs";
    arguments = "";
  };
  gate-merge = run {
    name = "gate-merge";
    description = "Compare instruction counts of two revisions; refuse a regression";
    arguments = "gate merge";
  };
  gate-ship = run {
    name = "gate-ship";
    description = "Decide whether the profiled binary ships";
    arguments = "gate ship";
  };
}
