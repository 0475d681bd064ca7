//! From a history to tokens.
//!
//! All text goes into one literal and all structure into a second one ([`migrate_core::embed`]); per revision there is one
//! unit struct with one small impl and no derives, because derives on thousands of types are what costs
//! compile time.

use migrate_core::dialect::Dialect;
use migrate_core::embed;
use migrate_core::history::History;
use migrate_core::revision::{Direction, Revision};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::args::{Embed, Module};
use crate::load::Loaded;
use crate::names;

/// The tokens of one call.
pub(crate) fn expand(
    args: &Embed,
    loaded: &Loaded,
    errors: &TokenStream,
    tracking: &TokenStream,
) -> TokenStream {
    match (&args.module, &loaded.history) {
        (None, Some(history)) => {
            let (krate, embedded) = (&args.krate, embedded(history, loaded));
            quote! {{
                use #krate::__private as __m;
                #errors
                #tracking
                static __EMBEDDED: __m::Embedded = #embedded;
                __m::Migrations::new(&__EMBEDDED)
            }}
        }
        // The block still has the right type, so the error is the only one.
        (None, None) => {
            let krate = &args.krate;
            quote! {{
                #errors
                static __EMBEDDED: #krate::__private::Embedded = #krate::__private::Embedded::broken();
                #krate::__private::Migrations::new(&__EMBEDDED)
            }}
        }
        (Some(module), history) => item(module, args, loaded, history.as_ref(), errors, tracking),
    }
}

fn item(
    module: &Module,
    args: &Embed,
    loaded: &Loaded,
    history: Option<&History>,
    errors: &TokenStream,
    tracking: &TokenStream,
) -> TokenStream {
    let Module { attributes, visibility, name } = module;
    let krate = &args.krate;
    let revisions = history.map_or(&*loaded.readable, History::revisions);
    let names: Vec<Ident> =
        names::type_names(revisions).iter().map(|name| Ident::new(name, Span::call_site())).collect();
    let table = module_docs(name, loaded, history, revisions, &names);
    let embedded = match history {
        Some(history) => embedded(history, loaded),
        None => quote!(__m::Embedded::broken()),
    };
    let blocked_by = history.map(blocked_by).unwrap_or_default();
    let structs = revisions.iter().enumerate().map(|(index, revision)| {
        let name = &names[index];
        let docs = history.map_or_else(String::new, |history| revision_docs(history, index, &names));
        let id = revision.id.as_str();
        let undo = match blocked_by.get(index).copied().flatten() {
            Some(blocking) => {
                let blocking = &names[blocking];
                quote!(__m::Blocked<#blocking>)
            }
            None => quote!(__m::Clear),
        };
        quote! {
            #[doc = #docs]
            pub struct #name;
            impl __m::Target<History> for #name {
                const TEXT: &'static str = #id;
                type Undo = #undo;
            }
        }
    });
    quote! {
        #(#attributes)*
        #[doc = #table]
        #[allow(missing_debug_implementations, missing_copy_implementations, unreachable_pub, dead_code, non_camel_case_types, clippy::pedantic, reason = "written by a macro")]
        #visibility mod #name {
            use #krate::__private as __m;
            #errors
            #tracking
            static __EMBEDDED: __m::Embedded = #embedded;

            /// The history as a type: revisions of one history are not targets for another.
            pub enum History {}
            impl __m::History for History {
                const MIGRATIONS: __m::Migrations<History> = MIGRATIONS;
            }

            /// The whole history, ready to run.
            pub const MIGRATIONS: __m::Migrations<History> = __m::Migrations::new(&__EMBEDDED);

            #(#structs)*
        }
    }
}

/// The value of type `Embedded`.
pub(crate) fn embedded(history: &History, loaded: &Loaded) -> TokenStream {
    let (text, index) = embed::encode(history, loaded.dialects);
    let (text, index) = (Literal::string(&text), Literal::byte_string(&index));
    let graph = history.graph();
    let heads = graph.real_heads().iter().map(|&head| {
        let id = history.revision(head).id.as_str();
        let digests = Dialect::ALL.map(|dialect| match loaded.dialects.contains(dialect) {
            true => history.digest(head, dialect).to_string(),
            false => String::new(),
        });
        let long = Dialect::ALL.into_iter().filter(|_| !history.squashed().is_empty()).map(|dialect| {
            let (id, digest) = match loaded.dialects.contains(dialect) {
                true => {
                    let (id, digest) = history.recorded(head, &history.long_way(), dialect);
                    (id.to_string(), digest.to_string())
                }
                false => (String::new(), String::new()),
            };
            quote!([#id, #digest])
        });
        quote!(__m::EmbeddedHead { id: #id, digests: [#(#digests),*], long: &[#(#long),*] })
    });
    let one_head = graph.heads().len() == 1;
    let directories = loaded.directories.iter().map(|(path, _)| path.to_string_lossy().into_owned());
    quote! {
        __m::Embedded {
            text: #text,
            index: #index,
            heads: &[#(#heads),*],
            one_head: #one_head,
            directories: if __m::core::cfg!(debug_assertions) { &[#(#directories),*] } else { &[] },
            history: __m::OnceLock::new(),
        }
    }
}

/// For each revision one that comes after it and has no way back on any database.
fn blocked_by(history: &History) -> Vec<Option<usize>> {
    let graph = history.graph();
    let mut blocked_by = vec![None; history.revisions().len()];
    for (later, revision) in history.revisions().iter().enumerate() {
        if !has_no_way_back(revision) {
            continue;
        }
        // What is before a blocked revision is blocked as well, so each is walked over once.
        let mut open = graph.needs(later).to_vec();
        while let Some(index) = open.pop() {
            if blocked_by[index].is_none() {
                blocked_by[index] = Some(later);
                open.extend_from_slice(graph.needs(index));
            }
        }
    }
    blocked_by
}

fn has_no_way_back(revision: &Revision) -> bool {
    revision.irreversible.is_some() && !revision.sections.iter().any(|s| s.direction == Direction::Downgrade)
}

fn module_docs(
    module: &Ident,
    loaded: &Loaded,
    history: Option<&History>,
    revisions: &[Revision],
    names: &[Ident],
) -> String {
    let mut docs = format!(
        "\n\nThe history in {}, newest first; each revision is a type that can be a target.\n\n",
        loaded.shown()
    );
    docs.push_str("| revision | | revises |\n|---|---|---|\n");
    let order: Vec<usize> = match history {
        Some(history) => history.graph().topological().iter().rev().copied().collect(),
        None => (0..revisions.len()).rev().collect(),
    };
    for index in order {
        let revision = &revisions[index];
        let parents: Vec<String> = revision.parents.iter().map(|id| format!("`{id}`")).collect();
        let name = &names[index];
        docs.push_str(&format!(
            // The documentation of a module is read in the scope around it.
            "| [`{name}`]({module}::{name}) | `{}` {} | {} |\n",
            revision.id,
            prose(revision.summary()),
            parents.join(", ")
        ));
    }
    docs
}

fn revision_docs(history: &History, index: usize, names: &[Ident]) -> String {
    let revision = history.revision(index);
    let graph = history.graph();
    let link = |other: &usize| format!("[`{}`] (`{}`)", names[*other], history.revision(*other).id);
    let list = |others: &[usize]| others.iter().map(link).collect::<Vec<_>>().join(", ");
    let mut docs = format!("`{}` {}\n", revision.id, prose(revision.summary()));
    for line in revision.message.lines().skip(1) {
        docs.push_str(&prose(line));
        docs.push('\n');
    }
    docs.push('\n');
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            docs.push_str(&format!("- {name}: {value}\n"));
        }
    };
    fact("revises", &list(graph.parents(index)));
    fact("depends on", &list(graph.dependencies(index)));
    fact("revised by", &list(graph.children(index)));
    fact(
        "branch labels",
        &revision.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", "),
    );
    fact("created", &prose(revision.create_date.as_deref().unwrap_or_default()));
    fact("cannot be undone", &prose(revision.irreversible.as_deref().unwrap_or_default()));
    fact("file", &format!("`{}`", revision.path));
    for section in &revision.sections {
        let dialects: Vec<&str> = section.dialects.iter().map(Dialect::name).collect();
        let heading = format!("{} {}", section.direction, dialects.join(" "));
        let heading = heading.trim();
        docs.push_str(&match section.text.trim() {
            "" => format!("\n{heading}: nothing\n"),
            // A fence longer than any in the SQL, and no test of rustdoc's.
            sql => format!("\n{heading}\n\n````````sql\n{sql}\n````````\n"),
        });
    }
    docs
}

/// A message as Markdown that means just its characters.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | ':') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
