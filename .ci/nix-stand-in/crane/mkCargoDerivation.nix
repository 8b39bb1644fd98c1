# A derivation that runs cargo offline on vendored crates and inherits an earlier target directory.
{
  crateNameFromCargoToml,
  pkgs,
  toolchain,
  vendorCargoDeps,
}:

args@{
  cargoArtifacts,
  buildPhaseCargoCommand,
  checkPhaseCargoCommand ? "",
  installPhaseCommand ? "mkdir -p $out",
  ...
}:

let
  crateName = crateNameFromCargoToml args;
in
pkgs.stdenv.mkDerivation (
  removeAttrs args [
    "buildPhaseCargoCommand"
    "cargoLock"
    "checkPhaseCargoCommand"
    "installPhaseCommand"
    "pnameSuffix"
  ]
  // {
    inherit cargoArtifacts;
    pname = "${args.pname or crateName.pname}${args.pnameSuffix or ""}";
    version = args.version or crateName.version;
    doInstallCargoArtifacts = args.doInstallCargoArtifacts or true;
    cargoVendorDir = args.cargoVendorDir or (vendorCargoDeps args);
    nativeBuildInputs = (args.nativeBuildInputs or [ ]) ++ [
      toolchain
      ./hook
    ];
    buildPhase = ''
      runHook preBuild
      cargo --version
      ${buildPhaseCargoCommand}
      runHook postBuild
    '';
    checkPhase = ''
      runHook preCheck
      ${checkPhaseCargoCommand}
      runHook postCheck
    '';
    installPhase =
      args.installPhase or ''
        runHook preInstall
        ${installPhaseCommand}
        runHook postInstall
      '';
  }
)
