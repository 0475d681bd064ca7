//! Settings of sequences, in a form that can be compared.

use std::sync::Arc;

use super::{BaseType, Sequence, Type};

/// All that is set for a sequence, said or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) start: i64,
    pub(crate) increment: i64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) cache: i64,
    pub(crate) cycles: bool,
}

impl Settings {
    /// What is set after all that was said; the last word counts.
    pub(crate) fn of(data_type: &Type, said: &[(Arc<str>, Arc<str>)]) -> Self {
        let last = |key: &str| {
            let found = said.iter().rev().find(|(own, _)| **own == *key);
            found.map(|(_, value)| value.replace(' ', "")).filter(|value| !value.is_empty())
        };
        let number =
            |key: &str| last(key).and_then(|value| value.trim_start_matches('+').parse::<i64>().ok());
        let increment = number("increment").unwrap_or(1);
        let (low, high) = usual_limits(data_type, increment);
        let (min, max) = (number("minvalue").unwrap_or(low), number("maxvalue").unwrap_or(high));
        Self {
            start: number("start").unwrap_or(if increment > 0 { min } else { max }),
            increment,
            min,
            max,
            cache: number("cache").unwrap_or(1),
            cycles: last("cycle").as_deref() == Some("true"),
        }
    }

    /// Each with its name, and what it is where nothing is said.
    fn listed(&self, data_type: &Type) -> [(&'static str, i64, i64); 5] {
        let (low, high) = usual_limits(data_type, self.increment);
        [
            ("start", self.start, if self.increment > 0 { self.min } else { self.max }),
            ("increment", self.increment, 1),
            ("minvalue", self.min, low),
            ("maxvalue", self.max, high),
            ("cache", self.cache, 1),
        ]
    }

    /// What `ALTER SEQUENCE AS` makes of them: limits that are those of the type are those of the new one.
    pub(crate) fn retyped(self, before: &Type, after: &Type) -> Self {
        let (old, new) = (limits(before), limits(after));
        let (low, high) = usual_limits(after, self.increment);
        if old == new {
            return self;
        }
        Self {
            min: if self.min == old.0 { low } else { self.min },
            max: if self.max == old.1 { high } else { self.max },
            ..self
        }
    }

    fn said(&self, data_type: &Type) -> Vec<(Arc<str>, Arc<str>)> {
        let all = self.listed(data_type);
        let mut said: Vec<_> =
            all.into_iter().map(|(key, value, _)| (key.into(), value.to_string().into())).collect();
        said.push(("cycle".into(), self.cycles.to_string().into()));
        said
    }
}

impl Sequence {
    /// What is not the default of all that was said, in a fixed order; the last word counts. `restart` and what concerns no
    /// schema is left out.
    pub fn settled(data_type: &Type, said: &[(Arc<str>, Arc<str>)]) -> Vec<(Arc<str>, Arc<str>)> {
        let settings = Settings::of(data_type, said);
        let mut options: Vec<(Arc<str>, Arc<str>)> = settings
            .listed(data_type)
            .into_iter()
            .filter(|(_, value, usual)| value != usual)
            .map(|(key, value, _)| (key.into(), value.to_string().into()))
            .collect();
        if settings.cycles {
            options.push(("cycle".into(), "true".into()));
        }
        options
    }

    /// What is set after settings are changed. What was the default when the sequence was made stays what it is, though it may be
    /// no default any more.
    pub(crate) fn altered(
        before: &Type,
        options: &[(Arc<str>, Arc<str>)],
        after: &Type,
        changed: Vec<(Arc<str>, Arc<str>)>,
    ) -> Vec<(Arc<str>, Arc<str>)> {
        let mut said = Settings::of(before, options).retyped(before, after).said(after);
        said.extend(changed);
        Self::settled(after, &said)
    }
}

/// The limits of a sequence where none are said, by the way that it goes.
fn usual_limits(data_type: &Type, increment: i64) -> (i64, i64) {
    let (low, high) = limits(data_type);
    if increment > 0 { (1, high) } else { (low, -1) }
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

    #[test]
    fn what_is_not_said_again_stays() {
        let altered = |before: &str, options: &[(&str, &str)], after: &str, changed: &[(&str, &str)]| {
            let pairs = |list: &[(&str, &str)]| -> Vec<(Arc<str>, Arc<str>)> {
                list.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
            };
            let (before, after) = (Type::built_in(before), Type::built_in(after));
            let kept = Sequence::altered(&before, &pairs(options), &after, pairs(changed));
            kept.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(altered("bigint", &[], "integer", &[]), "");
        assert_eq!(altered("bigint", &[], "bigint", &[("minvalue", "-5")]), "start 1 minvalue -5");
        assert_eq!(
            altered("bigint", &[], "bigint", &[("increment", "-1"), ("maxvalue", "100")]),
            "start 1 increment -1 minvalue 1 maxvalue 100"
        );
        assert_eq!(altered("bigint", &[("minvalue", "5")], "bigint", &[("minvalue", "")]), "start 5");
    }
}
