//! The whole emulated machine: finding qemu and a kernel for it.

use std::path::{Path, PathBuf};

use host::{digest, programs};
use thiserror::Error;

use crate::declaration::{MachineSpec, is_x86_64_linux};

/// Names a kernel to boot instead of the distribution's.
pub const KERNEL_VARIABLE: &str = "REPRO_PGO_KERNEL";
/// Where distributions put kernels.
const BOOT: &str = "/boot";
/// What the kernel is told. Without the tests of its cryptography and without interrupts by ACPI it boots in a third of the time.
pub const KERNEL_ARGUMENTS: &str =
    "console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable reboot=t cryptomgr.notests acpi=noirq";
/// What every CPU model goes without: random numbers of the host.
pub const NO_HOST_ENTROPY: &str = ",-rdrand,-rdseed";
/// What qemu is told in every training. NB: `icount` without `shift=auto`, one thread, `clock=vm` and a seed are what makes the
/// machine deterministic; each source of randomness that comes from the host is switched off.
pub const EMULATOR_ARGUMENTS: [&str; 19] = [
    "-nodefaults",
    "-no-user-config",
    "-no-reboot",
    "-machine",
    "pc,hpet=off",
    "-accel",
    "tcg,thread=single",
    "-smp",
    "1",
    "-icount",
    "shift=0,sleep=off",
    "-rtc",
    "base=2020-01-01T00:00:00,clock=vm",
    "-seed",
    "1",
    "-display",
    "none",
    "-device",
    "ivshmem-plain,memdev=shared,addr=0x10",
];
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
        "{} is no bootable x86-64 Linux kernel (a bzImage, such as /boot/vmlinuz-*) but {what}; name one with \
         {KERNEL_VARIABLE}, or as `kernel` in [training.machine]",
        path.display()
    )]
    NoKernel {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The kernel is not the declared one.
    #[error(
        "the kernel {} has the hash {sha256}, and [training.machine] kernel-sha256 is {declared}: programs that race get \
         another profile with it. Name the declared one with {KERNEL_VARIABLE}, or declare this one and train anew",
        path.display()
    )]
    OtherKernel {
        /// The file.
        path: PathBuf,
        /// Its hash.
        sha256: String,
        /// The declared one.
        declared: String,
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
    /// The kernel that [`KERNEL_VARIABLE`] names, else the declared one, else the distribution's.
    ///
    /// # Errors
    /// [`MachineMissing`] where there is none, it is none, or it has another hash than the declared one.
    pub fn find(spec: &MachineSpec) -> Result<Self, MachineMissing> {
        let named = std::env::var_os(KERNEL_VARIABLE).map(PathBuf::from);
        let named = named.or_else(|| spec.kernel.as_ref().map(PathBuf::from));
        let path = named.or_else(|| installed(Path::new(BOOT))).ok_or(MachineMissing::Kernel)?;
        let unreadable =
            |error: std::io::Error| MachineMissing::Unreadable { path: path.clone(), reason: error.to_string() };
        let bytes = std::fs::read(&path).map_err(unreadable)?;
        let release = release(&bytes).map_err(|what| MachineMissing::NoKernel { path: path.clone(), what })?;
        let sha256 = digest::of_bytes(&bytes);
        match &spec.kernel_sha256 {
            Some(declared) if *declared != sha256 => {
                Err(MachineMissing::OtherKernel { path, sha256, declared: declared.clone() })
            }
            _ => Ok(Self { sha256, release, path }),
        }
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

/// The release that a bzImage tells, or what any other file is. The fields are those of the kernel's boot protocol
/// (Documentation/arch/x86/boot.rst).
fn release(kernel: &[u8]) -> Result<String, &'static str> {
    let is_kernel = kernel.get(0x202..0x206) == Some(b"HdrS") && word(kernel, 0x1fe) == Some(0xaa55);
    if !is_kernel {
        return Err(other_file(kernel));
    }
    if word(kernel, 0x236).is_none_or(|flags| flags & 1 == 0) {
        return Err("one of 32 bits");
    }
    let told = word(kernel, 0x20e).and_then(|at| kernel.get(usize::from(at) + 0x200..));
    let told = told.and_then(|text| text.split(|byte| *byte == 0).next()).map(String::from_utf8_lossy);
    let release = told.as_ref().and_then(|text| text.split_whitespace().next());
    release.map(str::to_owned).ok_or("a damaged one")
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// What a file is that could be taken for a kernel: the headers of 64-bit Arm and RISC-V kernels are in their
/// documentation (Documentation/arch/arm64/booting.rst, riscv/boot-image-header.rst).
fn other_file(bytes: &[u8]) -> &'static str {
    match (bytes.get(0x38..0x3c), bytes.get(..4)) {
        (Some(b"ARM\x64"), _) => "one for 64-bit Arm",
        (Some(b"RSC\x05"), _) => "one for RISC-V",
        (_, Some(b"\x7fELF")) => "an ELF file, such as an uncompressed kernel",
        (_, Some([0x1f, 0x8b, ..])) => "a compressed file",
        _ => "something else",
    }
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
        assert_eq!(release(&kernel()).as_deref(), Ok("6.1.0-x"));
        let mut of_32_bits = kernel();
        of_32_bits[0x236] = 0;
        assert_eq!(release(&of_32_bits), Err("one of 32 bits"));
        assert_eq!(release(b"\x7fELF"), Err("an ELF file, such as an uncompressed kernel"));
        let mut of_arm = vec![0; 0x400];
        of_arm[0x38..0x3c].copy_from_slice(b"ARM\x64");
        assert_eq!(release(&of_arm), Err("one for 64-bit Arm"));
        assert!(release(&kernel()[..0x210]).is_err(), "it is cut off");
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
