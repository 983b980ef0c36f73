//! A TCP proxy that cuts connections at a chosen place.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// Nowhere.
    Nowhere,
    /// As soon as it is made.
    AtOnce,
    /// After that many bytes from the client. It works for encrypted connections, too.
    AfterBytes(usize),
    /// Before the server gets anything of the pack that the client sends.
    BeforePack,
    /// When the server has got the beginning of the pack.
    DuringPack,
    /// When the server has got the whole pack and begins to answer; the client gets nothing of the answer.
    BeforeAnswer,
}

/// A proxy in front of a server.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    cut: Mutex<Cut>,
    open: Mutex<Vec<Weak<Connection>>>,
    cuts: Mutex<BTreeMap<Cut, usize>>,
    stop: AtomicBool,
}

impl Proxy {
    /// Starts it in front of a server.
    #[must_use]
    pub fn start(server: SocketAddr, cut: Cut) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            cut: Mutex::new(cut),
            open: Mutex::default(),
            cuts: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if of_thread.stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(client), shared) = (client, Arc::clone(&of_thread)) else { continue };
                thread::spawn(move || drop(Connection::make(client, server, shared)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the next connections elsewhere.
    pub fn set(&self, cut: Cut) {
        *self.shared.cut.lock().expect("a lock") = cut;
    }

    /// Cuts the connections that are open.
    pub fn cut_now(&self) {
        for connection in self.shared.open.lock().expect("a lock").drain(..) {
            if let Some(connection) = connection.upgrade() {
                connection.cut();
            }
        }
    }

    /// How many connections it has cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.shared.cuts.lock().expect("a lock").values().sum()
    }

    /// How many of those it has cut that were to be cut there; of [`Cut::Nowhere`], those that were
    /// [cut while they were open](Self::cut_now).
    #[must_use]
    pub fn cuts_at(&self, cut: Cut) -> usize {
        self.shared.cuts.lock().expect("a lock").get(&cut).copied().unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // It waits for a connection: this is the last one.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

#[derive(Debug)]
struct Connection {
    client: TcpStream,
    server: TcpStream,
    cut: Cut,
    shared: Arc<Shared>,
    /// Whether the client has begun to send a pack.
    pack: AtomicBool,
}

impl Connection {
    fn make(client: TcpStream, server: SocketAddr, shared: Arc<Shared>) -> std::io::Result<()> {
        let cut = *shared.cut.lock().expect("a lock");
        let server = TcpStream::connect(server)?;
        let connection = Arc::new(Self { client, server, cut, shared, pack: AtomicBool::new(false) });
        if cut == Cut::AtOnce {
            connection.cut();
            return Ok(());
        }
        connection.shared.open.lock().expect("a lock").push(Arc::downgrade(&connection));
        let answering = Arc::clone(&connection);
        let answers = thread::spawn(move || drop(answering.forward_answer()));
        let forwarded = connection.forward_request();
        drop(answers.join());
        forwarded
    }

    fn cut(&self) {
        *self.shared.cuts.lock().expect("a lock").entry(self.cut).or_default() += 1;
        // They may be gone already.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    fn forward_request(&self) -> std::io::Result<()> {
        const OF_A_PACK: usize = 20;
        let (mut client, mut server) = (&self.client, &self.server);
        let mut forwarded = 0;
        // The end of what came before: the beginning of a pack may be in two parts.
        let mut tail = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let read = client.read(&mut buffer)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                return server.shutdown(Shutdown::Write);
            }
            let seen = [tail.as_slice(), bytes].concat();
            let pack = seen.windows(4).position(|bytes| bytes == b"PACK");
            let pack =
                pack.map(|at| at.saturating_sub(tail.len())).filter(|_| !self.pack.load(Ordering::SeqCst));
            let end = match (self.cut, pack) {
                (Cut::AfterBytes(limit), _) if forwarded + bytes.len() >= limit => Some(limit - forwarded),
                (Cut::BeforePack, Some(at)) => Some(at),
                (Cut::DuringPack, Some(at)) => Some((at + OF_A_PACK).min(bytes.len())),
                _ => None,
            };
            if pack.is_some() {
                self.pack.store(true, Ordering::SeqCst);
            }
            if let Some(end) = end {
                server.write_all(bytes.get(..end).unwrap_or_default())?;
                self.cut();
                return Ok(());
            }
            server.write_all(bytes)?;
            forwarded += bytes.len();
            tail = seen.get(seen.len().saturating_sub(3)..).unwrap_or_default().to_vec();
        }
    }

    fn forward_answer(&self) -> std::io::Result<()> {
        let (mut client, mut server) = (&self.client, &self.server);
        let mut buffer = [0; 4096];
        loop {
            let read = server.read(&mut buffer)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if self.cut == Cut::BeforeAnswer && self.pack.load(Ordering::SeqCst) {
                self.cut();
                return Ok(());
            }
            if bytes.is_empty() {
                return client.shutdown(Shutdown::Write);
            }
            client.write_all(bytes)?;
        }
    }
}
