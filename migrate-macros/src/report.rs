//! Tells the user what is wrong with the directory: everything, at once.
//!
//! When cargo drives, rustc writes JSON to stderr, and a further line of that form is shown, counted and replayed like
//! the compiler's own: that gives real excerpts, colour and warnings. That others may write there is promised nowhere, so
//! one `compile_error!` goes along that is enough by itself. `MIGRATE_PLAIN_ERRORS=1`, or a compiler that does not write
//! JSON, leaves `compile_error!` alone, with the excerpts in its text.

use std::env;

use migrate_core::diagnostic::{Diagnostic, Level, render};
use migrate_core::source::Sources;
use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::args::Directories;
use crate::load::Loaded;

/// Reports the findings; the tokens fail the build if one of them is an error.
pub(crate) fn report(loaded: &Loaded, directories: &Directories) -> TokenStream {
    if in_rust_analyzer() {
        // It would keep the error until the call is edited; the build that it runs beside tells.
        return TokenStream::new();
    }
    let json = Json::wanted();
    if let Some(json) = &json {
        for finding in &loaded.findings {
            json.write(finding, &loaded.sources, directories.span);
        }
    }
    let errors: Vec<&Diagnostic> =
        loaded.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    if errors.is_empty() {
        return TokenStream::new();
    }
    let messages = match json {
        Some(_) => vec![summary(&errors, loaded)],
        None => errors.iter().map(|finding| indented(&render(finding, &loaded.sources, false))).collect(),
    };
    messages.iter().map(|text| quote_spanned!(directories.span=> ::core::compile_error!(#text);)).collect()
}

fn summary(errors: &[&Diagnostic], loaded: &Loaded) -> String {
    let problems = match errors.len() {
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    };
    let mut text = format!("the migrations in {} have {problems}", loaded.shown());
    for error in errors {
        match error.labels.first() {
            Some(label) => {
                text.push_str(&format!("\n{}: {}", loaded.sources.locate(label.span), error.message))
            }
            None => text.push_str(&format!("\n{}", error.message)),
        }
    }
    text
}

/// Without the severity that rustc puts before it again: `error[cycle]: …` becomes `[cycle] …`.
fn indented(rendered: &str) -> String {
    let rendered = rendered.strip_prefix("error").unwrap_or(rendered);
    rendered.replacen("]:", "]", 1)
}

/// How rustc writes its messages, as its own arguments say.
pub(crate) struct Json {
    styled: bool,
    short: bool,
}

impl Json {
    /// `None` where rustc writes text, or where the user wants plain errors.
    pub(crate) fn wanted() -> Option<Self> {
        if env::var_os("MIGRATE_PLAIN_ERRORS").is_some_and(|value| !value.is_empty() && value != "0") {
            return None;
        }
        if argument("--error-format").as_deref() != Some("json") {
            return None;
        }
        let options = argument("--json").unwrap_or_default();
        let option = |name: &str| options.split(',').any(|option| option == name);
        Some(Self { styled: option("diagnostic-rendered-ansi"), short: option("diagnostic-short") })
    }

    #[expect(clippy::print_stderr, reason = "the compiler's stderr is the channel")]
    pub(crate) fn write(&self, finding: &Diagnostic, sources: &Sources, call: proc_macro2::Span) {
        if finding.level == Level::Warning && argument("--cap-lints").is_some() {
            // Somebody else's dependency: not their business.
            return;
        }
        let rendered = if self.short {
            let at = finding
                .labels
                .first()
                .map_or(String::new(), |label| format!("{}: ", sources.locate(label.span)));
            format!("{at}{}", finding.message)
        } else {
            render(finding, sources, self.styled)
        };
        eprintln!("{}", crate::json::line(finding, sources, call, &rendered));
    }
}

pub(crate) fn in_rust_analyzer() -> bool {
    env::args().next().is_some_and(|program| program.contains("rust-analyzer"))
}

/// The value of an argument of rustc, whether written `--name value` or `--name=value`.
pub(crate) fn argument(name: &str) -> Option<String> {
    let mut arguments = env::args();
    while let Some(argument) = arguments.next() {
        if argument == name {
            return arguments.next();
        }
        if let Some(value) = argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}
