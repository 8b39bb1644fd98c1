# What `mkPgoPackage` has to refuse, on the template's small program: each check passes only if the build fails, and for the right reason.
{
  craneLib,
  mkPgoPackage,
  pkgs,
}:

let
  inherit (pkgs) lib;
  template = ../template;
  spec = template + "/pgo.toml";
  make =
    extra:
    mkPgoPackage (
      {
        inherit craneLib pkgs spec;
        commonArgs.src = craneLib.cleanCargoSource template;
      }
      // extra
    );
  patched = script: {
    src = craneLib.cleanCargoSource template;
    postPatch = script;
  };
  genuine = make { };
  genuineProfile = "${genuine.profile}/merged.profdata";

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
  # A profile that can't be used at all is refused before anything is compiled, in the build of the dependencies.
  refusedAtOnce =
    name: reason: profile:
    refused name reason (withProfile profile).dependencies;

  # Another program: none of its functions is in this one.
  foreign = make {
    commonArgs = patched "sed -i 's/word-count/letter-count/' Cargo.toml Cargo.lock";
    spec = ../tests/specs/foreign.toml;
    inherit (genuine) inputs;
  };
  # The next version of the same program: its version is part of every symbol, so the old profile fits nothing.
  nextVersion = make {
    commonArgs = patched "sed -i 's/0.1.0/0.2.0/' Cargo.toml Cargo.lock";
    profile = genuineProfile;
  };
  # A program whose work depends on the machine's randomness, read in a way that pinning `getrandom` can't reach.
  unseeded = make {
    commonArgs = patched ''
      if grep -q 'fn ranking' src/main.rs; then
        sed -i 's|^fn main.*|&\n    let mut seed = [0u8; 2];\n    let mut random = std::fs::File::open("/dev/urandom").expect("it exists");\n    std::io::Read::read_exact(\&mut random, \&mut seed).expect("it is endless");\n    for step in 0..u16::from_ne_bytes(seed) { std::hint::black_box(count(\&step.to_string())); }|' src/main.rs
      fi
    '';
  };
  # A package with two binaries, each trained by its own spec, built with the merged profile.
  both = make {
    commonArgs = patched "mkdir -p src/bin && cp src/main.rs src/bin/line-count.rs";
    spec = [
      spec
      ../tests/specs/second.toml
    ];
    inherit (genuine) inputs;
  };
  # The same without crane, whose compiler no merge is told of.
  bothWithoutCrane = mkPgoPackage {
    inherit pkgs;
    rustPlatform = pkgs.makeRustPlatform {
      cargo = craneLib.cargo or pkgs.cargo;
      rustc = craneLib.rustc or pkgs.rustc;
    };
    commonArgs = patched "mkdir -p src/bin && cp src/main.rs src/bin/line-count.rs" // {
      pname = "word-count";
      version = "0.1.0";
      cargoLock.lockFile = template + "/Cargo.lock";
    };
    spec = [
      spec
      ../tests/specs/second.toml
    ];
    inherit (genuine) inputs;
  };
in
{
  refuses-foreign-profile =
    refusedAtOnce "foreign-profile" "holds no function of this program"
      "${foreign.profile}/merged.profdata";
  refuses-stale-profile =
    refused "stale-profile" "were compiled without profile data"
      nextVersion.package;
  refuses-empty-profile = refusedAtOnce "empty-profile" "cannot be read as a profile" (
    pkgs.runCommand "empty.profdata" { } "touch $out"
  );
  refuses-unreadable-profile = refusedAtOnce "unreadable-profile" "cannot be read as a profile" (
    pkgs.writeText "text.profdata" "no profile at all"
  );
  refuses-unseeded-program =
    refused "unseeded-program" "gave another profile than the first"
      unseeded.profile.shards.count.Haswell;
  accepts-pinned-profile = withProfile genuineProfile;
  accepts-two-binaries = both.checks.profile-applied;
  accepts-two-binaries-without-crane = bothWithoutCrane.package;
}
