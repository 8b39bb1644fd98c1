# A stand-in for nixpkgs, just large enough to build this repository's own flake on a machine that can't download the real one.
# Programs come from the machine (Debian's packages, seen through the sandbox's own paths); only the toolchain's hash is known to Nix.
# It proves this repository's wiring. It proves nothing about nixpkgs.
{
  outputs = _: rec {
    lib = import ./lib.nix;
    legacyPackages = lib.genAttrs lib.systems.flakeExposed (
      system: import ./pkgs.nix { inherit lib system; }
    );
  };
}
