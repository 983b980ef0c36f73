//! Small disks that can be full: file systems in memory.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable that names the faults which must be tried.
pub const FAULTS: &str = "KUBERPULT_TEST_FAULTS";

/// What a full disk is called in it.
const FULL_DISK: &str = "full-disk";

/// Set within the process that may mount.
const INSIDE: &str = "KUBERPULT_TEST_MAY_MOUNT";

/// What may mount: a process with mounts of its own, which end with it, as root or as somebody who is root there.
const WAYS: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--map-root-user", "--mount"]];

/// Runs a test that mounts [small disks](SmallDisk), in a process of its own with mounts of its own: the same test of the same
/// program once more. `test` is its full name there.
///
/// Where that cannot be done the test is left out, and says so; unless [`FAULTS`] asks for it.
///
/// # Panics
/// The test fails, or cannot be run although it is asked for.
pub fn with_small_disks(test: &str, run: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return run();
    }
    let mut problem = String::new();
    let way = WAYS.into_iter().find(|way| may_mount(way).map_err(|said| problem = said).is_ok());
    let Some(way) = way else {
        assert!(!is_wanted(), "{FAULTS} asks for {FULL_DISK}, but nothing can be mounted: {problem}");
        eprintln!("left out: {FULL_DISK}, because nothing can be mounted: {problem}");
        return;
    };
    let program = std::env::current_exe().expect("a program");
    let mut command = within(way, &program.display().to_string());
    let output = command.args([test, "--exact", "--nocapture"]).env(INSIDE, "1").output().expect("run");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}\n{stderr}");
    // The lines of the test itself, without those about it.
    let about = |line: &str| line.is_empty() || line.starts_with("running ") || line.starts_with("test ");
    stdout.lines().filter(|line| !about(line)).for_each(|line| println!("{line}"));
}

fn is_wanted() -> bool {
    let wanted = std::env::var(FAULTS).unwrap_or_default();
    let names: Vec<&str> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let unknown = names.iter().find(|name| **name != FULL_DISK);
    assert_eq!(unknown, None, "{FAULTS} names what is none; there is {FULL_DISK}");
    !names.is_empty()
}

fn within(way: &[&str], program: &str) -> Command {
    let mut words = way.iter().copied().chain([program]);
    let mut command = Command::new(words.next().unwrap_or(program));
    command.args(words);
    command
}

fn may_mount(way: &[&str]) -> Result<(), String> {
    let mut command = within(way, "mount");
    let output = command.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs", "/tmp"]).output();
    let output = output.map_err(|error| format!("{}: {error}", way.join(" ")))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

/// A file system of a given size. Only in [`with_small_disks`] can there be one.
#[derive(Debug)]
pub struct SmallDisk {
    directory: PathBuf,
}

impl SmallDisk {
    /// Mounts an empty one on a directory, which is made when it is not there.
    #[must_use]
    pub fn mount(directory: &Path, bytes: usize) -> Self {
        std::fs::create_dir_all(directory).expect("a directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={bytes},mode=0755"), "tmpfs"]).arg(directory);
        assert!(mount.status().expect("mount can be run").success(), "{}", directory.display());
        Self { directory: directory.to_owned() }
    }

    /// Fills it until so many bytes are left, counted in pages of memory.
    pub fn fill(&self, left: u64) {
        let mut file = File::create(self.filler()).expect("a file");
        let mut written = 0;
        while let Ok(bytes) = file.write(&[b'x'; 4096]) {
            written += bytes as u64;
        }
        file.set_len(written.saturating_sub(left)).expect("shorter");
    }

    /// Makes room again.
    pub fn make_room(&self) {
        std::fs::remove_file(self.filler()).expect("removed");
    }

    fn filler(&self) -> PathBuf {
        self.directory.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // It ends with the process anyway.
        let _ = Command::new("umount").arg("--lazy").arg(&self.directory).status();
    }
}
