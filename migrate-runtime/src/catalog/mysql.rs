//! MySQL 8 and MariaDB: seven queries over `information_schema`, restricted to the current database.
//!
//! Not covered: privileges, definers, and the bounds of MariaDB's sequences, for which older servers have no view.

use diesel::QueryResult;

use super::Reader;

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<()> {
    let version = reader.query("SELECT VERSION()")?;
    let is_mariadb =
        version.iter().flatten().flatten().any(|text| text.to_ascii_lowercase().contains("mariadb"));
    let (indexes, checks) = if is_mariadb {
        (include_str!("mysql/indexes_mariadb.sql"), include_str!("mysql/checks_mariadb.sql"))
    } else {
        (include_str!("mysql/indexes_mysql.sql"), include_str!("mysql/checks_mysql.sql"))
    };
    let queries = [
        include_str!("mysql/tables.sql"),
        include_str!("mysql/columns.sql"),
        indexes,
        include_str!("mysql/foreign_keys.sql"),
        checks,
        include_str!("mysql/triggers.sql"),
        include_str!("mysql/routines.sql"),
    ];
    queries.iter().try_for_each(|query| reader.collect(query))
}
