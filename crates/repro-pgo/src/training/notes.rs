//! What a training says about itself before it begins: where this machine permits less than is declared or varied.

use std::path::Path;

use host::progress::Task;

use super::{TrainingError, perturbation};
use crate::toolchain::{Emulator, LeftOut};

/// Says so where the order of directory entries can't be varied.
///
/// # Errors
/// [`TrainingError::File`] when the probe can't be written.
pub fn unvaried_order(root: &Path, task: &Task) -> Result<(), TrainingError> {
    if !perturbation::lists_in_order_of_creation(root).map_err(TrainingError::file("cannot probe", root))? {
        task.say(&format!(
            "note: the file system of {} lists folders in an order of its own; the repetitions can't vary it, so a program \
             that asks the kernel itself for entries must sort them",
            root.display()
        ));
    }
    Ok(())
}

/// Says so where the training falls short of what is declared: the profile then depends on this machine.
pub fn emulation(emulator: &Emulator, task: &Task) {
    if let Emulator::Native { instead: Some(error) } = emulator {
        task.say(&format!(
            "note: training natively, so the profile depends on this machine's CPU and kernel, because {error}"
        ));
    }
    for LeftOut { model, reason } in emulator.left_out() {
        let told = emulator.describe();
        task.say(&format!("note: training without the optional CPU model {model}: {told} {reason}"));
    }
}
