//! The macros of `migrate`, which hand over the path of their own crate and are therefore called through
//! `migrate::embed_migrations!`, `migrate::round_trip_tests!` and `migrate::schema!`; the documentation is there.
//!
//! A call goes through five stages: `args` reads it, `load` reads the directory, `check` proves what can be proved, `expand`
//! turns the history into tokens, and what is wrong goes out through `report`. `table` is on its own.

use proc_macro::TokenStream;

mod args;
mod build_script;
mod check;
mod expand;
mod json;
mod load;
mod names;
mod print;
mod report;
mod round_trip;
mod table;

/// `[$crate] "directory"` or `[$crate] pub mod name in "directory", option = value, …`; for the directory also a list.
#[doc(hidden)]
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    let args = match syn::parse::<args::Embed>(input) {
        Ok(args) => args,
        Err(error) => return error.into_compile_error().into(),
    };
    let mut loaded = load::load(&args.directories, args.rules());
    let settings = check::check(&mut loaded, &args);
    let errors = report::report(&loaded, &args.directories);
    let mut tracking = build_script::tracking(&loaded, &args.krate, &args.directories);
    tracking.extend(settings);
    expand::expand(&args, &loaded, &errors, &tracking).into()
}

/// `[$crate] "directory", option = value, …`.
#[doc(hidden)]
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    let args = match syn::parse::<args::PrintSchema>(input) {
        Ok(args) => args,
        Err(error) => return error.into_compile_error().into(),
    };
    let mut loaded = load::load(&args.directories, args.rules());
    let printed = print::print(&mut loaded, &args);
    let errors = report::report(&loaded, &args.directories);
    let mut tokens = build_script::tracking(&loaded, &args.krate, &args.directories);
    tokens.extend(errors);
    tokens.extend(printed);
    tokens.into()
}

/// `[$crate] mod name in "directory", connect = path`.
#[doc(hidden)]
#[proc_macro]
pub fn round_trip(input: TokenStream) -> TokenStream {
    let args = match syn::parse::<args::RoundTrip>(input) {
        Ok(args) => args,
        Err(error) => return error.into_compile_error().into(),
    };
    let loaded = load::load(&args.directories, args.rules());
    let errors = report::report(&loaded, &args.directories);
    round_trip::expand(&args, &loaded, &errors).into()
}

/// diesel's `table!`, with attributes that say what diesel's cannot: `migrate::table!`, where the documentation is.
#[doc(hidden)]
#[proc_macro]
pub fn table(input: TokenStream) -> TokenStream {
    table::expand(input.into()).into()
}
