# Training in a whole emulated machine, inside the sandbox: a program whose threads race, with crane and without. That cargo's driver gets
# the same files with the same kernel and emulator is compared by `.ci/nix compare`, outside.
{
  craneLib,
  mkPgoPackage,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  racing = ../../crates/repro-pgo/tests/demo/variants/whole_machine.rs;
  given = {
    inherit pkgs;
    spec = ../tests/specs/machine.toml;
    inputs = template + "/texts";
    commonArgs = {
      pname = "word-count";
      version = "0.1.0";
      src = craneLib.cleanCargoSource template;
      postPatch = "cp ${racing} src/main.rs";
    };
  };
  pgo = mkPgoPackage (given // { inherit craneLib; });
  withoutCrane = mkPgoPackage (
    given
    // {
      rustPlatform = pkgs.makeRustPlatform {
        cargo = craneLib.cargo or pkgs.cargo;
        rustc = craneLib.rustc or pkgs.rustc;
      };
      commonArgs = given.commonArgs // {
        cargoLock.lockFile = template + "/Cargo.lock";
      };
    }
  );
  # Another kernel or emulator makes another profile, of the same program.
  other =
    what: given:
    let
      changed = pgo.override { machine = given; };
    in
    lib.throwIfNot (
      changed.profile.drvPath != pgo.profile.drvPath
      && changed.instrumented.drvPath == pgo.instrumented.drvPath
    ) "another ${what} trains nothing anew" what;
in
{
  template-machine =
    pkgs.runCommand "template-machine"
      {
        nativeBuildInputs = [ pkgs.jq ];
        others = [
          (other "kernel" { kernel = pkgs.writeText "bzImage" "another"; })
          (other "emulator" { qemu = pkgs.qemu-user; })
        ];
        passthru = {
          inherit (pgo) instrumented profile;
          inherit (given) inputs;
        };
      }
      ''
        mkdir "$out"
        for profile in ${pgo.profile} ${withoutCrane.profile}; do
          sha256sum < ${pgo.profile.machine.kernel} | grep -qF "$(jq -r '.machine."kernel-sha256"' "$profile/training.json")"
          # It was told of several processors, and ran what it does on them.
          told=$(awk '/told_of_four/ { found = 1 } found && /^# Counter Values:/ { getline; print; exit }' "$profile/merged.proftext")
          [ "$told" -gt 0 ]
        done
        cp ${withoutCrane.package.report}/applied.json "$out"
      '';
}
