//! What holds for the code base as such.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The core is pure: text and values in, values out. `migrate-core/clippy.toml` refuses the standard library's files,
/// clocks and printing; what it cannot see is a dependency that brings them.
#[test]
fn the_core_depends_on_no_diesel_and_no_file_system() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "migrate-core", "--edges", "normal,build", "--all-features"])
        .args(["--prefix", "none", "--format", "{lib}", "--no-dedupe"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let found: BTreeSet<&str> = tree.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // Hashing, the drawing of diagnostics, PostgreSQL's grammar; everything here was looked at and does no input or output.
    let looked_at: BTreeSet<&str> = [
        "annotate_snippets",
        "anstyle",
        "autocfg",
        "block_buffer",
        "cfg_if",
        "const_oid",
        "countme",
        "cpufeatures",
        "crypto_common",
        "digest",
        "drop_bomb",
        "either",
        "hashbrown",
        "hybrid_array",
        "memchr",
        "memoffset",
        "migrate_core",
        "nohash_hasher",
        "num_bigint",
        "num_integer",
        "num_traits",
        "rowan",
        "rustc_hash",
        "sha2",
        "smol_str",
        "squawk_lexer",
        "squawk_line_index",
        "squawk_parser",
        "squawk_syntax",
        "text_size",
        "typenum",
        "unicode_width",
    ]
    .into();
    let new: Vec<_> = found.difference(&looked_at).collect();
    assert!(new.is_empty(), "migrate-core has new dependencies: {new:?}; are they pure?");
}

/// Every Rust file belongs to a crate's module tree: an undeclared one is dead.
#[test]
fn every_source_file_is_declared() {
    for folder in [
        "src",
        "migrate-core/src",
        "migrate-dir/src",
        "migrate-macros/src",
        "migrate-runtime/src",
        "migrate-schema/src",
        "migrate-cli/src",
    ] {
        for file in rust_files(&root().join(folder)) {
            let stem = file.file_stem().unwrap().to_str().unwrap();
            if matches!(stem, "lib" | "main") {
                continue;
            }
            let folder = file.parent().unwrap();
            let parents = [
                folder.join("lib.rs"),
                folder.join("main.rs"),
                folder.with_extension("rs"),
                folder.join("mod.rs"),
            ];
            let declared = parents
                .iter()
                .filter_map(|parent| std::fs::read_to_string(parent).ok())
                .any(|text| text.lines().any(|line| line.trim_end().ends_with(&format!("mod {stem};"))));
            assert!(declared, "{} is declared nowhere", file.display());
        }
    }
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
