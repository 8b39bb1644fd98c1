# Everything this flake offers on one system: `{ packages, checks, apps, devShells, formatter }`.
{ inputs, system }:

let
  inherit (inputs)
    advisory-db
    crane
    fenix
    nixpkgs
    rust-overlay
    self
    ;
  pkgs = nixpkgs.legacyPackages.${system};
  inherit (pkgs) lib;
  toolchain = import ./toolchain.nix { inherit rust-overlay; };
  craneLibFor =
    targets: p:
    (crane.mkLib p).overrideToolchain (toolchain {
      inherit targets;
    });
  craneLib = craneLibFor [ ] pkgs;
  sources = import ./sources.nix { inherit lib; };
  repro-pgo = import ./packages/repro-pgo.nix { inherit craneLib sources; };
  relplan = import ./packages/relplan.nix { inherit craneLib sources; };

  # PGO is for this one target; every other release is LTO alone.
  hasPgo = system == "x86_64-linux";
  pgo = self.lib.mkPgoPackage {
    inherit craneLib pkgs;
    commonArgs = {
      src = sources.release;
      pname = "relplan";
    };
    spec = ../pgo.toml;
    revision = self.rev or self.dirtyRev or "";
  };
  driver = import ./packages/driver.nix {
    inherit
      craneLib
      pkgs
      repro-pgo
      self
      sources
      ;
  };
  others = import ./packages/release.nix {
    inherit
      craneLib
      craneLibFor
      pkgs
      relplan
      repro-pgo
      self
      sources
      ;
  };
  templateOutputs = (import ./template/flake.nix).outputs {
    inherit
      crane
      nixpkgs
      rust-overlay
      self
      ;
    relplan = self;
  };
in
{
  packages = {
    default = relplan;
    inherit relplan repro-pgo;
  }
  // others
  // lib.optionalAttrs hasPgo {
    pgo-instrumented = pgo.instrumented;
    pgo-inputs = pgo.inputs;
    pgo-profile = pgo.profile;
    pgo-order = pgo.order;
    pgo-package = pgo.package;
    pgo-baseline = pgo.baseline;
    pgo-hashes = import ./packages/hashes.nix {
      inherit driver pkgs repro-pgo;
      stages = pgo;
    };
    # Packed whatever the gate says: what a published tarball is compared with.
    tarball-pgo = pgo.tarball.pgo;
    tarball-lto = pgo.tarball.lto;
    # The driver itself, prebuilt.
    driver-x64-linux = driver;
    glibc-source = import ./packages/glibc-source.nix { inherit pkgs; };
    ship-gate = pgo.gate;
    release-x64-linux-lto = pgo.tarball.lto;
    release-x64-linux-pgo = pgo.release;
  };

  checks =
    import ./checks/sources.nix {
      inherit
        advisory-db
        craneLib
        pkgs
        sources
        ;
    }
    // lib.optionalAttrs hasPgo (
      lib.mapAttrs' (name: lib.nameValuePair "relplan-${name}") pgo.checks
      // lib.mapAttrs' (name: lib.nameValuePair "template-${name}") templateOutputs.checks.${system}
      // {
        template = templateOutputs.packages.${system}.default;
        template-tarballs = import ./checks/tarballs.nix {
          inherit pkgs;
          inherit (templateOutputs.packages.${system}) tarball-lto tarball-pgo without-crane-tarball;
        };
      }
      // import ./checks/refusals.nix {
        inherit craneLib pkgs;
        inherit (self.lib) mkPgoPackage;
      }
      // import ./checks/shards.nix {
        inherit craneLib pkgs repro-pgo;
        inherit (self.lib) mkPgoPackage;
      }
      // import ./checks/order.nix {
        inherit craneLib pkgs repro-pgo;
        inherit (self.lib) mkPgoPackage;
      }
      // import ./checks/machine.nix {
        inherit craneLib pkgs;
        inherit (self.lib) mkPgoPackage;
      }
      // import ./checks/arguments.nix {
        inherit
          craneLib
          craneLibFor
          nixpkgs
          pkgs
          ;
        inherit (self.lib) mkPgoPackage;
      }
      // import ./checks/overriding.nix {
        inherit craneLib pkgs;
        inherit (self.lib) mkPgoPackage;
      }
    );

  apps = import ./apps.nix { inherit pkgs repro-pgo; };
  devShells.default = import ./dev-shell.nix {
    inherit craneLib pkgs repro-pgo;
    fenix = fenix.packages.${system};
  };
  formatter = import ./formatter.nix { inherit pkgs; };
}
