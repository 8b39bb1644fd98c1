# The profile that a spec pins in `[training] pinned`, or `null`: `lib -> spec -> path`.
#
# A folder that `repro-pgo profile pin` wrote goes to the store as a whole, so that the profile keeps its record.
{ lib }:

spec:

let
  pinned = file: (lib.importTOML file).training.pinned or null;
  pinning = builtins.filter (
    file: (!builtins.isPath file || builtins.pathExists file) && pinned file != null
  ) (lib.toList spec);
  file = builtins.head pinning;
  folder = dirOf file + "/${pinned file}";
in
if pinning == [ ] then
  null
else
  assert lib.assertMsg (builtins.length (lib.toList spec) == 1)
    "mkPgoPackage: ${toString file} pins a profile, and `spec` names further files, whose profiles would be merged with it; declare all binaries in one pgo.toml, or set `profile`";
  assert lib.assertMsg (builtins.pathExists folder)
    "mkPgoPackage: [training] pinned of ${toString file} is ${pinned file}, which is not there (a flake sees only what git tracks: git add it)";
  "${folder}/merged.profdata"
