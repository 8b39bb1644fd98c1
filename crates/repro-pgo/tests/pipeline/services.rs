//! Services beside a workload: a server on the loopback interface and its client, both the trained program.

use host::exit_code::ExitCode;
use test_support::require;

use super::demo::Demo;

const WORKLOAD: &str = "args = [\"count\", \"{entry}\"]\n\n[limits]";

/// The demo with that server and one CPU model, whose service is declared by these words. `port` is each test's own.
fn demo(emulator: &str, port: u32, args: &str, service: &str) -> Demo {
    let demo = Demo::new("served").with_program("served");
    let workload = format!("entries = [\"many.txt\"]\nargs = [{args}]\nservices = [{{ {service} }}]\n\n[limits]");
    demo.edit("pgo.toml", WORKLOAD, &workload.replace("PORT", &port.to_string()));
    demo.edit("pgo.toml", "emulator = \"auto\"", &format!("emulator = \"{emulator}\""));
    demo.edit("pgo.toml", "{ name = \"Nehalem\", weight = 1 }, ", "");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    demo.edit("pgo.toml", "inputs = [\"texts\"]\ncommands = [[\"count\", \"{entry}\"]]", "workloads = true");
    demo
}

const ASK: &str = "\"ask\", \"PORT\", \"{entry}\"";
const SERVE: &str = "command = [\"{binary}\", \"serve\", \"PORT\"], ready = { port = PORT }";
const STOP: &str = ", stop = [\"{binary}\", \"stop\", \"PORT\"]";

/// How often the function ran.
fn count(demo: &Demo, function: &str) -> String {
    let text = String::from_utf8(demo.made_bytes("profile/merged.proftext")).expect("it is text");
    let (_, after) = text.split_once(function).expect("the function is in the profile");
    after.lines().skip_while(|line| *line != "# Counter Values:").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_server_and_its_client_have_one_profile_in_a_machine_every_time() {
    if require("qemu-system-x86_64").is_none() {
        return;
    }
    let first = demo("machine", 18_081, ASK, SERVE);
    let second = demo("machine", 18_081, ASK, SERVE);
    for demo in [&first, &second] {
        demo.run(&["train"]).fine();
    }
    let profile = "profile/merged.profdata";
    assert!(first.made_bytes(profile) == second.made_bytes(profile), "two trainings gave two profiles");
    assert_eq!([count(&first, "4demo6answer"), count(&first, "4demo4show")], ["80", "80"].map(str::to_owned));
}

#[test]
fn a_client_of_the_system_comes_along_into_the_machine() {
    if require("qemu-system-x86_64").is_none() {
        return;
    }
    let ask = "\"-c\", \"exec 3<>/dev/tcp/127.0.0.1/PORT; printf hello >&3; read -N 5 -u 3 said; echo $said\"";
    let demo = demo("machine", 18_081, ask, SERVE);
    let before = "services = [{ command = [\"{binary}\"";
    demo.edit("pgo.toml", before, &format!("program = \"bash\"\n{before}"));
    demo.run(&["train"]).fine();
    assert_eq!([count(&demo, "4demo6answer"), count(&demo, "4demo4show")], ["10", "0"].map(str::to_owned));
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is text");
    assert!(record.contains("\"programs\": {\n    \"bash\": \""), "its hash is recorded: {record}");
    let mut now = "bash".to_owned();
    let mut declare = |program: &str| {
        demo.edit("pgo.toml", &format!("program = \"{now}\""), &format!("program = \"{program}\""));
        now = program.to_owned();
        demo.retrain()
    };
    declare("no-such-client").ended_with(ExitCode::Missing, &["needs the program `no-such-client`", "not on PATH"]);
    demo.write("client", b"#!/bin/sh\n");
    let script = demo.path("client").display().to_string();
    declare(&script).refused(&[&script, "is no x86-64 Linux program but a script", "the machine has no interpreter"]);
}

#[test]
fn a_server_and_its_client_are_trained_without_an_emulator_too() {
    let port = 31_000 + std::process::id() % 1_000;
    let demo = demo("native", port, ASK, &format!("{SERVE}{STOP}"));
    demo.run(&["train"]).fine();
    assert_eq!([count(&demo, "4demo6answer"), count(&demo, "4demo4show")], ["40", "40"].map(str::to_owned));
}

#[test]
fn a_server_is_stopped_by_a_command_and_tried_by_the_doctor_and_one_that_does_not_serve_is_refused() {
    if require("qemu-x86_64").is_none() {
        return;
    }
    // Below those that the system gives away.
    let port = 20_000 + std::process::id() % 10_000;
    let demo = demo("qemu-user", port, ASK, &format!("{SERVE}{STOP}"));
    demo.run(&["train"]).fine();
    assert_eq!([count(&demo, "4demo6answer"), count(&demo, "4demo4show")], ["80", "80"].map(str::to_owned));
    let tried = demo.run(&["doctor"]).stdout;
    assert!(tried.contains("ok       workload count on texts/many.txt"), "{tried}");
    demo.edit("pgo.toml", "timeout-seconds = 30", "timeout-seconds = 8");
    let declared = |service: &str| service.replace("PORT", &port.to_string());
    let stopped = declared(&format!("{SERVE}{STOP}"));
    let mut before = stopped;
    demo.edit("pgo.toml", &format!("\"ask\", \"{port}\", \"{{entry}}\""), "\"greet\"");
    let mut refused = |service: &str, parts: &[&str]| {
        let service = declared(service);
        demo.edit("pgo.toml", &before, &service);
        let run = "workload `count` on texts/many.txt (CPU model Haswell): its service `{binary} ";
        demo.retrain().ended_with(ExitCode::CommandFailed, &[&[run], parts].concat());
        before = service;
    };
    let ready = ", ready = { port = PORT }";
    let unready = ["sing` ended with exit code 9 before it was ready", "| what is sing?"];
    refused(&format!("command = [\"{{binary}}\", \"sing\"]{ready}"), &unready);
    let unfound = "command = [\"{binary}\", \"plain\", \"PORT\"], ready = { file = \"here\" }";
    refused(unfound, &["was not ready after 8 s: there is no /tmp/repro-pgo-train/inputs/texts/here"]);
    refused(
        &format!("command = [\"{{binary}}\", \"plain\", \"PORT\"]{ready}"),
        &["left no profile", "on SIGTERM", "`stop`"],
    );
    let deaf = ["did not stop: 8 s after SIGTERM it still ran", "| not listening"];
    refused(&format!("command = [\"{{binary}}\", \"deaf\", \"PORT\"]{ready}"), &deaf);
    // Runs have a network of their own, where no port is taken.
    demo.edit("pgo.toml", "[training]\n", "[training]\nnetwork = true\n");
    let _listener = std::net::TcpListener::bind(("127.0.0.1", port as u16)).expect("the port is free");
    refused(SERVE, &[&format!("needs port {port}, which another program listens on already")]);
}
