//! What a training says about itself before it begins: where this machine permits less than is declared or varied.

use std::path::Path;

use host::progress::Task;
use pgo_profile::Profile;

use super::replicates::Disagreement;
use super::{TrainingError, facts, perturbation};
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

/// Says why the training begins again in a machine.
pub fn machine_instead(disagreement: &Disagreement, before: &Emulator, machine: &Emulator) -> String {
    let (count, before, machine) = (disagreement.functions.len(), before.describe(), machine.describe());
    let threads = if disagreement.threads { "; the program has code that starts threads" } else { "" };
    format!(
        "note: {count} functions differ between repetitions by {before}, the first time in {}{threads}; training once more in \
         a whole machine, {machine}. `emulator = \"machine\"` in [training] trains there at once, and on every computer",
        disagreement.run
    )
}

/// What to say of a program that can start threads where no run did: with the one processor that training gives it, many
/// programs take another way than their users' do. `threads` tells whether a run started one, `None` where nobody watched.
pub fn untrained_threads(profile: &Profile, threads: Option<bool>) -> Option<String> {
    if threads != Some(false) || !facts::starts_threads(profile) {
        return None;
    }
    let missed = facts::unreached_parallel(profile);
    let named = match missed.as_slice() {
        [] => String::new(),
        names => format!("; never reached: {}", names[..names.len().min(6)].join(", ")),
    };
    Some(format!(
        "the program has code that starts threads, and no run started one: training gives it one processor, so what it does \
         on several is not in the profile{named}; ask for threads in `args` where there is a flag for it, or train in a machine that \
         tells of several: `emulator = \"machine\"`"
    ))
}

/// Says each of `remarks`.
pub fn say(remarks: impl IntoIterator<Item = String>, task: &Task) {
    for remark in remarks {
        task.say(&format!("note: {remark}"));
    }
}
