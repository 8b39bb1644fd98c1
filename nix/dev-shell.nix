# The development shell: the build's own toolchain, fenix's rust-analyzer, and what the tests, gates and fuzz targets run.
#
# Fuzzing and miri need a nightly; it is on PATH as `cargo-nightly`, so that plain `cargo` stays the toolchain that ships.
{
  craneLib,
  fenix,
  pkgs,
  repro-pgo,
}:

let
  inherit (pkgs) lib stdenv;
  hasMachine = stdenv.hostPlatform.isLinux && stdenv.hostPlatform.isx86_64;
  nightly = fenix.complete.withComponents [
    "cargo"
    "miri"
    "rust-src"
    "rustc"
  ];
  cargo-nightly = pkgs.writeShellApplication {
    name = "cargo-nightly";
    text = ''
      export PATH=${nightly}/bin:$PATH
      exec cargo "$@"
    '';
  };
in
pkgs.mkShell (
  {
    packages = [
      cargo-nightly
      craneLib.rustc
      # NB: not `fenix.rust-analyzer`, which is built from the input that flake.nix leaves out.
      fenix.stable.rust-analyzer
      pkgs.cargo-deny
      pkgs.cargo-fuzz
      pkgs.cargo-nextest
      pkgs.deadnix
      pkgs.git
      pkgs.nixfmt
      repro-pgo
    ]
    ++ lib.optionals stdenv.hostPlatform.isLinux [
      pkgs.qemu-user
      pkgs.valgrind
    ]
    ++ lib.optional hasMachine pkgs.qemu_test;
  }
  // lib.optionalAttrs hasMachine {
    # For programs with racing threads: what `lib.mkPgoPackage` trains them in.
    REPRO_PGO_KERNEL = "${pkgs.linuxPackages.kernel}/bzImage";
  }
)
