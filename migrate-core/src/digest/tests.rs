use super::*;
use crate::dialect::DialectSet;
use crate::revision::Format;

fn id(text: &'static str) -> RevisionId {
    RevisionId::new(text).expect("a valid id")
}

fn section(direction: Direction, dialects: DialectSet, text: &'static str) -> Section {
    Section { direction, dialects, transactional: true, foreign_keys: true, text: text.into(), first_line: 1 }
}

fn revision() -> Revision {
    Revision {
        id: id("a1"),
        message: "add users".into(),
        parents: vec![id("b2")],
        depends_on: vec!["c3".into()],
        labels: vec![],
        create_date: None,
        path: "a1_users.sql".into(),
        format: Format::Native,
        sections: vec![
            section(Direction::Upgrade, DialectSet::EMPTY, "CREATE TABLE users (id INT); -- all"),
            section(Direction::Upgrade, Dialect::Sqlite.into(), "CREATE TABLE users (id INTEGER);"),
            section(Direction::Downgrade, DialectSet::EMPTY, "DROP TABLE users;"),
        ],
        irreversible: None,
        replaces: None,
    }
}

const B2: Digest = Digest::from_bytes([2; 32]);
const C3: Digest = Digest::from_bytes([3; 32]);

fn of(revision: &Revision, dialect: Dialect) -> Digest {
    digest(revision, dialect, &[B2], &[(&id("c3"), C3)])
}

fn changed(change: impl FnOnce(&mut Revision)) -> bool {
    let mut other = revision();
    change(&mut other);
    of(&other, Dialect::Postgres) != of(&revision(), Dialect::Postgres)
}

/// Whether two texts, as upgrades, are the same revision.
fn same(dialect: Dialect, one: &'static str, other: &'static str) -> bool {
    let with = |text| Revision {
        sections: vec![section(Direction::Upgrade, DialectSet::EMPTY, text)],
        ..revision()
    };
    of(&with(one), dialect) == of(&with(other), dialect)
}

#[test]
fn what_a_revision_does_counts() {
    assert!(changed(|r| r.id = id("a2")));
    assert!(changed(|r| r.sections[0].text = "CREATE TABLE users (id BIGINT);".into()));
    assert!(changed(|r| r.sections[2].text = "DROP TABLE user;".into()));
    assert!(changed(|r| r.sections[0].transactional = false));
    assert!(changed(|r| r.sections[0].foreign_keys = false));
    assert!(changed(|r| r.irreversible = Some("data is lost".into())));
    assert!(changed(|r| drop(r.sections.remove(2))));
    assert!(changed(|r| r.sections[2].text = "".into()));
    assert!(changed(|r| r.sections[0].direction = Direction::Downgrade));
    let without_downgrade = |r: &mut Revision| drop(r.sections.remove(2));
    let empty_downgrade = |r: &mut Revision| r.sections[2].text = "".into();
    let (mut without, mut empty) = (revision(), revision());
    without_downgrade(&mut without);
    empty_downgrade(&mut empty);
    assert_ne!(of(&without, Dialect::Postgres), of(&empty, Dialect::Postgres));
}

#[test]
fn ancestors_count() {
    let digest = |parents: &[Digest], depends_on: &[(&RevisionId, Digest)]| {
        digest(&revision(), Dialect::Postgres, parents, depends_on)
    };
    let (b2, c3) = (id("b2"), id("c3"));
    let all = [
        digest(&[B2], &[(&c3, C3)]),
        digest(&[C3], &[(&c3, C3)]),
        digest(&[B2], &[(&c3, B2)]),
        digest(&[B2], &[(&b2, C3)]),
        digest(&[B2], &[]),
        digest(&[], &[(&c3, C3)]),
        digest(&[B2, C3], &[]),
        digest(&[C3, B2], &[]),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn what_a_person_reads_does_not_count() {
    assert!(!changed(|r| r.message = "add the users".into()));
    assert!(!changed(|r| r.labels.push("blog".into())));
    assert!(!changed(|r| r.create_date = Some("2026-11-21".into())));
    assert!(!changed(|r| r.path = "users/a1.sql".into()));
    assert!(!changed(|r| r.sections[0].first_line = 7));
    assert!(!changed(|r| r.irreversible = None));
    let reason =
        |text: &'static str| of(&Revision { irreversible: Some(text.into()), ..revision() }, Dialect::Mysql);
    assert_eq!(reason("a"), reason("b"));
}

#[test]
fn only_sections_that_serve_the_dialect_count() {
    let mut other = revision();
    other.sections[1].text = "CREATE TABLE users (id TEXT);".into();
    assert_ne!(of(&other, Dialect::Sqlite), of(&revision(), Dialect::Sqlite));
    assert_eq!(of(&other, Dialect::Mysql), of(&revision(), Dialect::Mysql));
    assert_eq!(of(&other, Dialect::Postgres), of(&revision(), Dialect::Postgres));
}

#[test]
fn layout_does_not_count() {
    for dialect in Dialect::ALL {
        let same = |one, other| same(dialect, one, other);
        assert!(same("SELECT a.b, 1;", "-- why\r\nSELECT\r\n\ta . b /* c */ ,1\n;;\n"));
        assert!(same("SELECT 1; SELECT 2", "SELECT 1;\n\n;SELECT 2;"));
        assert!(same("SELECT 'a\r\nb'", "SELECT 'a\nb'"));
        assert!(same("", " -- nothing\n;"));
    }
    assert!(same(Dialect::Mysql, "DELIMITER //\nSELECT 1//\nDELIMITER ;\n", "SELECT 1;"));
    assert!(same(Dialect::Mysql, "SELECT 1 # a", "SELECT 1"));
}

#[test]
fn what_a_database_sees_counts() {
    for dialect in Dialect::ALL {
        let same = |one, other| same(dialect, one, other);
        assert!(!same("SELECT ab", "SELECT a b"));
        assert!(!same("SELECT 'a''b'", "SELECT 'a' 'b'"));
        assert!(!same("SELECT 'a b'", "SELECT 'a  b'"));
        assert!(!same("SELECT 'a'", "SELECT 'a;'"));
        assert!(!same("SELECT \"a\"", "SELECT \"A\""));
        assert!(!same("SELECT x'00'", "SELECT x '00'"));
        assert!(!same("SELECT '-- a'", "SELECT '-- b'"));
        assert!(!same("SELECT 1.5", "SELECT 1 . 5"));
        assert!(!same("SELECT 1; SELECT 2", "SELECT 1 SELECT 2"));
    }
    assert!(!same(Dialect::Postgres, "SELECT E'x'", "SELECT E 'x'"));
    assert!(!same(Dialect::Postgres, "SELECT $$a -- b$$", "SELECT $$a$$"));
    assert!(!same(Dialect::Mysql, "SELECT 1 /*! + 1 */", "SELECT 1 + 1"));
    assert!(!same(Dialect::Mysql, "/*!40101 SET a = 1 */", "/*!50101 SET a = 1 */"));
    assert!(!same(Dialect::Mysql, "SELECT 5--1", "SELECT 5"));
}

/// Every byte of a text that the database sees, changed, makes another digest.
#[test]
fn no_change_goes_unseen() {
    let text =
        "CREATE TABLE a (b TEXT DEFAULT 'c;d', \"e f\" INT); INSERT INTO a VALUES ($$g$$, E'\\n', 1.5);";
    let with = |text: String| {
        let upgrade = Section { text: text.into(), ..section(Direction::Upgrade, DialectSet::EMPTY, "") };
        of(&Revision { sections: vec![upgrade], ..revision() }, Dialect::Postgres)
    };
    let original = with(text.to_owned());
    for at in (0..text.len() - 1).filter(|at| text.as_bytes()[*at] != b' ' || text[*at..].starts_with(" f")) {
        let mut mutant = text.to_owned();
        mutant.replace_range(at..=at, "Z");
        assert_ne!(with(mutant.clone()), original, "{mutant}");
        mutant.remove(at);
        assert_ne!(with(mutant.clone()), original, "{mutant}");
    }
}

/// Digests are stored in databases: the same revision must have the same one for as long as the format is the same.
#[test]
fn the_format_is_stable() {
    assert_eq!(FORMAT, 1);
    assert_eq!(
        of(&revision(), Dialect::Postgres).to_string(),
        "fe826549101ea36d0971dab09dd84119eb960e2af47425d40e3a6d79aa09289c"
    );
}

#[test]
fn digests_are_read_as_they_are_written() {
    let written = of(&revision(), Dialect::Postgres).to_string();
    assert_eq!(written.parse(), Ok(of(&revision(), Dialect::Postgres)));
    assert_eq!(written.len(), 64);
    for wrong in [
        "",
        &written[1..],
        &written.replace(['a', 'b', 'c'], "g"),
        &written.to_uppercase(),
        &format!("{written}0"),
    ] {
        assert_eq!(wrong.parse::<Digest>(), Err(InvalidDigest), "{wrong}");
    }
}
