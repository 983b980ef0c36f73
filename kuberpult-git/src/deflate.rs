//! [`Deflate`]: zlib streams, one after another.

use std::io;

use gix::zlib::Compression;
use gix::zlib::Status;
use gix::zlib::stream::deflate::{Compress, FlushCompress};

/// Compresses one object after another; its tables are made once.
pub(crate) struct Deflate {
    compress: Compress,
}

impl Deflate {
    pub(crate) fn new(compression: Compression) -> Self {
        Self { compress: Compress::new(compression) }
    }

    /// Compresses a part of a stream, and ends it if there are no more.
    fn part(&mut self, bytes: &[u8], to: &mut Vec<u8>, flush: FlushCompress) -> io::Result<()> {
        let (before, filled) = (self.compress.total_in(), to.len());
        let out_before = self.compress.total_out();
        // What zlib says that it may take: hardly more than what goes in.
        to.resize(filled + bytes.len() + bytes.len() / 1000 + 64, 0);
        loop {
            let read = (self.compress.total_in() - before) as usize;
            let at = filled + (self.compress.total_out() - out_before) as usize;
            if at == to.len() {
                to.resize(at + 4096, 0);
            }
            let (rest, room) = (bytes.get(read..), to.get_mut(at..));
            let (Some(rest), Some(room)) = (rest, room) else { break };
            let status = self.compress.compress(rest, room, flush).map_err(io::Error::other)?;
            let is_read = (self.compress.total_in() - before) as usize == bytes.len();
            if status == Status::StreamEnd || (flush == FlushCompress::None && is_read) {
                break;
            }
        }
        to.truncate(filled + (self.compress.total_out() - out_before) as usize);
        Ok(())
    }

    /// Appends the stream of what is given in two parts.
    pub(crate) fn append_both(&mut self, first: &[u8], bytes: &[u8], to: &mut Vec<u8>) -> io::Result<()> {
        self.compress.reset();
        self.part(first, to, FlushCompress::None)?;
        self.part(bytes, to, FlushCompress::Finish)
    }

    /// Appends the stream of this.
    pub(crate) fn append(&mut self, bytes: &[u8], to: &mut Vec<u8>) -> io::Result<()> {
        self.append_both(&[], bytes, to)
    }
}
