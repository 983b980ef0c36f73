//! Ports on loopback for servers that cannot choose one themselves.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use crate::process::Process;

/// Starts a server on a free port, and waits until it listens there. Somebody else may take the port between asking for it and
/// using it; then it is tried again.
pub(crate) fn on_a_free_port(start: impl Fn(u16) -> Process) -> (Process, SocketAddr) {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        let address = free_address();
        let mut process = start(address.port());
        if listens(&mut process, address) {
            return (process, address);
        }
    }
    panic!("the server did not begin to listen in {TRIES} tries");
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

fn listens(process: &mut Process, address: SocketAddr) -> bool {
    const POLLS: usize = 1_000;
    for _ in 0..POLLS {
        if process.has_ended() {
            return false;
        }
        if TcpStream::connect(address).is_ok() {
            return !process.has_ended();
        }
        sleep(Duration::from_millis(10));
    }
    false
}
