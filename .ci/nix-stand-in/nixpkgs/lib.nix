# The functions of nixpkgs' `lib` this flake calls, with the same names and meanings.
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    listToAttrs
    map
    replaceStrings
    stringLength
    substring
    ;
  nameValuePair = name: value: { inherit name value; };
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  escapeShellArg = text: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
in
{
  version = "26.05.stand-in";
  systems.flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
    "x86_64-darwin"
    "aarch64-darwin"
  ];

  inherit
    concatStringsSep
    elem
    escapeShellArg
    filter
    hasPrefix
    nameValuePair
    ;
  hasSuffix =
    suffix: text:
    let
      start = stringLength text - stringLength suffix;
    in
    start >= 0 && substring start (-1) text == suffix;
  toUpper =
    let
      letters = text: builtins.genList (place: substring place 1 text) (stringLength text);
    in
    replaceStrings (letters "abcdefghijklmnopqrstuvwxyz") (letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  removePrefix =
    prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };
  unique = builtins.foldl' (kept: value: if elem value kept then kept else kept ++ [ value ]) [ ];
  flatten = builtins.concatMap (value: if builtins.isList value then value else [ value ]);
  subtractLists = left: filter (value: !elem value left);
  toList = value: if builtins.isList value then value else [ value ];
  genAttrs = names: make: listToAttrs (map (name: nameValuePair name (make name)) names);
  mapAttrs' = make: set: listToAttrs (map (name: make name set.${name}) (attrNames set));
  mapAttrsToList = make: set: map (name: make name set.${name}) (attrNames set);
  filterAttrs =
    keep: set:
    listToAttrs (
      map (name: nameValuePair name set.${name}) (filter (name: keep name set.${name}) (attrNames set))
    );
  concatMapStringsSep =
    separator: make: values:
    concatStringsSep separator (map make values);
  escapeShellArgs = values: concatStringsSep " " (map escapeShellArg values);
  importTOML = path: builtins.fromTOML (builtins.readFile path);
  makeBinPath = packages: concatStringsSep ":" (map (package: "${package}/bin") packages);
  getExe = package: "${package}/bin/${package.meta.mainProgram or package.pname or package.name}";
  getExe' = package: program: "${package}/bin/${program}";
  assertMsg = condition: message: condition || throw message;
  throwIf =
    condition: message: value:
    if condition then throw message else value;
  throwIfNot =
    condition: message: value:
    if condition then value else throw message;
  fileset = import ./fileset.nix;
  cleanSourceWith = import ./source.nix;
  licenses = {
    mit.spdxId = "MIT";
    asl20.spdxId = "Apache-2.0";
  };
}
