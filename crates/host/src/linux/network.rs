//! A network for child processes that has the loopback interface and nothing else, so that what they do can't depend on who answers.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::here::checked;

/// The network. It is there for as long as this is.
#[derive(Debug)]
pub struct Network {
    /// Holds it, and shows its tables.
    holder: Child,
    /// The user namespace that it belongs to, where it needed one of its own.
    users: Option<OwnedFd>,
    namespace: OwnedFd,
}

/// The way into a [`Network`], for the time between fork and exec.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    users: Option<RawFd>,
    namespace: RawFd,
}

impl Network {
    /// Makes one: as the superuser at once, else in a user namespace.
    ///
    /// # Errors
    /// The system's: containers and some distributions forbid it.
    pub fn alone() -> io::Result<Self> {
        let maps = IdentityMaps::here();
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        // SAFETY: the closure allocates nothing, takes no lock and makes system calls only.
        unsafe { command.pre_exec(move || leave_network(&maps).and_then(|()| raise_loopback())) };
        let mut holder = command.spawn()?;
        let opened = open(holder.id());
        if opened.is_err() {
            let _ = holder.kill().and_then(|()| holder.wait());
        }
        let (users, namespace) = opened?;
        Ok(Self { holder, users, namespace })
    }

    /// The way in.
    pub fn door(&self) -> Door {
        Door { users: self.users.as_ref().map(AsRawFd::as_raw_fd), namespace: self.namespace.as_raw_fd() }
    }

    /// The folder of its tables, as `/proc/net` is this process's.
    pub fn tables(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/net", self.holder.id()))
    }

    /// How often something in it addressed another machine.
    pub fn attempts(&self) -> u64 {
        let read = |name| std::fs::read_to_string(self.tables().join(name)).unwrap_or_default();
        unrouted(&read("snmp"), &read("snmp6"))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

impl Door {
    /// Brings this process into the network. NB: the kernel then forgets what [`die_with_parent`](super::die_with_parent) asked for.
    ///
    /// # Errors
    /// The system's.
    pub fn enter(self) -> io::Result<()> {
        // SAFETY: setns(2) takes plain numbers.
        unsafe {
            if let Some(users) = self.users {
                checked(libc::setns(users, libc::CLONE_NEWUSER))?;
            }
            checked(libc::setns(self.namespace, libc::CLONE_NEWNET))
        }
    }

    /// Lets what `command` starts enter the network.
    pub fn lead(self, command: &mut Command) {
        // SAFETY: the closure makes system calls only.
        unsafe { command.pre_exec(move || self.enter()) };
    }
}

/// Whether this process can address other machines at all: some sandboxes have no route to any.
pub fn has_routes() -> bool {
    let read = |name| std::fs::read_to_string(Path::new("/proc/net").join(name)).unwrap_or_default();
    leads_out(&read("route"), &read("ipv6_route"))
}

/// The tables of routes of proc(5): the first has a heading, and no local routes; each line of the second ends with the interface.
fn leads_out(route: &str, ipv6_route: &str) -> bool {
    route.lines().count() > 1 || ipv6_route.lines().any(|line| !line.ends_with(" lo"))
}

/// The counts of packets and connections without a route, in tables of proc(5): values below their names, and beside them.
fn unrouted(snmp: &str, snmp6: &str) -> u64 {
    let mut lines = snmp.lines().filter(|line| line.starts_with("Ip:")).map(str::split_whitespace);
    let (names, values) = (lines.next(), lines.next());
    let named = names.into_iter().flatten().zip(values.into_iter().flatten());
    let pairs = snmp6.lines().filter_map(|line| line.split_once(char::is_whitespace));
    let counts = named.chain(pairs).filter(|(name, _)| ["OutNoRoutes", "Ip6OutNoRoutes"].contains(name));
    counts.filter_map(|(_, count)| count.trim().parse::<u64>().ok()).sum()
}

/// What makes a user in a namespace the same user; prepared beforehand, because a forked child must not allocate.
struct IdentityMaps {
    users: String,
    groups: String,
}

impl IdentityMaps {
    fn here() -> Self {
        let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Self { users: format!("{user} {user} 1"), groups: format!("{group} {group} 1") }
    }
}

fn leave_network(maps: &IdentityMaps) -> io::Result<()> {
    // SAFETY: unshare(2) takes plain numbers.
    if unsafe { libc::unshare(libc::CLONE_NEWNET) } == 0 {
        return Ok(());
    }
    // SAFETY: the same.
    checked(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) })?;
    // Who may map groups may not drop any: user_namespaces(7).
    write(c"/proc/self/setgroups", b"deny")?;
    write(c"/proc/self/uid_map", maps.users.as_bytes())?;
    write(c"/proc/self/gid_map", maps.groups.as_bytes())
}

fn write(path: &std::ffi::CStr, text: &[u8]) -> io::Result<()> {
    let file = rustix::fs::open(path, rustix::fs::OFlags::WRONLY, rustix::fs::Mode::empty())?;
    rustix::io::write(&file, text)?;
    Ok(())
}

/// Switches the loopback interface on: netdevice(7).
fn raise_loopback() -> io::Result<()> {
    // SAFETY: ifreq is plain numbers, for which zero is a value; ioctl(2) reads one from a live place.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        checked(socket)?;
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        let raised = checked(libc::ioctl(socket, libc::SIOCSIFFLAGS as _, &request));
        libc::close(socket);
        raised
    }
}

/// The namespaces of a process: of users where it has one of its own, and of its network.
fn open(process: u32) -> io::Result<(Option<OwnedFd>, OwnedFd)> {
    let path = |kind: &str| format!("/proc/{process}/ns/{kind}");
    let is_own = std::fs::read_link(path("user"))? != std::fs::read_link("/proc/self/ns/user")?;
    let users = is_own.then(|| File::open(path("user"))).transpose()?.map(OwnedFd::from);
    Ok((users, File::open(path("net"))?.into()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    fn inside(network: &Network, script: &str) -> std::process::Output {
        let mut command = Command::new("bash");
        command.args(["-c", script]);
        network.door().lead(&mut command);
        command.output().expect("bash starts")
    }

    #[test]
    fn loopback_answers_there_and_nothing_else() {
        let Ok(network) = Network::alone() else { return };
        let answered = inside(&network, "exec 3<>/dev/udp/127.0.0.1/9 && echo hello >&3");
        assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
        assert_eq!(network.attempts(), 0);
        // An address of documentation, RFC 5737.
        let refused = inside(&network, "exec 3<>/dev/tcp/192.0.2.1/80");
        assert!(!refused.status.success());
        assert_eq!(network.attempts(), 1);
    }

    #[test]
    fn it_is_not_the_network_of_others() {
        let Ok(network) = Network::alone() else { return };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a loopback interface");
        let port = listener.local_addr().expect("it is bound").port();
        TcpStream::connect(("127.0.0.1", port)).expect("it is reached from here");
        assert!(!inside(&network, &format!("exec 3<>/dev/tcp/127.0.0.1/{port}")).status.success());
    }

    #[test]
    fn tables_are_read_as_the_kernel_writes_them() {
        let snmp = "Ip: Forwarding OutNoRoutes ReasmTimeout\nIp: 1 4 0\nIcmp: InMsgs\nIcmp: 7\n";
        assert_eq!(unrouted(snmp, "Ip6InReceives     \t9\nIp6OutNoRoutes     \t2\n"), 6);
        assert_eq!(unrouted("", ""), 0);
        let heading = "Iface\tDestination\tGateway\n";
        let local = "00000000000000000000000000000001 80 00 00 00 00 80200001       lo\n";
        assert!(!leads_out(heading, local) && !leads_out("", ""));
        assert!(leads_out(&format!("{heading}eth0\t00000000\t0101A8C0\n"), local));
        assert!(leads_out(heading, "fe80 40 00 00 00 00 00000001     eth0\n"));
    }
}
