//! What can be proved about the SQL, and what is remembered of it from build to build.
//!
//! The verdict is kept in `OUT_DIR`, which packages with a build script have: a build in which no migration has changed, and
//! that is most of them, checks nothing anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::checks::{self, Settings, Verdict};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::digest::Digest;
use migrate_core::file::Dialects;
use migrate_dir::project;
use proc_macro2::TokenStream;
use quote::quote;

use crate::load::{self, Loaded};
use crate::report::in_rust_analyzer;

/// Adds to the findings what the checks of the project find. The tokens make cargo watch the project's settings.
pub(crate) fn check(loaded: &mut Loaded, dialects: Dialects, krate: &TokenStream) -> TokenStream {
    // rust-analyzer shows nothing of it, and expands with every key.
    if loaded.history.is_none() || in_rust_analyzer() {
        return TokenStream::new();
    }
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folders: Vec<&Path> = loaded.directories.iter().map(|(path, _)| path.as_path()).collect();
    let (sources, findings) = (&mut loaded.sources, &mut loaded.findings);
    let found = project::find(&package, &folders, load::shown, sources, findings);
    let (settings, path) = match found {
        Ok(Some(project)) => (project.settings, Some(project.path)),
        Ok(None) => (Settings::default(), None),
        Err(error) => {
            loaded.findings.push(Diagnostic::error(Code("unreadable"), error.to_string()));
            return TokenStream::new();
        }
    };
    let Some(history) = loaded.history.as_ref() else { return TokenStream::new() };
    let key = checks::key(history, &loaded.sources, dialects, &settings);
    let file = env::var_os("OUT_DIR").map(|out| Path::new(&out).join(file_name(loaded)));
    let kept = file.as_ref().and_then(|file| Verdict::decode(&fs::read(file).ok()?, key, &loaded.sources));
    let new = match kept {
        Some(findings) => findings,
        None => {
            let findings = checks::check(history, &loaded.sources, dialects, &settings, |dialect| {
                migrate_dir::statements(history, dialect)
            });
            if let Some(file) = &file {
                keep(file, key, &findings);
            }
            findings
        }
    };
    loaded.findings.extend(new);
    match path.filter(|_| !loaded.is_broken()) {
        Some(path) => {
            let path = path.to_string_lossy().into_owned();
            quote! { const _: &[u8] = #krate::__private::core::include_bytes!(#path); }
        }
        None => TokenStream::new(),
    }
}

/// One for each history of the package.
fn file_name(loaded: &Loaded) -> String {
    let name = |(path, _): &(PathBuf, String)| path.to_string_lossy().into_owned();
    let names: Vec<String> = loaded.directories.iter().map(name).collect();
    // FNV-1a: what two histories share is only a file that each overwrites.
    let hash = names.join("\n").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("migrate-checks-{hash:016x}")
}

/// Keeps the findings for the next build. Where that does not work, it checks again.
fn keep(file: &Path, key: Digest, findings: &[Diagnostic]) {
    let verdict = Verdict { key, findings: findings.to_vec() };
    // Several compilers may run at once; none of them sees half a file.
    let own = file.with_extension(std::process::id().to_string());
    if fs::write(&own, verdict.encode()).is_ok() && fs::rename(&own, file).is_err() {
        let _ = fs::remove_file(&own);
    }
}
