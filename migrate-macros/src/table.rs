//! `table!`: diesel's, with what stands in front of tables and columns for `migrate` taken out.
//!
//! What is said there is read by the command and by builds, from the text of the file. Here it is only looked at, so that a mistake
//! is told where it stands.

use migrate_schema::{COLUMN_ATTRIBUTES, TABLE_ATTRIBUTES, attribute_flaw, unknown_attribute};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// diesel's macro with what is its own, and the mistakes in the rest.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = TokenStream::new();
    let body = stripped(input, false, &mut errors);
    quote! {
        #errors
        ::diesel::table! { #body }
    }
}

/// Tokens without the attributes that are not diesel's. In the braces of a table there are columns.
fn stripped(input: TokenStream, is_inside: bool, errors: &mut TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut rest = input.into_iter().peekable();
    while let Some(token) = rest.next() {
        let is_sign = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '#');
        match (token, rest.peek()) {
            (sign, Some(TokenTree::Group(group))) if is_sign && group.delimiter() == Delimiter::Bracket => {
                let group = group.clone();
                rest.next();
                if is_kept(&group, is_inside, errors) {
                    out.extend([sign, TokenTree::Group(group)]);
                }
            }
            (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace && !is_inside => {
                let mut inner = Group::new(Delimiter::Brace, stripped(group.stream(), true, errors));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            (token, _) => out.extend([token]),
        }
    }
    out
}

/// Whether an attribute is for diesel. What is wrong with one that is not is told.
fn is_kept(attribute: &Group, of_column: bool, errors: &mut TokenStream) -> bool {
    let mut tokens = attribute.stream().into_iter();
    let Some(TokenTree::Ident(ident)) = tokens.next() else { return true };
    // `rustfmt::skip`
    let is_path = matches!(tokens.next(), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    if is_path {
        return true;
    }
    let name = ident.to_string();
    if let Some(why) = unknown_attribute(&name, of_column) {
        tell(ident.span(), &why, errors);
        return false;
    }
    let own = if of_column { &COLUMN_ATTRIBUTES[..] } else { &TABLE_ATTRIBUTES[..] };
    let is_own = own.contains(&name.as_str());
    if let Some(why) = attribute_flaw(&format!("#{attribute}"), of_column).filter(|_| is_own) {
        tell(attribute.span(), &format!("`#[{name}]` cannot be read: {why}"), errors);
    }
    !is_own
}

fn tell(span: Span, message: &str, errors: &mut TokenStream) {
    errors.extend(quote_spanned! { span => ::core::compile_error! { #message } });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        let input = text.parse().expect("the text is made of tokens");
        expand(input).to_string().replace(' ', "").replace("::diesel::table!", "")
    }

    #[test]
    fn what_is_not_diesels_is_taken_out() {
        let text = r#"
            use diesel::sql_types::*;
            #[index(author_id, created_at desc)] #[sql_name = "p"] #[partial]
            posts (id) {
                #[identity] #[max_length = 3] id -> BigInt,
                #[rustfmt::skip] #[default("now()")] a -> Nullable<Text>,
            }"#;
        assert_eq!(
            expanded(text),
            "{usediesel::sql_types::*;#[sql_name=\"p\"]posts(id){#[max_length=3]id->BigInt,#[rustfmt::skip]a->Nullable<Text>,}}"
        );
    }

    #[test]
    fn mistakes_are_told_and_the_rest_goes_on() {
        for (text, message) in [
            (
                "#[indx(a)] t { id -> Integer }",
                "`#[indx]` says nothing about a table: the nearest is `#[index]`",
            ),
            ("#[default(1)] t { id -> Integer }", "`#[default]` stands in front of a column, not of a table"),
            ("t { #[partial] id -> Integer }", "`#[partial]` stands in front of a table, not of a column"),
            (
                "t { #[default] id -> Integer }",
                "`#[default]` cannot be read: expected `= \\\"…\\\"` or `(\\\"…\\\")`",
            ),
            ("#[] t { #[ ] id -> Integer }", ""),
            ("# t { # }", ""),
        ] {
            let expanded = expanded(text);
            assert!(expanded.contains(&message.replace(' ', "")), "{expanded}");
            assert!(expanded.contains("t{"), "{expanded}");
        }
    }
}
