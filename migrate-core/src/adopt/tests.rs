use super::*;
use crate::dialect::Dialect;
use crate::history::History;
use crate::revision::testing::revision;

/// A history from `child <- parent` pairs; the SQL of each names it.
fn history(revisions: &[(&str, &[&str])]) -> History {
    let new = |(id, parents): &(&str, &[&str])| {
        revision(id, parents, &[], &format!("CREATE TABLE t_{id} (id INT);\n\n"))
    };
    History::from_revisions(revisions.iter().map(new).collect()).unwrap()
}

fn row(version: &str) -> Row {
    Row { version: Some(version.to_owned()), ..Row::default() }
}

fn flyway(version: Option<&str>, kind: &str) -> Row {
    Row {
        version: version.map(str::to_owned),
        kind: Some(kind.to_owned()),
        success: Some(true),
        ..Row::default()
    }
}

/// The mapping as text: `version=revision(why) ... -> heads`, or what is in the way.
fn check(history: &History, tool: Tool, rows: Vec<Row>, said: &[(&str, &str)], expected: &str) {
    let said: Vec<(String, Option<usize>)> =
        said.iter().map(|(old, new)| ((*old).to_owned(), history.index_of(new))).collect();
    let id = |node: usize| history.graph().id(node).to_owned();
    let text = match Record::read(tool, rows) {
        Err(half) => half.to_string(),
        Ok(record) => match map(history, tool, Dialect::Sqlite, &record, &said) {
            Ok(adopted) => {
                let row = |row: &Mapped| match row.revision {
                    Some((node, by)) => format!("{}={} ({by:?})", row.version.version, id(node)),
                    None => format!("{}=none", row.version.version),
                };
                let rows: Vec<String> = adopted.rows.iter().map(row).collect();
                let applied: Vec<String> = adopted.applied.iter().map(|&node| id(node)).collect();
                let heads: Vec<String> = adopted.heads.iter().map(|&node| id(node)).collect();
                format!("{}; applied {}; heads {}", rows.join(", "), applied.join(" "), heads.join(" "))
            }
            Err(cannot) => {
                let Cannot { unmapped, twice, gaps, not_there, deleted, .. } = *cannot;
                let gaps: Vec<String> = gaps.iter().map(|&(a, b)| format!("{}>{}", id(a), id(b))).collect();
                let twice: Vec<String> =
                    twice.iter().map(|(a, b, c)| format!("{a},{b}={}", id(*c))).collect();
                let deleted: Vec<String> = deleted.iter().map(|(a, b)| format!("{a}={}", id(*b))).collect();
                format!(
                    "cannot: unmapped {unmapped:?} twice {twice:?} gaps {gaps:?} not there {not_there:?} deleted {deleted:?}"
                )
            }
        },
    };
    assert_eq!(text, expected);
}

#[test]
fn the_same_id_comes_before_the_same_number() {
    let history = history(&[("1", &[]), ("01", &["1"]), ("0002", &["01"])]);
    let expected = "1=1 (Id), 01=01 (Id), 2=0002 (Number); applied 1 01 0002; heads 0002";
    check(&history, Tool::Diesel, vec![row("1"), row("01"), row("2")], &[], expected);
    // Two revisions have this number, and nothing says which is meant.
    let expected = r#"cannot: unmapped ["001"] twice [] gaps [] not there [] deleted []"#;
    check(&history, Tool::Diesel, vec![row("001")], &[], expected);
}

#[test]
fn a_gap_is_not_recorded() {
    let history = history(&[("1", &[]), ("2", &["1"]), ("3", &["2"])]);
    let expected = r#"cannot: unmapped [] twice [] gaps ["3>2"] not there [] deleted []"#;
    check(&history, Tool::Sqlx, vec![row("1"), row("3")], &[], expected);
}

#[test]
fn alembics_rows_imply_what_is_before_them() {
    let history = history(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"])]);
    let expected = "b=b (Id), c=c (Id); applied a b c; heads b c";
    check(&history, Tool::Alembic, vec![row("b"), row("c")], &[], expected);
    let expected = "d=d (Id); applied a b c d; heads d";
    check(&history, Tool::Alembic, vec![row("d")], &[], expected);
}

#[test]
fn what_somebody_says_counts() {
    let history = history(&[("a", &[]), ("b", &["a"])]);
    let expected = "1=a (Said), 2=none, b=b (Id); applied a b; heads b";
    check(&history, Tool::Diesel, vec![row("1"), row("2"), row("b")], &[("1", "a"), ("2", "-")], expected);
    let expected = r#"cannot: unmapped ["2"] twice ["1,b=b"] gaps [] not there ["7"] deleted []"#;
    let rows = || vec![row("1"), row("2"), row("b")];
    check(&history, Tool::Diesel, rows(), &[("1", "b"), ("7", "a")], expected);
}

#[test]
fn sqlx_proves_with_its_checksum_which_sql_it_ran() {
    let history = history(&[("6a1f02c4b7e9", &[]), ("6a1f02c4b7ea", &["6a1f02c4b7e9"])]);
    // printf 'CREATE TABLE t_6a1f02c4b7e9 (id INT);\n' | sha384sum
    let hash = sha384("CREATE TABLE t_6a1f02c4b7e9 (id INT);\n");
    let one = Row { checksum: Some(hash.to_uppercase()), success: Some(true), ..row("20240101000000") };
    let expected = "20240101000000=6a1f02c4b7e9 (Sql); applied 6a1f02c4b7e9; heads 6a1f02c4b7e9";
    check(&history, Tool::Sqlx, vec![one.clone()], &[], expected);
    let failed = Row { success: Some(false), ..one };
    check(&history, Tool::Sqlx, vec![failed], &[], "`20240101000000` is half applied");
}

fn sha384(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha384::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn flyways_types_mean_what_flyway_means() {
    let history = history(&[("1", &[]), ("1_1", &["1"]), ("2", &["1_1"]), ("10", &["2"])]);
    let sql = |version| flyway(Some(version), "SQL");
    // The schema it made, a repeatable migration, and one that was undone and run again.
    let rows = vec![
        flyway(Some("0"), "SCHEMA"),
        sql("1"),
        flyway(None, "SQL"),
        sql("1.1"),
        flyway(Some("1.1"), "UNDO_SQL"),
        sql("1.1"),
    ];
    check(&history, Tool::Flyway, rows, &[], "1=1 (Id), 1.1=1_1 (Number); applied 1 1_1; heads 1_1");
    let rows = vec![sql("1"), sql("1.1"), flyway(Some("1.1"), "UNDO_SQL")];
    check(&history, Tool::Flyway, rows, &[], "1=1 (Id); applied 1; heads 1");
    // A baseline stands for all that is not above it.
    let rows = vec![flyway(Some("2.0"), "BASELINE")];
    check(&history, Tool::Flyway, rows, &[], "; applied 1 1_1 2; heads 2");
    let rows = vec![flyway(Some("1"), "BASELINE"), sql("10")];
    let expected = r#"cannot: unmapped [] twice [] gaps ["10>2"] not there [] deleted []"#;
    check(&history, Tool::Flyway, rows, &[], expected);
    // Its file was gone, and now there is a revision of its number: nobody can say whether it is applied.
    let rows = vec![sql("1"), sql("1.1"), flyway(Some("1.1"), "DELETE")];
    let expected = r#"cannot: unmapped [] twice [] gaps [] not there [] deleted ["1.1=1_1"]"#;
    check(&history, Tool::Flyway, rows, &[], expected);
}

#[test]
fn a_table_is_known_by_its_columns() {
    for tool in Tool::ALL {
        assert_eq!(Tool::of_columns(|column| tool.columns().contains(&column)), Some(tool));
        assert_eq!(tool.name().parse(), Ok(tool));
    }
    let whole_flyway = ["installed_rank", "version", "description", "type", "script", "checksum", "success"];
    let more = ["installed_by", "installed_on", "execution_time"];
    let has = |column: &str| whole_flyway.contains(&column) || more.contains(&column);
    assert_eq!(Tool::of_columns(has), Some(Tool::Flyway));
    assert_eq!(Tool::of_columns(|column| column == "version"), None);
}
