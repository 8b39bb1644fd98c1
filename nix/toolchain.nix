# The toolchain of every build: rust-toolchain.toml with llvm-tools and the standard libraries of `targets`.
#
# A function of the package set, as crane's `overrideToolchain` wants it, so that a cross build gets the build machine's compiler.
{ rust-overlay }:

{
  targets ? [ ],
}:

pkgs:
((rust-overlay.lib.mkRustBin { } pkgs).fromRustupToolchainFile ../rust-toolchain.toml).override
  (old: {
    extensions = old.extensions ++ [ "llvm-tools" ];
    targets = old.targets ++ targets;
  })
