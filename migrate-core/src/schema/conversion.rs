//! Which of PostgreSQL's own types turn into which: by themselves, where a column's type is changed, and to be compared, where a
//! foreign key leads from one to the other.
//!
//! What is said here was tried on PostgreSQL 15 and 18; it is what `pg_cast` has as implicit and as assignment casts, and what
//! the operator families of B-trees compare.

/// Types of numbers.
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

/// Types of texts, to which every value can be written out.
const TEXTS: [&str; 4] = ["text", "character varying", "character", "name"];

/// Types of bits, addresses and documents that turn into each other.
const PAIRS: [[&str; 2]; 4] =
    [["inet", "cidr"], ["bit", "bit varying"], ["macaddr", "macaddr8"], ["json", "jsonb"]];

/// Types that turn into nothing but texts.
const ALONE: [&str; 4] = ["uuid", "boolean", "bytea", "interval"];

/// Types of times, each with those that it turns into.
const TIMES: [(&str, &[&str]); 5] = [
    ("date", &["timestamp without time zone", "timestamp with time zone"]),
    ("timestamp without time zone", &["date", "timestamp with time zone", "time without time zone"]),
    (
        "timestamp with time zone",
        &["date", "timestamp without time zone", "time without time zone", "time with time zone"],
    ),
    ("time without time zone", &["interval", "time with time zone"]),
    ("time with time zone", &["time without time zone"]),
];

/// Whether anything is said of a type here.
pub(crate) fn is_listed(name: &str) -> bool {
    NUMBERS.contains(&name)
        || TEXTS.contains(&name)
        || ALONE.contains(&name)
        || PAIRS.iter().any(|pair| pair.contains(&name))
        || TIMES.iter().any(|(time, _)| *time == name)
}

/// Whether a type is one of texts.
pub(crate) fn is_text(name: &str) -> bool {
    TEXTS.contains(&name)
}

/// Whether a type is one of numbers.
pub(crate) fn is_number(name: &str) -> bool {
    NUMBERS.contains(&name)
}

/// Whether one type turns into another one by itself.
pub(crate) fn becomes(from: &str, to: &str) -> bool {
    let both = |list: &[&str]| list.contains(&from) && list.contains(&to);
    is_text(to)
        || both(&NUMBERS)
        || PAIRS.iter().any(|pair| both(pair))
        || TIMES.iter().any(|(time, others)| *time == from && others.contains(&to))
        || from == "interval" && to == "time without time zone"
}

/// Whether a key of one type can refer to another one.
pub(crate) fn compares(key: &str, target: &str) -> bool {
    let place = |name: &str| NUMBERS.iter().position(|own| *own == name);
    if let (Some(key), Some(target)) = (place(key), place(target)) {
        // Whole numbers are compared as they are; of the rest the key has to turn into the target by itself.
        return key < 3 || key.min(4) <= target;
    }
    let both = |list: &[&str]| list.contains(&key) && list.contains(&target);
    let days = ["date", "timestamp without time zone", "timestamp with time zone"];
    both(&TEXTS)
        || both(&days)
        || PAIRS.iter().any(|pair| both(pair))
        || key == "time without time zone" && ["interval", "time with time zone"].contains(&target)
}
