//! What is remembered from one check to the next. A file that is not there, or is damaged, is made anew, so that nothing waits for
//! the disk.

use std::fs;
use std::path::{Path, PathBuf};

/// Where something of a kind is kept in a folder; a file for each history, which the names of its directories tell apart.
pub fn file<'n>(folder: &Path, kind: &str, names: impl IntoIterator<Item = &'n Path>) -> PathBuf {
    let names: Vec<_> = names.into_iter().map(|name| name.to_string_lossy()).collect();
    // FNV-1a: what two histories share is only a file that each overwrites.
    let hash = names.join("\n").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    folder.join(format!("migrate-{kind}-{hash:016x}"))
}

/// Keeps something for the next time. Where that does not work, it is found out again.
pub fn keep(file: &Path, bytes: &[u8]) {
    // Several processes may be at it at once; none of them sees half a file.
    let own = file.with_extension(std::process::id().to_string());
    if fs::write(&own, bytes).is_ok() && fs::rename(&own, file).is_err() {
        let _ = fs::remove_file(&own);
    }
}
