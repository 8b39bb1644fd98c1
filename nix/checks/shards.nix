# Training in shards gives what one training of all gives, file by file: profile, text form, parts and record.
{
  craneLib,
  mkPgoPackage,
  pkgs,
  repro-pgo,
}:

let
  template = ../template;
  spec = ../tests/specs/shards.toml;
  texts = template + "/texts";
  pgo = mkPgoPackage {
    inherit craneLib pkgs spec;
    commonArgs.src = craneLib.cleanCargoSource template;
    inputs = texts;
  };
in
{
  template-shards =
    pkgs.runCommand "template-shards"
      {
        nativeBuildInputs = [
          pkgs.qemu-user
          repro-pgo
        ];
      }
      ''
        repro-pgo train --spec ${spec} --binary ${pgo.instrumented}/bin/word-count --inputs ${texts} --output whole
        diff -r whole ${pgo.profile}
        mkdir "$out"
      '';
}
