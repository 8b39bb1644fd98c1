# The tables of a pgo.toml that one derivation reads, as a pgo.toml of its own:
# `lib -> declared -> { building, judging, made, trained, traced, whole, merged }`, each the text of the file, the last five a function to it.
#
# A derivation is made anew when its inputs' bytes change, and the whole file holds the hashes of the inputs, the benchmarks and the gates'
# limits, none of which a compiler sees. Nothing is interpreted here: tables are left out, and the driver reads the rest by its own rules.
{ lib }:

declared:

let
  # Tables inline, on one line, which TOML allows. NB: strings and numbers are written in JSON alike.
  inline =
    value:
    if builtins.isAttrs value then
      "{ ${
        lib.concatMapStringsSep ", " (key: "${builtins.toJSON key} = ${inline value.${key}}") (
          builtins.attrNames value
        )
      } }"
    else if builtins.isList value then
      "[${lib.concatMapStringsSep ", " inline value}]"
    else
      builtins.toJSON value;
  text =
    tables:
    lib.concatMapStringsSep "" (key: "${builtins.toJSON key} = ${inline tables.${key}}\n") (
      builtins.attrNames tables
    );
  # NB: what is left out is named, so that a misspelt table stays and is refused.
  without = names: text (removeAttrs declared names);
  measuring = [
    "benchmarks"
    "check"
    "dist"
    "gate"
  ];
  training = [
    "inputs"
    "training"
  ];
  unweighted = piece: removeAttrs piece [ "weight" ];
  # The sets that are trained on.
  trainedSets = lib.filterAttrs (
    set: _: builtins.any (workload: workload.inputs == set) declared.training.workloads
  ) (declared.inputs or { });
in
{
  # `repro-pgo flags`: what is compiled, and how.
  building = without (measuring ++ training ++ [ "limits" ]);
  # `repro-pgo applied`: the same with the limits.
  judging = without (measuring ++ training);
  # `repro-pgo inputs`, for the set of this name.
  made =
    set:
    text {
      inherit (declared) build;
      inputs.${set} = declared.inputs.${set};
    };
  # `repro-pgo train`, for one workload on these CPU models. NB: weights are the merge's alone.
  trained =
    workload: models:
    text {
      inherit (declared) build;
      inputs = lib.optionalAttrs (declared ? inputs.${workload.inputs}) {
        ${workload.inputs} = declared.inputs.${workload.inputs};
      };
      training = declared.training // {
        workloads = [ (unweighted workload) ];
        cpu-models = map unweighted models;
      };
    };
  # `repro-pgo layout trace`, of all workloads on these CPU models.
  traced =
    models:
    text (
      removeAttrs declared (measuring ++ [ "limits" ])
      // {
        inputs = trainedSets;
        training = declared.training // {
          workloads = map unweighted declared.training.workloads;
          cpu-models = map unweighted models;
        };
      }
    );
  # `repro-pgo train`, of all workloads on these CPU models at once.
  whole =
    models:
    text {
      inherit (declared) build;
      inputs = trainedSets;
      training = declared.training // {
        cpu-models = models;
      };
      limits = builtins.intersectAttrs { min-covered-functions = null; } (declared.limits or { });
    };
  # `repro-pgo merge`, of the shards on these CPU models.
  merged =
    models:
    text (
      removeAttrs declared measuring
      // {
        training = declared.training // {
          cpu-models = models;
        };
      }
    );
}
