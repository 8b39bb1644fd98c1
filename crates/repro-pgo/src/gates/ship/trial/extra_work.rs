//! The binary that the ship gate is tried on: the baseline, with an object that makes it take longer by the share that is
//! written into a copy of the file.

use std::path::{Path, PathBuf};

use host::digest;
use host::progress::Task;

use crate::compile::flags::Variant;
use crate::compile::object;
use crate::pipeline::compilation::Compilation;
use crate::pipeline::stamp::{MadeFrom, replace};
use crate::pipeline::{Pipeline, StageDir, StageError};

/// The object's source.
const SOURCE: (&str, &str) = ("extra_work.rs", include_str!("../../../../assets/extra_work.rs"));
/// What stands before the share in the binary.
const MARK: &[u8] = b"repro-pgo: extra work = ";

/// Builds the binary, unless nothing has changed, and returns its path.
///
/// # Errors
/// [`StageError`] when the build fails.
pub fn build(pipeline: &Pipeline, task: &Task) -> Result<PathBuf, StageError> {
    let (target, workspace) = (&pipeline.spec.build.target, &pipeline.project.root);
    let work_object = object::compile(&[SOURCE], target, workspace, &pipeline.stage_dir(StageDir::Trial))?;
    let source = digest::of_bytes(SOURCE.1.as_bytes());
    let made_from = MadeFrom::from([("the object with the extra work".to_owned(), source)]);
    let variant = Variant::SlowedDown { work_object };
    Compilation { pipeline, stage_dir: StageDir::Trial, variant, made_from, stop: None }
        .run(task, |_, _| Ok(Vec::new()))?;
    Ok(pipeline.binary(StageDir::Trial))
}

/// Copies `program` to `copy`, which then takes longer by `share` of its processor time.
///
/// # Errors
/// [`StageError::File`] when a file can't be read or written, or `program` was not built for it.
pub fn copy(program: &Path, copy: &Path, share: f64) -> Result<(), StageError> {
    let mut binary = std::fs::read(program).map_err(StageError::file("cannot read", program))?;
    let unmarked = || std::io::Error::other("the mark of the extra work is not in it exactly once");
    let place = place(&binary).ok_or_else(unmarked).map_err(StageError::file("cannot use", program))?;
    binary[place..place + 8].copy_from_slice(&((share * 1e6).round() as u64).to_le_bytes());
    replace(copy, &binary)
}

/// Where the share stands, if there is one place for it.
fn place(binary: &[u8]) -> Option<usize> {
    let mut found = memchr::memmem::find_iter(binary, MARK);
    let place = found.next()? + MARK.len();
    (found.next().is_none() && place + 8 <= binary.len()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_written_behind_the_mark() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let [program, slower] = ["program", "slower"].map(|name| folder.path().join(name));
        let binary = [b"code ".as_slice(), MARK, &[0; 8], b" code"].concat();
        std::fs::write(&program, &binary).expect("the folder is ours");
        copy(&program, &slower, 0.003).expect("the mark is there");
        let written = std::fs::read(&slower).expect("just written");
        assert_eq!(written, [b"code ".as_slice(), MARK, &3000_u64.to_le_bytes(), b" code"].concat());
    }

    #[test]
    fn a_binary_without_a_place_for_it_is_refused() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let program = folder.path().join("program");
        for binary in [b"code".to_vec(), [MARK, &[0; 8], MARK, &[0; 8]].concat(), MARK.to_vec()] {
            std::fs::write(&program, binary).expect("the folder is ours");
            let error = copy(&program, &folder.path().join("slower"), 0.01).expect_err("it has no place");
            assert!(error.to_string().contains("exactly once"), "{error}");
        }
    }

    #[test]
    fn the_object_has_the_mark() {
        let mark = std::str::from_utf8(MARK).expect("it is text");
        assert!(SOURCE.1.contains(&format!("*b\"{mark}\"")));
    }
}
