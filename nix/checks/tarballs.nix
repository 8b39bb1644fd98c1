# What the template's function packs for a crate that isn't relplan: the binary starts out of the tarball, and the manifest tells the two apart.
{
  pkgs,
  tarball-lto,
  tarball-pgo,
}:

pkgs.runCommand "template-tarballs" { nativeBuildInputs = [ pkgs.jq ]; } ''
  mkdir -p $out
  for made in pgo=${tarball-pgo} lto=${tarball-lto}; do
    variant=''${made%%=*}
    mkdir "$variant"
    (cd "''${made#*=}" && sha256sum --check SHA256SUMS)
    tar -xzf "''${made#*=}"/*.tar.gz -C "$variant"
    echo "one two two" > text
    "$variant"/*/word-count 2 text > $out/$variant
    for name in crates.txt rust-standard-library.html glibc/COPYING.LIB glibc/NOTICES glibc/RELINKING.md; do
      [ -s "$variant"/*/licenses/$name ] || { echo "the tarball $variant has no licenses/$name" >&2; exit 1; }
    done
    [ "$(jq -r .bomFormat "$variant"/*/sbom.cdx.json)" = CycloneDX ]
    [ "$(jq -r .built_by "$variant"/*/pgo-manifest.json)" = nix ]
    said=$(jq -r .variant "$variant"/*/pgo-manifest.json)
    [ "$said" = "$variant" ] || { echo "the manifest of the tarball $variant says $said" >&2; exit 1; }
  done
  cmp $out/pgo $out/lto
''
