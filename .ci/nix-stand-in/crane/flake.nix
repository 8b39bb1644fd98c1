# A stand-in for crane: the functions this flake calls, with crane's names, arguments and results, enough to build this repository's own
# derivations without network access. It proves the flake's wiring, not crane.
{
  outputs = _: {
    mkLib = pkgs: import ./lib.nix { inherit pkgs; };
  };
}
