//! [`Machine`]: what the numbers come from, without its name.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::child::program;

/// The machine, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    /// The model of the processor.
    pub(crate) processor: String,
    /// Threads that run at once.
    pub(crate) cores: usize,
    /// Memory in MiB.
    pub(crate) memory_mib: Option<u64>,
    /// System and kernel.
    pub(crate) system: String,
    /// The file system that repositories are on.
    pub(crate) file_system: Option<String>,
    /// git.
    pub(crate) git: String,
    /// The compiler.
    pub(crate) rustc: String,
    /// kuberpult.
    pub(crate) kuberpult: String,
    /// The peak memory of `git --version`, which does nothing, in KiB.
    pub(crate) smallest_peak_kib: u64,
    /// The day, in UTC.
    pub(crate) date: String,
}

impl Machine {
    /// This one.
    pub(crate) fn this(kuberpult: &Path, repositories: &Path, smallest_peak_kib: u64) -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            processor: processor().unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: memory_mib(),
            system: said("uname", &["-srm"]).unwrap_or_else(unknown),
            file_system: file_system(repositories),
            git: said("git", &["--version"]).unwrap_or_else(unknown),
            rustc: rustc().unwrap_or_else(unknown),
            kuberpult: kuberpult.to_str().and_then(|path| said(path, &["--version"])).unwrap_or_else(unknown),
            smallest_peak_kib,
            date: said("date", &["-u", "+%Y-%m-%d"]).unwrap_or_else(unknown),
        }
    }

    /// In one sentence.
    pub(crate) fn described(&self) -> String {
        let memory =
            self.memory_mib.map_or_else(String::new, |mib| format!(", {} GiB of memory", mib.div_ceil(1024)));
        let file_system = self.file_system.as_ref().map_or_else(String::new, |name| format!(", {name}"));
        let Self { processor, cores, system, git, rustc, kuberpult, date, .. } = self;
        format!(
            "{processor}, {cores} cores{memory}, {system}{file_system}; {git}, {rustc}, {kuberpult}; {date}"
        )
    }
}

fn said(name: &str, arguments: &[&str]) -> Option<String> {
    let output = program(name).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

/// rustup's `rustc` needs the environment to find a toolchain.
fn rustc() -> Option<String> {
    let output = std::process::Command::new("rustc").arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!said.is_empty()).then_some(said)
}

fn processor() -> Option<String> {
    let linux = std::fs::read_to_string("/proc/cpuinfo").ok();
    let model = linux.as_deref().and_then(|text| after(text, "model name")).map(ToOwned::to_owned);
    model.or_else(|| said("sysctl", &["-n", "machdep.cpu.brand_string"]))
}

fn memory_mib() -> Option<u64> {
    let linux = std::fs::read_to_string("/proc/meminfo").ok();
    let kib =
        linux.as_deref().and_then(|text| after(text, "MemTotal")?.split(' ').next()?.parse::<u64>().ok());
    let bytes = || said("sysctl", &["-n", "hw.memsize"])?.parse::<u64>().ok();
    kib.map(|kib| kib / 1024).or_else(|| Some(bytes()? / 1024 / 1024))
}

/// The value of a line `name: value`.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}

/// The kind of the file system with the longest mount point above the directory.
fn file_system(directory: &Path) -> Option<String> {
    let directory = directory.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let kinds = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, kind) = (fields.next()?, fields.next()?);
        directory.starts_with(point).then(|| (point.len(), kind.to_owned()))
    });
    Some(kinds.max()?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let text = "processor\t: 0\nmodel name\t: Some CPU\nMemTotal:  1024 kB\n";
        assert_eq!(after(text, "model name"), Some("Some CPU"));
        assert_eq!(after(text, "MemTotal"), Some("1024 kB"));
        assert_eq!(after(text, "bogus"), None);
    }
}
