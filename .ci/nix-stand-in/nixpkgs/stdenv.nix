# `stdenv` for one platform: `mkDerivation` over builder.sh, with the attributes of nixpkgs' platforms this flake reads.
{
  lib,
  system,
  rustcTarget,
  initialPath,
}:

let
  parts = builtins.match "([^-]*)-(.*)" system;
  platform = {
    inherit system;
    isLinux = builtins.elemAt parts 1 == "linux";
    isDarwin = builtins.elemAt parts 1 == "darwin";
    isx86_64 = builtins.elemAt parts 0 == "x86_64";
    isAarch64 = builtins.elemAt parts 0 == "aarch64";
    rust = { inherit rustcTarget; };
  };
  special = [
    "env"
    "meta"
    "passthru"
  ];
in
{
  hostPlatform = platform;
  buildPlatform = platform;

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
    // (args.passthru or { })
    // {
      meta = args.meta or { };
      overrideAttrs =
        change:
        (import ./stdenv.nix {
          inherit
            lib
            system
            rustcTarget
            initialPath
            ;
        }).mkDerivation
          (args // change args);
    };
}
