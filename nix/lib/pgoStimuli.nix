# The inputs of training, checks and benchmarks: a folder for each set of the specs, the same bytes everywhere.
#
# Made from the folders the spec names and what it says of them, so that editing anything else makes no new stimuli.
{ arguments }:

let
  inherit (arguments) pkgs reproPgo specs;
  inherit (pkgs) lib;
  foldersOf =
    set:
    lib.filter (folder: folder != null) [
      (set.definitions or null)
      (set.directory or null)
    ];
  foldersOfSpec =
    one:
    let
      root = dirOf one.file;
      sets = lib.mapAttrsToList (_: set: set) (one.declared.stimuli or { });
    in
    lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions (
        map (folder: root + "/${folder}") (lib.unique (builtins.concatMap foldersOf sets))
      );
    };
in
pkgs.runCommand "pgo-stimuli"
  {
    nativeBuildInputs = [ reproPgo ];
  }
  (
    lib.concatMapStringsSep "\n" (one: ''
      # The folders' paths are relative to the spec.
      folders=$(mktemp -d)
      cp -r ${foldersOfSpec one}/. "$folders"
      chmod -R u+w "$folders"
      cp ${one.part.made} "$folders/pgo.toml"
      repro-pgo stimuli --spec "$folders/pgo.toml" --output "$out"
    '') specs
  )
