//! Settings of sequences, in a form that can be compared.

use std::sync::Arc;

use super::{BaseType, Sequence, Type};

impl Sequence {
    /// What is not the default of all that was said, in a fixed order; the last word counts. `restart` and what concerns no
    /// schema is left out.
    pub fn settled(data_type: &Type, said: &[(Arc<str>, Arc<str>)]) -> Vec<(Arc<str>, Arc<str>)> {
        let last = |key: &str| {
            let found = said.iter().rev().find(|(own, _)| **own == *key);
            found.map(|(_, value)| value.replace(' ', "")).filter(|value| !value.is_empty())
        };
        let number =
            |key: &str| last(key).and_then(|value| value.trim_start_matches('+').parse::<i64>().ok());
        let (low, high) = limits(data_type);
        let increment = number("increment").unwrap_or(1);
        let (usual_low, usual_high) = if increment > 0 { (1, high) } else { (low, -1) };
        let (min, max) = (number("minvalue").unwrap_or(usual_low), number("maxvalue").unwrap_or(usual_high));
        let usual_start = if increment > 0 { min } else { max };
        let settled = [
            ("start", number("start").unwrap_or(usual_start), usual_start),
            ("increment", increment, 1),
            ("minvalue", min, usual_low),
            ("maxvalue", max, usual_high),
            ("cache", number("cache").unwrap_or(1), 1),
        ];
        let mut options: Vec<(Arc<str>, Arc<str>)> = settled
            .into_iter()
            .filter(|(_, value, usual)| value != usual)
            .map(|(key, value, _)| (key.into(), value.to_string().into()))
            .collect();
        if last("cycle").as_deref() == Some("true") {
            options.push(("cycle".into(), "true".into()));
        }
        options
    }
}

/// The least and the greatest number of a type.
fn limits(data_type: &Type) -> (i64, i64) {
    match &data_type.base {
        BaseType::BuiltIn(name) if &**name == "smallint" => (i16::MIN.into(), i16::MAX.into()),
        BaseType::BuiltIn(name) if &**name == "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_usual_is_kept() {
        let settled = |name: &str, said: &[(&str, &str)]| {
            let said: Vec<_> = said.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
            let kept = Sequence::settled(&Type::built_in(name), &said);
            kept.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(settled("bigint", &[("start", "1"), ("increment", "1"), ("minvalue", "")]), "");
        assert_eq!(settled("integer", &[("maxvalue", "2147483647"), ("cycle", "true")]), "cycle true");
        assert_eq!(settled("bigint", &[("increment", "- 2"), ("start", "-1")]), "increment -2");
        assert_eq!(settled("bigint", &[("minvalue", "5"), ("start", "7"), ("start", "5")]), "minvalue 5");
        assert_eq!(settled("smallint", &[("start", "7"), ("restart", "9")]), "start 7");
    }
}
