//! What becomes of the values of a column that gets another type.

use crate::schema::{BaseType, Schema, Type};

/// What becomes of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// They are kept, if written in another way.
    Kept,
    /// Some may be refused: the statement fails where there are such.
    MayFail,
    /// Some may become others: rounded, cut, without a part.
    Loses,
}

/// What becomes of the values of one type in the other, by the names of the types, whichever database has them.
pub(crate) fn fit(before: &Type, after: &Type) -> Fit {
    if before == after {
        return Fit::Kept;
    }
    if before.is_array != after.is_array {
        // A list can be written out; one value makes a list.
        let one = Type { is_array: false, ..after.clone() };
        let is_safe = match before.is_array {
            true => is_text(after) && after.arguments.is_empty(),
            // Of a text in a list of bytes an escape is what it stands for.
            false => fit_of_one(before, &one) == Fit::Kept && name(&one) != Some("bytea"),
        };
        return if is_safe { Fit::Kept } else { Fit::MayFail };
    }
    fit_of_one(before, after)
}

/// The same for types of schemas, whose domains are looked under: what one of them checks is not known.
pub(crate) fn fit_in(before: (&Schema, &Type), after: (&Schema, &Type)) -> Fit {
    let is_domain = after.1.made().is_some();
    match fit(&before.0.under(before.1), &after.0.under(after.1)) {
        Fit::Loses => Fit::Loses,
        _ if before.1 == after.1 => Fit::Kept,
        _ if is_domain => Fit::MayFail,
        fit => fit,
    }
}

fn fit_of_one(before: &Type, after: &Type) -> Fit {
    let (Some(old), Some(new)) = (name(before), name(after)) else {
        // Of a made type nothing is known but that it can be written.
        return if is_text(after) { length(before, after) } else { Fit::MayFail };
    };
    if matches!(new, "enum" | "set") && old == new {
        let stays = |label| after.arguments.contains(label);
        return if before.arguments.iter().all(stays) { Fit::Kept } else { Fit::Loses };
    }
    if is_text(after) {
        // Not all bytes are text.
        return if old == "bytea" { Fit::MayFail } else { length(before, after) };
    }
    if new == "bytea" && is_text(before) {
        return Fit::Kept;
    }
    if let (Some(old), Some(new)) = (Number::of(old, before), Number::of(new, after)) {
        return old.fit(&new);
    }
    match (old, new) {
        ("date", _) if new.starts_with("timestamp") || new == "datetime" => Fit::Kept,
        (_, "date") if old.starts_with("timestamp") || old == "datetime" => Fit::Loses,
        (_, _) if old.starts_with("timestamp") && new.starts_with("time ") => Fit::Loses,
        (_, _) if is_moment(old) && is_moment(new) || old.starts_with("time") && old == new => {
            digits(before, after)
        }
        ("boolean", "smallint" | "integer" | "bigint" | "numeric") => Fit::Kept,
        (_, "boolean") if is_number(old) => Fit::Loses,
        // MySQL takes a number below 100 for a year of this century or of the last one.
        (old, "year") if old != "year" => Fit::Loses,
        // It writes a moment as one number, of which most have not all digits.
        ("datetime" | "timestamp", new) if is_number(new) => Fit::Loses,
        // And any number for the place of a label.
        (_, "enum" | "set") if is_number(old) => Fit::Loses,
        ("json", "jsonb") | ("jsonb", "json") | ("cidr", "inet") => Fit::Kept,
        ("inet", "cidr") => Fit::Loses,
        (old, new) if old == new => length(before, after),
        _ => Fit::MayFail,
    }
}

fn name(data_type: &Type) -> Option<&str> {
    match &data_type.base {
        BaseType::BuiltIn(name) => Some(name),
        BaseType::Made(_) | BaseType::Unknown(_) => None,
    }
}

fn is_text(data_type: &Type) -> bool {
    let is_own = |name: &str| {
        matches!(
            name,
            "text"
                | "character varying"
                | "character"
                | "varchar"
                | "char"
                | "tinytext"
                | "mediumtext"
                | "longtext"
        )
    };
    !data_type.is_array && name(data_type).is_some_and(is_own)
}

fn is_moment(name: &str) -> bool {
    name.starts_with("timestamp") || name == "datetime"
}

fn is_number(name: &str) -> bool {
    Number::of(name, &Type::built_in(name)).is_some()
}

/// What has a length, or has none.
fn length(before: &Type, after: &Type) -> Fit {
    let of = |data_type: &Type| -> Option<u64> {
        let most = match name(data_type)? {
            "tinytext" => 255,
            "text" if !data_type.arguments.is_empty() => 65_535,
            _ => return data_type.arguments.first()?.parse().ok(),
        };
        Some(most)
    };
    match (of(before).filter(|_| is_text(before) || name(before) == name(after)), of(after)) {
        (_, None) => Fit::Kept,
        (Some(old), Some(new)) if old <= new => Fit::Kept,
        _ => Fit::MayFail,
    }
}

/// The digits of a second that are kept; six where nothing is said.
fn digits(before: &Type, after: &Type) -> Fit {
    let of = |data_type: &Type| -> u32 {
        data_type.arguments.first().and_then(|digits| digits.parse().ok()).unwrap_or(6)
    };
    if of(before) <= of(after) { Fit::Kept } else { Fit::Loses }
}

/// A kind of number.
#[derive(Clone, Copy)]
enum Number {
    /// Whole, by its least and its greatest value.
    Whole(i128, i128),
    /// With these many digits before and behind the point; `None` where there is no limit.
    Decimal(Option<(i64, i64)>),
    /// Floating, with this many bits of precision.
    Float(u32),
}

impl Number {
    fn of(name: &str, data_type: &Type) -> Option<Self> {
        let (name, is_unsigned) = match name.split_once(" unsigned") {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        let bits = match name {
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "int" | "integer" => 32,
            "bigint" => 64,
            "real" | "float" => return Some(Self::Float(24)),
            "double" | "double precision" => return Some(Self::Float(53)),
            "numeric" | "decimal" => {
                let mut given = data_type.arguments.iter().map(|number| number.parse::<i64>().ok());
                let digits = given.next().flatten();
                let scale = given.next().flatten().unwrap_or(0);
                return Some(Self::Decimal(digits.map(|digits| (digits - scale, scale))));
            }
            _ => return None,
        };
        let half = 1_i128 << (bits - 1);
        Some(if is_unsigned { Self::Whole(0, 2 * half - 1) } else { Self::Whole(-half, half - 1) })
    }

    fn fit(&self, other: &Self) -> Fit {
        let fails_unless = |holds: bool| if holds { Fit::Kept } else { Fit::MayFail };
        match (*self, *other) {
            (Self::Whole(low, high), Self::Whole(least, most)) => fails_unless(least <= low && high <= most),
            (Self::Whole(..), Self::Decimal(None)) => Fit::Kept,
            (Self::Whole(low, high), Self::Decimal(Some((whole, _)))) => {
                let digits = low.unsigned_abs().max(high.unsigned_abs()).to_string().len();
                fails_unless(i64::try_from(digits).is_ok_and(|digits| digits <= whole))
            }
            (Self::Whole(low, high), Self::Float(bits)) => {
                let is_exact = low.unsigned_abs().max(high.unsigned_abs()) <= 1 << bits;
                if is_exact { Fit::Kept } else { Fit::Loses }
            }
            (Self::Decimal(None), Self::Decimal(None)) => Fit::Kept,
            (Self::Decimal(Some(_)), Self::Decimal(None)) => Fit::Kept,
            (Self::Decimal(Some((whole, scale))), Self::Decimal(Some((most, digits)))) => {
                if digits < scale {
                    Fit::Loses
                } else {
                    fails_unless(whole <= most)
                }
            }
            // Whole numbers of a limited size.
            (Self::Decimal(Some((_, 0))), Self::Whole(..)) => Fit::MayFail,
            (Self::Float(bits), Self::Float(others)) if bits <= others => Fit::Kept,
            _ => Fit::Loses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_refused_or_lost() {
        let of = |text: &str| match text.strip_prefix('?') {
            Some(made) => Type { base: BaseType::Unknown(made.into()), arguments: vec![], is_array: false },
            None => {
                let (name, rest) = text.split_once('(').unwrap_or((text, ""));
                let (given, rest) = rest.split_once(')').unwrap_or(("", ""));
                let is_array = text.ends_with("[]");
                let name = format!("{name}{rest}").replace("[]", "");
                let arguments = given.split(',').filter(|one| !one.is_empty()).map(Into::into).collect();
                Type { base: BaseType::BuiltIn(name.as_str().into()), arguments, is_array }
            }
        };
        for (before, after, wanted) in [
            ("integer", "bigint", Fit::Kept),
            ("bigint", "integer", Fit::MayFail),
            ("int unsigned", "int", Fit::MayFail),
            ("int unsigned", "bigint", Fit::Kept),
            ("integer", "real", Fit::Loses),
            ("integer", "double precision", Fit::Kept),
            ("integer", "numeric(10,2)", Fit::MayFail),
            ("integer", "numeric(12,2)", Fit::Kept),
            ("numeric(10,4)", "numeric(10,2)", Fit::Loses),
            ("numeric(10,2)", "numeric(12,2)", Fit::Kept),
            ("numeric(10,2)", "numeric(10,4)", Fit::MayFail),
            ("numeric", "integer", Fit::Loses),
            ("double precision", "real", Fit::Loses),
            ("text", "character varying(20)", Fit::MayFail),
            ("character varying(10)", "character varying(20)", Fit::Kept),
            ("character varying(20)", "character varying(10)", Fit::MayFail),
            ("character varying(20)", "text", Fit::Kept),
            ("text", "integer", Fit::MayFail),
            ("?mood", "text", Fit::Kept),
            ("text", "?mood", Fit::MayFail),
            ("integer", "text", Fit::Kept),
            ("text[]", "text", Fit::Kept),
            ("integer", "integer[]", Fit::Kept),
            ("character varying(20)", "text[]", Fit::Kept),
            ("text[]", "character(3)", Fit::MayFail),
            ("text", "bytea", Fit::Kept),
            ("bytea", "text", Fit::MayFail),
            ("timestamp with time zone", "date", Fit::Loses),
            ("timestamp without time zone", "timestamp(3) without time zone", Fit::Loses),
            ("timestamp(3) without time zone", "timestamp with time zone", Fit::Kept),
            ("integer", "boolean", Fit::Loses),
            ("int", "year", Fit::Loses),
            ("varchar(9)", "year", Fit::Loses),
            ("double", "enum(a,b)", Fit::Loses),
            ("datetime", "float", Fit::Loses),
            ("timestamp with time zone", "integer", Fit::MayFail),
            ("year", "int", Fit::MayFail),
            ("enum(a,b)", "enum(a,b,c)", Fit::Kept),
            ("enum(a,b)", "enum(a)", Fit::Loses),
            ("uuid", "integer", Fit::MayFail),
        ] {
            assert_eq!(fit(&of(before), &of(after)), wanted, "{before} to {after}");
        }
    }
}
