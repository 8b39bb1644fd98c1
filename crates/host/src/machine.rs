//! What this machine is.

/// The name of this machine's CPU.
pub fn cpu_model() -> String {
    let facts = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    format!("the CPU model {}", line.unwrap_or("unknown"))
}
