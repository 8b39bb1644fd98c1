# `.overrideAttrs` of a package that is compiled with a profile: `package -> package`, the same but for that function.
#
# Guaranteed: a changed program is never compiled with the profile of the unchanged one. What runs after the compiler is changed as on any
# package. Everything else would leave the training out, so it is refused while evaluating, with a word on what retrains.
{ lib }:

let
  phases = {
    check = "Check";
    fixup = "Fixup";
    install = "Install";
    installCheck = "InstallCheck";
  };
  # The derivation's attributes that no compiler sees. NB: a list of what is harmless, so that what nobody thought of is refused.
  afterCompiling = [
    "args"
    "builder"
    "doCheck"
    "doInstallCheck"
    "dontFixup"
    "dontPatchELF"
    "dontStrip"
    "name"
    "nativeBuildInputs"
    "outputs"
    "pname"
    "postBuild"
    "version"
  ]
  ++ builtins.concatLists (
    lib.mapAttrsToList (phase: capital: [
      "${phase}Phase"
      "pre${capital}"
      "post${capital}"
    ]) phases
  );
  differing =
    before: after:
    builtins.filter (key: !(before ? ${key} && after ? ${key} && before.${key} == after.${key})) (
      builtins.attrNames (before // after)
    );
  checked =
    before: after:
    let
      outputs = before.drvAttrs.outputs ++ after.drvAttrs.outputs;
      changed = lib.subtractLists (afterCompiling ++ outputs) (differing before.drvAttrs after.drvAttrs);
    in
    lib.throwIf (changed != [ ])
      "mkPgoPackage: overrideAttrs of ${before.name} changes ${lib.concatStringsSep ", " changed}, but the profile is of the program before that; for all builds and the training: package.override (old: { commonArgs = old.commonArgs // { ... }; })"
      after;
  guarded =
    package:
    package.overrideAttrs (old: {
      # nixpkgs' mkDerivation lets `passthru` win over its own attributes, on every output.
      passthru = old.passthru or { } // {
        overrideAttrs = change: guarded (checked package (package.overrideAttrs change));
      };
    });
in
guarded
