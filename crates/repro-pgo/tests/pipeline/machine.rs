//! Training in a whole machine: what it can't do is told. What it can do is in `nasty.rs`.

use host::exit_code::ExitCode;

use super::demo::{Demo, Ran, ran};
use test_support::require;

/// The demo with one CPU model, trained in a machine.
fn demo(prefix: &str) -> Demo {
    let demo = Demo::new(prefix);
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"machine\"");
    demo.edit("pgo.toml", "{ name = \"Nehalem\", weight = 1 }, ", "");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    demo
}

/// A file that begins as a kernel does.
fn kernel(demo: &Demo) -> std::path::PathBuf {
    let mut bytes = vec![0; 0x400];
    bytes[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
    bytes[0x202..0x206].copy_from_slice(b"HdrS");
    bytes[0x20e..0x210].copy_from_slice(&0x100_u16.to_le_bytes());
    bytes[0x236] = 1;
    bytes[0x300..0x305].copy_from_slice(b"6.1.0");
    demo.write("kernel", &bytes);
    demo.path("kernel")
}

/// Trains a program that is never run, in a machine whose emulator is this script; `$console` and `$memory` are its files.
fn trained_by(script: &str, kernel: impl Fn(&Demo) -> std::path::PathBuf) -> Ran {
    let demo = demo("stand-in");
    demo.edit("pgo.toml", "timeout-seconds = 30", "timeout-seconds = 1");
    let whole = format!(
        "#!/bin/sh\ncase $1 in --version) echo QEMU emulator version 9.9.9; exit ;; -cpu) echo Haswell; exit ;; esac\n\
         for word; do case $word in file:*) console=${{word#file:}} ;; *mem-path=*) memory=${{word##*mem-path=}} ;; esac; done\n\
         {script}\n"
    );
    test_support::script(&demo.path("bin/qemu-system-x86_64"), &whole);
    demo.write("program", b"no program at all");
    demo.write("sets/texts/many.txt", &std::fs::read(demo.path("inputs/many.txt")).expect("the demo has it"));
    let path = std::env::var("PATH").expect("tests have a PATH");
    let mut command = demo.command(&["train", "--binary", "program", "--inputs", "sets", "--output", "out"]);
    command.env("PATH", format!("{}:{path}", demo.path("bin").display())).env("REPRO_PGO_KERNEL", kernel(&demo));
    ran(command.output().expect("the driver starts"))
}

#[test]
fn a_machine_without_a_kernel_is_refused() {
    let missing = ExitCode::Missing;
    trained_by("exit 1", |_| "/nonexistent".into())
        .ended_with(missing, &["cannot read the kernel /nonexistent", "REPRO_PGO_KERNEL"]);
    trained_by("exit 1", |demo| demo.path("pgo.toml"))
        .ended_with(missing, &["pgo.toml is no bootable x86-64 Linux kernel"]);
    let of_arm = |demo: &Demo| {
        let mut bytes = vec![0; 0x400];
        bytes[0x38..0x3c].copy_from_slice(b"ARM\x64");
        demo.write("kernel", &bytes);
        demo.path("kernel")
    };
    trained_by("exit 1", of_arm)
        .ended_with(missing, &["kernel is no bootable x86-64 Linux kernel", "but one for 64-bit Arm"]);
}

#[test]
fn another_kernel_than_the_declared_one_is_refused() {
    let declared = "1".repeat(64);
    let other = trained_by("exit 1", |demo| {
        let machine = format!("emulator = \"machine\"\nmachine = {{ kernel-sha256 = \"{declared}\" }}");
        demo.edit("pgo.toml", "emulator = \"machine\"", &machine);
        kernel(demo)
    });
    other.ended_with(
        ExitCode::Missing,
        &["programs that race get another profile with it", &declared, "REPRO_PGO_KERNEL"],
    );
    let demo = demo("declared");
    let machine = "emulator = \"machine\"\nmachine = { kernel = \"boot/none\", kernel-sha256 = \"short\" }";
    demo.edit("pgo.toml", "emulator = \"machine\"", machine);
    demo.write("program", b"no program at all");
    demo.write("sets/texts/many.txt", &std::fs::read(demo.path("inputs/many.txt")).expect("the demo has it"));
    let arguments = ["train", "--binary", "program", "--inputs", "sets", "--output", "out"];
    demo.run(&arguments).refused(&["`kernel-sha256` is not 64 lower-case hexadecimal digits"]);
    demo.edit("pgo.toml", ", kernel-sha256 = \"short\"", "");
    let told = demo.run(&arguments);
    if told.stderr.contains("qemu-system-x86_64 not found") {
        return;
    }
    told.ended_with(ExitCode::Missing, &["cannot read the kernel", "boot/none"]);
}

#[test]
fn a_machine_that_gives_up_is_told_with_its_last_words() {
    let panic = trained_by("echo 'Kernel panic - not syncing: Attempted to kill init!' >$console", kernel);
    panic.ended_with(
        ExitCode::MachineFailed,
        &["the machine ended while workload `count` on texts/many.txt", "Kernel panic - not syncing"],
    );
    let memory = trained_by("echo 'Out of memory: Killed process 9 (demo)' >$console", kernel);
    memory.ended_with(
        ExitCode::MachineFailed,
        &["the machine's memory of 1024 MB is too small", "`memory-megabytes` in [training.machine]"],
    );
}

/// Records as the init leaves them: a status, whether it came too late, three empty files, and no services.
#[test]
fn a_run_that_fails_or_does_not_end_is_told() {
    let leaves = |status: u8, is_late: u8| {
        let numbers = [status, is_late, 0, 0, 0, 0].map(|number| format!("\\0{number:o}\\0\\0\\0\\0\\0\\0\\0"));
        let records = numbers.concat();
        format!(
            "printf '{records}' | dd of=$memory bs=4096 seek=1 conv=notrunc status=none\n\
             printf '\\060\\0\\0\\0\\0\\0\\0\\0\\001' | dd of=$memory conv=notrunc status=none"
        )
    };
    let failed = trained_by(&leaves(9, 0), kernel);
    failed.ended_with(
        ExitCode::CommandFailed,
        &["workload `count` on texts/many.txt (CPU model Haswell) failed: killed by signal 9"],
    );
    let killed =
        trained_by(&format!("{}\necho 'Out of memory: Killed process 9 (demo)' >$console", leaves(9, 0)), kernel);
    killed.ended_with(
        ExitCode::MachineFailed,
        &["memory of 1024 MB is too small: it ran out while workload `count` on texts/many.txt"],
    );
    trained_by(&leaves(0, 1), kernel)
        .ended_with(ExitCode::CommandFailed, &["hangs: killed after 1 s (training.timeout-seconds)"]);
    trained_by(&leaves(0, 0), kernel).ended_with(ExitCode::CommandFailed, &["left no profile"]);
}

/// By a real emulator and a real kernel.
#[test]
fn a_machine_that_is_taken_down_and_a_run_without_end_have_exit_codes_of_their_own() {
    if require("qemu-system-x86_64").is_none() {
        return;
    }
    let demo = demo("down").with_program("giving_up");
    demo.edit("pgo.toml", "timeout-seconds = 30", "timeout-seconds = 5\nmachine = { memory-megabytes = 192 }");
    let train = |before: &str, how: &str| {
        demo.edit("pgo.toml", before, &format!("args = [\"{how}\"]"));
        demo.run(&["train"])
    };
    let run = "workload `count` on texts/many.txt (CPU model Haswell)";
    train("args = [\"count\", \"{entry}\"]", "memory")
        .ended_with(ExitCode::MachineFailed, &["the machine's memory of 192 MB is too small", run, "Out of memory"]);
    train("args = [\"memory\"]", "kernel")
        .ended_with(ExitCode::MachineFailed, &["the machine ended while", run, "Kernel panic - not syncing"]);
    train("args = [\"kernel\"]", "sleep")
        .ended_with(ExitCode::CommandFailed, &[run, "hangs: killed after 5 s (training.timeout-seconds)"]);
}

/// The record of a run with one service, which ended by SIGTERM or did not: what is wrong, and the wait status.
#[test]
fn a_service_that_does_not_serve_in_a_machine_is_told() {
    let served = |problem: u8, status: u8| {
        let numbers =
            [0, 0, 0, 0, 0, 1, problem, status, 0, 0].map(|number| format!("\\0{number:o}\\0\\0\\0\\0\\0\\0\\0"));
        let script = format!(
            "printf '{}' | dd of=$memory bs=4096 seek=1 conv=notrunc status=none\n\
             printf '\\120\\0\\0\\0\\0\\0\\0\\0\\001' | dd of=$memory conv=notrunc status=none",
            numbers.concat()
        );
        trained_by(&script, |demo| {
            let services = "services = [{ command = [\"{binary}\", \"serve\"], ready = { port = 80 } }]\n\n[limits]";
            demo.edit("pgo.toml", "[limits]", services);
            kernel(demo)
        })
    };
    for (problem, status, told) in [
        (1, 0, "was not ready after 1 s: nothing listens on port 80"),
        (2, 15, "ended with signal 15 before it was ready"),
        (3, 0, "ended with exit code 0 before it was stopped"),
        (4, 9, "cannot be stopped: its `stop` command ended with signal 9"),
        (5, 0, "did not stop: 1 s after SIGTERM it still ran"),
        (0, 11, "ended with signal 11 when it was stopped"),
        (0, 15, "left no profile: it is the trained binary"),
    ] {
        let parts = ["workload `count` on texts/many.txt", "its service `{binary} serve`", told];
        served(problem, status).ended_with(ExitCode::CommandFailed, &parts);
    }
}

#[test]
fn another_target_is_refused() {
    let demo = demo("target");
    demo.edit("pgo.toml", "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu");
    demo.write("program", b"");
    demo.write("sets/texts/many.txt", b"");
    let told = demo.run(&["train", "--binary", "program", "--inputs", "sets", "--output", "out"]);
    told.ended_with(ExitCode::Missing, &["the machine is an x86-64 one with Linux", "aarch64-unknown-linux-gnu"]);
}

#[test]
fn a_program_for_another_architecture_is_refused() {
    let demo = demo("architecture");
    demo.edit("pgo.toml", "emulator = \"machine\"", "emulator = \"native\"");
    // The header of a 64-bit program for Arm.
    let mut program = vec![0; 64];
    program[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    (program[16], program[18], program[20], program[52]) = (2, 183, 1, 64);
    demo.write("program", &program);
    demo.write("sets/texts/many.txt", b"");
    let told = demo.run(&["train", "--binary", "program", "--inputs", "sets", "--output", "out"]);
    let parts = ["program is a program for aarch64, and [build] target is x86_64-unknown-linux-gnu"];
    told.ended_with(ExitCode::Missing, &parts);
}
