# What the template's function packs for a crate that isn't relplan: the binary starts out of the tarball, and the manifest tells the two apart.
{
  pkgs,
  tarball-lto,
  tarball-pgo,
  without-crane-tarball,
}:

pkgs.runCommand "template-tarballs" { nativeBuildInputs = [ pkgs.jq ]; } ''
  mkdir -p $out
  check() {
    local made=$1 variant=$2 tarball=$3
    mkdir "$made"
    (cd "$tarball" && sha256sum --check SHA256SUMS)
    tar -xzf "$tarball"/*.tar.gz -C "$made"
    echo "one two two" > text
    "$made"/*/word-count 2 text > $out/$made
    for name in crates.txt rust-standard-library.html glibc/COPYING.LIB glibc/NOTICES glibc/RELINKING.md; do
      [ -s "$made"/*/licenses/$name ] || { echo "the tarball $made has no licenses/$name" >&2; exit 1; }
    done
    grep -aqF .dep-v0 "$made"/*/word-count || { echo "the program of $made has no list of its crates" >&2; exit 1; }
    [ "$(jq -r .bomFormat "$made"/*/sbom.cdx.json)" = CycloneDX ]
    [ "$(jq -r .built_by "$made"/*/pgo-manifest.json)" = nix ]
    said=$(jq -r .variant "$made"/*/pgo-manifest.json)
    [ "$said" = "$variant" ] || { echo "the manifest of the tarball $made says $said" >&2; exit 1; }
  }
  check pgo pgo ${tarball-pgo}
  check lto lto ${tarball-lto}
  check without-crane pgo ${without-crane-tarball}
  cmp $out/pgo $out/lto
  cmp $out/pgo $out/without-crane
''
