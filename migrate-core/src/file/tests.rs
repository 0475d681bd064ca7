use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, DialectSet};
use crate::file::{self, Dialects, RevisionFile};
use crate::revision::Direction;
use crate::source::Sources;

fn read(text: &str, dialects: Dialects) -> (RevisionFile, Vec<String>) {
    let (mut sources, mut findings): (Sources, Vec<Diagnostic>) = Default::default();
    let id = sources.add("a.sql".to_owned(), text.as_bytes().to_vec(), &mut findings);
    let file = file::parse(&sources, id, dialects, &mut findings);
    let findings = findings
        .iter()
        .map(|finding| {
            let place = sources.locate(finding.labels[0].span);
            format!(
                "{} {} {}",
                finding.code,
                place.trim_start_matches("a.sql:"),
                sources.text(finding.labels[0].span)
            )
        })
        .collect();
    (file, findings)
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text, Dialects::UNKNOWN).1, expected, "{text}");
}

const HEADER: &str = "-- users\n-- Revision ID: a1\n\n";
const SECTIONS: &str = "-- migrate:upgrade\n\n-- migrate:downgrade\n";

#[test]
fn a_whole_file_is_read() {
    let text = "\n-- add users: the first table\n--\n-- with a reason\n--\n-- revision id: b2\n-- Revises: a1, a0\n\
                -- Create Date: 2026-11-21 00:32:10 UTC\n-- Branch Labels: people\n-- Depends On: c3, billing\n\n\
                -- a comment: not a key\n\n-- migrate:upgrade\nA;\n\n-- migrate:upgrade sqlite transaction=false\nB;\n\
                --migrate:downgrade postgres, mysql\nC;\n-- migrate:downgrade\n";
    let (file, findings) = read(text, Dialects::UNKNOWN);
    assert_eq!(findings, [""; 0]);
    let revision = file.revision.unwrap();
    assert_eq!(revision.id.as_str(), "b2");
    assert_eq!(revision.message, "add users: the first table\n\nwith a reason");
    assert_eq!(revision.parents.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a1", "a0"]);
    assert_eq!(revision.labels, ["people"]);
    assert_eq!(revision.depends_on, ["c3", "billing"]);
    assert_eq!(revision.create_date.as_deref(), Some("2026-11-21 00:32:10 UTC"));
    let section = |direction, dialect| {
        let section = revision.section(direction, dialect).unwrap();
        (&*section.text, section.first_line, section.transactional)
    };
    assert_eq!(section(Direction::Upgrade, Dialect::Postgres), ("A;", 15, true));
    assert_eq!(section(Direction::Upgrade, Dialect::Sqlite), ("B;", 18, false));
    assert_eq!(section(Direction::Downgrade, Dialect::Mysql), ("C;", 20, true));
    assert_eq!(section(Direction::Downgrade, Dialect::Sqlite), ("", 22, true));
}

#[test]
fn mistakes_in_the_header_are_found_where_they_stand() {
    let header = |lines: &str| format!("-- users\n{lines}\n{SECTIONS}");
    check(&header("-- Revison ID: a1\n"), &["unknown-key 2:4 Revison ID", "missing-id 1:1 "]);
    check(&header("-- Revision ID: a1\n-- Author: me\n"), &["unknown-key 3:4 Author"]);
    check(&header("-- Revision ID: a1\n-- by the way\n"), &["header-line 3:4 by the way"]);
    check(&header("-- Revision ID: a1\n-- Revision ID: a2\n"), &["duplicate-key 3:4 Revision ID"]);
    check(&header("-- Revision ID: a1\n-- Revises: a0, a b\n"), &["bad-id 3:18  "]);
    check(&header("-- Revision ID: head\n"), &["bad-id 2:17 head"]);
    check(&header("-- Revision ID:\n"), &["bad-id 2:16 "]);
    check(&header("-- Revision ID: a1\n-- Branch Labels: base\n"), &["bad-id 3:19 base"]);
    check(&header(""), &["missing-id 1:1 "]);
    check("", &["missing-id 1:1 "]);
}

#[test]
fn mistakes_in_sections_are_found_where_they_stand() {
    let body = |text: &str| format!("{HEADER}{text}");
    check(
        &body("CREATE TABLE a (id INT);\n-- migrate:upgrade\n"),
        &["sql-outside-section 4:1 CREATE TABLE a (id INT)"],
    );
    check(&body("-- migrate:upgrad\n"), &["unknown-section 4:1 -- migrate:upgrad"]);
    check(
        &body("-- migrate:upgrade\n-- migrate:effekt none\nSELECT 1;\n"),
        &["unknown-section 5:1 -- migrate:effekt none"],
    );
    check(&body("-- migrate:upgrade postgre\n"), &["unknown-option 4:20 postgre"]);
    check(&body("-- migrate:upgrade transaction=no\n"), &["unknown-option 4:20 transaction=no"]);
    check(&body("-- migrate:upgrade sqlite foreign_keys=offf\n"), &["unknown-option 4:27 foreign_keys=offf"]);
    check(&body("-- migrate:upgrade foreign_keys=off\n"), &["foreign-keys-option 4:20 foreign_keys=off"]);
    check(
        &body("-- migrate:upgrade sqlite mysql foreign_keys=off\n"),
        &["foreign-keys-option 4:33 foreign_keys=off"],
    );
    check(
        &body("-- migrate:upgrade sqlite foreign_keys=off transaction=off\n"),
        &["foreign-keys-option 4:27 foreign_keys=off"],
    );
    check(&body("-- migrate:upgrade sqlite foreign_keys=off\n"), &[]);
    check(&body("-- migrate:upgrade sqlite foreign_keys=off foreign_keys=on\n"), &[]);
    check(&body("-- migrate:upgrade\n-- migrate:upgrade\n"), &["duplicate-section 5:1 -- migrate:upgrade"]);
    check(
        &body("-- migrate:upgrade sqlite\n-- migrate:upgrade mysql sqlite\n"),
        &["duplicate-section 5:1 -- migrate:upgrade mysql sqlite"],
    );
    check(&body("-- migrate:irreversible\n"), &["missing-reason 4:1 -- migrate:irreversible"]);
    check(
        &body("-- migrate:irreversible lossy\n-- migrate:downgrade\n"),
        &["duplicate-section 5:1 -- migrate:downgrade"],
    );
    check(&body("-- migrate:irreversible lossy\n-- migrate:downgrade sqlite\n"), &[]);
}

#[test]
fn sql_is_wrong_only_where_every_database_in_question_would_say_so() {
    let file = |sql: &str| format!("{HEADER}-- migrate:upgrade\n{sql}\n-- migrate:downgrade\n");
    check(&file("SELECT 'open;"), &["unterminated-string 5:8 '"]);
    check(&file("/* open"), &[]);
    check(&file(r"SELECT 'it\'s';"), &[]);
    let postgres = Dialects::exactly(DialectSet::from(Dialect::Postgres));
    assert_eq!(read(&file("/* open"), postgres).1, ["unterminated-comment 5:1 /*"]);
    assert_eq!(read(&file(r"SELECT 'it\'s';"), postgres).1, ["unterminated-string 5:14 '"]);
    let named =
        file("").replace("migrate:upgrade", "migrate:upgrade mysql\nSELECT 'it\\'s;\n-- migrate:upgrade");
    check(&named, &["unterminated-string 5:8 '"]);
}

#[test]
fn an_unterminated_string_ends_with_its_section() {
    let text = format!("{HEADER}-- migrate:upgrade\nSELECT 'open;\n-- migrate:downgrade\nCOMMIT;\n");
    check(&text, &["unterminated-string 5:8 '", "transaction-control 7:1 COMMIT"]);
}

#[test]
fn a_header_alone_says_the_same_as_the_whole_file() {
    let text = "\n-- users: the first\n--\n-- Revision ID: a1\n -- Revises: a0\r\n--Depends On: x\n\n-- comment\n\n\
                -- migrate:upgrade\nSELECT 'open;\n";
    assert_eq!(file::header_of(text), text.split_once("\n\n-- comment").unwrap().0.to_owned() + "\n");
    let (mut sources, mut findings): (Sources, Vec<Diagnostic>) = Default::default();
    let id = sources.add("a.sql".to_owned(), file::header_of(text).into(), &mut findings);
    let header = file::parse_header(&sources, id, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let (whole, found) = read(text, Dialects::UNKNOWN);
    assert_eq!(found, ["unterminated-string 11:8 '"]);
    let without_sections = crate::revision::Revision { sections: vec![], ..whole.revision.unwrap() };
    assert_eq!(header.revision, Some(without_sections));
    assert_eq!((header.spans.id, header.spans.parents), (whole.spans.id, whole.spans.parents));
}

#[test]
fn a_header_ends_with_its_block() {
    let check = |text, header| assert_eq!(file::header_of(text), header, "{text:?}");
    check("", "");
    check("\n \n-- a\n-- b", "\n \n-- a\n-- b");
    check("-- a\n--\n--migrate:upgrade\n", "-- a\n--\n");
    check("-- a\nSELECT 1;\n-- b\n", "-- a\n");
    check("-- a\r\n\r\n-- b\r\n", "-- a\r\n");
}
