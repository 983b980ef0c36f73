//! How much is read: a repository that somebody else wrote must not take all memory.
//!
//! Every object says how large it is before it is unpacked, so nothing is unpacked only to be found too large. What is
//! beyond a limit is an error that says the limit.

/// The longest text that is read, in bytes: a config, a message, a name in a file, the target of a link. Longer ones are
/// not written either. 1 MiB: a thousand times the config of an environment, and room for a changelog in a message.
pub const LARGEST_TEXT: usize = 1024 * 1024;

/// The largest directory that is read, in bytes as git stores it. 16 MiB: about 300,000 entries with names of thirty
/// characters. One such directory takes about 150 MiB of memory at most.
pub const LARGEST_DIRECTORY: usize = 16 * 1024 * 1024;

/// The largest object of any kind that is unpacked, and the largest manifest or message of a commit that is written, in
/// bytes. 64 MiB: more than what git services accept without a warning.
pub const LARGEST_OBJECT: usize = 64 * 1024 * 1024;

/// How much is read for one command or one [check](crate::ManifestRepo::check), in bytes of directories and texts, each
/// counted as often as it is read: a directory can be in many places at once without taking space in a repository.
/// 1 GiB: about four times a repository with 10,000 applications in 10 environments, each with 20 releases. What is
/// kept takes memory in proportion: by the sizes of the structures, ten to fifteen bytes for each that is read at most.
pub const LARGEST_READING: u64 = 1024 * 1024 * 1024;

/// Bytes in words.
pub(crate) fn in_words(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_round_and_sizes_exact() {
        let limits = [LARGEST_TEXT as u64, LARGEST_DIRECTORY as u64, LARGEST_OBJECT as u64, LARGEST_READING];
        assert_eq!(limits.map(in_words), ["1 MiB", "16 MiB", "64 MiB", "1024 MiB"]);
        assert_eq!(in_words(LARGEST_TEXT as u64 + 1), "1048577 bytes");
    }
}
