# Checks the arguments of `mkPgoPackage` and returns what the stages need of them. Every refusal says which argument to set.
{
  craneLib ? null,
  rustPlatform ? null,
  pkgs ? throw "mkPgoPackage: set `pkgs`, the package set `craneLib` or `rustPlatform` was made from",
  commonArgs ? throw "mkPgoPackage: set `commonArgs` to what the builder would get, at least { src = ...; }",
  spec ? throw "mkPgoPackage: set `spec` to the path of a pgo.toml, or to a list of them, one for each trained binary",
  binaries ? [ ],
  profile ? import ./pgoPinned.nix { inherit (pkgs) lib; } spec,
  inputs ? null,
  cpuModels ? [ ],
  trainArgs ? [ ],
  machine ? { },
  programs ? [ ],
  revision ? "",
  instrumentedArgs ? { },
  packageArgs ? { },
  baselineArgs ? { },
  reproPgo,
  ...
}@origArgs:

let
  inherit (pkgs) lib;
  rest = removeAttrs origArgs [
    "baselineArgs"
    "binaries"
    "commonArgs"
    "cpuModels"
    "craneLib"
    "inputs"
    "instrumentedArgs"
    "machine"
    "packageArgs"
    "pkgs"
    "profile"
    "programs"
    "reproPgo"
    "revision"
    "rustPlatform"
    "spec"
    "trainArgs"
  ];
  given = commonArgs // rest;

  read =
    file:
    let
      declared =
        if builtins.isPath file && !builtins.pathExists file then
          throw "mkPgoPackage: there is no ${toString file}; set `spec` to a file that is there (a flake sees only what git tracks: git add it)"
        else
          lib.importTOML file;
      build =
        declared.build
          or (throw "mkPgoPackage: ${toString file} has no [build] table; set package, binary and target in it");
      need = key: build.${key} or (throw "mkPgoPackage: ${toString file}: set `${key}` in [build]");
    in
    {
      inherit declared file;
      # What single derivations read of it; the stages' parts are files.
      part =
        let
          texts = import ./pgoSpec.nix { inherit lib; } declared;
        in
        texts
        // {
          building = pkgs.writeText "pgo.toml" texts.building;
          judging = pkgs.writeText "pgo.toml" texts.judging;
        };
      package = need "package";
      binary = need "binary";
      target = need "target";
      cargoProfile = build.profile or "release";
      rustflags = build.rustflags or [ ];
      features = build.features or [ ];
      noDefaultFeatures = build.no-default-features or false;
      moreBinaries = build.more-binaries or [ ];
      auditable = build.auditable or false;
      debuginfo = build.debuginfo or null;
      # Whether it is trained in a whole machine.
      isInMachine = (declared.training.emulator or "auto") == "machine";
    };
  specs = map read (lib.toList spec);
  first = builtins.head specs;

  platform = pkgs.stdenv.hostPlatform;
  buildPlatform = pkgs.stdenv.buildPlatform;
  architecture = builtins.head (builtins.split "-" first.target);
  hostArchitecture = builtins.head (builtins.split "-" platform.rust.rustcTarget);
  stageFlags = [
    "CARGO_BUILD_RUSTFLAGS"
    "CARGO_ENCODED_RUSTFLAGS"
    "RUSTFLAGS"
  ];
  # What says which program is compiled. One stage's own would be another program than the others'.
  programArgs = [
    "cargoLock"
    "cargoVendorDir"
    "patches"
    "patchPhase"
    "postPatch"
    "postUnpack"
    "prePatch"
    "sourceRoot"
    "src"
    "srcs"
  ];
  programOf =
    argument: stageArgs:
    map (name: "${argument}.${name}") (builtins.filter (name: stageArgs ? ${name}) programArgs);
  ownProgram =
    programOf "instrumentedArgs" instrumentedArgs
    ++ programOf "packageArgs" packageArgs
    ++ programOf "baselineArgs" baselineArgs;
  givenProfile = given.CARGO_PROFILE or given.buildType or first.cargoProfile;
  flagSet = builtins.filter (name: given ? ${name} || (given.env or { }) ? ${name}) stageFlags;
  target = given.CARGO_BUILD_TARGET or first.target;
  agree =
    key:
    lib.assertMsg (builtins.all (
      one: one.${key} == first.${key}
    ) specs) "mkPgoPackage: the specs differ in [build] ${key}; one build has one of it";
  repeated = builtins.filter (
    name: builtins.length (builtins.filter (one: one.binary == name) specs) > 1
  ) (map (one: one.binary) specs);
  ownTraining = builtins.filter (
    argument:
    builtins.any (option: argument == option || lib.hasPrefix "${option}=" argument) [
      "--binary"
      "--cpu-model"
      "--inputs"
      "--output"
      "--spec"
      "--workload"
    ]
  ) trainArgs;
  trained = one: (one.declared.training.workloads or [ ]) != [ ];
  laidOut = builtins.filter (one: one.declared ? layout) specs;
  inMachine = builtins.filter (one: one.isInMachine) specs;
  unknownInMachine = builtins.attrNames (
    removeAttrs machine [
      "kernel"
      "qemu"
    ]
  );
  # What every stage builds.
  binaryNames = lib.unique (
    builtins.concatMap (one: [ one.binary ] ++ map (more: more.binary) one.moreBinaries) specs
    ++ binaries
  );
  packageNames = lib.unique (
    builtins.concatMap (
      one: [ one.package ] ++ map (more: more.package or one.package) one.moreBinaries
    ) specs
  );
in

assert lib.assertMsg (craneLib != null || rustPlatform != null)
  "mkPgoPackage: set `craneLib`, for example (crane.mkLib pkgs).overrideToolchain toolchain, or `rustPlatform`";
assert lib.assertMsg (
  craneLib == null || rustPlatform == null
) "mkPgoPackage: both `craneLib` and `rustPlatform` are set; leave one of them out";
assert lib.assertMsg (
  specs != [ ]
) "mkPgoPackage: `spec` is an empty list; name at least one pgo.toml";
assert lib.assertMsg (inputs != null || builtins.all builtins.isPath (lib.toList spec))
  "mkPgoPackage: `spec` is a string; set it to a path, such as ./pgo.toml: the inputs' folders are looked up beside it";
assert lib.assertMsg (!(given ? gatedBenchmarks))
  "mkPgoPackage: `gatedBenchmarks` is no argument any more; name them in [gate.merge] benchmarks of pgo.toml";
assert lib.assertMsg (
  !(given ? stimuli)
) "mkPgoPackage: `stimuli` is called `inputs`; rename the argument, and [stimuli] in pgo.toml";
assert lib.assertMsg (
  given ? src
) "mkPgoPackage: set `src` in `commonArgs`, for example craneLib.cleanCargoSource ./.";
assert lib.assertMsg (flagSet == [ ])
  "mkPgoPackage: ${builtins.concatStringsSep ", " flagSet} would be lost, the stages set their own; move the flags to [build] rustflags of ${toString first.file}";
assert lib.assertMsg (target == first.target)
  "mkPgoPackage: CARGO_BUILD_TARGET is ${target}, but ${toString first.file} trains and ships ${first.target}; a profile of one fits no other: set both the same";
assert lib.assertMsg (givenProfile == first.cargoProfile)
  "mkPgoPackage: the cargo profile is ${givenProfile}, but ${toString first.file} builds with ${first.cargoProfile}; set `profile` in its [build] instead";
assert lib.assertMsg (profile == null || (cpuModels == [ ] && trainArgs == [ ] && machine == { }))
  "mkPgoPackage: with a pinned `profile` nothing is trained, so `cpuModels`, `trainArgs` and `machine` would have no effect; set one or the other";
assert lib.assertMsg (profile != null || builtins.all trained specs)
  "mkPgoPackage: ${toString first.file} has no [[training.workloads]]; add one, or set `profile` to a pinned .profdata";
assert lib.assertMsg (laidOut == [ ] || builtins.length binaryNames == 1)
  "mkPgoPackage: ${toString (builtins.head laidOut).file} has [layout], which is for one binary, and ${builtins.concatStringsSep ", " binaryNames} are built; remove it, or build one of them";
assert lib.assertMsg (laidOut == [ ] || builtins.all trained specs)
  "mkPgoPackage: ${toString first.file} has [layout], whose order is traced in the training, and no [[training.workloads]]; add one, or remove [layout]";
assert lib.assertMsg (machine == { } || inMachine != [ ])
  "mkPgoPackage: `machine` is set, but ${toString first.file} doesn't train in one; set emulator = \"machine\" in its [training], or leave `machine` out";
assert lib.assertMsg (unknownInMachine == [ ])
  "mkPgoPackage: `machine` has no ${builtins.concatStringsSep ", " unknownInMachine}; it has `qemu`, a package with qemu-system-x86_64, and `kernel`, the path of a bzImage";
assert lib.assertMsg (builtins.all builtins.isString cpuModels)
  "mkPgoPackage: `cpuModels` is a list of the emulator's names, such as [ \"Nehalem\" \"Haswell\" ]; weights and features belong in [training] cpu-models of ${toString first.file}";
assert lib.assertMsg (ownTraining == [ ])
  "mkPgoPackage: ${builtins.head ownTraining} in `trainArgs` is set for each shard of the training; name CPU models in `cpuModels`";
assert
  agree "target"
  && agree "cargoProfile"
  && agree "rustflags"
  && agree "features"
  && agree "noDefaultFeatures"
  && agree "auditable"
  && agree "debuginfo";
assert lib.assertMsg (!first.auditable || builtins.length packageNames == 1)
  "mkPgoPackage: ${toString first.file} is `auditable`, and one list of crates would be linked into the binaries of ${builtins.concatStringsSep " and " packageNames}; call mkPgoPackage once for each package, or remove `auditable` from [build]";
assert lib.assertMsg (repeated == [ ])
  "mkPgoPackage: more than one of `spec` trains the binary ${builtins.head repeated}; put its workloads into one pgo.toml";
assert lib.assertMsg (builtins.match ".*-linux-.*" first.target != null)
  "mkPgoPackage: ${toString first.file} ships ${first.target}, but a profile is trained on Linux alone; set `target` in its [build] to a Linux triple";
assert lib.assertMsg (rustPlatform == null || first.target == platform.rust.rustcTarget)
  "mkPgoPackage: ${toString first.file} ships ${first.target}, but rustPlatform.buildRustPackage builds for ${platform.rust.rustcTarget}; set `target` in its [build] to that, or `pkgs` and `rustPlatform` to those of that target";
assert lib.assertMsg (ownProgram == [ ])
  "mkPgoPackage: ${builtins.concatStringsSep ", " ownProgram} would make one stage another program than the others; set it in `commonArgs`, for all of them";
assert lib.assertMsg (buildPlatform.system == platform.system)
  "mkPgoPackage: `pkgs` builds on ${buildPlatform.system} for ${platform.system}, and what is trained has to run where it is built; ${lib.optionalString platform.isLinux "set `pkgs` to the package set of ${platform.system} itself (a remote builder may build it), or "}ship that target without a profile";
assert lib.assertMsg (platform.isLinux && architecture == hostArchitecture)
  "mkPgoPackage: ${toString first.file} ships ${first.target}, which ${platform.system} can't build and train; set `pkgs` to a package set of a ${architecture}-linux system";
assert lib.assertMsg (profile != null || inMachine == [ ] || architecture == "x86_64")
  "mkPgoPackage: ${toString (builtins.head inMachine).file} trains with emulator = \"machine\", which is an x86-64 one, and ships ${first.target}; set emulator = \"qemu-user\" in its [training]";

{
  inherit
    baselineArgs
    binaryNames
    craneLib
    instrumentedArgs
    packageArgs
    pkgs
    profile
    programs
    reproPgo
    revision
    rustPlatform
    specs
    inputs
    ;
  inherit trainArgs;
  # What `emulator = "machine"` trains in. NB: of the build platform, whose packages a cache has for a static package set too; evaluated
  # for those alone who train in it.
  machine = {
    # As small as it comes: nixpkgs' own tests of NixOS run in it, so it is in their cache.
    qemu = machine.qemu or pkgs.buildPackages.qemu_test;
    kernel = machine.kernel or "${pkgs.buildPackages.linuxPackages.kernel}/bzImage";
  };
  # Shell code that makes the folder `inputs` of the sets that `one` trains on, so that what is only measured trains nothing anew. NB: no
  # links, which the driver would bring along as links: into the store, which a machine doesn't have.
  copiedSets =
    one: inputs:
    "mkdir inputs\n"
    + lib.concatMapStringsSep "\n" (set: "cp -rH ${inputs.sets.${set} or inputs}/${set} inputs/") (
      lib.unique (map (workload: workload.inputs) one.declared.training.workloads)
    );
  # The CPU models to train on, of a [training] table. NB: the driver's own default, in the driver's own file.
  cpuModels =
    training:
    let
      inherit (lib.importTOML ../../crates/repro-pgo/src/declaration/default-cpu-models.toml) cpu-models;
      declared = training.cpu-models or cpu-models;
      named = name: builtins.filter (model: model.name == name) declared;
      chosen = name: if named name == [ ] then { inherit name; } else builtins.head (named name);
    in
    if cpuModels == [ ] then declared else map chosen cpuModels;

  inherit (first) cargoProfile target;
  # Whether the driver links the list of crates in.
  listed = first.auditable;
  # Whether debug information is kept apart.
  isTakenApart = first.debuginfo != null;
  # Whether the functions are put into an order.
  isLaidOut = laidOut != [ ];
  # What cargo builds, of which features: `{ flag, value }` each.
  cargoFlags =
    let
      flag = flag: value: { inherit flag value; };
    in
    map (flag "--package") packageNames
    ++ map (flag "--bin") binaryNames
    ++ lib.optional (first.features != [ ]) (
      flag "--features" (lib.concatStringsSep "," first.features)
    )
    ++ lib.optional first.noDefaultFeatures (flag "--no-default-features" "");

  # The arguments every stage hands to its builder.
  stageArgs = given // {
    strictDeps = given.strictDeps or true;
    # Tests belong to a check of their own; in a stage they would only rebuild everything with its flags.
    doCheck = false;
    nativeBuildInputs = given.nativeBuildInputs or [ ] ++ [ reproPgo ];
    # A static binary for glibc needs libc.a; nixpkgs' compiler wrapper knows static-pie.
    buildInputs =
      given.buildInputs or [ ]
      ++ lib.optional (
        lib.hasSuffix "-gnu" first.target && builtins.elem "-Ctarget-feature=+crt-static" first.rustflags
      ) pkgs.glibc.static;
  };
}
