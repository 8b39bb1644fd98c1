# A stand-in for fenix: packages of the names the development shell asks for, so that it evaluates. Nothing builds it.
{
  inputs = {
    nixpkgs.url = "path:../nixpkgs";
    rust-analyzer-src.url = "path:../nixpkgs";
  };
  outputs = _: {
    packages = builtins.listToAttrs (
      map
        (system: {
          name = system;
          value =
            let
              empty =
                name:
                derivation {
                  inherit name system;
                  builder = "/bin/sh";
                  args = [
                    "-c"
                    "mkdir $out"
                  ];
                };
            in
            {
              stable.rust-analyzer = empty "rust-analyzer";
              complete.withComponents = components: empty "nightly-${builtins.concatStringsSep "-" components}";
            };
        })
        [
          "x86_64-linux"
          "aarch64-linux"
          "x86_64-darwin"
          "aarch64-darwin"
        ]
    );
  };
}
