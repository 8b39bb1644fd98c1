//! The program that stands in for the linker of one build, and keeps what the link took.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use host::{digest, programs};

use super::LayoutError;
use crate::compile::configured;

/// Its text; two paths and a name are put in.
const SCRIPT: &str = include_str!("../../assets/recording_linker.sh");

/// The folder of what is kept, in the stage's.
const KEPT: &str = "link";

/// The stand-in for one stage's linker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorder {
    /// The program. It is called as the linker is: rustc tells a linker's kind by its name.
    pub program: PathBuf,
    /// The linker that it starts.
    pub linker: PathBuf,
    /// Where it keeps what a link took.
    pub kept: PathBuf,
    /// The name of what is linked, as rustc has it: without hyphens.
    binary: String,
}

/// The variable that names the linker for `target`.
pub fn variable(target: &str) -> String {
    configured::target_variable(target, "LINKER")
}

impl Recorder {
    /// The stand-in for the build of `binary` for `target` in `workspace` whose stage has the folder `directory`.
    ///
    /// # Errors
    /// [`LayoutError::ConfiguredLinker`] where a file of cargo's names the linker.
    pub fn new(binary: &str, target: &str, workspace: &Path, directory: &Path) -> Result<Self, LayoutError> {
        let variable = variable(target);
        let linker = match std::env::var_os(&variable) {
            Some(linker) => PathBuf::from(linker),
            None => match configured::linker_file(workspace) {
                Some(file) => return Err(LayoutError::ConfiguredLinker { file, variable }),
                None => PathBuf::from("cc"),
            },
        };
        let program = directory.join("linker").join(linker.file_name().unwrap_or_default());
        Ok(Self { program, linker, kept: directory.join(KEPT), binary: binary.replace('-', "_") })
    }

    /// Writes the program. What an earlier link left stays until the next one.
    ///
    /// # Errors
    /// [`LayoutError::File`].
    pub fn install(&self) -> Result<(), LayoutError> {
        let folder = self.program.parent().expect("it is in the stage's folder");
        std::fs::create_dir_all(folder).map_err(LayoutError::file("cannot make", folder))?;
        let text = SCRIPT.replace("@KEEP@", &quoted(&self.kept)).replace("@LINKER@", &quoted(&self.linker));
        let text = text.replace("@BINARY@", &quoted(Path::new(&self.binary)));
        std::fs::write(&self.program, text).map_err(LayoutError::file("cannot write", &self.program))?;
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&self.program, executable).map_err(LayoutError::file("cannot write", &self.program))
    }

    /// What the build depends on besides its flags: the linker, by its bytes, and how it is recorded.
    pub fn describe(&self) -> String {
        let program = digest::of_file(&programs::resolve(&self.linker)).unwrap_or_else(|error| error.to_string());
        format!("{} {program} by {}", self.linker.display(), digest::of_bytes(SCRIPT.as_bytes()))
    }
}

/// `path` as the shell reads it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_through_and_is_kept() {
        let place =
            tempfile::Builder::new().prefix("it's a place").tempdir().expect("a temporary directory can be made");
        let (input, output) = (place.path().join("a b.o"), place.path().join("out"));
        std::fs::write(&input, "object").expect("the directory is ours");
        std::fs::write(&output, "an earlier output").expect("the directory is ours");
        let recorder = Recorder {
            program: place.path().join("linker/cc"),
            linker: PathBuf::from("echo"),
            kept: place.path().join(KEPT),
            binary: "out".to_owned(),
        };
        recorder.install().expect("the directory is ours");
        let mut command = std::process::Command::new(&recorder.program);
        let ran = command.arg(&input).args(["-o"]).arg(&output).arg("-lc").output().expect("the script runs");
        let told = format!("{} -o {} -lc\n", input.display(), output.display());
        assert_eq!(String::from_utf8_lossy(&ran.stdout), told, "{}", String::from_utf8_lossy(&ran.stderr));
        let kept = std::fs::read_to_string(recorder.kept.join("arguments")).expect("it was kept");
        let copy = recorder.kept.join("1-a b.o");
        assert_eq!(kept, format!("{}\0-o\0{}\0-lc\0", copy.display(), output.display()));
        assert_eq!(std::fs::read(&copy).expect("it was kept"), b"object");
        // A build script's, which is linked beside others.
        let mut other = std::process::Command::new(&recorder.program);
        let ran = other.args(["-o", "/deps/build_script_build-1"]).arg(&input).output().expect("the script runs");
        assert!(ran.status.success() && copy.is_file(), "{}", String::from_utf8_lossy(&ran.stderr));
    }

    #[test]
    fn the_variable_is_cargos() {
        assert_eq!(variable("x86_64-unknown-linux-gnu"), "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER");
    }
}
