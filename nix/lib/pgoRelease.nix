# What ships: `{ gate, tarball.pgo, tarball.lto, release }`, each a derivation.
#
# `gate` measures the baseline against the package: the one output that no rebuild repeats. `tarball.*` are packed whatever it says, so every
# machine makes the same. `release` is a function of its verdict: the tarball with the profile, or, where that says no, the one without; the
# report lies beside it. A gate without a verdict fails, and the release with it.
{
  arguments,
  baseline,
  builder,
  package,
  profile,
  inputs,
  # The order of the functions, where the spec has [layout].
  order,
}:

let
  inherit (arguments)
    pkgs
    programs
    reproPgo
    revision
    specs
    stageArgs
    ;
  inherit (pkgs) lib;
  one =
    lib.throwIf (builtins.length specs != 1)
      "mkPgoPackage: `spec` names ${toString (builtins.length specs)} files, and a release is of one binary; call mkPgoPackage once for each with `profile` set to this one's"
      (builtins.head specs);
  dist =
    one.declared.dist
      or (throw "mkPgoPackage: ${toString one.file}: add a [dist] table with name, platform and files to pack a release");
  root = dirOf one.file;
  # The spec and the files that [dist] names, which a cargo source leaves out.
  packed = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions (
      [ one.file ]
      ++ map (
        file:
        lib.throwIfNot (builtins.pathExists (root + "/${file}"))
          "mkPgoPackage: [dist] of ${toString one.file} names ${file}, which is not there (a flake sees only what git tracks: git add it)"
          (root + "/${file}")
      ) (dist.files or [ ])
    );
  };
  specName = baseNameOf one.file;

  # A cargo derivation, because the manifest tells the workspace's version, lock file and compiler.
  pack =
    name: script:
    builder.pack {
      inherit name;
      args = stageArgs // {
        nativeBuildInputs = [
          pkgs.jq
          reproPgo
        ];
        env = stageArgs.env or { } // {
          REPRO_PGO_REVISION = revision;
          # Told by the manifest, so that whoever verifies it knows what to build with.
          REPRO_PGO_BUILT_BY = "nix";
        };
      };
      script = ''
        cp -r --no-preserve=mode ${packed}/. .
        dist() {
          repro-pgo dist --spec ${specName} --output "$out" "$@"
        }
        ${script}
      '';
    };
  # The manifest says of a profile that was given that nothing was trained.
  trainedOn = lib.optionalString (arguments.profile == null) "--inputs ${inputs}";
  laidOut = lib.optionalString (one.declared ? layout) "--layout ${order}";
  debuginfoOf =
    stage: lib.optionalString arguments.isTakenApart "--debuginfo ${stage.debug}/lib/debug";
  plain = "dist --binary ${baseline}/bin/${one.binary} ${debuginfoOf baseline}";
  profiled = ''
    dist --binary ${package}/bin/${one.binary} ${debuginfoOf package} --profile ${profile} ${trainedOn} ${laidOut} \
            --unmatched-functions "$(jq '."unmatched-functions"' ${package.report}/applied.json)"'';

  gate =
    pkgs.runCommand "${one.binary}-ship-gate"
      {
        nativeBuildInputs = [
          pkgs.git
          reproPgo
        ]
        ++ programs;
        # It measures this machine; another one's verdict is another one's.
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
      ''
        # NB: of a build that fails Nix keeps no output, but with --keep-failed this folder, where a void gate's report is looked for.
        report=ship-gate-report
        repro-pgo gate ship --spec ${one.file} --inputs ${inputs} \
          --baseline ${baseline}/bin/${one.binary} --candidate ${package}/bin/${one.binary} --output "$report" || {
          # 1 with a verdict is the decision for the baseline; anything else is no decision.
          [ $? = 1 ] && [ -e "$report/gate.json" ]
        }
        cp -r "$report" "$out"
      '';
in
{
  inherit gate;
  tarball = {
    pgo = pack "${one.binary}-pgo-tarball" profiled;
    lto = pack "${one.binary}-lto-tarball" plain;
  };
  release = pack "${one.binary}-release" ''
    if [ "$(jq -r .outcome ${gate}/gate.json)" = ship ]; then
      ${profiled} --gate ${gate}
    else
      ${plain} --gate ${gate}
    fi
  '';
}
