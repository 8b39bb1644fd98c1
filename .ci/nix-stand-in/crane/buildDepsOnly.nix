# The dependencies alone, built with empty sources in place of the project's, so that editing the project rebuilds none of them.
{
  crateNameFromCargoToml,
  mkCargoDerivation,
  originalOf,
  pkgs,
  vendorCargoDeps,
}:

{
  cargoBuildCommand ? "cargoWithProfile build",
  cargoCheckCommand ? "cargoWithProfile check",
  cargoExtraArgs ? "--locked",
  cargoBuildExtraArgs ? "",
  cargoTestCommand ? "cargoWithProfile test",
  cargoTestExtraArgs ? "--no-run",
  ...
}@args:

let
  inherit (pkgs.lib) concatMapStringsSep hasPrefix optional;
  root = originalOf args.src;
  manifests = pkgs.lib.cleanSourceWith {
    src = root;
    filter =
      path: type:
      (args.src.filter or (_: _: true)) path type
      && (
        type == "directory"
        || builtins.elem (baseNameOf path) [
          "Cargo.toml"
          "Cargo.lock"
        ]
        || baseNameOf (dirOf path) == ".cargo"
      );
  };
  members = [ "." ] ++ ((pkgs.lib.importTOML (root + "/Cargo.toml")).workspace.members or [ ]);
  stubsOf =
    member:
    let
      manifest = pkgs.lib.importTOML (root + "/${member}/Cargo.toml");
      declared =
        kind: folder: map (target: target.path or "${folder}/${target.name}.rs") (manifest.${kind} or [ ]);
      present = path: optional (builtins.pathExists (root + "/${member}/${path}")) path;
    in
    map (path: "${member}/${path}") (
      present "src/main.rs"
      ++ present "src/lib.rs"
      ++ present "build.rs"
      ++ declared "bench" "benches"
      ++ declared "bin" "src/bin"
    );
  stub = path: "mkdir -p $(dirname $out/${path}) && echo 'fn main() {}' > $out/${path}";
  doCheck = args.doCheck or true;
in
mkCargoDerivation (
  removeAttrs args [
    "cargoBuildCommand"
    "cargoBuildExtraArgs"
    "cargoCheckCommand"
    "cargoCheckExtraArgs"
    "cargoExtraArgs"
    "cargoTestCommand"
    "cargoTestExtraArgs"
    "outputs"
  ]
  // {
    inherit doCheck;
    pnameSuffix = "-deps";
    pname = args.pname or (crateNameFromCargoToml args).pname;
    version = args.version or (crateNameFromCargoToml args).version;
    src = pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${manifests} $out
      ${concatMapStringsSep "\n" stub (
        builtins.filter (path: !hasPrefix "/" path) (builtins.concatMap stubsOf members)
      )}
      ${args.extraDummyScript or ""}
    '';
    cargoArtifacts = null;
    cargoVendorDir = args.cargoVendorDir or (vendorCargoDeps args);
    CRANE_BUILD_DEPS_ONLY = 1;
    doInstallCargoArtifacts = true;
    buildPhaseCargoCommand =
      args.buildPhaseCargoCommand or ''
        ${cargoCheckCommand} ${cargoExtraArgs} ${
          args.cargoCheckExtraArgs or (if doCheck then "--all-targets" else "")
        }
        ${cargoBuildCommand} ${cargoExtraArgs} ${cargoBuildExtraArgs}
      '';
    checkPhaseCargoCommand = "${cargoTestCommand} ${cargoExtraArgs} ${cargoTestExtraArgs}";
  }
)
