# Adds `relplan` and `repro-pgo`, built with this flake's own nixpkgs and toolchain, to a package set.
{ self }:

final: _prev: {
  inherit (self.packages.${final.stdenv.hostPlatform.system}) relplan repro-pgo;
}
