# Packages that are the machine's own programs: a folder of links, made in the sandbox where /usr is visible. A package holds what it
# names and nothing else, so that a program this flake forgot to declare is missing here as it would be with nixpkgs.
{ system }:

{
  name,
  programs,
  # Whether a program the machine lacks fails the build of this package.
  required ? true,
  # Whether the programs are links. NB: a script that starts one is a shell, and a shell adds PWD, SHLVL and _ to the environment, which
  # an emulator hands on to the program it runs.
  linked ? false,
}:

derivation {
  inherit name programs system;
  required = if required then "1" else "";
  linked = if linked then "1" else "";
  builder = "/bin/bash";
  args = [
    "-ec"
    ''
      export PATH=/opt/machine/bin:/usr/local/bin:/usr/bin:/bin
      mkdir -p $out/bin
      for program in $programs; do
        found=$(type -P "$program") || found=
        if [ -n "$found" ] && [ -n "$linked" ]; then
          ln -s "$(readlink -f "$found")" "$out/bin/$program"
        elif [ -n "$found" ]; then
          # NB: not a link. A compiler started through one looks for its parts beside the link.
          printf '#!/bin/bash\nexec %s "$@"\n' "$(readlink -f "$found")" > "$out/bin/$program"
          chmod +x "$out/bin/$program"
        elif [ -n "$required" ]; then
          echo "the machine has no $program" >&2
          exit 1
        fi
      done
    ''
  ];
}
// {
  pname = name;
  meta.mainProgram = builtins.head programs;
}
