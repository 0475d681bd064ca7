//! One `#[test]` per revision.

use migrate_core::history::History;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::args::RoundTrip;
use crate::load::Loaded;
use crate::{expand, names};

/// How many revisions get a test of their own; what is older shares one, because 10,000 tests cost 5 s to compile.
const OWN_TESTS: usize = 500;

/// The tokens of one call.
pub(crate) fn expand(args: &RoundTrip, loaded: &Loaded, errors: &TokenStream) -> TokenStream {
    let (krate, attributes, name) = (&args.krate, &args.module.attributes, &args.module.name);
    let Some(history) = &loaded.history else {
        return quote!(#errors);
    };
    let connect = &args.connect;
    let embedded = expand::embedded(history, loaded);
    let order = history.graph().topological();
    let (older, newer) = order.split_at(order.len().saturating_sub(OWN_TESTS));
    let tests = newer.iter().map(|&index| {
        let revision = history.revision(index);
        let function = Ident::new(&names::function_name(revision), Span::call_site());
        let id = revision.id.as_str();
        quote! {
            #[test]
            fn #function() {
                check(#id);
            }
        }
    });
    let older = older_test(history, older);
    quote! {
        #(#attributes)*
        #[cfg(test)]
        mod #name {
            #[allow(unused_imports, reason = "the connection's path may need them")]
            use super::*;
            use #krate::__private as __m;

            static RUN: __m::OnceLock<__m::testing::RoundTrip> = __m::OnceLock::new();

            static EMBEDDED: __m::Embedded = #embedded;

            fn check(revision: &str) {
                let migrations: __m::Migrations = __m::Migrations::new(&EMBEDDED);
                __m::testing::round_trip_test(&RUN, migrations, #connect, revision);
            }

            #(#tests)*
            #older
        }
    }
}

fn older_test(history: &History, older: &[usize]) -> TokenStream {
    if older.is_empty() {
        return TokenStream::new();
    }
    let ids = older.iter().map(|&index| history.revision(index).id.as_str());
    quote! {
        #[test]
        fn older_revisions() {
            for revision in [#(#ids),*] {
                check(revision);
            }
        }
    }
}
