//! How many browsers work at once when nobody says.

use std::fs;

/// What a browser with a page that is lived in takes, at most: four plain ones were measured at 913 MiB.
const BYTES_EACH: u64 = 512 << 20;

/// One for each core, as far as there is memory for them.
pub(crate) fn of_this_machine() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let free = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let allowed = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    workers(cores, free.into_iter().chain(allowed).min())
}

/// Where memory is not known, cores decide.
fn workers(cores: usize, bytes: Option<u64>) -> usize {
    let room = bytes.map_or(u64::MAX, |bytes| bytes / BYTES_EACH);
    cores.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1)
}

/// The bytes that `/proc/meminfo` calls available.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_decide_as_far_as_memory_goes() {
        const GIB: u64 = 1 << 30;
        for (cores, bytes, expected) in
            [(8, None, 8), (8, Some(64 * GIB), 8), (8, Some(2 * GIB), 4), (8, Some(GIB / 4), 1), (1, Some(64 * GIB), 1)]
        {
            assert_eq!(workers(cores, bytes), expected, "{cores} cores, {bytes:?} bytes");
        }
    }

    #[test]
    fn available_memory_is_read_as_the_kernel_writes_it() {
        let text = "MemTotal:       24000000 kB\nMemFree:  100 kB\nMemAvailable:   2048 kB\n";
        assert_eq!(available(text), Some(2 << 20));
        assert_eq!(available("MemTotal: 1 kB"), None);
        assert_eq!(available("MemAvailable: much"), None);
    }
}
