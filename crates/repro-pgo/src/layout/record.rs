//! `layout.json`: what an order was made from. It holds no time and no path.

use serde::{Deserialize, Serialize};

use crate::toolchain::LeftOut;

/// What an order was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LayoutRecord {
    /// Hash of `order.txt`.
    pub order_sha256: String,
    /// How many functions are in it.
    pub functions: u64,
    /// Hash of the profile that the binary was built with.
    pub profile_sha256: String,
    /// Hash of the binary before its functions were ordered.
    pub unordered_sha256: String,
    /// `qemu-user` with its version.
    pub emulator: String,
    /// The optional CPU models that this emulator does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_cpu_models: Vec<LeftOut>,
    /// How often all runs were traced, with the same result.
    pub replicates: u32,
    /// How many runs were merged.
    pub runs: u64,
}

impl LayoutRecord {
    /// One line for people.
    pub fn summary(&self) -> String {
        let Self { functions, replicates, runs, emulator, .. } = self;
        format!("{functions} functions in the order of {runs} runs, traced {replicates} times alike ({emulator})")
    }
}
