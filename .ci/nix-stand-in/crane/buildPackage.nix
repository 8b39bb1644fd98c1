# The project's binaries, built on top of its dependencies and installed from cargo's own record of what it made.
{
  buildDepsOnly,
  mkCargoDerivation,
  pkgs,
  vendorCargoDeps,
}:

{
  cargoBuildCommand ? "cargoWithProfile build",
  cargoExtraArgs ? "--locked",
  cargoBuildExtraArgs ? "",
  cargoTestCommand ? "cargoWithProfile test",
  cargoTestExtraArgs ? "",
  ...
}@args:

mkCargoDerivation (
  removeAttrs args [
    "cargoBuildCommand"
    "cargoBuildExtraArgs"
    "cargoExtraArgs"
    "cargoTestCommand"
    "cargoTestExtraArgs"
    "extraDummyScript"
  ]
  // {
    doCheck = args.doCheck or true;
    doInstallCargoArtifacts = args.doInstallCargoArtifacts or false;
    cargoVendorDir = args.cargoVendorDir or (vendorCargoDeps args);
    nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [ pkgs.jq ];
    cargoArtifacts =
      args.cargoArtifacts
        or (buildDepsOnly (args // { installPhase = "prepareAndInstallCargoArtifactsDir"; }));
    buildPhaseCargoCommand =
      args.buildPhaseCargoCommand or ''
        cargoBuildLog=$(mktemp cargoBuildLogXXXX.json)
        ${cargoBuildCommand} --message-format json-render-diagnostics ${cargoExtraArgs} ${cargoBuildExtraArgs} > "$cargoBuildLog"
      '';
    checkPhaseCargoCommand = "${cargoTestCommand} ${cargoExtraArgs} ${cargoTestExtraArgs}";
    installPhaseCommand =
      args.installPhaseCommand or ''
        mkdir -p $out
        mv "$postBuildInstallFromCargoBuildLogOut"/* -t $out
      '';
  }
)
