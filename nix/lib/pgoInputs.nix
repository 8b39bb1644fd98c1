# The inputs of training, checks and benchmarks: a folder for each set of the specs, the same bytes everywhere.
#
# Made from the folders the spec names and what it says of them, so that editing anything else makes no new inputs.
{ arguments }:

let
  inherit (arguments) pkgs reproPgo specs;
  inherit (pkgs) lib;
  foldersOf =
    one:
    let
      root = dirOf one.file;
      folder =
        name: set:
        let
          given = set.definitions or set.directory or "";
          path = root + "/${given}";
        in
        lib.throwIfNot (given != "" && builtins.pathExists path)
          "mkPgoPackage: [inputs.${name}] of ${toString one.file}: set `definitions` or `directory` to a folder that is there (a flake sees only what git tracks: git add it)"
          path;
      folders = lib.mapAttrsToList folder (one.declared.inputs or { });
    in
    lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions folders;
    };
  # NB: the specs' sets share one folder, each in one of its name.
  declare =
    declared: one:
    let
      own = builtins.mapAttrs (_: set: set // { root = dirOf one.file; }) (one.declared.inputs or { });
      other = lib.filter (name: declared ? ${name} && declared.${name} != own.${name}) (
        builtins.attrNames own
      );
    in
    lib.throwIf (other != [ ])
      "mkPgoPackage: [inputs.${builtins.head other}] of ${toString one.file} is another set than an earlier spec's of this name; rename one of them"
      (declared // own);
  declared = builtins.foldl' declare { } specs;
in
builtins.seq declared pkgs.runCommand "pgo-inputs"
  {
    nativeBuildInputs = [ reproPgo ];
  }
  (
    lib.concatMapStringsSep "\n" (one: ''
      # The folders' paths are relative to the spec.
      folders=$(mktemp -d)
      cp -r ${foldersOf one}/. "$folders"
      chmod -R u+w "$folders"
      cp ${one.part.made} "$folders/pgo.toml"
      repro-pgo inputs --spec "$folders/pgo.toml" --output "$out"
    '') specs
  )
