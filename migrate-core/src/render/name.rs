//! Names, quoted where they have to be.

use crate::dialect::Dialect;
use crate::schema::ObjectName;

/// A name as it is written: quoted only where the database would read it as something else.
pub(crate) fn name(name: &str, dialect: Dialect) -> String {
    let mut chars = name.chars();
    let starts = chars
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == '_' || is_upper(first, dialect));
    let goes_on =
        chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || is_upper(c, dialect));
    match starts && goes_on && !is_reserved(name, dialect) {
        true => name.to_owned(),
        false => dialect.quote_identifier(name),
    }
}

/// PostgreSQL makes what is not quoted lower case.
fn is_upper(c: char, dialect: Dialect) -> bool {
    dialect != Dialect::Postgres && c.is_ascii_uppercase()
}

/// The name of an object, with its schema unless that is the usual one.
pub(crate) fn path(object: &ObjectName, dialect: Dialect) -> String {
    match &*object.schema {
        "" | "public" | "main" => name(&object.name, dialect),
        schema => format!("{}.{}", name(schema, dialect), name(&object.name, dialect)),
    }
}

/// Names in a row.
pub(super) fn list<N: AsRef<str>>(names: &[N], dialect: Dialect) -> String {
    names.iter().map(|one| name(one.as_ref(), dialect)).collect::<Vec<_>>().join(", ")
}

fn is_reserved(word: &str, dialect: Dialect) -> bool {
    let words = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
        Dialect::Sqlite => SQLITE,
    };
    words.split_ascii_whitespace().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Reserved words, and those that are types or functions, as `pg_get_keywords()` of PostgreSQL 15 has them.
const POSTGRES: &str = "\
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char \
character check coalesce collate collation column concurrently constraint create cross current_catalog current_date \
current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do \
else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike \
in initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit \
localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order \
out outer overlaps overlay placing position precision primary real references returning right row select session_user \
setof similar smallint some substring symmetric table tablesample then time timestamp to trailing treat trim true union \
unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists \
xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// What MySQL 8.4 or MariaDB 11 reserve, by their manuals.
const MYSQL: &str = "\
accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call cascade case change \
char character check collate column condition constraint continue convert create cross cube cume_dist current_date \
current_role current_time current_timestamp current_user cursor database databases day_hour day_microsecond day_minute \
day_second dec decimal declare default delayed delete dense_rank desc describe deterministic distinct distinctrow div \
do_domain_ids double drop dual each else elseif empty enclosed escaped except exists exit explain false fetch \
first_value float float4 float8 for force foreign from fulltext function general generated get grant group grouping \
groups having high_priority hour_microsecond hour_minute hour_second if ignore ignore_domain_ids ignore_server_ids in \
index infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into io_after_gtids \
io_before_gtids is iterate join json_table key keys kill lag last_value lateral lead leading leave left like limit \
linear lines load localtime localtimestamp lock long longblob longtext loop low_priority manual master_bind \
master_heartbeat_period master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext middleint \
minute_microsecond minute_second mod modifies natural no_write_to_binlog not nth_value ntile null numeric of offset on \
optimize optimizer_costs option optionally or order out outer outfile over page_checksum parallel parse_vcol_expr \
partition percent_rank portion position precision primary procedure purge qualify range rank read read_write reads real \
recursive ref_system_id references regexp release rename repeat replace require resignal restrict return returning \
revoke right rlike row row_number rows schema schemas second_microsecond select sensitive separator set show signal slow \
smallint spatial specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl \
starting stats_auto_recalc stats_persistent stats_sample_pages stored straight_join system table tablesample terminated \
then tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use using \
utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying virtual when where while window with write \
xor year_month zerofill";

/// The words that SQLite 3.40 does not take as a name.
const SQLITE: &str = "\
add all alter and as autoincrement between case cast check collate commit constraint create default deferrable delete \
distinct drop else escape except exists foreign from group having if in index insert intersect into is isnull join limit \
not nothing notnull null on or order primary raise references returning select set table then to transaction union \
unique update using values when where";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_have_to_be() {
        for (text, dialect, written) in [
            ("users", Dialect::Postgres, "users"),
            ("Users", Dialect::Postgres, "\"Users\""),
            ("Users", Dialect::Sqlite, "Users"),
            ("user", Dialect::Postgres, "\"user\""),
            ("user", Dialect::Mysql, "user"),
            ("order", Dialect::Mysql, "`order`"),
            ("2fa", Dialect::Sqlite, "\"2fa\""),
            ("a\"b", Dialect::Sqlite, "\"a\"\"b\""),
            ("", Dialect::Mysql, "``"),
            ("größe", Dialect::Postgres, "\"größe\""),
        ] {
            assert_eq!(name(text, dialect), written, "{text} {dialect}");
        }
    }
}
