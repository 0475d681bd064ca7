//! PostgreSQL's arrays as text: `{a,"b c",NULL}`.

/// The elements of an array of texts; NULLs are left out.
pub(super) fn elements(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else { return vec![] };
    let mut elements = Vec::new();
    let mut chars = inner.chars().peekable();
    while chars.peek().is_some() {
        let mut element = String::new();
        let is_quoted = chars.next_if_eq(&'"').is_some();
        while let Some(c) = chars.next() {
            match c {
                '\\' => element.extend(chars.next()),
                '"' if is_quoted => {
                    chars.next_if_eq(&',');
                    break;
                }
                ',' if !is_quoted => break,
                c => element.push(c),
            }
        }
        if is_quoted || element != "NULL" {
            elements.push(element);
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_taken_off() {
        assert_eq!(elements("{}"), Vec::<String>::new());
        assert_eq!(elements("{a,b}"), ["a", "b"]);
        assert_eq!(
            elements(r#"{"a b","c\"d","e\\f","",NULL,"NULL",g}"#),
            ["a b", "c\"d", "e\\f", "", "NULL", "g"]
        );
    }
}
