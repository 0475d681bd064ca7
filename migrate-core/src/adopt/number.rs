//! Versions as numbers: what tools take for the same number is the same number here.

use std::cmp::Ordering;

use super::Tool;

/// A version without what does not count: leading zeros, Flyway's `.0` at the end, a `V` before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Number(Vec<String>);

impl Number {
    /// The number that a text is, in the eyes of this tool; `None` where it is none, or might be a generated id.
    pub(super) fn of(tool: Tool, text: &str) -> Option<Self> {
        if looks_generated(text) {
            return None;
        }
        let bare = without_letter(text, tool);
        let is_separator = |c: char| c == '.' || c == '_' || c == '-';
        let mut parts: Vec<&str> = bare.split(is_separator).collect();
        match tool {
            Tool::Alembic => return None,
            // `m20220101_000001_create_table`: the number ends where the name begins.
            Tool::SeaOrm => {
                let length = parts.iter().take_while(|part| is_digits(part)).count();
                parts.truncate(length);
            }
            _ => {}
        }
        if parts.is_empty() || !parts.iter().all(|part| is_digits(part)) {
            return None;
        }
        let mut parts: Vec<String> = match (tool, &parts[..]) {
            // A date and a time, or a date written with dashes, are one number, however they are written.
            (Tool::Diesel | Tool::Sqlx | Tool::Refinery | Tool::SeaOrm, _)
                if parts.concat().len() == 14 && parts.iter().all(|part| part.len() % 2 == 0) =>
            {
                vec![parts.concat()]
            }
            (Tool::Diesel | Tool::Sqlx | Tool::Refinery, [_, _, ..]) => return None,
            _ => parts.into_iter().map(str::to_owned).collect(),
        };
        for part in &mut parts {
            let digits = part.trim_start_matches('0');
            *part = if digits.is_empty() { "0" } else { digits }.to_owned();
        }
        while tool == Tool::Flyway && parts.len() > 1 && parts.last().is_some_and(|part| part == "0") {
            parts.pop();
        }
        Some(Self(parts))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |number: &Self| -> Vec<(usize, String)> {
            number.0.iter().map(|part| (part.len(), part.clone())).collect()
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Our own ids may by chance have no letter.
fn looks_generated(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The text without the letter that the tool's files begin with.
fn without_letter(text: &str, tool: Tool) -> &str {
    let letters: &[char] = match tool {
        Tool::Refinery => &['V', 'v', 'U', 'u'],
        Tool::Flyway => &['V', 'v', 'B'],
        Tool::SeaOrm => &['m', 'M'],
        Tool::Alembic | Tool::Diesel | Tool::Sqlx => &[],
    };
    match text.strip_prefix(letters) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(tool: Tool, one: &str, other: &str) -> bool {
        let one = Number::of(tool, one);
        one.is_some() && one == Number::of(tool, other)
    }

    #[test]
    fn what_a_tool_takes_for_the_same_number() {
        for (tool, one, other) in [
            (Tool::Diesel, "20240506070809", "2024-05-06-070809"),
            (Tool::Sqlx, "1", "0001"),
            (Tool::Sqlx, "20240506070809", "20240506_070809"),
            (Tool::Refinery, "1", "V1"),
            (Tool::Refinery, "12", "U0012"),
            (Tool::SeaOrm, "m20220101_000001_create_table", "20220101000001"),
            (Tool::SeaOrm, "m20220101_000001_create_table", "m20220101_000001"),
            (Tool::Flyway, "1.2", "V1_2"),
            (Tool::Flyway, "1.0", "1"),
            (Tool::Flyway, "01.02.0", "1-2"),
        ] {
            assert!(same(tool, one, other), "{tool}: {one} {other}");
        }
    }

    #[test]
    fn what_is_not_the_same_number() {
        for (tool, one, other) in [
            (Tool::Flyway, "1.2", "12"),
            (Tool::Flyway, "1.20", "1.2"),
            (Tool::Sqlx, "12", "1_2"),
            (Tool::Refinery, "1", "1_users"),
            (Tool::SeaOrm, "m20220101_000001_a", "m20220101_000010"),
            (Tool::Alembic, "0001", "1"),
            // It could be one of our own.
            (Tool::Sqlx, "690000000001", "0690000000001"),
        ] {
            assert!(!same(tool, one, other), "{tool}: {one} {other}");
        }
    }

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let of = |text| Number::of(Tool::Flyway, text).unwrap();
        assert!(of("9") < of("10") && of("1.9") < of("1.10") && of("1") < of("1.1") && of("1.10") < of("2"));
    }
}
