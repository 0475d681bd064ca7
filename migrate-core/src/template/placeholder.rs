//! Placeholders in a text: `{name}`.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// What stands for itself.
    Text(&'a str),
    /// A name in braces, which begin at this byte.
    Name { name: &'a str, start: usize },
}

/// Takes a text apart. A name is made of small letters and `_`; braces around anything else are text, as SQL has them, and
/// doubled braces around a name stand for single ones.
pub(super) fn scan(text: &str) -> Vec<Found<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut at) = (0, 0);
    while let Some(brace) = text[at..].find('{').map(|brace| at + brace) {
        let doubled = text[brace + 1..].starts_with('{');
        let name_at = brace + 1 + usize::from(doubled);
        let rest = &text[name_at..];
        let length = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let closing = if doubled { "}}" } else { "}" };
        if length == 0 || !rest[length..].starts_with(closing) {
            at = brace + 1;
            continue;
        }
        let end = name_at + length + closing.len();
        pieces.push(Found::Text(&text[done..brace]));
        pieces.push(match doubled {
            true => Found::Text(&text[brace + 1..end - 1]),
            false => Found::Name { name: &rest[..length], start: brace },
        });
        (done, at) = (end, end);
    }
    pieces.push(Found::Text(&text[done..]));
    pieces.retain(|piece| *piece != Found::Text(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let show = |piece: Found<'_>| match piece {
            Found::Text(text) => text.to_owned(),
            Found::Name { name, start } => format!("<{name} {start}>"),
        };
        scan(text).into_iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn names_in_braces_are_found_and_nothing_else() {
        assert_eq!(shown("-- {message}, {depends_on}"), "-- |<message 3>|, |<depends_on 14>");
        assert_eq!(
            shown("'{}' '{1,2}' '{\"a\": {\"b\": 1}}' {A} {a"),
            "'{}' '{1,2}' '{\"a\": {\"b\": 1}}' {A} {a"
        );
        assert_eq!(shown("{{message}} {{message} {é}"), "{message}| {|<message 13>| {é}");
        assert_eq!(shown("{{{message}}}"), "{|{message}|}");
        assert_eq!(shown(""), "");
    }
}
