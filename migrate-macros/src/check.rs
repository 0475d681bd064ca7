//! What can be proved about the SQL, and what is remembered of it from build to build.
//!
//! It is kept in `OUT_DIR`, which packages with a build script have: the verdict, for a build in which no migration has changed,
//! and that is most of them; and what came of each revision, so that otherwise only those are run that see something new.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::checks::{self, Settings, Verdict};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::file::Dialects;
use migrate_core::history::History;
use migrate_core::proof::Traces;
use migrate_core::revision::Direction;
use migrate_dir::{memory, project};
use proc_macro2::TokenStream;
use quote::quote;

use crate::args::{Embed, Files};
use crate::load::{self, Loaded};
use crate::report::in_rust_analyzer;

/// Adds to the findings what the checks of the project find. The tokens make cargo watch what else was looked at: the
/// project's settings, and the files with declarations.
pub(crate) fn check(loaded: &mut Loaded, args: &Embed) -> TokenStream {
    // rust-analyzer shows nothing of it, and expands with every key.
    if loaded.history.is_none() || in_rust_analyzer() {
        return TokenStream::new();
    }
    let dialects = args.rules().dialects;
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
    let mut watched: Vec<PathBuf> = path.into_iter().collect();
    // What came of revisions before is read only if something has to be checked anew.
    let file = file("traces", loaded);
    let read_traces = || {
        let bytes = file.as_ref().and_then(|file| fs::read(file).ok());
        bytes.map_or_else(Traces::default, Traces::decode)
    };
    let mut kept: Option<Traces> = None;
    remembered(loaded, "checks", dialects, &settings, |loaded, history| {
        let traces = kept.get_or_insert_with(read_traces);
        let read = |dialect, wanted: &(dyn Fn(usize, Direction) -> bool + Sync)| {
            migrate_dir::statements(history, dialect, wanted)
        };
        checks::check(history, &loaded.sources, dialects, &settings, traces, read)
    });
    if !args.schema().is_empty() {
        let paths = paths(args.schema(), &package);
        let models = migrate_schema::load(&paths, &mut loaded.sources);
        watched.extend(models.looked_at);
        loaded.findings.extend(models.findings);
        remembered(loaded, "models", dialects, &settings, |_, history| {
            let traces = kept.get_or_insert_with(read_traces);
            let (files, levels) = (&models.files, &settings.levels);
            migrate_schema::check(history, dialects, files, levels, traces, |dialect, wanted| {
                // The declarations are compared with where the upgrades lead.
                migrate_dir::statements(history, dialect, |node, direction| {
                    direction == Direction::Upgrade && wanted(node)
                })
            })
        });
    }
    if let (Some(file), Some(traces)) = (&file, kept.filter(|traces| !traces.are_as_read())) {
        memory::keep(file, &traces.encode());
    }
    if loaded.is_broken() {
        // A build that fails is tried again in any case.
        return TokenStream::new();
    }
    let watched = watched.iter().map(|path| path.to_string_lossy().into_owned());
    let krate = &args.krate;
    quote! {
        #( const _: &[u8] = #krate::__private::core::include_bytes!(#watched); )*
        // Warnings are shown with it or not, and cargo keeps them.
        const _: #krate::__private::core::option::Option<&#krate::__private::core::primitive::str> =
            #krate::__private::core::option_env!("MIGRATE_PLAIN_ERRORS");
    }
}

/// The files, each from the package's folder or else from that of the file of the call, and how messages show them.
pub(crate) fn paths(files: &Files, package: &Path) -> Vec<(PathBuf, String)> {
    let path = |file: &syn::LitStr| {
        let wanted = file.value();
        let beside = file.span().unwrap().local_file();
        let beside = beside.and_then(|file| Some(file.parent()?.join(&wanted))).filter(|path| path.exists());
        let inside = package.join(&wanted);
        let path = load::normalize(&if inside.exists() { inside } else { beside.unwrap_or(inside) });
        let shown = load::shown(&path);
        (path, shown)
    };
    files.iter().map(path).collect()
}

/// Adds the findings of the last build to the others if they are about the same, else new ones.
fn remembered(
    loaded: &mut Loaded,
    kind: &str,
    dialects: Dialects,
    settings: &Settings,
    find: impl FnOnce(&Loaded, &History) -> Vec<Diagnostic>,
) {
    let Some(history) = loaded.history.as_ref() else { return };
    let key = checks::key(history, &loaded.sources, dialects, settings);
    let file = file(kind, loaded);
    let kept = file.as_ref().and_then(|file| Verdict::decode(&fs::read(file).ok()?, key, &loaded.sources));
    let findings = match kept {
        Some(findings) => findings,
        None => {
            let findings = find(loaded, history);
            if let Some(file) = &file {
                let verdict = Verdict { key, findings };
                memory::keep(file, &verdict.encode());
                return loaded.findings.extend(verdict.findings);
            }
            findings
        }
    };
    loaded.findings.extend(findings);
}

/// Where something is kept; a file for each history of the package.
pub(crate) fn file(kind: &str, loaded: &Loaded) -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("OUT_DIR")?);
    Some(memory::file(&folder, kind, loaded.directories.iter().map(|(path, _)| path.as_path())))
}
