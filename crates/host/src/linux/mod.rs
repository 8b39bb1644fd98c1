//! What only Linux has. On other systems the driver prints flags and packs releases; what trains, measures or varies
//! there ends with the error that each of these gives.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod here;
#[cfg(target_os = "linux")]
mod network;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{
    CpuSet, Door, Network, affinity, die_with_parent, fix_addresses, has_routes, process_handle, rename_host,
    set_affinity,
};
#[cfg(target_os = "linux")]
pub use here::{affinity, die_with_parent, fix_addresses, process_handle, rename_host, set_affinity};
#[cfg(target_os = "linux")]
pub use network::{Door, Network, has_routes};
#[cfg(target_os = "linux")]
pub use rustix::thread::CpuSet;
