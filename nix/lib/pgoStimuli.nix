# The inputs of training, checks and benchmarks: a folder for each set of the specs, the same bytes everywhere.
#
# Made from the spec and the folders it names alone, so that editing anything else makes no new stimuli.
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
  sourceOf =
    one:
    let
      root = dirOf one.file;
      sets = lib.mapAttrsToList (_: set: set) (one.declared.stimuli or { });
      folders = builtins.concatMap foldersOf sets;
    in
    lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions (
        [ one.file ] ++ map (folder: root + "/${folder}") (lib.unique folders)
      );
    };
in
pkgs.runCommand "pgo-stimuli"
  {
    nativeBuildInputs = [ reproPgo ];
  }
  (
    lib.concatMapStringsSep "\n" (one: ''
      repro-pgo stimuli --spec ${sourceOf one}/${baseNameOf one.file} --output "$out"
    '') specs
  )
