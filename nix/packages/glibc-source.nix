# The source of the C library that is linked into the release, with the changes that nixpkgs makes to it. Its licence asks whoever publishes
# the binary to offer this at the same place (LGPL-2.1, section 6, subsection d).
{ pkgs }:

let
  inherit (pkgs) glibc lib;
in
pkgs.runCommand "glibc-source-${glibc.version}" { } ''
  folder=glibc-source-${glibc.version}
  mkdir -p "$folder/patches" "$out"
  cp -r --no-preserve=mode ${glibc.src} "$folder/${baseNameOf (glibc.src.name or "source")}"
  number=0
  for patch in ${lib.escapeShellArgs (glibc.patches or [ ])}; do
    number=$((number + 1))
    cp --no-preserve=mode "$patch" "$folder/patches/$(printf '%02d' "$number").patch"
  done
  {
    echo "The GNU C Library as nixpkgs builds it: the published source, then these changes in the order of their numbers."
    echo "How it is configured: pkgs/development/libraries/glibc of the nixpkgs that flake.lock names."
  } > "$folder/README"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -czf "$out/$folder.tar.gz" "$folder"
''
