use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, DialectSet};
use crate::embed;
use crate::file::{self, Dialects, DieselDirectory, RevisionFile};
use crate::history::{self, Downgrades, Heads, History, Rules};
use crate::revision::Direction;
use crate::source::Sources;

const BOTH: &str = "-- migrate:upgrade\nA;\n-- migrate:downgrade\nB;\n";

/// Files from lines of `id: Key: value; Key: value`, all with both sections.
fn files(lines: &[&str]) -> Vec<String> {
    lines
        .iter()
        .map(|line| {
            let (id, keys) = line.split_once(':').unwrap_or((line, ""));
            let keys: String = keys.split(';').map(|key| format!("-- {}\n", key.trim())).collect();
            format!("-- about {id}\n-- Revision ID: {id}\n{}\n{BOTH}", keys.trim_start_matches("-- \n"))
        })
        .collect()
}

fn build(texts: &[String], rules: Rules) -> (Option<History>, Vec<String>) {
    let (mut sources, mut findings): (Sources, Vec<Diagnostic>) = Default::default();
    let files: Vec<RevisionFile> = texts
        .iter()
        .enumerate()
        .map(|(nth, text)| {
            let file = sources.add(format!("{nth}.sql"), text.clone().into_bytes(), &mut findings);
            file::parse(&sources, file, rules.dialects, &mut findings)
        })
        .collect();
    let history = history::build(files, rules, &mut findings).ok();
    let findings = findings
        .iter()
        .map(|finding| {
            let places: Vec<String> = finding.labels.iter().map(|label| sources.locate(label.span)).collect();
            let notes = finding.notes.iter().map(|note| format!(" ({note})")).collect::<String>();
            format!("{}: {}{notes} at {}", finding.code, finding.message, places.join(", "))
        })
        .collect();
    (history, findings)
}

fn check(lines: &[&str], expected: &[&str]) {
    let (history, findings) = build(&files(lines), Rules::default());
    assert_eq!(findings, expected, "{lines:?}");
    assert_eq!(history.is_some(), expected.is_empty());
}

#[test]
fn every_defect_is_found_with_its_places() {
    check(&["a", "b: Revises: a"], &[]);
    check(
        &["a", "b: Revises: x"],
        &["missing-parent: revision `b` revises `x`, which does not exist at 1.sql:3:13"],
    );
    check(&["a", "a"], &["duplicate-id: two files are revision `a` at 1.sql:2:17, 0.sql:2:17"]);
    check(
        &["a: Revises: c", "b: Revises: a", "c: Revises: b"],
        &["cycle: 3 revisions form a cycle (`a` -> `c` -> `b` -> `a`) at 0.sql:3:13, 2.sql:3:13, 1.sql:3:13"],
    );
    check(&["a: Revises: a"], &["cycle: revision `a` revises itself at 0.sql:3:13"]);
    check(
        &["a", "b: Revises: a", "c: Revises: a"],
        &["several-heads: the history has 2 heads at 2.sql:2:17, 1.sql:2:17"],
    );
    check(
        &["a: Branch Labels: l", "b: Revises: a; Branch Labels: l"],
        &["label-clash: the branch label `l` is already taken at 1.sql:4:19, 0.sql:3:19"],
    );
    check(
        &["a", "b: Revises: a; Branch Labels: a"],
        &["label-clash: the branch label `a` is already taken at 1.sql:4:19, 0.sql:2:17"],
    );
    check(
        &["a", "b: Revises: a; Depends On: x"],
        &["unknown-dependency: revision `b` depends on `x`, which does not exist at 1.sql:4:16"],
    );
    check(
        &["a: Revises: x", "b: Revises: y"],
        &[
            "missing-parent: revision `a` revises `x`, which does not exist at 0.sql:3:13",
            "missing-parent: revision `b` revises `y`, which does not exist at 1.sql:3:13",
        ],
    );
}

#[test]
fn a_dependency_that_says_nothing_new_is_no_error() {
    let (history, findings) =
        build(&files(&["a", "b: Revises: a", "c: Revises: b; Depends On: a"]), Rules::default());
    assert!(history.is_some());
    let about =
        "redundant-dependency: revision `c` depends on `a`, which comes before it anyway at 2.sql:4:16";
    assert_eq!(findings, [about]);
}

#[test]
fn sections_that_a_rule_asks_for_are_missed() {
    let text = |sections: &str| vec![format!("-- a\n-- Revision ID: a\n\n{sections}")];
    let codes = |sections: &str, rules: Rules| build(&text(sections), rules).1;
    let rules = Rules::default();
    assert_eq!(codes("", rules).len(), 2);
    assert_eq!(codes("-- migrate:upgrade\n-- migrate:irreversible it is gone\n", rules), [""; 0]);
    let up = "-- migrate:upgrade\n";
    assert_eq!(codes(up, rules), ["missing-section: revision `a` has no downgrade section at 0.sql:2:17"]);
    assert_eq!(codes(up, Rules { downgrades: Downgrades::Optional, ..rules }), [""; 0]);
    let two: DialectSet = [Dialect::Postgres, Dialect::Sqlite].into_iter().collect();
    let exactly = Rules { dialects: Dialects::exactly(two), ..rules };
    assert_eq!(
        codes("-- migrate:upgrade postgres\n-- migrate:downgrade\n", exactly),
        ["missing-section: revision `a` has no upgrade section for sqlite at 0.sql:2:17"],
    );
    assert_eq!(build(&files(&["a", "b"]), Rules { heads: Heads::Many, ..rules }).1, [""; 0]);
}

#[test]
fn an_empty_down_file_is_no_way_back() {
    let check = |down: &str, expected: bool| {
        let mut sources = Sources::default();
        let mut add = |path: &str, text: &str| sources.add(path.into(), text.into(), &mut vec![]);
        let directory = DieselDirectory {
            path: "1_users".to_owned(),
            version: "1".to_owned(),
            name: "users".to_owned(),
            up: add("1_users/up.sql", "CREATE TABLE users (id INT);"),
            down: Some(add("1_users/down.sql", down)),
            transactional: true,
        };
        let mut findings = vec![];
        let file = file::diesel(&sources, &directory, Dialects::UNKNOWN, &mut findings);
        assert_eq!(findings, []);
        let section = file.revision.as_ref().unwrap().section(Direction::Downgrade, Dialect::Sqlite);
        assert_eq!(section.is_some(), expected, "{down:?}");
    };
    check("", false);
    check("\r\n\n", false);
    check("\u{feff}\n", false);
    check("-- nothing to undo", true);
    check("DROP TABLE users;", true);
}

#[test]
fn diesel_directories_are_a_line_in_the_order_of_their_versions() {
    let (mut sources, mut findings): (Sources, Vec<Diagnostic>) = Default::default();
    let mut directory = |version: &str, name: &str| {
        let up = sources.add(format!("{version}/up.sql"), b"UP;".to_vec(), &mut vec![]);
        let down = sources.add(format!("{version}/down.sql"), b"DOWN;".to_vec(), &mut vec![]);
        DieselDirectory {
            path: version.to_owned(),
            version: version.to_owned(),
            name: name.to_owned(),
            up,
            down: Some(down),
            transactional: true,
        }
    };
    let directories = [directory("20240101", "add-email"), directory("20230101", "create_users")];
    let native =
        sources.add("n.sql".into(), files(&["n: Revises: 20240101"])[0].clone().into_bytes(), &mut vec![]);
    let mut files: Vec<RevisionFile> = directories
        .iter()
        .map(|directory| file::diesel(&sources, directory, Dialects::UNKNOWN, &mut findings))
        .collect();
    history::chain_diesel(&mut files);
    files.push(file::parse(&sources, native, Dialects::UNKNOWN, &mut findings));
    let history = history::build(files, Rules::default(), &mut findings).unwrap();
    assert_eq!(findings, []);
    let line: Vec<(&str, usize)> = (0..3)
        .map(|index| (history.revision(index).id.as_str(), history.graph().parents(index).len()))
        .collect();
    assert_eq!(line, [("20230101", 0), ("20240101", 1), ("n", 1)]);
    assert_eq!(history.revision(1).message, "add email");
    assert_eq!(history.revision(1).section(Direction::Downgrade, Dialect::Mysql).unwrap().text, "DOWN;");
}

#[test]
fn a_history_survives_being_embedded() {
    let mut texts = files(&[
        "a: Branch Labels: l",
        "b: Revises: a",
        "c: Revises: a; Create Date: today",
        "d: Revises: b, c",
    ]);
    texts[3] = texts[3].replace(
        "-- migrate:upgrade\n",
        "-- migrate:upgrade sqlite foreign_keys=off\nD2;\n-- migrate:upgrade\n",
    );
    texts.push("-- e\n-- ünï\n-- Revision ID: e\n-- Revises: d\n\n-- migrate:upgrade sqlite transaction=false\nSELECT 'ü';\n-- migrate:upgrade\n-- migrate:irreversible dröpped\n".to_owned());
    let history = build(&texts, Rules::default()).0.unwrap();
    let (text, index) = embed::encode(&history, DialectSet::ALL);
    let (text, index): (&'static str, &'static [u8]) = (text.leak(), index.leak());
    let again = embed::decode(text, index).unwrap();
    assert!(!again.revision(3).section(Direction::Upgrade, Dialect::Sqlite).unwrap().foreign_keys);
    assert_eq!(again.revisions(), history.revisions());
    for place in 0..5 {
        for dialect in Dialect::ALL {
            assert_eq!(again.digest(place, dialect), history.digest(place, dialect));
        }
    }
    for cut in 0..index.len() {
        assert!(embed::decode(text, &index[..cut]).is_err(), "cut at {cut}");
    }
    assert!(embed::decode(&text[..10], index).is_err());
}

#[test]
fn a_digest_covers_the_ancestors() {
    let digests = |texts: &[String]| {
        let history = build(texts, Rules::default()).0.unwrap();
        Dialect::ALL.map(|dialect| history.digest(history.revisions().len() - 1, dialect))
    };
    let before = files(&["a", "b: Revises: a"]);
    let mut after = before.clone();
    after[0] = after[0].replace("A;", "/* no matter */ A  ;\n").replace("about a", "another message");
    assert_eq!(digests(&before), digests(&after));
    after[0] = before[0].replace("A;", "A2;");
    assert!(digests(&before).iter().zip(digests(&after)).all(|(a, b)| *a != b));
    after[0] =
        before[0].replace("-- migrate:upgrade\n", "-- migrate:upgrade sqlite\nC;\n-- migrate:upgrade\n");
    let changed: Vec<bool> = digests(&before).iter().zip(digests(&after)).map(|(a, b)| *a != b).collect();
    assert_eq!(changed, [false, false, true], "only SQLite runs something else");
}

#[test]
fn what_is_replaced_is_there_once() {
    let digests = format!("Replaced Digests: sqlite {0} {0}", "0".repeat(64));
    let with = |line: &str| format!("{line}; {digests}");
    let (s, t) = (with("s: Replaces: x, y"), with("t: Replaces: z, y"));
    check(&[&s, "b: Revises: s"], &[]);
    check(
        &[&s, "b: Revises: x"],
        &[
            "missing-parent: revision `b` revises `x`, which does not exist (`s` replaced it, in 0.sql) at 1.sql:3:13",
        ],
    );
    check(
        &[&s, "x: Revises: s"],
        &["bad-replaces: revision `x` is replaced by `s` and is there as well at 0.sql:3:14, 1.sql:2:17"],
    );
    let many = Rules { heads: Heads::Many, ..Rules::default() };
    let (_, findings) = build(&files(&[&s, &t]), many);
    assert_eq!(findings, ["bad-replaces: revision `y` is replaced twice at 1.sql:3:17, 0.sql:3:17"]);
    check(
        &["s: Replaces: x"],
        &[
            "bad-replaces: nothing says by what a database that has the replaced revisions is recognised at 0.sql:3:4",
        ],
    );
    check(
        &[&format!("s: {digests}")],
        &["bad-replaces: nothing says which revisions are replaced at 0.sql:3:4"],
    );
    check(
        &["s: Replaces: x; Replaced Digests: sqlite 12 34"],
        &["bad-replaces: these are no digests of replaced revisions at 0.sql:4:22"],
    );
    check(
        &[&format!("{s}; {digests}")],
        &["bad-replaces: there are two lines of digests for sqlite at 0.sql:5:22"],
    );
}
