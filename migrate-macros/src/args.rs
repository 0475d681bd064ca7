//! What a macro call says.

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::file::Dialects;
use migrate_core::history::{Downgrades, Heads, Rules};
use migrate_schema::Server;
use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Token, Visibility, bracketed, token};

/// A call of `embed_migrations!`.
pub(crate) struct Embed {
    /// The path of the facade crate, as `$crate` of its `macro_rules!`.
    pub(crate) krate: TokenStream,
    /// The item form's module; the expression form has none.
    pub(crate) module: Option<Module>,
    pub(crate) directories: Directories,
    options: Options,
}

/// Files that a call names besides the directories.
pub(crate) type Files = Vec<LitStr>;

/// The head of the item form: `/// docs pub mod migrations in`.
pub(crate) struct Module {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
}

/// A call of `round_trip_tests!`.
pub(crate) struct RoundTrip {
    pub(crate) krate: TokenStream,
    pub(crate) module: Module,
    pub(crate) directories: Directories,
    /// Gives a connection to an empty database.
    pub(crate) connect: Expr,
    options: Options,
}

/// The migration directories of a call, at least one.
pub(crate) struct Directories {
    pub(crate) names: Vec<LitStr>,
    /// The whole of it, for messages to point at.
    pub(crate) span: Span,
}

/// A call of `schema!`.
pub(crate) struct PrintSchema {
    pub(crate) krate: TokenStream,
    pub(crate) directories: Directories,
    options: Options,
}

/// What a call of `schema!` says besides the directories.
#[derive(Default)]
pub(crate) struct Printing {
    /// The database; without it the only one that the history serves.
    pub(crate) dialect: Option<(Dialect, Span)>,
    /// The `diesel.toml`; without it the nearest.
    pub(crate) config: Files,
    /// Which table of `[print_schema]`.
    pub(crate) key: Option<LitStr>,
    /// Which of the servers that speak MySQL.
    pub(crate) server: Option<Server>,
    /// Whether what is not known for sure is taken as far as it is known.
    pub(crate) allows_uncertain: bool,
}

#[derive(Default)]
struct Options {
    heads: Heads,
    dialects: Option<DialectSet>,
    downgrades: Downgrades,
    connect: Option<Expr>,
    schema: Files,
    printing: Printing,
}

impl Options {
    fn rules(&self) -> Rules {
        let dialects = match self.dialects {
            Some(set) => Dialects::exactly(set),
            None => enabled(),
        };
        Rules { dialects, heads: self.heads, downgrades: self.downgrades, ..Rules::default() }
    }
}

/// The databases of the facade's features; one alone is certain, several may be somebody else's in the same build.
fn enabled() -> Dialects {
    let features = [
        (Dialect::Postgres, cfg!(feature = "postgres")),
        (Dialect::Mysql, cfg!(feature = "mysql")),
        (Dialect::Sqlite, cfg!(feature = "sqlite")),
    ];
    let set: DialectSet = features.iter().filter(|(_, on)| *on).map(|(dialect, _)| *dialect).collect();
    match set.len() {
        0 => Dialects::UNKNOWN,
        _ => Dialects { set, certain: false },
    }
}

impl Embed {
    pub(crate) fn rules(&self) -> Rules {
        self.options.rules()
    }

    /// The files with diesel's declarations that are to agree with the migrations.
    pub(crate) fn schema(&self) -> &Files {
        &self.options.schema
    }
}

impl PrintSchema {
    /// What is wrong with the history as a whole, the other macros tell.
    pub(crate) fn rules(&self) -> Rules {
        Rules { heads: Heads::Many, downgrades: Downgrades::Optional, ..self.options.rules() }
    }

    pub(crate) fn printing(&self) -> &Printing {
        &self.options.printing
    }
}

impl RoundTrip {
    pub(crate) fn rules(&self) -> Rules {
        self.options.rules()
    }
}

impl Parse for Embed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = parse_crate(input)?;
        let is_expression = input.peek(LitStr) || input.peek(token::Bracket);
        let module = if is_expression { None } else { Some(Module::parse(input)?) };
        let directories = input.parse()?;
        let options = Options::parse(input, &["heads", "dialects", "downgrades", "schema"])?;
        Ok(Self { krate, module, directories, options })
    }
}

impl Parse for PrintSchema {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = parse_crate(input)?;
        let directories = input.parse()?;
        let mut options = Options::parse(input, &["dialect", "config", "key", "server", "uncertain"])?;
        options.dialects = options.printing.dialect.map(|(dialect, _)| DialectSet::EMPTY.with(dialect));
        Ok(Self { krate, directories, options })
    }
}

impl Parse for RoundTrip {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = parse_crate(input)?;
        let module = Module::parse(input)?;
        let directories = input.parse()?;
        let mut options = Options::parse(input, &["connect", "heads", "dialects", "downgrades"])?;
        let connect = options.connect.take().ok_or_else(|| {
            input.error("`connect` is missing: a function that gives a connection to an empty database, as `connect = crate::empty_database`")
        })?;
        Ok(Self { krate, module, directories, connect, options })
    }
}

impl Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let usage = "write `embed_migrations!(\"migrations\")` or `embed_migrations!(pub mod migrations in \"migrations\")`";
        input.parse::<Token![mod]>().map_err(|error| syn::Error::new(error.span(), usage))?;
        let name = input.parse()?;
        input.parse::<Token![in]>().map_err(|error| syn::Error::new(error.span(), usage))?;
        Ok(Self { attributes, visibility, name })
    }
}

fn parse_crate(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let krate;
    bracketed!(krate in input);
    krate.parse()
}

impl Parse for Directories {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let usage =
            "expected the migrations' directory as a string, such as \"migrations\", or a list of such";
        if !input.peek(token::Bracket) {
            let name = input.parse::<LitStr>().map_err(|error| syn::Error::new(error.span(), usage))?;
            return Ok(Self { span: name.span(), names: vec![name] });
        }
        let list;
        let span = bracketed!(list in input).span.join();
        let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)
            .map_err(|error| syn::Error::new(error.span(), usage))?;
        if names.is_empty() {
            return Err(syn::Error::new(span, "the list of directories is empty"));
        }
        Ok(Self { span, names: names.into_iter().collect() })
    }
}

impl Options {
    fn parse(input: ParseStream<'_>, known: &[&str]) -> syn::Result<Self> {
        let mut options = Self::default();
        let mut seen: Vec<String> = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            let name = key.to_string();
            if !known.contains(&name.as_str()) {
                let known = known.join("`, `");
                return Err(syn::Error::new(
                    key.span(),
                    format!("unknown option `{name}`; the options are `{known}`"),
                ));
            }
            if seen.contains(&name) {
                return Err(syn::Error::new(key.span(), format!("`{name}` is given twice")));
            }
            input.parse::<Token![=]>()?;
            match name.as_str() {
                "heads" => options.heads = word(input, &[("one", Heads::One), ("many", Heads::Many)])?,
                "downgrades" => {
                    options.downgrades = word(
                        input,
                        &[("required", Downgrades::Required), ("optional", Downgrades::Optional)],
                    )?;
                }
                "dialects" => options.dialects = Some(dialects(input)?),
                "schema" => options.schema = files(input)?,
                "dialect" => {
                    let (text, span) = identifier_or_string(input)?;
                    let dialect = text.parse().map_err(|error| syn::Error::new(span, error))?;
                    options.printing.dialect = Some((dialect, span));
                }
                "config" => options.printing.config = vec![input.parse()?],
                "key" => options.printing.key = Some(input.parse()?),
                "server" => {
                    let servers = [("mysql", Server::Mysql), ("mariadb", Server::Mariadb)];
                    options.printing.server = Some(word(input, &servers)?);
                }
                "uncertain" => {
                    options.printing.allows_uncertain = word(input, &[("allow", true), ("deny", false)])?;
                }
                _ => options.connect = Some(input.parse()?),
            }
            seen.push(name);
        }
        Ok(options)
    }
}

/// One of some words, as an identifier or as a string.
fn word<T: Copy>(input: ParseStream<'_>, words: &[(&str, T)]) -> syn::Result<T> {
    let (text, span) = identifier_or_string(input)?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        syn::Error::new(span, format!("expected `{}`", words.join("` or `")))
    })
}

fn dialects(input: ParseStream<'_>) -> syn::Result<DialectSet> {
    let list;
    bracketed!(list in input);
    let mut set = DialectSet::EMPTY;
    while !list.is_empty() {
        let (text, span) = identifier_or_string(&list)?;
        let dialect: Dialect = text.parse().map_err(|error| syn::Error::new(span, error))?;
        set = set.with(dialect);
        if !list.is_empty() {
            list.parse::<Token![,]>()?;
        }
    }
    if set.is_empty() {
        return Err(list.error("name at least one of `postgres`, `mysql` and `sqlite`"));
    }
    Ok(set)
}

/// A path as a string, or a list of such.
fn files(input: ParseStream<'_>) -> syn::Result<Files> {
    let usage = "expected the path of a file, such as \"src/schema.rs\", or a list of such";
    if !input.peek(token::Bracket) {
        return Ok(vec![input.parse().map_err(|error: syn::Error| syn::Error::new(error.span(), usage))?]);
    }
    let list;
    bracketed!(list in input);
    let files = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)
        .map_err(|error| syn::Error::new(error.span(), usage))?;
    if files.is_empty() {
        return Err(list.error(usage));
    }
    Ok(files.into_iter().collect())
}

fn identifier_or_string(input: ParseStream<'_>) -> syn::Result<(String, proc_macro2::Span)> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Ok((text.value(), text.span()));
    }
    let text: Ident = input.parse()?;
    Ok((text.to_string(), text.span()))
}
