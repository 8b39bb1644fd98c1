# The profile, an output of its own: `merged.profdata`, `merged.proftext` (its canonical text) and `training.json` (what it was made from).
#
# Each workload is trained on each CPU model in a derivation of its own, `.shards.<workload>.<model>`, so that builders train side by side
# and a change reaches the shards it is about. The sum has the bytes that one training of all gives. The training is `repro-pgo train`, the
# code that trains outside Nix too. It refuses replicates that disagree in a single byte; `repro-pgo merge` refuses shards that don't
# belong together. What is trained in a whole machine has no shards: see pgoMachine.nix.
{
  arguments,
  builder,
  inputs,
  instrumented,
}:

let
  inherit (arguments)
    cpuModels
    pkgs
    programs
    reproPgo
    specs
    trainArgs
    ;
  inherit (pkgs) lib;
  environment = {
    nativeBuildInputs = [ reproPgo ] ++ builder.compilers;
  };
  options = lib.escapeShellArgs trainArgs;
  file = pkgs.writeText "pgo.toml";
  # Store paths have few characters, names of workloads any.
  plain =
    name:
    lib.concatStringsSep "-" (
      builtins.filter builtins.isString (builtins.split "[^[:alnum:]._-]+" name)
    );

  shard =
    one: workload: models:
    let
      name = builtins.concatStringsSep "-" (
        [
          "pgo-shard-${one.binary}"
          (plain workload.name)
        ]
        ++ map (model: plain model.name) models
      );
      which = lib.escapeShellArgs (
        [
          "--workload"
          workload.name
        ]
        ++ builtins.concatMap (model: [
          "--cpu-model"
          model.name
        ]) models
      );
    in
    pkgs.runCommand name
      (
        environment
        // {
          nativeBuildInputs = environment.nativeBuildInputs ++ programs ++ [ pkgs.qemu-user ];
        }
      )
      ''
        repro-pgo train --spec ${file (one.part.trained workload models)} ${which} ${options} \
          --binary ${instrumented}/bin/${one.binary} --inputs ${
            inputs.sets.${workload.inputs} or inputs
          } --output "$out"
      '';

  inMachine = import ./pgoMachine.nix {
    inherit
      arguments
      builder
      inputs
      instrumented
      ;
  };

  inShards =
    one:
    let
      training = one.declared.training;
      models = cpuModels training;
      # Natively there are no models.
      columns =
        if (training.emulator or "auto") == "native" then
          { native = [ ]; }
        else
          builtins.listToAttrs (map (model: lib.nameValuePair model.name [ model ]) models);
      shards = builtins.listToAttrs (
        map (
          workload: lib.nameValuePair workload.name (builtins.mapAttrs (_: shard one workload) columns)
        ) training.workloads
      );
      spec = file (one.part.merged models);
    in
    pkgs.runCommand "pgo-profile-${one.binary}" (environment // { passthru = { inherit shards; }; }) ''
      repro-pgo merge --spec ${spec} ${options} --output "$out" ${toString (builtins.concatMap builtins.attrValues (builtins.attrValues shards))}
    '';
  profile = one: if one.isInMachine then inMachine one else inShards one;
  profiles = builtins.listToAttrs (map (one: lib.nameValuePair one.binary (profile one)) specs);
  several = pkgs.runCommand "pgo-profile" (environment // { passthru = { inherit profiles; }; }) ''
    repro-pgo merge ${options} --output $out ${
      lib.concatMapStringsSep " " (one: "${profiles.${one.binary}}/merged.profdata") specs
    }
  '';
in
if builtins.length specs == 1 then profiles.${(builtins.head specs).binary} else several
