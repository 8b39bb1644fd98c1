//! The whole emulated machine: finding qemu and a kernel for it.

use std::path::{Path, PathBuf};

use host::{digest, programs};
use thiserror::Error;

use crate::declaration::is_x86_64_linux;

/// Names a kernel to boot instead of the distribution's.
pub const KERNEL_VARIABLE: &str = "REPRO_PGO_KERNEL";
/// Where distributions put kernels.
const BOOT: &str = "/boot";
/// The first program of the machine; empty where it could not be built.
const INIT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/machine_init"));

/// Why there is no machine to train in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MachineMissing {
    /// No emulator.
    #[error(
        "qemu-system-x86_64 not found on PATH; install it (Debian, Ubuntu: `apt-get install qemu-system-x86`; Nix: `qemu`)"
    )]
    Emulator,
    /// No kernel.
    #[error(
        "no Linux kernel in /boot for the machine to boot; install one (Debian: `apt-get install linux-image-cloud-amd64`; \
         Ubuntu: `linux-image-kvm`), or name a file with {KERNEL_VARIABLE}"
    )]
    Kernel,
    /// The kernel can't be read.
    #[error("cannot read the kernel {}: {reason}; name another one with {KERNEL_VARIABLE}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The file is something else.
    #[error(
        "{} is no bootable x86-64 Linux kernel (a bzImage, such as /boot/vmlinuz-*); name one with {KERNEL_VARIABLE}",
        path.display()
    )]
    NoKernel {
        /// The file.
        path: PathBuf,
    },
    /// The program that ships does not run in the machine.
    #[error(
        "the machine is an x86-64 one with Linux, and [build] target is {target}; declare `emulator = \"qemu-user\"`"
    )]
    Target {
        /// The triple.
        target: String,
    },
    /// This driver was built elsewhere.
    #[error("this build of repro-pgo can't make a machine: only one built for x86-64 Linux can")]
    Init,
}

/// The kernel that the machine boots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// The file.
    pub path: PathBuf,
    /// The release it tells, such as `6.1.0-56-cloud-amd64`.
    pub release: String,
    /// The hash of the file.
    pub sha256: String,
}

impl Kernel {
    /// The kernel that [`KERNEL_VARIABLE`] names, else the distribution's.
    ///
    /// # Errors
    /// [`MachineMissing`] where there is none, or it is none.
    pub fn find() -> Result<Self, MachineMissing> {
        let named = std::env::var_os(KERNEL_VARIABLE).map(PathBuf::from);
        let path = named.or_else(|| installed(Path::new(BOOT))).ok_or(MachineMissing::Kernel)?;
        let unreadable =
            |error: std::io::Error| MachineMissing::Unreadable { path: path.clone(), reason: error.to_string() };
        let bytes = std::fs::read(&path).map_err(unreadable)?;
        let release = release(&bytes).ok_or_else(|| MachineMissing::NoKernel { path: path.clone() })?;
        Ok(Self { sha256: digest::of_bytes(&bytes), release, path })
    }
}

/// The emulator.
pub fn find_emulator() -> Option<PathBuf> {
    programs::on_path("qemu-system-x86_64")
}

/// Whether the emulator at `path` can do what a CPU with `feature` does. The machine never starts to run; it would leave the
/// feature out with a warning, `enforce` makes that an error.
pub fn emulates(path: &Path, feature: &str) -> bool {
    let model = format!("qemu64,+{feature},enforce");
    // The CPU is made before the kernel is read, and this one is none.
    let arguments = ["-accel", "tcg", "-nodefaults", "-display", "none", "-cpu", &model, "-kernel", "/dev/null"];
    let said = programs::output_of(path, &arguments);
    said.is_some_and(|said| !said.contains(feature))
}

/// What starts everything in the machine.
///
/// # Errors
/// [`MachineMissing`] where the driver is without one, or the machine is not for programs of `target`.
pub fn init(target: &str) -> Result<&'static [u8], MachineMissing> {
    if !is_x86_64_linux(target) {
        return Err(MachineMissing::Target { target: target.to_owned() });
    }
    if INIT.is_empty() { Err(MachineMissing::Init) } else { Ok(INIT) }
}

/// The newest kernel for virtual machines in `folder`, else the newest one.
fn installed(folder: &Path) -> Option<PathBuf> {
    let entries = folder.read_dir().ok()?.flatten().map(|entry| entry.path());
    let kernels =
        entries.filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"vmlinuz")));
    kernels.max_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (["cloud", "kvm", "virt"].iter().any(|word| name.contains(word)), version(&name))
    })
}

/// The numbers in a name, which order versions as people do.
fn version(name: &str) -> Vec<u64> {
    name.split(|character: char| !character.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

/// The release that a bzImage tells; `None` for any other file, and for a kernel of 32 bits. The fields are those of the
/// kernel's boot protocol (Documentation/arch/x86/boot.rst).
fn release(kernel: &[u8]) -> Option<String> {
    let word = |at: usize| Some(u16::from_le_bytes(kernel.get(at..at + 2)?.try_into().ok()?));
    let is_kernel = kernel.get(0x202..0x206)? == b"HdrS" && word(0x1fe)? == 0xaa55;
    let is_for_64_bits = word(0x236)? & 1 == 1;
    if !is_kernel || !is_for_64_bits {
        return None;
    }
    let text = kernel.get(usize::from(word(0x20e)?) + 0x200..)?;
    let text = text.split(|byte| *byte == 0).next()?;
    let release = String::from_utf8_lossy(text);
    Some(release.split_whitespace().next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a kernel that tells the release `6.1.0-x`.
    fn kernel() -> Vec<u8> {
        let mut bytes = vec![0; 0x400];
        bytes[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
        bytes[0x202..0x206].copy_from_slice(b"HdrS");
        bytes[0x20e..0x210].copy_from_slice(&0x100_u16.to_le_bytes());
        bytes[0x236] = 1;
        bytes[0x300..0x30f].copy_from_slice(b"6.1.0-x (who@w)");
        bytes
    }

    #[test]
    fn a_kernel_tells_its_release_and_nothing_else_is_one() {
        assert_eq!(release(&kernel()).as_deref(), Some("6.1.0-x"));
        let mut of_32_bits = kernel();
        of_32_bits[0x236] = 0;
        assert_eq!(release(&of_32_bits), None);
        assert_eq!(release(b"\x7fELF"), None);
        assert_eq!(release(&kernel()[..0x210]), None, "it is cut off");
    }

    #[test]
    fn the_newest_kernel_for_machines_comes_first() {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        for name in ["vmlinuz-6.1.0-9-cloud-amd64", "vmlinuz-6.1.0-10-cloud-amd64", "vmlinuz-6.9.0-1-amd64", "config-7"]
        {
            std::fs::write(folder.path().join(name), "").expect("the directory is ours");
        }
        assert_eq!(installed(folder.path()), Some(folder.path().join("vmlinuz-6.1.0-10-cloud-amd64")));
    }

    #[test]
    fn another_architecture_is_refused() {
        assert!(matches!(init("aarch64-unknown-linux-gnu"), Err(MachineMissing::Target { .. })));
    }
}
