# The phases of a derivation: unpack, patch, configure, build, check, install, with their hooks. What nixpkgs' stdenv does beyond that
# (fixing interpreters, splitting outputs, stripping) this flake doesn't rely on.
set -eo pipefail
shopt -s nullglob

export HOME=/homeless-shelter
export TMPDIR=$NIX_BUILD_TOP SOURCE_DATE_EPOCH=1
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1}
PATH=
for input in $nativeBuildInputs $buildInputs $initialPath; do
  [ -d "$input/bin" ] && PATH=$PATH${PATH:+:}$input/bin
done
export PATH

runHook() {
  local hooks="$1Hooks[@]" hook
  if [ -n "${!1:-}" ]; then eval "${!1}"; fi
  for hook in "${!hooks}"; do eval "$hook"; done
}

unpackPhase() {
  local name
  name=$(stripHash "$src")
  cp -r --no-preserve=mode,ownership "$src" "$NIX_BUILD_TOP/$name"
  cd "$NIX_BUILD_TOP/$name"
}

stripHash() {
  basename "$1" | sed 's/^[a-z0-9]\{32\}-//'
}

patchPhase() {
  runHook prePatch
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  runHook postConfigure
}

buildPhase() { :; }
checkPhase() { :; }
installPhase() { :; }

# A phase is its variable where the derivation sets one, else the function above.
runPhase() {
  echo "Running phase: $1"
  if [ -n "${!1:-}" ]; then eval "${!1}"; else "$1"; fi
}

for input in $nativeBuildInputs; do
  if [ -f "$input/nix-support/setup-hook" ]; then . "$input/nix-support/setup-hook"; fi
done

if [ -n "${buildCommand:-}" ]; then
  eval "$buildCommand"
  exit 0
fi
[ -z "${src:-}" ] || runPhase unpackPhase
runPhase patchPhase
runPhase configurePhase
runPhase buildPhase
if [ -n "${doCheck:-}" ]; then runPhase checkPhase; fi
runPhase installPhase
