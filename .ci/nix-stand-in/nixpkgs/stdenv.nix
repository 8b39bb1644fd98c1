# `stdenv` on one platform for one: `mkDerivation` over builder.sh, with the attributes of nixpkgs' platforms this flake reads.
{
  lib,
  # Where it builds, and for what.
  system,
  hostSystem,
  rustcTarget,
  initialPath,
}@given:

let
  platform =
    system:
    let
      parts = builtins.match "([^-]*)-(.*)" system;
    in
    {
      inherit system;
      isLinux = builtins.elemAt parts 1 == "linux";
      isDarwin = builtins.elemAt parts 1 == "darwin";
      isx86_64 = builtins.elemAt parts 0 == "x86_64";
      isAarch64 = builtins.elemAt parts 0 == "aarch64";
    };
  special = [
    "env"
    "meta"
    "passthru"
  ];
in
{
  buildPlatform = platform system;
  hostPlatform = platform hostSystem // {
    rust = { inherit rustcTarget; };
  };

  mkDerivation =
    args:
    let
      name = args.name or "${args.pname}-${args.version}";
      attributes =
        removeAttrs args special
        // (args.env or { })
        // {
          inherit initialPath name system;
          builder = args.realBuilder or "/bin/bash";
          args = args.args or [ ./builder.sh ];
          outputs = args.outputs or [ "out" ];
        };
    in
    derivation (lib.filterAttrs (_: value: value != null) attributes)
    // {
      meta = args.meta or { };
      passthru = args.passthru or { };
      overrideAttrs = change: (import ./stdenv.nix given).mkDerivation (args // change args);
    }
    # NB: these win, as in nixpkgs.
    // (args.passthru or { });
}
