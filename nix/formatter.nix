# `nix fmt`: every Nix file of the repository, or the files that are named.
{ pkgs }:

pkgs.writeShellApplication {
  name = "format-nix-files";
  runtimeInputs = [ pkgs.nixfmt ];
  text = ''
    if [ "$#" -gt 0 ]; then
      exec nixfmt "$@"
    fi
    find . -name '*.nix' -not -path './target/*' -exec nixfmt {} +
  '';
}
