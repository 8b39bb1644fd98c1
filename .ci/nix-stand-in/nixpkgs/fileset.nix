# nixpkgs' `lib.fileset`, as predicates: a file set is a list of paths with an optional test on each file, or a path itself.
let
  inherit (builtins) any isPath toString;
  normalise =
    set:
    if isPath set then
      [
        {
          path = set;
          test = _: true;
        }
      ]
    else
      set;
  within =
    path: root:
    path == root || builtins.substring 0 (builtins.stringLength root + 1) path == "${root}/";
in
rec {
  unions = builtins.concatMap normalise;
  union =
    left: right:
    unions [
      left
      right
    ];
  maybeMissing = path: if builtins.pathExists path then normalise path else [ ];
  fileFilter = test: path: [
    {
      inherit path;
      test = file: test { name = baseNameOf file; };
    }
  ];
  toSource =
    { root, fileset }:
    let
      parts = normalise fileset;
      keeps =
        file: type: part:
        let
          path = toString part.path;
        in
        if type == "directory" then
          within path file || within file path
        else
          within file path && part.test file;
    in
    import ./source.nix {
      src = root;
      filter = file: type: any (keeps file type) parts;
    };
}
