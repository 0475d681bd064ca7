//! Tells the crate which sources it was built from: what the checks of a build remember is of use only to the same program,
//! and while it is worked on the version says too little.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a build script reads files and speaks to cargo; the crate does not"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut files = BTreeSet::from([PathBuf::from("Cargo.toml")]);
    list(Path::new("src"), &mut files)?;
    // Its findings are remembered in the same way. Where it is not beside this one, both are of one version.
    let comparison = Path::new("../migrate-schema/src");
    if comparison.is_dir() {
        list(comparison, &mut files)?;
        println!("cargo::rerun-if-changed={}", comparison.display());
    }
    // FNV-1a: nobody has a reason to make two versions alike.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in &files {
        for byte in fs::read(file)? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rustc-env=MIGRATE_CORE_SOURCES={hash:016x}");
    Ok(())
}

fn list(folder: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, files)?,
            false => drop(files.insert(path)),
        }
    }
    Ok(())
}
