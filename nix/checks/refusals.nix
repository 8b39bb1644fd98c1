# What `mkPgoPackage` has to refuse, on the template's small program: each check passes only if the build fails, and for the right reason.
{
  craneLib,
  mkPgoPackage,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  make =
    extra:
    mkPgoPackage (
      {
        inherit craneLib pkgs;
        commonArgs.src = craneLib.cleanCargoSource template;
        spec = template + "/pgo.toml";
      }
      // extra
    );
  genuine = make { };
  variant = name: script: make {
    commonArgs = {
      src = craneLib.cleanCargoSource template;
      postPatch = script;
    };
  };

  refused =
    name: reason: package:
    pkgs.runCommand "refuses-${name}" { failed = pkgs.testers.testBuildFailure package; } ''
      if ! grep -q ${lib.escapeShellArg reason} "$failed/testBuildFailure.log"; then
        echo "the build failed, but not because of: ${reason}" >&2
        cat "$failed/testBuildFailure.log" >&2
        exit 1
      fi
      mkdir $out
    '';
  withProfile = profile: (make { inherit profile; }).package;

  # Other functions, the same package: what a profile looks like to a program it was not made for.
  renamed = variant "renamed" ''
    sed -i 's/fn count(/fn tally(/; s/(count(/(tally(/; s/fn ranking(/fn order(/; s/ ranking(tally/ order(tally/' src/main.rs
  '';
  # A program whose work depends on the machine's randomness, which pinning `getrandom` can't reach.
  unseeded = variant "unseeded" ''
    sed -i 's|^fn main.*|&\n    let mut seed = [0u8; 2];\n    std::io::Read::read_exact(\&mut std::fs::File::open("/dev/urandom").unwrap(), \&mut seed).unwrap();\n    for step in 0..u16::from_ne_bytes(seed) { std::hint::black_box(count(\&step.to_string())); }|' src/main.rs
  '';
in
{
  refuses-foreign-profile = refused "foreign-profile" "without profile data" (withProfile ../tests/profiles/foreign.profdata);
  refuses-stale-profile = refused "stale-profile" "without profile data" renamed.package;
  refuses-empty-profile = refused "empty-profile" "the file is empty" (
    withProfile (pkgs.runCommand "empty.profdata" { } "touch $out")
  );
  refuses-unreadable-profile = refused "unreadable-profile" "is not a profile" (
    withProfile (pkgs.writeText "text.profdata" "no profile at all")
  );
  refuses-unseeded-program = refused "unseeded-program" "replicates disagree" unseeded.profile;
  accepts-pinned-profile = withProfile "${genuine.profile}/merged.profdata";
}
