//! Smart HTTP: `git http-backend` behind a small HTTP/1.1 server.
//!
//! It answers one request on each connection, and knows what git sends: bodies with a length or in chunks, `Expect:
//! 100-continue`, and `Authorization: Basic`. What is compressed `git http-backend` reads by itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::git::hermetic;
use crate::process::git_program;

/// Who gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Everybody, to read and to write.
    Everybody,
    /// Everybody, to read only: what would write is answered with 403.
    ReadOnly,
    /// Whoever shows this, as `Authorization: Basic` has it: the base64 of `user:password`. Others are answered with 401.
    Basic(String),
}

/// An HTTP server for the repositories in a directory.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Starts it.
    #[must_use]
    pub fn start(root: &Path, access: Access) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = Arc::new(AtomicBool::new(false));
        let backend = git_program("git-http-backend").expect("git-http-backend is there");
        let site = Arc::new(Site { root: root.to_owned(), backend, access });
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), site) = (stream, Arc::clone(&site)) else { continue };
                // A client that goes away is the test's business.
                thread::spawn(move || drop(site.serve(stream)));
            }
        });
        Self { address, stop, thread: Some(thread) }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a repository in its directory.
    #[must_use]
    pub fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // It waits for a connection: this is the last one.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Site {
    root: PathBuf,
    backend: PathBuf,
    access: Access,
}

#[derive(Default)]
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn writes(&self) -> bool {
        self.path.ends_with("/git-receive-pack") || self.query.contains("service=git-receive-pack")
    }
}

impl Site {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut answer = stream.try_clone()?;
        let Some(request) = read_request(&mut BufReader::new(stream), &mut answer)? else { return Ok(()) };
        match &self.access {
            Access::Basic(secret) if request.header("Authorization") != Some(&format!("Basic {secret}")) => {
                let challenge = "WWW-Authenticate: Basic realm=\"tests\"\r\n";
                respond(&mut answer, "401 Unauthorized", challenge, b"")
            }
            Access::ReadOnly if request.writes() => {
                respond(&mut answer, "403 Forbidden", "Content-Type: text/plain\r\n", b"read only here\n")
            }
            _ => self.run_backend(&request, &mut answer),
        }
    }

    fn run_backend(&self, request: &Request, answer: &mut TcpStream) -> std::io::Result<()> {
        let mut command = Command::new(&self.backend);
        hermetic(&mut command)
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REQUEST_METHOD", &request.method)
            .env("PATH_INFO", &request.path)
            .env("QUERY_STRING", &request.query)
            .env("CONTENT_TYPE", request.header("Content-Type").unwrap_or_default())
            .env("CONTENT_LENGTH", request.body.len().to_string())
            .env("HTTP_CONTENT_ENCODING", request.header("Content-Encoding").unwrap_or_default())
            .env("GIT_PROTOCOL", request.header("Git-Protocol").unwrap_or_default())
            .env("REMOTE_ADDR", "127.0.0.1")
            // Pushing is for those whose name is known.
            .env("REMOTE_USER", "jo")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (stdin, body) = (child.stdin.take(), request.body.clone());
        // It may answer before it has read everything.
        let writer = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&body)));
        let output = child.wait_with_output()?.stdout;
        drop(writer.join());
        let end = output.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap_or(output.len());
        let (head, rest) = output.split_at(end);
        let head = String::from_utf8_lossy(head);
        let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
        let headers = head.lines().filter(|line| !line.starts_with("Status: "));
        let headers: String = headers.map(|line| format!("{line}\r\n")).collect();
        respond(answer, status, &headers, rest.get(4..).unwrap_or_default())
    }
}

fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
    stream.write_all(body)?;
    stream.flush()
}

/// Reads a request; none when the client says nothing.
fn read_request(
    stream: &mut BufReader<TcpStream>,
    answer: &mut TcpStream,
) -> std::io::Result<Option<Request>> {
    let first = line(stream)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..Request::default()
    };
    loop {
        let header = line(stream)?;
        let Some((key, value)) = header.split_once(':') else { break };
        request.headers.push((key.to_owned(), value.trim().to_owned()));
    }
    if request.header("Expect").is_some() {
        answer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        request.body = read_chunks(stream)?;
    } else if let Some(length) = request.header("Content-Length").and_then(|length| length.parse().ok()) {
        read_exactly(stream, length, &mut request.body)?;
    }
    Ok(Some(request))
}

fn line(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn read_chunks(stream: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream)?;
        let size = u64::from_str_radix(size.split(';').next().unwrap_or_default(), 16)
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
        read_exactly(stream, size, &mut body)?;
        line(stream)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// A body that ends early is no request: nothing of it must reach a repository.
fn read_exactly(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> std::io::Result<()> {
    let read = stream.take(length).read_to_end(body)?;
    if u64::try_from(read).is_ok_and(|read| read == length) {
        Ok(())
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}
