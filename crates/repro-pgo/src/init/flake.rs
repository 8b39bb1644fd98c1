//! The lines that build the program with its profile in a flake that is there already.

use std::path::Path;

use super::program::Program;

/// The system that the lines build on.
const SYSTEM: &str = "x86_64-linux";

/// Lines for `flake.nix` in the workspace's folder, where there is one that doesn't call `mkPgoPackage` yet, each with the place
/// where it belongs: with crane where it uses crane, else with nixpkgs' own builder. `spec` is the declaration.
///
/// They stand beside what is there: a flake that has a `default` keeps it. One that makes its outputs for each system gets names that
/// other systems don't have; a name that is null is none.
pub fn snippet(program: &Program, spec: &Path) -> Option<String> {
    let flake = std::fs::read_to_string(program.root.join("flake.nix")).ok()?;
    let spec = spec.strip_prefix(&program.root).ok()?.display();
    if flake.contains("mkPgoPackage") {
        return None;
    }
    let builder = if flake.contains("commonArgs") && flake.contains("crane") {
        "    inherit commonArgs craneLib pkgs;\n".to_owned()
    } else if flake.contains("crane") {
        "    inherit craneLib pkgs;\n    commonArgs.src = craneLib.cleanCargoSource ./.;\n".to_owned()
    } else {
        format!(
            "    inherit pkgs;\n    inherit (pkgs) rustPlatform;\n    commonArgs = {{\n      pname = \"{}\";\n      version = \"{}\";\n      \
             src = ./.;\n      cargoLock.lockFile = ./Cargo.lock;\n    }};\n",
            program.package, program.version
        )
    };
    let for_each = ["eachDefaultSystem", "eachSystem", "perSystem", "forAllSystems", "forEachSystem", "genAttrs"];
    let is_for_each = for_each.iter().any(|word| flake.contains(word));
    let place = if is_for_each { String::new() } else { format!(" of {SYSTEM}") };
    let line = |name: &str, value: &str| {
        let name = if is_for_each {
            format!("${{if pkgs.stdenv.hostPlatform.system == \"{SYSTEM}\" then \"{name}\" else null}}")
        } else {
            name.to_owned()
        };
        format!("  {name} = {value};\n")
    };
    let packages = [line("pgo", "pgo.package"), line("pgo-gate", "pgo.gate")].concat();
    let checks = ["profile-applied", "same-output"]
        .map(|name| line(&format!("pgo-{name}"), &format!("pgo.checks.{name}")))
        .concat();
    let source = env!("CARGO_PKG_REPOSITORY").replace("https://github.com/", "github:");
    Some(format!(
        "  # inputs, at the flake's top\n  inputs.repro-pgo.url = \"{source}\";\n  # arguments of outputs\n  repro-pgo,\n  \
         # the `let` that has pkgs\n  pgo = repro-pgo.lib.mkPgoPackage {{\n{builder}    spec = ./{spec};\n  }};\n  \
         # inside of packages{place}\n{packages}  # inside of checks{place}\n{checks}"
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
        let names = |flake: &str| {
            let lines = told(flake).expect("there is a flake");
            (lines.contains("\n  pgo = pgo.package;"), lines.contains("then \"pgo\" else null} = pgo.package;"))
        };
        assert_eq!(names("{ packages.x86_64-linux.default = x; }"), (true, false));
        assert_eq!(names("flake-utils.lib.eachDefaultSystem (system: { packages.default = x; })"), (false, true));
        let shared = told("{ crane, ... }: let commonArgs = { }; in { }").expect("there is a flake");
        assert!(shared.contains("inherit commonArgs craneLib pkgs;"), "{shared}");
        assert_eq!(told("repro-pgo.lib.mkPgoPackage { }"), None, "it is there already");
        assert_eq!(snippet(&program, Path::new("/elsewhere/pgo.toml")), None, "a flake sees its own folder alone");
    }
}
