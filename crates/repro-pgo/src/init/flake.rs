//! The lines that build the program with its profile in a flake that is there already.

use std::path::Path;

use super::program::Program;

/// Lines for `flake.nix` in the workspace's folder, where there is one that doesn't call `mkPgoPackage` yet: with crane where
/// it uses crane, else with nixpkgs' own builder. `spec` is the declaration.
pub fn snippet(program: &Program, spec: &Path) -> Option<String> {
    let flake = std::fs::read_to_string(program.root.join("flake.nix")).ok()?;
    let spec = spec.strip_prefix(&program.root).ok()?.display();
    if flake.contains("mkPgoPackage") {
        return None;
    }
    let builder = if flake.contains("crane") {
        "    inherit craneLib pkgs;\n    commonArgs.src = craneLib.cleanCargoSource ./.;\n".to_owned()
    } else {
        format!(
            "    inherit pkgs;\n    inherit (pkgs) rustPlatform;\n    commonArgs = {{\n      pname = \"{}\";\n      version = \"{}\";\n      \
             src = ./.;\n      cargoLock.lockFile = ./Cargo.lock;\n    }};\n",
            program.package, program.version
        )
    };
    let source = env!("CARGO_PKG_REPOSITORY").replace("https://github.com/", "github:");
    Some(format!(
        "  inputs.repro-pgo.url = \"{source}\";\n  # ...\n  pgo = repro-pgo.lib.mkPgoPackage {{\n{builder}    spec = ./{spec};\n  \
         }};\n  packages.x86_64-linux = {{ default = pgo.package; inherit (pgo) gate; }};\n  checks.x86_64-linux = pgo.checks;\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::program::tests::program;

    #[test]
    fn the_lines_are_for_the_builder_that_the_flake_has() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let program = Program { root: root.path().to_owned(), ..program() };
        let told = |flake: &str| {
            std::fs::write(root.path().join("flake.nix"), flake).expect("the directory is ours");
            snippet(&program, &root.path().join("pgo.toml"))
        };
        assert_eq!(snippet(&program, &root.path().join("pgo.toml")), None, "there is no flake");
        let with_crane = told("{ inputs.crane.url = \"github:ipetkov/crane\"; }").expect("there is a flake");
        assert!(
            with_crane.contains("inherit craneLib pkgs;")
                && with_crane.contains("spec = ./pgo.toml;")
                && with_crane.contains("inputs.repro-pgo.url = \"github:"),
            "{with_crane}"
        );
        let without = told("{ outputs = { nixpkgs, ... }: { }; }").expect("there is a flake");
        for part in ["inherit (pkgs) rustPlatform;", "pname = \"demo\";", "version = \"1.2.0\";", "./Cargo.lock"] {
            assert!(without.contains(part), "{part} is not in\n{without}");
        }
        assert_eq!(told("repro-pgo.lib.mkPgoPackage { }"), None, "it is there already");
        assert_eq!(snippet(&program, Path::new("/elsewhere/pgo.toml")), None, "a flake sees its own folder alone");
    }
}
