# Which files are a cargo project's, and what the project is called.
{ lib }:

let
  # The unfiltered files, readable while evaluating.
  originalOf = src: src.origSrc or src;
  filterCargoSources =
    path: type:
    type == "directory"
    || builtins.match ".*\\.(rs|toml)" path != null
    || baseNameOf path == "Cargo.lock"
    || builtins.match ".*/\\.cargo/config" path != null;
in
{
  inherit filterCargoSources originalOf;

  cleanCargoSource =
    src:
    lib.cleanSourceWith {
      inherit src;
      filter =
        file: type:
        !(builtins.elem (baseNameOf file) [
          ".git"
          "target"
        ])
        && filterCargoSources file type;
    };

  crateNameFromCargoToml =
    args:
    let
      manifest = builtins.fromTOML (
        builtins.readFile (args.cargoToml or (originalOf args.src + "/Cargo.toml"))
      );
      inherited =
        field:
        if manifest.package.${field} ? workspace then
          manifest.workspace.package.${field}
        else
          manifest.package.${field};
    in
    {
      pname = manifest.package.name;
      version = inherited "version";
    };
}
