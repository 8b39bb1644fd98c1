# A filtered source, with the attributes nixpkgs' `lib.cleanSourceWith` gives it: the files can be read while evaluating, from `origSrc`,
# without the filtered copy having been made.
{ src, filter }:

{
  _isLibCleanSourceWith = true;
  inherit filter;
  name = "source";
  origSrc = src;
  outPath = builtins.path {
    name = "source";
    path = src;
    inherit filter;
  };
}
