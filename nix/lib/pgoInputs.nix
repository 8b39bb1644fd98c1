# The inputs of training, checks and benchmarks: a folder for each set of the specs, the same bytes everywhere.
#
# Each set is a derivation of its own, `.sets.<name>`, made from the folder that the spec names and what it says of it: editing anything
# else makes no new set, and what runs on one set alone doesn't wait for the others.
{ arguments }:

let
  inherit (arguments) pkgs reproPgo specs;
  inherit (pkgs) lib;
  # NB: the specs' sets share one folder, each in one of its name.
  declare =
    declared: one:
    let
      own = builtins.mapAttrs (_: given: {
        inherit given;
        root = dirOf one.file;
      }) (one.declared.inputs or { });
      other = lib.filter (
        name: declared ? ${name} && (removeAttrs declared.${name} [ "one" ]) != own.${name}
      ) (builtins.attrNames own);
    in
    lib.throwIf (other != [ ])
      "mkPgoPackage: [inputs.${builtins.head other}] of ${toString one.file} is another set than an earlier spec's of this name; rename one of them"
      (declared // builtins.mapAttrs (_: set: set // { inherit one; }) own);
  declared = builtins.foldl' declare { } specs;
  make =
    name:
    {
      given,
      one,
      root,
    }:
    let
      path = root + "/${given.definitions or given.directory or ""}";
      folder =
        lib.throwIfNot ((given.definitions or given.directory or "") != "" && builtins.pathExists path)
          "mkPgoPackage: [inputs.${name}] of ${toString one.file}: set `definitions` or `directory` to a folder that is there (a flake sees only what git tracks: git add it)"
          (
            lib.fileset.toSource {
              inherit root;
              fileset = path;
            }
          );
      sha256 =
        given.sha256
          or (throw "mkPgoPackage: [inputs.${name}] of ${toString one.file}: set `sha256` to the hash of the file at `url`");
      fetched = pkgs.fetchurl {
        inherit (given) url;
        inherit sha256;
      };
      # A fetched file lies where the driver looks for what it fetched itself; a folder's path is relative to the spec.
      source =
        if given ? url then
          ''
            mkdir -p folders cache/inputs
            ln -s ${fetched} cache/inputs/${sha256}
            export REPRO_PGO_CACHE=$PWD/cache
          ''
        else
          ''
            cp -r ${folder}/. folders
            chmod -R u+w folders
          '';
    in
    pkgs.runCommand "pgo-inputs-${name}" { nativeBuildInputs = [ reproPgo ]; } ''
      ${source}
      cp ${pkgs.writeText "pgo.toml" (one.part.made name)} folders/pgo.toml
      repro-pgo inputs --spec folders/pgo.toml --output "$out"
    '';
  sets = builtins.mapAttrs make declared;
in
pkgs.runCommand "pgo-inputs" { passthru = { inherit sets; }; } (
  ''
    mkdir "$out"
  ''
  + lib.concatMapStringsSep "" (name: ''
    cp -r ${sets.${name}}/${name} "$out/"
  '') (builtins.attrNames sets)
)
