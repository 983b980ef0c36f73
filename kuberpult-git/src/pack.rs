//! Writing many objects at once: a pack, and its index.
//!
//! The format is git's (gitformat-pack). gix can write packs of objects that are in a repository already, and indexes of
//! packs that it has read once more; here everything is known from the start.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use gix::ObjectId;
use gix::hash::Hasher;
use gix::hashtable::HashMap;
use gix::objs::Kind;
use gix::odb::pack::data::{Version, entry::Header, header};
use gix::zlib::Compression;
use tempfile::NamedTempFile;

use crate::deflate::Deflate;
use crate::new_objects::{Delta, NewObjects};

/// Where an object is in the pack.
struct Written {
    id: ObjectId,
    offset: u64,
    crc: u32,
}

/// Writes the objects as a pack into a directory of objects. When it returns, all of it can be read, and with
/// `is_hardened` it is on the disk.
pub(crate) fn write(
    objects: &NewObjects,
    directory: &Path,
    ids: gix::hash::Kind,
    compression: Compression,
    is_hardened: bool,
) -> io::Result<()> {
    let directory = directory.join("pack");
    std::fs::create_dir_all(&directory)?;
    // Git's own names: what a process leaves that is killed here, `git gc` removes.
    let mut pack = Hashing::new(temporary("tmp_pack_", &directory)?, ids);
    let mut written = write_objects(objects, &mut pack, compression)?;
    let (pack, checksum) = pack.finish(is_hardened)?;
    written.sort_by_key(|object| object.id);
    let mut index = Hashing::new(temporary("tmp_idx_", &directory)?, ids);
    write_index(&written, &checksum, &mut index)?;
    let (index, _) = index.finish(is_hardened)?;
    // Nobody reads a pack without an index, so that comes last.
    persist(pack, &directory.join(format!("pack-{checksum}.pack")))?;
    persist(index, &directory.join(format!("pack-{checksum}.idx")))?;
    if is_hardened { File::open(&directory)?.sync_all() } else { Ok(()) }
}

fn write_objects(
    objects: &NewObjects,
    pack: &mut Hashing,
    compression: Compression,
) -> io::Result<Vec<Written>> {
    let too_many = || io::Error::other("more objects than fit into a pack");
    let count = u32::try_from(objects.len()).map_err(|_| too_many())?;
    pack.write_all(&header::encode(Version::V2, count))?;
    let mut offsets: HashMap<ObjectId, u64> = HashMap::default();
    let mut written = Vec::with_capacity(objects.len());
    let mut deflate = Deflate::new(compression);
    let mut entry = Vec::new();
    for (id, object) in objects.packed() {
        let offset = pack.written;
        let (header, bytes): (Header, &[u8]) = match object {
            Ok(body) => (header_of(body.kind()), body.bytes()),
            Err(Delta { base, instructions }) => {
                let base = offsets.get(base).ok_or_else(|| io::Error::other("a delta without its base"))?;
                (Header::OfsDelta { base_distance: offset - base }, instructions)
            }
        };
        entry.clear();
        header.write_to(bytes.len() as u64, &mut entry)?;
        deflate.append(bytes, &mut entry)?;
        pack.write_all(&entry)?;
        offsets.insert(*id, offset);
        written.push(Written { id: *id, offset, crc: crc32fast::hash(&entry) });
    }
    Ok(written)
}

fn header_of(kind: Kind) -> Header {
    match kind {
        Kind::Blob => Header::Blob,
        Kind::Tree => Header::Tree,
        Kind::Commit => Header::Commit,
        Kind::Tag => Header::Tag,
    }
}

/// An index, version 2. The objects are in the order of their ids.
fn write_index(objects: &[Written], pack: &ObjectId, index: &mut Hashing) -> io::Result<()> {
    const LARGE: u64 = 1 << 31;
    index.write_all(b"\xfftOc\0\0\0\x02")?;
    let mut below = 0;
    for first in 0..=u8::MAX {
        let rest = objects.get(below..).unwrap_or_default();
        below += rest.partition_point(|object| object.id.first_byte() == first);
        index.write_all(&(below as u32).to_be_bytes())?;
    }
    for object in objects {
        index.write_all(object.id.as_bytes())?;
    }
    for object in objects {
        index.write_all(&object.crc.to_be_bytes())?;
    }
    let mut large = Vec::new();
    for object in objects {
        let offset = if object.offset < LARGE {
            object.offset
        } else {
            large.push(object.offset);
            LARGE | (large.len() as u64 - 1)
        };
        index.write_all(&(offset as u32).to_be_bytes())?;
    }
    for offset in large {
        index.write_all(&offset.to_be_bytes())?;
    }
    index.write_all(pack.as_bytes())
}

/// A file that ends with the checksum of what is in it.
struct Hashing {
    file: BufWriter<NamedTempFile>,
    hasher: Hasher,
    written: u64,
}

impl Hashing {
    fn new(file: NamedTempFile, ids: gix::hash::Kind) -> Self {
        let file = BufWriter::with_capacity(256 * 1024, file);
        Self { file, hasher: gix::hash::hasher(ids), written: 0 }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn finish(mut self, is_hardened: bool) -> io::Result<(NamedTempFile, ObjectId)> {
        let checksum = self.hasher.try_finalize().map_err(io::Error::other)?;
        self.file.write_all(checksum.as_bytes())?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if is_hardened {
            file.as_file().sync_all()?;
        }
        Ok((file, checksum))
    }
}

/// A temporary file that becomes an object or a pack.
pub(crate) fn temporary(prefix: &str, directory: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(prefix).permissions(read_only()).tempfile_in(directory)
}

pub(crate) fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn read_only() -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o444)
}
