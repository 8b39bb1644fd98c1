//! Runs reach nobody: not another machine, and not what listens on this one. A declaration can allow it, and is recorded.

use host::exit_code::ExitCode;
use host::linux::Network;

use super::demo::Demo;

const WORKLOAD: &str = "args = [\"count\", \"{entry}\"]\n\n[limits]";

#[test]
fn nobody_answers_a_run_unless_it_is_declared() {
    // Where the system lets nobody cut runs off, this would go out to the network.
    if Network::alone().is_err() {
        return;
    }
    let demo = Demo::new("network").with_program("asking");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    // An address of documentation, RFC 5737.
    demo.edit("pgo.toml", WORKLOAD, "args = [\"192.0.2.1:9\"]\n\n[limits]");
    let parts =
        ["demo: Network is unreachable", "a run tried to reach another machine", "set `network = true` in [training]"];
    demo.run(&["train"]).ended_with(ExitCode::CommandFailed, &parts);

    demo.edit("pgo.toml", "args = [\"192.0.2.1:9\"]", "args = [\"192.0.2.1:9\"]\nexit-codes = [1]");
    let trained = demo.run(&["train"]).fine();
    assert!(trained.stderr.contains("runs tried to reach other machines ("), "{}", trained.stderr);
    let record = |demo: &Demo| String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is text");
    assert!(record(&demo).contains("\"network\": \"loopback\""), "{}", record(&demo));

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a loopback interface");
    let here = listener.local_addr().expect("it is bound");
    demo.edit("pgo.toml", "args = [\"192.0.2.1:9\"]\nexit-codes = [1]", &format!("args = [\"{here}\"]"));
    demo.run(&["train"]).ended_with(ExitCode::CommandFailed, &["demo: Connection refused"]);
    demo.edit("pgo.toml", "[training]\n", "[training]\nnetwork = true\n");
    demo.run(&["train"]).fine();
    assert!(record(&demo).contains("\"network\": \"allowed\""), "{}", record(&demo));
}
