# A check that every case of `cases` is refused while evaluating: `name -> cases -> derivation`, a case being `{ told, attempt }`.
#
# An evaluation can't read the message of what it throws. So this holds that every case throws, and `.ci/nix evaluate` that it does so with
# the case's words, from `<check>.cases`.
{ pkgs }:

name: cases:

let
  inherit (pkgs) lib;
  accepted = lib.filter (name: (builtins.tryEval cases.${name}.attempt).success) (
    builtins.attrNames cases
  );
in
lib.throwIf (accepted != [ ]) "mkPgoPackage accepts: ${toString accepted}" (
  pkgs.runCommand name
    {
      names = builtins.attrNames cases;
      passthru = { inherit cases; };
    }
    ''
      echo "$names" > $out
    ''
)
