//! Writing a few objects: a file for each.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use gix::objs::encode;
use gix::zlib::Compression;

use crate::deflate::Deflate;
use crate::new_objects::NewObjects;
use crate::pack::{persist, temporary};

/// Writes each object as a file into a directory of objects. With `is_hardened` they are on the disk when it returns.
pub(crate) fn write(
    objects: &NewObjects,
    directory: &Path,
    compression: Compression,
    is_hardened: bool,
) -> io::Result<()> {
    let mut deflate = Deflate::new(compression);
    let mut stream = Vec::new();
    for (id, body) in objects.whole() {
        let header = encode::loose_header(body.kind(), body.bytes().len() as u64);
        stream.clear();
        deflate.append_both(&header, body.bytes(), &mut stream)?;
        let name = id.to_string();
        let Some((first, rest)) = name.split_at_checked(2) else { continue };
        let place = directory.join(first);
        // Git's own name: what a process leaves that is killed here, `git gc` removes.
        let mut file = match temporary("tmp_obj_", &place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(&place)?;
                if is_hardened {
                    File::open(directory)?.sync_all()?;
                }
                temporary("tmp_obj_", &place)?
            }
            other => other?,
        };
        file.write_all(&stream)?;
        if is_hardened {
            file.as_file().sync_all()?;
        }
        persist(file, &place.join(rest))?;
        if is_hardened {
            File::open(&place)?.sync_all()?;
        }
    }
    Ok(())
}
