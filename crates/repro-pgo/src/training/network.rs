//! Whether runs reach other machines. A profile that depends on who answers can't be made again, so by default none is reached: runs,
//! their services and the commands around them share a network that has the loopback interface alone.

use host::linux::{Network, has_routes};
use host::progress::Task;
use serde::{Deserialize, Serialize};

use super::TrainingError;
use crate::declaration::TrainingSpec;
use crate::toolchain::Emulator;

/// What runs reach, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The loopback interface alone.
    Loopback,
    /// What this machine reaches, because it lets nobody make a network.
    NotCutOff,
    /// What this machine reaches, because `[training] network` allows it.
    Allowed,
}

/// The network of a training's runs.
#[derive(Debug)]
pub struct RunNetwork {
    /// The one that was made for them.
    pub own: Option<Network>,
    /// What they reach.
    pub reach: Reach,
}

impl RunNetwork {
    /// The network for runs by `emulator`, and a word where they are not cut off.
    pub fn of(training: &TrainingSpec, emulator: &Emulator, task: &Task) -> Self {
        if emulator.machine().is_some() {
            // It has no network card.
            return Self { own: None, reach: Reach::Loopback };
        }
        if training.network {
            return Self { own: None, reach: Reach::Allowed };
        }
        match Network::alone() {
            Ok(network) => Self { own: Some(network), reach: Reach::Loopback },
            Err(_) if !has_routes() => Self { own: None, reach: Reach::Loopback },
            Err(error) => {
                task.say(&format!(
                    "note: runs can reach other machines, because this system lets nobody make a network of their own ({error}); \
                     what answers them would decide about the profile"
                ));
                Self { own: None, reach: Reach::NotCutOff }
            }
        }
    }

    /// What to say where runs addressed other machines in vain.
    pub fn remark(&self) -> Option<String> {
        let attempts = self.own.as_ref().map_or(0, Network::attempts);
        let told = || {
            format!(
                "runs tried to reach other machines ({attempts} attempts), so what an answer leads to is untrained: {WAYS}"
            )
        };
        (attempts > 0).then(told)
    }
}

/// What to do for a program that needs an answer.
pub const WAYS: &str = "training has no network but the loopback interface. Let a service of the workload answer on 127.0.0.1, or set \
                    `network = true` in [training]; the profile then depends on who answers";

/// The error, with the likely cause where something in the runs' network addressed another machine.
pub fn explained(network: Option<&Network>, error: TrainingError) -> TrainingError {
    if network.is_none_or(|network| network.attempts() == 0) {
        return error;
    }
    error.with_remark(&format!("  a run tried to reach another machine, and {WAYS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_of_several_shards_is_as_open_as_the_most_open_one() {
        assert_eq!([Reach::Loopback, Reach::Allowed, Reach::NotCutOff].into_iter().max(), Some(Reach::Allowed));
        assert_eq!(serde_json::to_string(&Reach::NotCutOff).expect("it is plain data"), "\"not-cut-off\"");
    }
}
