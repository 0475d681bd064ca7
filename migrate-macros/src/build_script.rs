//! Makes cargo notice changes in the migrations directory.
//!
//! What makes cargo look at a *directory* is one line in `build.rs`: `cargo::rerun-if-changed=migrations`. The macro
//! cannot do it, but it can see whether the line is there. If it is not, the user is told, and until then every file
//! that exists is tracked one by one, so that only new files go unnoticed.

use std::env;
use std::fs;
use std::path::Path;

use migrate_core::diagnostic::{Code, Diagnostic};
use proc_macro2::TokenStream;
use quote::quote;

use crate::args::Directories;
use crate::load::{Loaded, normalize};
use crate::report::{Json, argument, in_rust_analyzer};

/// The tokens that make cargo watch the files, where the build script does not watch the directories.
pub(crate) fn tracking(loaded: &Loaded, krate: &TokenStream, directories: &Directories) -> TokenStream {
    // A build that fails is tried again in any case.
    if loaded.is_broken() || in_rust_analyzer() || argument("--out-dir").is_none() {
        return TokenStream::new();
    }
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let unwatched: Vec<(&str, String)> = directories
        .names
        .iter()
        .zip(&loaded.directories)
        .filter_map(|(name, (path, _))| Some((missing(Path::new(&package), path)?, name.value())))
        .collect();
    let Some((missing, _)) = unwatched.first() else { return TokenStream::new() };
    let names: Vec<_> = unwatched.iter().map(|(_, name)| format!("`{name}`")).collect();
    let watches: Vec<_> =
        unwatched.iter().map(|(_, name)| format!("println!(\"cargo::rerun-if-changed={name}\");")).collect();
    let finding = Diagnostic::warning(
        Code("no-build-script"),
        format!("cargo will not notice new files in {}, because {missing}", names.join(" and ")),
    )
    .help(format!("give the package a `build.rs` with\n    fn main() {{ {} }}", watches.join(" ")));
    let warning = match Json::wanted() {
        Some(json) => {
            json.write(&finding, &loaded.sources, directories.span);
            TokenStream::new()
        }
        None => deprecation(&finding),
    };
    let files = loaded.files.iter().map(|file| file.to_string_lossy().into_owned());
    // One constant for all of them: 10,000 constants would cost a second.
    quote! {
        const _: () = { #( let _ = #krate::__private::core::include_bytes!(#files); )* };
        #warning
    }
}

/// A warning without the JSON channel: the use of a deprecated constant.
fn deprecation(finding: &Diagnostic) -> TokenStream {
    let note = format!("\n{}\n{}", finding.message, finding.helps.join("\n"));
    quote! {
        const _: () = {
            #[deprecated(note = #note)]
            const __MIGRATE_BUILD_SCRIPT: () = ();
            __MIGRATE_BUILD_SCRIPT
        };
    }
}

/// Why the build script does not watch the directory; `None` if it does or if that cannot be known.
///
/// cargo sets `OUT_DIR` exactly for packages with a build script, and has written what the script printed to
/// `OUT_DIR/../output` before it starts the compiler.
fn missing(package: &Path, directory: &Path) -> Option<&'static str> {
    let Some(out) = env::var_os("OUT_DIR") else { return Some("the package has no build script") };
    let printed = fs::read_to_string(Path::new(&out).parent()?.join("output")).ok()?;
    let mut says_when = false;
    for line in printed.lines() {
        let Some(line) = line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:")) else {
            continue;
        };
        if let Some(path) = line.strip_prefix("rerun-if-changed=") {
            says_when = true;
            if directory.starts_with(normalize(&package.join(path))) {
                return None;
            }
        } else if line.starts_with("rerun-if-env-changed") {
            says_when = true;
        }
    }
    // Without any such line cargo watches the whole package.
    let watched = !says_when && directory.starts_with(package);
    (!watched).then_some("the build script does not watch it")
}
