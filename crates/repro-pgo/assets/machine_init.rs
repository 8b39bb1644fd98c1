//! The first and only program of the machine that trains: it runs what the plan lists, one after the other, and puts what
//! each run left behind into memory that the host shares. It needs no library, so that nothing but these lines and the
//! kernel decides what happens in the machine, and at which instruction.

#![no_std]
#![no_main]
// Loops stay loops: there is no C library to call instead.
#![no_builtins]

use core::arch::{asm, global_asm};
use core::ptr::null;

/// The runs, as `training/machine/plan.rs` writes them.
const PLAN: &[u8] = b"/repro-pgo.plan\0";
/// The shared memory: the device that the driver puts at this address.
const ENABLE: &[u8] = b"/sys/bus/pci/devices/0000:00:10.0/enable\0";
const SHARED: &[u8] = b"/sys/bus/pci/devices/0000:00:10.0/resource2\0";
/// Where records begin in it; the page before them holds how many bytes of records are complete, and how it ended.
const RECORDS: usize = 4096;
/// How much of what a run said is handed over: its end.
const SAID: usize = 16 * 1024;

/// How it ended.
const ALL_RAN: u64 = 1;
const NO_ROOM: u64 = 2;

mod call {
    pub const READ: usize = 0;
    pub const WRITE: usize = 1;
    pub const OPEN: usize = 2;
    pub const CLOSE: usize = 3;
    pub const LSTAT: usize = 6;
    pub const LSEEK: usize = 8;
    pub const MMAP: usize = 9;
    pub const RT_SIGPROCMASK: usize = 14;
    pub const IOCTL: usize = 16;
    pub const DUP2: usize = 33;
    pub const SOCKET: usize = 41;
    pub const CLONE: usize = 56;
    pub const FORK: usize = 57;
    pub const EXECVE: usize = 59;
    pub const EXIT: usize = 60;
    pub const WAIT4: usize = 61;
    pub const KILL: usize = 62;
    pub const CHDIR: usize = 80;
    pub const UNLINK: usize = 87;
    pub const SETSID: usize = 112;
    pub const MOUNT: usize = 165;
    pub const REBOOT: usize = 169;
    pub const RT_SIGTIMEDWAIT: usize = 128;
    pub const CLOCK_GETTIME: usize = 228;
    pub const CLOCK_NANOSLEEP: usize = 230;
    pub const GETDENTS64: usize = 217;
}

const READ_WRITE: usize = 2;
const WRITE_NEW: usize = 0o1 | 0o100 | 0o1000;
const APPEND: usize = 0o1 | 0o100 | 0o2000;
const DIRECTORY: usize = 0o200000;
const MONOTONIC: usize = 1;
const REALTIME: usize = 0;
const SIGCHLD: u64 = 17;
const SIGKILL: usize = 9;
const SIGTERM: usize = 15;

/// What is wrong with a service, as `training/machine/results.rs` reads it.
const NOT_READY: u64 = 1;
const ENDED_UNREADY: u64 = 2;
const ENDED_EARLY: u64 = 3;
const STOP_FAILED: u64 = 4;
const NOT_STOPPED: u64 = 5;
/// Room for the kernel's table of sockets.
const TABLE: usize = 1 << 20;

global_asm!(".globl _start", "_start:", "xor ebp, ebp", "and rsp, -16", "call main", "ud2");

// What runs where nothing else wants to: sched_setscheduler(0, SCHED_IDLE, {0}), then instructions that cost the emulator nothing
// and take a nanosecond of the machine's time each. No stack: it is init's.
global_asm!(
    ".balign 4096",
    "spare_time:",
    "mov eax, 144",
    "xor edi, edi",
    "mov esi, 5",
    "lea rdx, [rip + 3f]",
    "syscall",
    "test eax, eax",
    "jz 2f",
    "ud2",
    "2:",
    ".fill 4000, 1, 0x90",
    "jmp 2b",
    "3:",
    ".long 0",
);

/// A system call; what it returns is negative for an error.
fn system(number: usize, arguments: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    unsafe {
        asm!("syscall", inlateout("rax") number => result, in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d,
            in("r8") e, in("r9") f, lateout("rcx") _, lateout("r11") _);
    }
    result
}

fn call1(number: usize, a: usize) -> isize {
    system(number, [a, 0, 0, 0, 0, 0])
}

fn call3(number: usize, a: usize, b: usize, c: usize) -> isize {
    system(number, [a, b, c, 0, 0, 0])
}

/// Tells the console what failed, and ends the machine.
fn give_up(what: &[u8]) -> ! {
    for part in [b"repro-pgo: ".as_slice(), what, b"\n"] {
        call3(call::WRITE, 1, part.as_ptr() as usize, part.len());
    }
    end()
}

/// Restarts the machine, which the driver has told to end at a restart.
fn end() -> ! {
    system(call::REBOOT, [0xfee1_dead, 0x2812_1969, 0x0123_4567, 0, 0, 0]);
    loop {}
}

/// Memory of its own.
fn memory(size: usize) -> *mut u8 {
    let at = system(call::MMAP, [0, size, 3, 0x22, usize::MAX, 0]);
    if at < 0 {
        give_up(b"no memory");
    }
    at as *mut u8
}

/// The words of the plan, each ended by a zero byte.
struct Words {
    next: *const u8,
    end: *const u8,
}

impl Words {
    fn is_done(&self) -> bool {
        self.next >= self.end
    }

    fn word(&mut self) -> *const u8 {
        let word = self.next;
        unsafe {
            while *self.next != 0 {
                self.next = self.next.add(1);
            }
            self.next = self.next.add(1);
        }
        word
    }

    fn number(&mut self) -> usize {
        let mut at = self.word();
        let mut number = 0_usize;
        unsafe {
            while *at != 0 {
                number = number.wrapping_mul(10).wrapping_add(usize::from(*at - b'0'));
                at = at.add(1);
            }
        }
        number
    }

    /// As many words as the next one says, for a system call: a null pointer is behind them. Returns where it ends.
    fn list(&mut self, into: *mut *const u8) -> *mut *const u8 {
        let count = self.number();
        for index in 0..count {
            unsafe { *into.add(index) = self.word() };
        }
        unsafe {
            *into.add(count) = null();
            into.add(count + 1)
        }
    }
}

fn read_plan() -> Words {
    let size = 64 << 20;
    let plan = memory(size);
    let file = call3(call::OPEN, PLAN.as_ptr() as usize, 0, 0);
    if file < 0 {
        give_up(b"no plan");
    }
    let mut length = 0;
    loop {
        let read = call3(call::READ, file as usize, plan as usize + length, size - length);
        if read <= 0 {
            break;
        }
        length += read as usize;
    }
    call1(call::CLOSE, file as usize);
    Words { next: plan, end: unsafe { plan.add(length) } }
}

/// What the host sees.
struct Shared {
    start: *mut u8,
    size: usize,
    used: usize,
}

impl Shared {
    fn open(size: usize) -> Self {
        let enable = call3(call::OPEN, ENABLE.as_ptr() as usize, 1, 0);
        call3(call::WRITE, enable as usize, b"1".as_ptr() as usize, 1);
        call1(call::CLOSE, enable as usize);
        let file = call3(call::OPEN, SHARED.as_ptr() as usize, READ_WRITE, 0);
        let at = system(call::MMAP, [0, size, 3, 1, file as usize, 0]);
        if file < 0 || at < 0 {
            give_up(b"no shared memory");
        }
        Self { start: at as *mut u8, size, used: RECORDS }
    }

    fn room(&self) -> usize {
        self.size - self.used
    }

    fn put_number(&mut self, number: u64) {
        if self.room() < 8 {
            self.finish(NO_ROOM);
        }
        unsafe { self.start.add(self.used).cast::<u64>().write_unaligned(number) };
        self.used += 8;
    }

    /// Puts a file's length and content; of a longer one than `most` only the end.
    fn put_file(&mut self, path: *const u8, most: usize) {
        let file = call3(call::OPEN, path as usize, 0, 0);
        let length = if file < 0 { 0 } else { call3(call::LSEEK, file as usize, 0, 2).max(0) as usize };
        let taken = length.min(most);
        self.put_number(taken as u64);
        if self.room() < taken {
            self.finish(NO_ROOM);
        }
        call3(call::LSEEK, file as usize, length - taken, 0);
        // The device's memory is no place the kernel reads a file into.
        let mut buffer = [0_u8; 4096];
        let mut left = taken;
        while left > 0 {
            let read = call3(call::READ, file as usize, buffer.as_mut_ptr() as usize, left.min(buffer.len()));
            if read <= 0 {
                give_up(b"a file got shorter while it was read");
            }
            unsafe { memcpy(self.start.add(self.used), buffer.as_ptr(), read as usize) };
            self.used += read as usize;
            left -= read as usize;
        }
        if file >= 0 {
            call1(call::CLOSE, file as usize);
        }
    }

    fn put_text(&mut self, text: *const u8, length: usize) {
        self.put_number(length as u64);
        if self.room() < length {
            self.finish(NO_ROOM);
        }
        unsafe { memcpy(self.start.add(self.used), text, length) };
        self.used += length;
    }

    /// What has been put becomes visible.
    fn commit(&self) {
        unsafe { self.start.cast::<u64>().write_volatile((self.used - RECORDS) as u64) };
    }

    fn finish(&self, how: u64) -> ! {
        unsafe { self.start.cast::<u64>().add(1).write_volatile(how) };
        end()
    }
}

#[repr(C)]
struct Time {
    seconds: u64,
    nanoseconds: u64,
}

fn now(clock: usize) -> Time {
    let mut time = Time { seconds: 0, nanoseconds: 0 };
    call3(call::CLOCK_GETTIME, clock, &raw mut time as usize, 0);
    time
}

/// Starts a thread that keeps the processor from ever being idle. NB: an idle one halts, and then qemu's other thread moves
/// the clock on to the next timer; where it comes upon a halt whose last instructions are not counted yet, it moves the clock too far, once in
/// some hundred thousand halts on a busy host, and what races takes another turn.
fn never_halt() {
    // CLONE_VM, FS, FILES, SIGHAND, THREAD and SYSVSEM: a thread, so that nothing that is sent to all other processes ends it.
    let flags = 0x5_0f00_usize;
    let thread: isize;
    unsafe {
        asm!("syscall", "test rax, rax", "jz spare_time", inlateout("rax") call::CLONE => thread, in("rdi") flags, in("rsi") 0,
            in("rdx") 0, in("r10") 0, in("r8") 0, lateout("rcx") _, lateout("r11") _);
    }
    if thread < 0 {
        give_up(b"cannot start a thread");
    }
}

const SECOND: u64 = 1_000_000_000;

/// Sleeps until the next whole `step` of the machine's clock, in nanoseconds.
fn await_next(step: u64) {
    let Time { seconds, nanoseconds } = now(MONOTONIC);
    let next = ((seconds * SECOND + nanoseconds) / step + 1) * step;
    let until = Time { seconds: next / SECOND, nanoseconds: next % SECOND };
    system(call::CLOCK_NANOSLEEP, [MONOTONIC, 1, &raw const until as usize, 0, 0, 0]);
}

/// Sleeps until the next tenth of a second, so that a run begins at the same distance from the kernel's timer ticks whatever was
/// before it: kernels tick 100, 250, 300 or 1000 times a second.
fn await_tenth() {
    await_next(SECOND / 10);
}

/// One run of the plan, or one of its services.
struct Run {
    /// How its outputs are opened.
    write: usize,
    stdout: *const u8,
    stderr: *const u8,
    stdin: *const u8,
    directory: *const u8,
    program: *const u8,
    arguments: *const *const u8,
    environment: *const *const u8,
}

/// In the child.
fn become_run(run: &Run) -> ! {
    call1(call::SETSID, 0);
    let files = [(run.stdin, 0, 0), (run.stdout, run.write, 1), (run.stderr, run.write, 2)];
    for (path, flags, place) in files {
        let file = call3(call::OPEN, path as usize, flags, 0o644);
        if file < 0 {
            call1(call::EXIT, 126);
        }
        if file as usize != place {
            call3(call::DUP2, file as usize, place, 0);
            call1(call::CLOSE, file as usize);
        }
    }
    let none = 0_u64;
    system(call::RT_SIGPROCMASK, [2, &raw const none as usize, 0, 8, 0, 0]);
    if call1(call::CHDIR, run.directory as usize) >= 0 {
        call3(call::EXECVE, run.program as usize, run.arguments as usize, run.environment as usize);
    }
    call1(call::EXIT, 127);
    loop {}
}

/// A program that runs beside a run.
struct Service {
    run: Run,
    profile: *const u8,
    /// The file that tells that it is ready; empty where the table does.
    file: *const u8,
    /// What the kernel's tables hold where it is ready.
    listening: [*const u8; 2],
    stop: *const *const u8,
    stop_environment: *const *const u8,
    /// Its process; 0 where it was not started.
    process: isize,
    has_ended: bool,
    problem: u64,
    status: u32,
}

impl Service {
    fn read(plan: &mut Words, directory: *const u8, into: *mut *const u8) -> (Self, *mut *const u8) {
        let [profile, said, file, table, table6] = core::array::from_fn(|_| plan.word());
        let command = into;
        let environment = plan.list(command);
        let stop = plan.list(environment);
        let stop_environment = plan.list(stop);
        let end = plan.list(stop_environment);
        let stdin = b"/dev/null\0".as_ptr();
        let (program, arguments) = (unsafe { *command }, command);
        let run =
            Run { write: APPEND, stdout: said, stderr: said, stdin, directory, program, arguments, environment };
        let listening = [table, table6];
        let (has_ended, problem, status) = (false, 0, 0);
        (
            Self { run, profile, file, listening, stop, stop_environment, process: 0, has_ended, problem, status },
            end,
        )
    }

    fn is_ready(&self, table: *mut u8) -> bool {
        unsafe {
            if *self.file != 0 {
                let mut facts = [0_u64; 18];
                return call3(call::LSTAT, self.file as usize, facts.as_mut_ptr() as usize, 0) >= 0;
            }
        }
        let tables = [b"/proc/net/tcp\0".as_slice(), b"/proc/net/tcp6\0".as_slice()];
        tables.iter().zip(self.listening).any(|(name, listening)| holds(name.as_ptr(), listening, table))
    }

    /// Starts it and waits until it is ready; whether it is.
    fn start(services: &mut [Self], index: usize, seconds: u64, table: *mut u8) -> bool {
        unsafe {
            if *services[index].file != 0 {
                call1(call::UNLINK, services[index].file as usize);
            }
        }
        services[index].process = start(&services[index].run);
        let deadline = now(MONOTONIC).seconds + seconds;
        loop {
            while reap(services).is_some() {}
            let service = &mut services[index];
            if service.has_ended {
                service.problem = ENDED_UNREADY;
            } else if service.is_ready(table) {
                return true;
            } else if now(MONOTONIC).seconds >= deadline {
                service.problem = NOT_READY;
            }
            if service.problem != 0 {
                return false;
            }
            rest(Time { seconds: 0, nanoseconds: 10_000_000 });
        }
    }

    /// Stops it and waits for its end; whether it came.
    fn stop(services: &mut [Self], index: usize, seconds: u64) -> bool {
        while reap(services).is_some() {}
        let service = &services[index];
        if service.has_ended {
            services[index].problem = ENDED_EARLY;
            return false;
        }
        let process = service.process as usize;
        let program = unsafe { *service.stop };
        if program.is_null() {
            call3(call::KILL, process, SIGTERM, 0);
        } else {
            let (arguments, environment) = (service.stop, service.stop_environment);
            let run = Run { program, arguments, environment, ..service.run };
            let (status, is_late) = execute(&run, seconds, services);
            if is_late || status != 0 {
                services[index].problem = STOP_FAILED;
                services[index].status = status as u32;
                return false;
            }
        }
        let deadline = now(MONOTONIC).seconds + seconds;
        loop {
            while reap(services).is_some() {}
            if services[index].has_ended {
                return true;
            }
            let at = now(MONOTONIC).seconds;
            if at >= deadline {
                services[index].problem = NOT_STOPPED;
                return false;
            }
            rest(Time { seconds: deadline - at, nanoseconds: 0 });
        }
    }
}

/// Whether the file holds the text.
fn holds(path: *const u8, text: *const u8, buffer: *mut u8) -> bool {
    let file = call3(call::OPEN, path as usize, 0, 0);
    if file < 0 {
        return false;
    }
    let mut length = 0;
    while length < TABLE {
        let read = call3(call::READ, file as usize, buffer as usize + length, TABLE - length);
        if read <= 0 {
            break;
        }
        length += read as usize;
    }
    call1(call::CLOSE, file as usize);
    (0..length).any(|at| {
        let mut index = 0;
        unsafe {
            while *text.add(index) != 0 {
                if at + index >= length || *buffer.add(at + index) != *text.add(index) {
                    return false;
                }
                index += 1;
            }
        }
        true
    })
}

fn start(run: &Run) -> isize {
    let child = call1(call::FORK, 0);
    if child == 0 {
        become_run(run);
    }
    if child < 0 {
        give_up(b"cannot fork");
    }
    child
}

/// A process that has ended, with its wait status, if there is one; what it was of the services is noted.
fn reap(services: &mut [Service]) -> Option<(isize, u32)> {
    let mut status = 0_u32;
    let ended = system(call::WAIT4, [usize::MAX, &raw mut status as usize, 1, 0, 0, 0]);
    if ended <= 0 {
        return None;
    }
    for service in services {
        if service.process == ended {
            service.has_ended = true;
            service.status = status;
        }
    }
    Some((ended, status))
}

/// Sleeps until a child ends, but no longer than `patience`.
fn rest(patience: Time) {
    let set = 1_u64 << (SIGCHLD - 1);
    system(call::RT_SIGTIMEDWAIT, [&raw const set as usize, 0, &raw const patience as usize, 8, 0, 0]);
}

/// Runs it; its wait status, or the second number where it took longer than `seconds`.
fn execute(run: &Run, seconds: u64, services: &mut [Service]) -> (u64, bool) {
    let child = start(run);
    let deadline = now(MONOTONIC).seconds + seconds;
    loop {
        match reap(services) {
            Some((ended, status)) if ended == child => return (status.into(), false),
            Some(_) => continue,
            None => {}
        }
        let at = now(MONOTONIC).seconds;
        if at >= deadline {
            return (0, true);
        }
        rest(Time { seconds: deadline - at, nanoseconds: 0 });
    }
}

/// Starts the services, runs it, and stops them; its wait status, and whether it took longer than `seconds`.
fn execute_beside(services: &mut [Service], run: &Run, seconds: u64, table: *mut u8) -> (u64, bool) {
    for index in 0..services.len() {
        if !Service::start(services, index, seconds, table) {
            return (0, false);
        }
    }
    if !services.is_empty() {
        await_tenth();
    }
    let ran = execute(run, seconds, services);
    for service in services.iter_mut().filter(|service| service.has_ended) {
        service.problem = ENDED_EARLY;
    }
    if !ran.1 && services.iter().all(|service| service.problem == 0) {
        let _ = (0..services.len()).rev().all(|index| Service::stop(services, index, seconds));
    }
    ran
}

/// Ends what a run left running.
fn clear_away() {
    let mut status = 0_u32;
    system(call::KILL, [usize::MAX, SIGKILL, 0, 0, 0, 0]);
    while system(call::WAIT4, [usize::MAX, &raw mut status as usize, 0, 0, 0, 0]) > 0 {}
}

/// The first file below `path` that was changed after `since`, as bytes before the zero byte in `path`; 0 where there is none.
fn changed_since(path: &mut [u8; 4096], length: usize, since: &Time) -> usize {
    let mut facts = [0_u64; 18];
    path[length] = 0;
    if call3(call::LSTAT, path.as_ptr() as usize, facts.as_mut_ptr() as usize, 0) < 0 {
        return 0;
    }
    // struct stat of x86-64: the mode after device, inode and links; the time of the last change in words 13 and 14.
    let (mode, at) = (facts[3] as u32, (facts[13], facts[14]));
    if at > (since.seconds, since.nanoseconds) {
        return length;
    }
    if mode & 0o170000 != 0o040000 {
        return 0;
    }
    let folder = call3(call::OPEN, path.as_ptr() as usize, DIRECTORY, 0);
    let mut found = 0;
    let mut buffer = [0_u64; 256];
    while folder >= 0 && found == 0 {
        let read = call3(call::GETDENTS64, folder as usize, buffer.as_mut_ptr() as usize, 2048);
        if read <= 0 {
            break;
        }
        let (entries, mut at) = (buffer.as_ptr().cast::<u8>(), 0);
        while at < read as usize && found == 0 {
            let entry = unsafe { entries.add(at) };
            let size = unsafe { entry.add(16).cast::<u16>().read_unaligned() };
            let name = unsafe { entry.add(19) };
            found = changed_entry(path, length, name, since);
            at += usize::from(size);
        }
    }
    if folder >= 0 {
        call1(call::CLOSE, folder as usize);
    }
    found
}

fn changed_entry(path: &mut [u8; 4096], length: usize, name: *const u8, since: &Time) -> usize {
    let mut end = length;
    let mut put = |byte: u8| {
        if end < 4095 {
            path[end] = byte;
            end += 1;
        }
    };
    put(b'/');
    let mut at = name;
    unsafe {
        let first = (*name, *name.add(1));
        if first == (b'.', 0) || (first == (b'.', b'.') && *name.add(2) == 0) {
            return 0;
        }
        while *at != 0 {
            put(*at);
            at = at.add(1);
        }
    }
    changed_since(path, end, since)
}

/// Switches the loopback interface on: the machine has no other.
fn loopback() {
    // struct ifreq: 16 bytes of name, then the flags: IFF_UP and IFF_RUNNING.
    let mut request = [0_u8; 40];
    request[0] = b'l';
    request[1] = b'o';
    request[16] = 0x41;
    let socket = call3(call::SOCKET, 2, 2, 0);
    call3(call::IOCTL, socket as usize, 0x8914, request.as_ptr() as usize);
    call1(call::CLOSE, socket as usize);
}

fn mount(kind: &[u8], at: &[u8]) {
    let kind = kind.as_ptr() as usize;
    if system(call::MOUNT, [kind, at.as_ptr() as usize, kind, 0, 0, 0]) < 0 {
        give_up(b"cannot mount proc, sysfs or devtmpfs");
    }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    never_halt();
    mount(b"proc\0", b"/proc\0");
    mount(b"sysfs\0", b"/sys\0");
    mount(b"devtmpfs\0", b"/dev\0");
    loopback();
    let set = 1_u64 << (SIGCHLD - 1);
    system(call::RT_SIGPROCMASK, [0, &raw const set as usize, 0, 8, 0, 0]);
    let mut plan = read_plan();
    let mut shared = Shared::open(plan.number());
    let seconds = plan.number() as u64;
    let inputs = plan.word();
    let pointers = memory(64 << 20).cast::<*const u8>();
    let (arguments, environment) = (pointers, unsafe { pointers.add(4 << 20) });
    let (places, room, table) = (memory(64 << 20).cast::<*const u8>(), memory(1 << 20).cast::<Service>(), memory(TABLE));
    // While it boots, a kernel sets its clock by the hardware's, by up to a second; files that it unpacked before that are no older.
    await_next(SECOND);
    await_next(SECOND);
    let began = now(REALTIME);
    while !plan.is_done() {
        let [profile, stdout, stderr, stdin, directory, program] = core::array::from_fn(|_| plan.word());
        plan.list(arguments);
        plan.list(environment);
        let run =
            Run { write: WRITE_NEW, stdout, stderr, stdin, directory, program, arguments, environment };
        let count = plan.number();
        let mut lists = places;
        for index in 0..count {
            let (service, end) = Service::read(&mut plan, directory, lists);
            unsafe { room.add(index).write(service) };
            lists = end;
        }
        let services = unsafe { core::slice::from_raw_parts_mut(room, count) };
        await_tenth();
        let (status, is_late) = execute_beside(services, &run, seconds, table);
        clear_away();
        shared.put_number(status);
        shared.put_number(is_late.into());
        shared.put_file(profile, usize::MAX);
        shared.put_file(stderr, SAID);
        let mut path = [0_u8; 4096];
        let mut length = 0;
        unsafe {
            while *inputs.add(length) != 0 && length < 4095 {
                path[length] = *inputs.add(length);
                length += 1;
            }
        }
        let changed = if is_late { 0 } else { changed_since(&mut path, length, &began) };
        shared.put_text(path.as_ptr(), changed);
        let has_failed = services.iter().any(|service| service.problem != 0);
        // Those of a run that was killed were not stopped: there is nothing to tell of them.
        let told = if is_late && !has_failed { 0 } else { services.len() };
        shared.put_number(told as u64);
        for service in services.iter().take(told) {
            shared.put_number(service.problem);
            shared.put_number(service.status.into());
            shared.put_file(service.profile, usize::MAX);
            shared.put_file(service.run.stdout, SAID);
        }
        shared.commit();
        if is_late || changed > 0 || has_failed {
            break;
        }
        for file in [profile, stdout, stderr] {
            call1(call::UNLINK, file as usize);
        }
        for service in services.iter() {
            call1(call::UNLINK, service.profile as usize);
            call1(call::UNLINK, service.run.stdout as usize);
        }
    }
    shared.finish(ALL_RAN)
}

/// # Safety
/// As memcpy(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    unsafe { asm!("rep movsb", inout("rcx") size => _, inout("rdi") to => _, inout("rsi") from => _) };
    to
}

/// # Safety
/// As memset(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, size: usize) -> *mut u8 {
    unsafe { asm!("rep stosb", inout("rcx") size => _, inout("rdi") to => _, in("al") byte as u8) };
    to
}

/// Nothing here unwinds; the core library names it all the same.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Nothing here panics; the language wants an answer all the same.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    give_up(b"the init panicked")
}
