//! How many connections fit into this process.

/// Files left for everything else: databases, logs, letters, calls to clients.
const ELSE: usize = 200;
/// What most systems give a process that asks for nothing.
const USUAL: usize = 1024;
/// More are not useful: each costs about 20 KiB.
const MOST: usize = 16_384;
/// Fewer are not enough for a single page and its parts.
const LEAST: usize = 32;

/// Connections for each of so many threads. Without a limit of our own, accepting would end with the last file there is,
/// and the database might be who needs it.
pub(crate) fn connections(workers: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    share(open_files(&limits).unwrap_or(USUAL), workers)
}

/// The soft limit, from what the kernel says.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn share(files: usize, workers: usize) -> usize {
    (files.saturating_sub(ELSE).min(MOST) / workers.max(1)).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             unlimited            unlimited            processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(open_files(""), None);
    }

    #[test]
    fn files_are_left_for_everything_else() {
        assert_eq!(share(1024, 2), 412);
        assert_eq!(share(1_000_000, 2), MOST / 2);
        assert_eq!(share(64, 8), LEAST);
    }
}
