# The files each build reads, by file set: editing a document, a workflow or a Nix file makes no release anew.
{ lib }:

let
  inherit (lib) fileset;
  root = ../.;
  members = map (name: root + "/crates/${name}") (builtins.attrNames (builtins.readDir ../crates));
  # What cargo wants to see, whatever is compiled.
  manifests = [
    (root + "/Cargo.toml")
    (root + "/Cargo.lock")
  ]
  ++ map (member: member + "/Cargo.toml") members;
  # What is compiled, and what is compiled into it; the members' tests change no program.
  compiled = builtins.concatMap (member: [
    (member + "/src")
    (fileset.maybeMissing (member + "/assets"))
    (fileset.maybeMissing (member + "/build.rs"))
  ]);
  crates = fileset.unions (manifests ++ compiled members);
  source =
    parts:
    fileset.toSource {
      inherit root;
      fileset = fileset.unions parts;
    };
  workspace = [
    crates
    (root + "/crates")
    (root + "/src")
    (root + "/rustfmt.toml")
    (fileset.maybeMissing (root + "/clippy.toml"))
    (fileset.maybeMissing (root + "/deny.toml"))
    (fileset.maybeMissing (root + "/.cargo"))
    (fileset.maybeMissing (root + "/.config"))
    (fileset.maybeMissing (root + "/benches"))
    (fileset.maybeMissing (root + "/tests"))
    (fileset.maybeMissing (root + "/pgo.toml"))
  ];
in
{
  # Everything cargo knows: for formatting, lints and tests.
  workspace = source workspace;
  # The same with what the tests read besides: the workflows, the scripts and attributes these name, the tables that tests write,
  # and the inputs that fuzzing starts from.
  tested = source (
    workspace
    ++ [
      (root + "/README.md")
      (root + "/docs/benchmarks.md")
      (root + "/docs/gates.md")
      (root + "/docs/nasty-programs.md")
      (root + "/docs/pgo-toml.md")
      (root + "/docs/releasing.md")
      (root + "/CHANGELOG.md")
      (root + "/relplan.toml")
      (root + "/fuzz/corpus")
      (root + "/.ci")
      (root + "/.github")
      (root + "/action.yml")
      (root + "/nix")
    ]
  );
  # What is shipped, without the driver's tests and fixtures.
  release = source [
    crates
    (root + "/src")
    (fileset.maybeMissing (root + "/benches"))
  ];
  # What a tarball is packed from: the manifests with their crates, and the files pgo.toml names in [dist].
  distributed = source (
    [
      crates
      (root + "/src")
      (root + "/pgo.toml")
    ]
    ++ map (file: root + "/${file}") (lib.importTOML (root + "/pgo.toml")).dist.files
  );
  # What the driver's own tarball is packed from.
  driverDistributed = source (
    [
      crates
      (root + "/src")
      (root + "/driver.toml")
    ]
    ++ map (file: root + "/${file}") (lib.importTOML (root + "/driver.toml")).dist.files
  );
  # The driver: neither relplan's own sources nor those of the comparison of planners are among them, so that a change there doesn't
  # rebuild it.
  driver = source (
    manifests ++ compiled (builtins.filter (member: baseNameOf member != "planner-bench") members)
  );
}
