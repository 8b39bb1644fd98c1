# A folder of every registry crate of Cargo.lock, unpacked, with the cargo configuration that replaces crates.io by it. Each crate is a
# fixed-output download checked against Cargo.lock, as crane's is: the one thing that needs network, and only the first time.
{
  fetchurl,
  lib,
  runCommand,
}:

{ lockFile }:
let
  lock = lib.importTOML lockFile;
  crates = builtins.filter (crate: crate ? checksum) (lock.package or [ ]);
  download =
    {
      name,
      version,
      checksum,
      ...
    }:
    fetchurl {
      name = "cargo-src-${name}-${version}";
      url = "https://static.crates.io/crates/${name}/${name}-${version}.crate";
      sha256 = checksum;
    };
in
runCommand "vendor-cargo-deps" { } ''
  add() {
    mkdir "$out/registry/$1"
    tar -xzf "$3" -C "$out/registry/$1" --strip-components=1 --no-same-owner
    echo "{\"files\":{},\"package\":\"$2\"}" > "$out/registry/$1/.cargo-checksum.json"
  }
  mkdir -p $out/registry
  cat > $out/config.toml <<END
  [source.crates-io]
  replace-with = "vendored"
  [source.vendored]
  directory = "$out/registry"
  END
  ${lib.concatMapStringsSep "\n" (
    crate: "add ${crate.name}-${crate.version} ${crate.checksum} ${download crate}"
  ) crates}
''
