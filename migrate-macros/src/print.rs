//! The declarations of `diesel print-schema` as tokens.
//!
//! The text is kept in `OUT_DIR` beside what it was made from, and so is what came of each revision: a build in which nothing has
//! changed replays nothing, and another replays what is new.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::checks::{self, Served, Settings};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::file::Dialects;
use migrate_core::history::History;
use migrate_core::parse::can_read;
use migrate_core::proof::Traces;
use migrate_core::revision::Direction;
use migrate_dir::memory;
use migrate_schema::{Options, Print, apply_patch_file, print_history};
use proc_macro2::TokenStream;
use quote::quote;

use crate::args::{PrintSchema, Printing};
use crate::check::{file, paths};
use crate::load::{Loaded, shown};

/// The declarations, and what makes cargo watch what else was looked at.
pub(crate) fn print(loaded: &mut Loaded, args: &PrintSchema) -> TokenStream {
    let Some((text, watched)) = declarations(loaded, args) else { return TokenStream::new() };
    let declarations: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            let message = format!("what is printed is no Rust: {error}");
            let finding = Diagnostic::error(Code("print-schema"), message);
            loaded
                .findings
                .push(finding.help("`migrate print-schema` shows it; the patch may be what is wrong"));
            return TokenStream::new();
        }
    };
    let krate = &args.krate;
    let watched = watched.iter().map(|path| path.to_string_lossy().into_owned());
    quote! {
        #( const _: &[u8] = #krate::__private::core::include_bytes!(#watched); )*
        #declarations
    }
}

/// The text, and the files besides the migrations that it depends on.
fn declarations(loaded: &mut Loaded, args: &PrintSchema) -> Option<(String, Vec<PathBuf>)> {
    let history = loaded.history.take()?;
    let printed = print_of(loaded, args, &history);
    loaded.history = Some(history);
    printed
}

fn print_of(loaded: &mut Loaded, args: &PrintSchema, history: &History) -> Option<(String, Vec<PathBuf>)> {
    let printing = args.printing();
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let named = paths(&printing.config, &package).into_iter().next();
    let config = match named {
        Some((path, _)) => Some(path),
        None => migrate_schema::find_diesel_toml(&package),
    };
    let config = migrate_schema::load_print_config(
        config.as_deref(),
        shown,
        &mut loaded.sources,
        &mut loaded.findings,
    );
    let dialect = dialect(args, history).map_err(|finding| loaded.findings.push(*finding)).ok()?;
    let print = chosen(config.prints, printing).map_err(|finding| loaded.findings.push(*finding)).ok()?;

    let what = format!("{dialect} {:?} {:?} {}", print.settings, printing.server, printing.allows_uncertain);
    let key = checks::key(history, &loaded.sources, Dialects::UNKNOWN, &Settings::default());
    let key = format!("{key} {what}");
    let kept = file("printed", loaded);
    if let Some(text) = kept.as_ref().and_then(|file| remembered(file, &key)) {
        return Some((text, config.looked_at));
    }
    let traces_file = file("traces", loaded);
    let bytes = traces_file.as_ref().and_then(|file| fs::read(file).ok());
    let mut traces = bytes.map_or_else(Traces::default, Traces::decode);
    let statements =
        migrate_dir::statements(history, dialect, |_, direction| direction == Direction::Upgrade);
    let heads = history.graph().real_heads();
    let how = (&print.settings, &Options::server(printing.server));
    let printed = print_history(history, heads, &statements, &mut traces, how, printing.allows_uncertain);
    if let (Some(file), false) = (&traces_file, traces.are_as_read()) {
        memory::keep(file, &traces.encode());
    }
    let is_whole = printed.findings.is_empty();
    loaded.findings.extend(printed.findings);
    let text = match print.patch.filter(|_| is_whole) {
        Some(patch) => match apply_patch_file(&printed.text, patch, &loaded.sources) {
            Ok(text) => text,
            Err(finding) => {
                loaded.findings.push(*finding);
                printed.text
            }
        },
        None => printed.text,
    };
    if let (Some(file), false) = (&kept, loaded.is_broken()) {
        memory::keep(file, format!("{}\n{key}{text}", key.len()).as_bytes());
    }
    // Where something is refused the rest is declared all the same, so that the error is the only one.
    Some((text, config.looked_at))
}

/// The text that was made from the same.
fn remembered(file: &Path, key: &str) -> Option<String> {
    let kept = fs::read_to_string(file).ok()?;
    let (len, rest) = kept.split_once('\n')?;
    let (made_from, text) = rest.split_at_checked(len.parse().ok()?)?;
    (made_from == key).then(|| text.to_owned())
}

/// The database that is meant: the one that is named, else the only one of the features, else the only one of the history.
fn dialect(args: &PrintSchema, history: &History) -> Result<Dialect, Box<Diagnostic>> {
    let enabled: Vec<Dialect> = Dialect::ALL.into_iter().filter(|dialect| can_read(*dialect)).collect();
    if let Some((dialect, _)) = args.printing().dialect {
        if enabled.contains(&dialect) {
            return Ok(dialect);
        }
        let message = format!(
            "the SQL of {dialect} is not understood without the feature `{dialect}` of `diesel-migrate`"
        );
        return Err(Box::new(Diagnostic::error(Code("no-dialect"), message)));
    }
    if let [one] = enabled[..] {
        return Ok(one);
    }
    let served: Vec<Dialect> = Served::of(history, Dialects::UNKNOWN).certain.iter().collect();
    match served[..] {
        [one] => Ok(one),
        _ => {
            let message = "several databases may be meant, each with a schema of its own";
            let finding = Diagnostic::error(Code("several-dialects"), message);
            Err(Box::new(finding.help("say which in the call: `dialect = postgres`")))
        }
    }
}

/// What is to be printed.
fn chosen(mut prints: Vec<Print>, printing: &Printing) -> Result<Print, Box<Diagnostic>> {
    let key = printing.key.as_ref().map_or("default".to_owned(), syn::LitStr::value);
    let Some(place) = prints.iter().position(|print| print.settings.key == key) else {
        let known: Vec<_> = prints.iter().map(|print| format!("`{}`", print.settings.key)).collect();
        let finding = Diagnostic::error(
            Code("unknown-schema-key"),
            format!("diesel.toml has no `[print_schema.{key}]`"),
        );
        return Err(Box::new(match known.is_empty() {
            // What is wrong with it is told.
            true => finding,
            false => finding.help(format!("it has {}", known.join(", "))),
        }));
    };
    Ok(prints.swap_remove(place))
}
