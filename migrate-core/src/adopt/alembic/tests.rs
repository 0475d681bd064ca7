use super::*;

/// The revisions as text, and after them what was found.
fn check(dialect: Dialect, direction: Direction, text: &str, expected: &str) {
    let (mut sources, mut findings) = (Sources::new(), vec![]);
    let file = sources.add("up.sql".into(), text.as_bytes().to_vec(), &mut findings);
    let revisions = printed(&sources, file, dialect, "alembic_version", direction, &mut findings);
    let mut lines: Vec<String> = revisions
        .iter()
        .map(|revision| {
            let alone = if revision.transactional { "" } else { " alone" };
            format!("{} <- {}{alone}: {}", revision.id, revision.parents.join(", "), revision.sql)
        })
        .collect();
    lines.extend(findings.iter().map(|finding| format!("! {}", finding.message)));
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn statements_are_those_of_the_revision() {
    let text = "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n\
                -- Running upgrade  -> a1\n\nCREATE TABLE t (n TEXT);\n\n\
                INSERT INTO t VALUES ('it''s; \n-- Running upgrade x -> y');\n\n\
                INSERT INTO alembic_version (version_num) VALUES ('a1') RETURNING alembic_version.version_num;\n\n\
                -- Running upgrade a1, b2 -> c3\n\n-- a comment\nDELETE FROM public.alembic_version WHERE version_num = 'b2';\n\n\
                UPDATE alembic_version SET version_num='c3' WHERE alembic_version.version_num = 'a1';\n\nCOMMIT;\n\n";
    check(
        Dialect::Postgres,
        Direction::Upgrade,
        text,
        "a1 <- : CREATE TABLE t (n TEXT);\n\nINSERT INTO t VALUES ('it''s; \n-- Running upgrade x -> y');\n\
         c3 <- a1, b2: -- a comment",
    );
}

#[test]
fn what_stands_between_commit_and_begin_runs_alone() {
    let record = "UPDATE alembic_version SET version_num='b' WHERE version_num='a';";
    let alone =
        format!("-- Running upgrade a -> b\nSELECT 1;\nCOMMIT;\nVACUUM;\nBEGIN;\nSELECT 2;\n{record}\n");
    check(Dialect::Postgres, Direction::Upgrade, &alone, "b <- a alone: SELECT 1;\nVACUUM;\nSELECT 2;");
    // A transaction for each revision is none.
    let each = format!(
        "BEGIN;\n-- Running upgrade a -> b\nSELECT 1;\n{record}\nCOMMIT;\nBEGIN;\n\
                        -- Running upgrade b -> c\nSELECT 2;\n{record}\nCOMMIT;\n"
    );
    check(Dialect::Postgres, Direction::Upgrade, &each, "b <- a: SELECT 1;\nc <- b: SELECT 2;");
}

#[test]
fn downgrades_are_read_the_other_way_round() {
    let text = "-- Running downgrade c -> a, b\n\nUPDATE `alembic_version` SET version_num='a';\n\n\
                -- Running downgrade a -> \n\nDROP TABLE t;\n\nDELETE FROM alembic_version;\n";
    check(Dialect::Mysql, Direction::Downgrade, text, "c <- a, b: \na <- : DROP TABLE t;");
}

#[test]
fn what_is_wrong_is_found() {
    let record = "DELETE FROM alembic_version;";
    check(
        Dialect::Sqlite,
        Direction::Upgrade,
        "SET x;\n-- Running upgrade  -> a.1\nSELECT 1;\n",
        "a.1 <- : SELECT 1;\n! this statement belongs to no revision\n\
         ! `a.1` cannot be a revision id here: ids are made of `A-Z a-z 0-9 _ -`, not of `.`\n\
         ! nothing records the upgrade of `a.1` in `alembic_version`",
    );
    let message = "! this is not a step of `alembic upgrade --sql`";
    check(Dialect::Sqlite, Direction::Upgrade, &format!("-- Running downgrade b -> a\n{record}"), message);
    let message = "! there is no step of `alembic upgrade --sql` in this file";
    check(
        Dialect::Sqlite,
        Direction::Upgrade,
        "SELECT 1 FROM 'alembic'",
        &format!("! this statement belongs to no revision\n{message}"),
    );
}

#[test]
fn one_whole_line_needs_no_history() {
    let lines = |steps: &[(&str, &[&str])]| {
        let revisions: Vec<Printed> = steps
            .iter()
            .map(|(id, parents)| Printed {
                id: (*id).into(),
                parents: parents.iter().map(|id| (*id).into()).collect(),
                sql: String::new(),
                transactional: true,
                span: Span::new(Sources::new().add(String::new(), vec![], &mut vec![]), 0, 0),
            })
            .collect();
        may_have_dependencies(&revisions)
    };
    assert!(!lines(&[("a", &[]), ("b", &["a"])]));
    assert!(lines(&[("b", &["a"])]), "it goes on from a revision that may be on any line");
    assert!(lines(&[("a", &[]), ("b", &[])]));
    assert!(lines(&[("a", &[]), ("b", &["a"]), ("c", &["a"])]));
}

#[test]
fn a_history_says_what_the_sql_does_not() {
    let text = "Rev: c3 (head) (mergepoint)\nMerges: b1, b2\nAlso depends on: a1, shop\nBranch names: shop\n\
                Path: /x/c3.py\n\n    merge them\n    \n    Why: because\n    \n    Revision ID: c3\n    \
                Revises: b1, b2\n    Create Date: 2026-01-02 03:04:05.678\n\nRev: b2\nParent: a1\nBranch names: shop\n\
                Path: /x/b2.py\n\n    two\n\nRev: b1\nParent: a1\nPath: /x/b1.py\n\n    one\n\n\
                Rev: a1 (branchpoint)\nParent: <base>\nBranches into: b1, b2\nPath: /x/a1.py\n\n    first\n";
    let all = described(text);
    let c3 = &all["c3"];
    assert_eq!(
        (&c3.parents[..], &c3.depends_on[..]),
        (&["b1".into(), "b2".into()][..], &["a1".into(), "shop".into()][..])
    );
    assert_eq!(c3.message, "merge them\n\nWhy: because");
    assert_eq!(c3.create_date.as_deref(), Some("2026-01-02 03:04:05.678"));
    assert_eq!(all["a1"], Described { message: "first".into(), ..Described::default() });
    let (own, uncertain) = own_labels(&all);
    assert_eq!(own, BTreeMap::from([("b2", vec!["shop"])]));
    // A merge point that carried it would not hand it down.
    assert_eq!(uncertain, [""; 0]);
    let line = "Rev: x2 (head)\nParent: x1\nAlso depends on: shop\nBranch names: shop\n\n    two\n\n\
                Rev: x1\nParent: <base>\nBranch names: shop\n\n    one\n";
    assert_eq!(own_labels(&described(line)).1, ["shop"]);
}
