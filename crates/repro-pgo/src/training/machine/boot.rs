//! One boot of the machine: the emulator's command line, and waiting for what comes back.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::MachineError;
use super::results::{self, End};
use crate::toolchain::machine;

/// How much memory the host and the machine share: the file behind it only takes what is written.
pub const SHARED_BYTES: u64 = 1 << 30;
/// How long a machine may take to boot.
const BOOT: Duration = Duration::from_secs(300);
/// What the kernel ends programs with that leave no memory to others.
const SIGKILL: i32 = 9;
/// How often the host looks what has come.
const LOOK: Duration = Duration::from_millis(20);

/// What boots.
#[derive(Debug)]
pub struct Machine<'a> {
    /// The emulator.
    pub emulator: &'a Path,
    /// The kernel.
    pub kernel: &'a Path,
    /// The emulated CPU.
    pub cpu_model: &'a str,
    /// Its memory.
    pub megabytes: u64,
    /// A folder of its own for the files it boots from and writes.
    pub folder: PathBuf,
    /// How long the host waits for the next run to end.
    pub patience: Duration,
}

impl Machine<'_> {
    /// Boots from `archive`, and returns what the runs left once all are done. `name` tells of the run with an index;
    /// `seen` is called with the number of runs that are done.
    ///
    /// # Errors
    /// [`MachineError`] when the machine ends before its time, or does not.
    pub fn boot(
        &self,
        archive: &[u8],
        name: &dyn Fn(usize) -> String,
        seen: &dyn Fn(usize),
    ) -> Result<Vec<results::Result>, MachineError> {
        let (initrd, memory_path) = (self.folder.join("archive"), self.folder.join("memory"));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| MachineError::Shared { path, source }
        };
        std::fs::create_dir_all(&self.folder).map_err(failed(&self.folder))?;
        std::fs::write(&initrd, archive).map_err(failed(&initrd))?;
        let memory = shared(&memory_path).map_err(failed(&memory_path))?;
        let mut child = self.start(&initrd, &memory_path)?;
        let mut made = Vec::new();
        let is_in_time = self.wait(&mut child, &memory, &mut made, seen).map_err(failed(&memory_path))?;
        let (_, end) = results::progress(&memory).map_err(failed(&memory_path))?;
        let doing = name(made.len());
        let said = self.said();
        match end {
            _ if !is_in_time => {
                let boot = if made.is_empty() { BOOT.as_secs() } else { 0 };
                Err(MachineError::Hangs { doing, seconds: self.patience.as_secs(), boot, said })
            }
            _ if is_out_of_memory(&said) => {
                // What is killed for it leaves a record.
                let killed = made.iter().position(|result| result.status & 0x7f == SIGKILL);
                Err(self.out_of_memory(killed.map_or(doing, name), said))
            }
            End::AllRan => Ok(made),
            End::NoRoom => Err(MachineError::NoRoom { megabytes: SHARED_BYTES >> 20 }),
            End::None => Err(MachineError::Ended { doing, said }),
        }
    }

    fn out_of_memory(&self, doing: String, said: String) -> MachineError {
        MachineError::OutOfMemory { doing, megabytes: self.megabytes, said }
    }

    fn start(&self, initrd: &Path, memory: &Path) -> Result<Child, MachineError> {
        let mut command = Command::new(self.emulator);
        command.args(self.arguments(initrd, memory)).stdin(Stdio::null()).stdout(Stdio::null());
        let failed = |source| MachineError::Start { path: self.emulator.to_owned(), source };
        command.stderr(File::create(self.folder.join("emulator")).map_err(failed)?);
        // SAFETY: the closure makes one system call and allocates nothing.
        unsafe { command.pre_exec(host::linux::die_with_parent) };
        command.spawn().map_err(failed)
    }

    /// The emulator's arguments: those of every machine, then those of this one.
    fn arguments(&self, initrd: &Path, memory: &Path) -> Vec<String> {
        let Self { kernel, cpu_model, megabytes, folder, .. } = self;
        let shared =
            format!("memory-backend-file,id=shared,share=on,size={SHARED_BYTES},mem-path={}", memory.display());
        let pairs = [
            ("-cpu", format!("{cpu_model}{}", machine::NO_HOST_ENTROPY)),
            ("-m", megabytes.to_string()),
            ("-serial", format!("file:{}", folder.join("console").display())),
            ("-object", shared),
            ("-kernel", kernel.display().to_string()),
            ("-initrd", initrd.display().to_string()),
            ("-append", machine::KERNEL_ARGUMENTS.to_owned()),
        ];
        let pairs = pairs.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]);
        machine::EMULATOR_ARGUMENTS.map(str::to_owned).into_iter().chain(pairs).collect()
    }

    /// Waits for the end of the machine and adds what each run left to `made`; whether the end came in time.
    fn wait(
        &self,
        child: &mut Child,
        memory: &File,
        made: &mut Vec<results::Result>,
        seen: &dyn Fn(usize),
    ) -> io::Result<bool> {
        let mut until = Instant::now() + BOOT + self.patience;
        let mut complete = 0;
        loop {
            // Before the records are looked at: what comes between the two would be missed.
            let has_ended = child.try_wait()?.is_some();
            let (now, _) = results::progress(memory)?;
            if now > complete {
                made.extend(results::read(memory, complete, now)?);
                complete = now;
                seen(made.len());
                until = Instant::now() + self.patience;
            }
            if has_ended {
                return Ok(true);
            }
            if Instant::now() > until {
                child.kill()?;
                child.wait()?;
                return Ok(false);
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The last lines of the machine's console and of the emulator, indented, after those that say why it came to them: a kernel
    /// prints its registers after its last words.
    fn said(&self) -> String {
        let files = ["console", "emulator"].map(|name| std::fs::read(self.folder.join(name)).unwrap_or_default());
        let text = files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
        let told = |line: &&str| !line.trim().is_empty() && !line.contains("TCG doesn't support requested feature");
        let lines: Vec<&str> = text.lines().filter(told).collect();
        let (before, last) = lines.split_at(lines.len().saturating_sub(12));
        let why = before.iter().filter(|line| line.contains("Kernel panic") || is_out_of_memory(line));
        why.chain(last).map(|line| format!("  | {}", line.trim_end())).collect::<Vec<_>>().join("\n")
    }
}

/// Whether the machine's kernel had no memory left for a program, or for the archive.
fn is_out_of_memory(said: &str) -> bool {
    ["Out of memory", "unpacking failed: write error", "System is deadlocked on memory"]
        .iter()
        .any(|words| said.contains(words))
}

fn shared(path: &Path) -> io::Result<File> {
    let memory = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    memory.set_len(SHARED_BYTES)?;
    Ok(memory)
}
