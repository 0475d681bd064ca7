//! Objects as bytes and back, to be kept from one build to the next.
//!
//! The form is nobody else's business: what was written by another version of this crate is never read. Whatever bytes come in,
//! what cannot be an object is `None`.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;

use super::{
    BaseType, Certainty, Column, Constraint, ConstraintBody, Domain, ForeignKey, Generated, Identity, Index,
    IndexPart, Need, Object, ObjectBody, ObjectId, ObjectName, Parameter, Partition, Routine, Sequence,
    Space, SqlText, Table, TableKind, Trigger, Type, View, ViewColumn,
};
use crate::ddl::{ConflictResolution, Deferrable, Kind, ReferentialAction};

/// A value that can be bytes.
pub(crate) trait Bytes: Sized {
    /// Adds the value.
    fn put(&self, out: &mut Vec<u8>);
    /// Takes a value off.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

/// The hash of bytes: the same for the same bytes in every run of a program.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

impl Bytes for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(Self::from_le_bytes(*number))
    }
}

impl Bytes for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(Self::from_le_bytes(*number))
    }
}

impl Bytes for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Self::try_from(u64::take(bytes)?).ok()
    }
}

impl Bytes for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(byte == 1)
    }
}

fn put_length(length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short) if short < u8::MAX => out.push(short),
        _ => {
            out.push(u8::MAX);
            length.put(out);
        }
    }
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first == u8::MAX { usize::take(bytes) } else { Some(usize::from(first)) }
}

fn take_str<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let length = take_length(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

impl Bytes for Arc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        take_str(bytes).map(Self::from)
    }
}

impl Bytes for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        take_str(bytes).map(Self::from)
    }
}

impl<T: Bytes> Bytes for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        if bool::take(bytes)? { T::take(bytes).map(Some) } else { Some(None) }
    }
}

impl<A: Bytes, B: Bytes> Bytes for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

impl<T: Bytes> Bytes for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        self.iter().for_each(|value| value.put(out));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        // What is not there is not made room for.
        (0..take_length(bytes)?).map(|_| T::take(bytes)).collect()
    }
}

impl<T: Bytes + Ord> Bytes for BTreeSet<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        self.iter().for_each(|value| value.put(out));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        (0..take_length(bytes)?).map(|_| T::take(bytes)).collect()
    }
}

impl<K: Bytes + Ord, V: Bytes> Bytes for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        (0..take_length(bytes)?).map(|_| Bytes::take(bytes)).collect()
    }
}

/// Field after field. A field more or less does not compile.
macro_rules! record {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl Bytes for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(out);)*
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: Bytes::take(bytes)?),* })
            }
        }
    )*};
}

/// A number for the variant, and what it has. A variant more does not compile.
macro_rules! choice {
    ($($name:ident { $($number:literal $variant:ident $(($($value:ident),*))? $({ $($field:ident),* })?),* $(,)? })*) => {$(
        impl Bytes for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($value),*))? $({ $($field),* })? => {
                        out.push($number);
                        $($($value.put(out);)*)?
                        $($($field.put(out);)*)?
                    })*
                }
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (&number, rest) = bytes.split_first()?;
                *bytes = rest;
                match number {
                    $($number => Some(Self::$variant
                        $(($({ let $value = Bytes::take(bytes)?; $value }),*))?
                        $({ $($field: Bytes::take(bytes)?),* })?),)*
                    _ => None,
                }
            }
        }
    )*};
}

record! {
    Object { name, body, comment, certainty, needs }
    ObjectName { schema, name }
    ObjectId { space, schema, name }
    Need { object, part, by, is_automatic }
    Table { kind, columns, constraints, indexes, triggers, inherits, partition, options }
    Partition { by, bounds }
    Column {
        name, data_type, not_null, on_null, default, generated, identity, auto_increment, collation, charset, on_update,
        comment, attributes, is_local, uses,
    }
    Generated { expr, is_stored }
    Identity { is_always, options }
    Constraint {
        name, is_name_made_up, mysql_name, body, deferrable, on_conflict, is_validated, comment, is_local, column,
        uses, may_be_missing,
    }
    Deferrable { is_deferrable, is_initially_deferred }
    ForeignKey { columns, table, referenced, on_delete, on_update, on_delete_columns, match_full }
    Index {
        name, is_unique, method, parts, include, predicate, nulls_not_distinct, constraint, is_implicit, columns,
        uses, may_be_missing, comment, options,
    }
    IndexPart { expr, is_column, descending, nulls_first, opclass, collation, length, may_be_cut }
    Trigger { name, function, text, comment }
    Type { base, arguments, is_array }
    SqlText { written, normal }
    View { is_materialized, is_temporary, columns, given, query, options, said, indexes, triggers }
    ViewColumn { default, comment }
    Sequence { data_type, options, owned_by, is_temporary }
    Domain { data_type, not_null, default, checks }
    Routine {
        kind, arguments, optional, parameters, returns, digest, options, may_change_schema, text, can_be_followed, comment,
    }
    Parameter { name, data_type, is_input, is_output, default }
}

choice! {
    Certainty { 0 Certain, 1 Uncertain, 2 Doubtful }
    Space { 0 Namespace, 1 Extension, 2 Type, 3 Relation, 4 Routine, 5 Trigger, 6 Other }
    TableKind { 0 Plain, 1 Temporary, 2 Foreign, 3 Virtual(module) }
    BaseType { 0 BuiltIn(name), 1 Made(name), 2 Unknown(name) }
    ConflictResolution { 0 Rollback, 1 Abort, 2 Fail, 3 Ignore, 4 Replace }
    ReferentialAction { 0 NoAction, 1 Restrict, 2 Cascade, 3 SetNull, 4 SetDefault }
    ConstraintBody {
        0 PrimaryKey(columns), 1 Unique { columns, nulls_not_distinct }, 2 ForeignKey(key),
        3 Check { expr, columns, no_inherit }, 4 Exclude(expr), 5 NotNull(column),
    }
    ObjectBody {
        0 Table(table), 1 View(view), 2 Index { table }, 3 Sequence(sequence), 4 Enum(labels), 5 Domain(domain),
        6 Composite(attributes), 7 OtherType, 8 Routines(routines), 9 Namespace, 10 Extension(schema), 11 Other(kind, owner),
    }
    Kind {
        0 Table, 1 ForeignTable, 2 View, 3 MaterializedView, 4 Index, 5 Sequence, 6 Type, 7 Domain,
        8 Function, 9 Procedure, 10 Routine, 11 Aggregate, 12 Trigger, 13 Schema, 14 Extension, 15
        Column, 16 Constraint, 17 PrimaryKey, 18 ForeignKey, 19 Check, 20 Rule, 21 Policy, 22
        Collation, 23 Statistics, 24 Operator, 25 OperatorClass, 26 OperatorFamily, 27 Cast, 28
        Conversion, 29 TextSearch, 30 Event, 31 Publication, 32 Subscription, 33 Server, 34 Role, 35
        Other,
    }
}
