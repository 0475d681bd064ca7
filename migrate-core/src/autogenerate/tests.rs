//! What is generated, as people see it.

use super::*;
use crate::dialect::Dialect;
use crate::interpret::Interpreter;

fn made(sql: &str, dialect: Dialect) -> Schema {
    let mut interpreter = Interpreter::new(dialect);
    let findings = run(&mut interpreter, &pieces_of(sql, dialect));
    assert!(findings.is_empty(), "{findings:?}\n{sql}");
    interpreter.into_schema()
}

/// What is drafted: its items, its statements there and back, and what does not go.
fn drafted(dialect: Dialect, before: &str, wanted: &str, renames: &[&str]) -> String {
    let (before, wanted) = (made(before, dialect), made(wanted, dialect));
    let renames: Vec<String> = renames.iter().map(|text| (*text).to_owned()).collect();
    let renames: Result<Vec<Rename>, BadRename> = resolve(&renames, &before, &wanted).into_iter().collect();
    let draft = match draft(&before, &wanted, &renames.expect("renames"), false) {
        Ok(draft) => draft,
        Err(unreached) => return format!("{unreached:#?}"),
    };
    let mut out = String::new();
    for item in &draft.items {
        out.push_str(&format!("{} {item}{}\n", item.action.sign(), if item.loses_data { " !" } else { "" }));
    }
    out.push_str(&format!("--- up\n{}--- down\n{}", draft.upgrade.text(), draft.downgrade.text()));
    for (way, missing) in [("up", &draft.unreached), ("down", &draft.unreturned)] {
        if let Some(missing) = missing {
            out.push_str(&format!("--- not {way}\n{:?} {:?}\n", missing.refused, missing.differences));
        }
    }
    out
}

const BEFORE: &str = "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(20), age INT);
    CREATE INDEX users_age ON users (age);
    CREATE TABLE posts (id INT PRIMARY KEY, headline VARCHAR(200), author INT REFERENCES users (id));
    CREATE TABLE old (id INT);";
const WANTED: &str = "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'x', email VARCHAR(40));
    CREATE UNIQUE INDEX users_email ON users (email);
    CREATE TABLE articles (id INT PRIMARY KEY, title VARCHAR(200), author INT REFERENCES users (id), UNIQUE (title));
    CREATE TABLE tags (id INT PRIMARY KEY, post INT NOT NULL, CONSTRAINT tags_post FOREIGN KEY (post) REFERENCES articles (id));";

#[test]
fn a_summary_says_what_becomes_of_what() {
    let renames = ["posts=articles", "posts.headline=title"];
    let shown = drafted(Dialect::Postgres, BEFORE, WANTED, &renames);
    let (items, _) = shown.split_once("--- up").unwrap();
    assert_eq!(
        items,
        "~ column posts.headline -> title\n\
         ~ table posts -> articles\n\
         + unique articles_title_key (title) on articles\n\
         - table old !\n\
         + table tags\n\
         + column users.email character varying(40)\n\
         ~ column users.name: character varying(20) -> character varying(40) not null default 'x'\n\
         + unique index users_email (email) on users\n\
         - column users.age !\n\
         - index users_age (age) on users\n"
    );
}

#[test]
fn what_is_lost_is_said_where_it_goes_and_where_it_does_not_come_back() {
    for dialect in Dialect::ALL {
        let shown = drafted(dialect, BEFORE, WANTED, &["posts=articles", "articles.headline:title"]);
        let (up, down) = shown.split_once("--- down").unwrap();
        assert!(!down.contains("--- not"), "{shown}");
        for lost in ["the rows of `old`", "the values of `users.age`"] {
            assert_eq!(up.matches(&format!("-- loses data: {lost}\n")).count(), 1, "{shown}");
            assert_eq!(down.matches(&format!("-- {lost} do not come back\n")).count(), 1, "{shown}");
        }
        assert!(!down.contains("tags`"), "what the upgrade made is not lost by undoing it: {shown}");
    }
}

#[test]
fn what_nobody_named_keeps_its_name() {
    let before = "CREATE TABLE users (id SERIAL, name TEXT, CONSTRAINT pk PRIMARY KEY (id), CONSTRAINT nice CHECK (name <> ''));
        CREATE TABLE posts (author INT, CONSTRAINT by FOREIGN KEY (author) REFERENCES users (id));";
    let wanted = "CREATE TABLE people (id SERIAL PRIMARY KEY, name TEXT CHECK (name <> ''));
        CREATE TABLE posts (author INT REFERENCES people (id));";
    assert_eq!(
        drafted(Dialect::Postgres, before, wanted, &["users=people"]),
        "~ table users -> people\n--- up\nALTER TABLE users RENAME TO people;\n--- down\nALTER TABLE people RENAME TO users;\n"
    );
}

#[test]
fn what_has_a_name_and_needs_none_stays() {
    for other in ["", "CHECK (a > 0), "] {
        let before =
            format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, {other}CONSTRAINT one UNIQUE (a));");
        let wanted = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, {other}UNIQUE (a));");
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            assert_eq!(drafted(dialect, &before, &wanted, &[]), "--- up\n--- down\n", "{dialect}");
        }
    }
}

#[test]
fn a_view_of_a_renamed_table_comes_back_after_its_name() {
    for view in ["VIEW", "MATERIALIZED VIEW"] {
        let before = format!(
            "CREATE TABLE old (a INT, b INT); CREATE {view} v AS SELECT a, b FROM old; COMMENT ON {view} v IS 'x';"
        );
        let wanted = "CREATE TABLE new (c INT, b INT);";
        let shown = drafted(Dialect::Postgres, &before, wanted, &["old=new", "old.a=c"]);
        let (_, down) = shown.split_once("--- down").unwrap();
        assert!(!down.contains("--- not"), "{shown}");
        let place = |part: &str| down.find(part).unwrap_or_else(|| panic!("no {part}: {shown}"));
        assert!(place("ALTER TABLE new RENAME TO old;") < place("FROM old;"), "{shown}");
        assert!(place("FROM old;") < place(" v IS 'x';"), "{shown}");
    }
}

#[test]
fn triggers_go_before_what_they_name_gives_its_name_away() {
    let before = "CREATE TABLE a (id INT); CREATE TABLE b (id INT); CREATE TABLE t (id INT);
        CREATE TRIGGER g AFTER INSERT ON b BEGIN SELECT count(*) FROM a; END;";
    let wanted = "CREATE TABLE t (id TEXT NOT NULL); CREATE VIEW a AS SELECT id FROM t;";
    let shown = drafted(Dialect::Sqlite, before, wanted, &[]);
    let place = |part: &str| shown.find(part).unwrap_or_else(|| panic!("no {part}: {shown}"));
    assert!(place("DROP TRIGGER g;") < place("DROP TABLE a;"), "{shown}");
}

#[test]
fn digits_and_times_of_day_are_data() {
    let before = "CREATE TABLE a (a NUMERIC(10, 4), b NUMERIC(10, 2), c TIMESTAMP, d DOUBLE PRECISION, e VARCHAR(20));";
    let wanted = "CREATE TABLE a (a NUMERIC(10, 2), b NUMERIC(12, 4), c DATE, d INT, e VARCHAR(10));";
    let (before, wanted) = (made(before, Dialect::Postgres), made(wanted, Dialect::Postgres));
    let draft = draft(&before, &wanted, &[], false).expect("a draft");
    assert_eq!(
        draft.lost,
        [
            "digits behind the point of `a.a` (numeric(10,4) -> numeric(10,2))",
            "the time of day of `a.c` (timestamp without time zone -> date)",
            "the digits behind the point of `a.d` (double precision -> integer)",
        ]
    );
}

#[test]
fn what_cannot_be_made_is_told() {
    let table = "CREATE TABLE a (id INT, b INT);";
    let statistics = "CREATE STATISTICS s ON id, b FROM a;";
    let shown = |before: &str, wanted: &str| {
        let (before, wanted) = (made(before, Dialect::Postgres), made(wanted, Dialect::Postgres));
        let draft = draft(&before, &wanted, &[], false).expect("a draft");
        let missing = |unreached: &Option<Box<Unreached>>| -> Vec<String> {
            unreached.iter().flat_map(|it| &it.differences).map(ToString::to_string).collect()
        };
        (draft.upgrade.text(), missing(&draft.unreached), missing(&draft.unreturned))
    };
    let (up, missing, back) = shown("", &format!("{table}{statistics}"));
    assert_eq!(up, "CREATE TABLE a (\n    id INTEGER,\n    b INTEGER\n);\n");
    assert_eq!(missing, ["statistics s is new"]);
    assert!(back.is_empty(), "{back:?}");
}

#[test]
fn names_that_cannot_change_are_told_with_the_nearest() {
    let (before, wanted) = (made(BEFORE, Dialect::Mysql), made(WANTED, Dialect::Mysql));
    let wrong = |text: &str| match &resolve(&[text.to_owned()], &before, &wanted)[0] {
        Ok(rename) => rename.to_string(),
        Err(error) => format!("{error}; {}", error.help()),
    };
    assert_eq!(
        wrong("posts"),
        "`posts` does not say what is renamed; write `posts.headline=title` for a column, `posts=articles` for a table"
    );
    assert_eq!(wrong("posts=articles"), "posts=articles");
    assert_eq!(wrong("posts:articles"), "posts=articles");
    assert_eq!(wrong("pots=articles"), "the history has no table `pots`; the nearest is `posts`");
    assert_eq!(wrong("posts=artikles"), "the models have no table `artikles`; the nearest is `articles`");
    assert_eq!(
        wrong("old=users"),
        "the history has a table `users` already; take that one away first, in a revision of its own"
    );
    assert_eq!(wrong("users.agee=email"), "the history has no column `users.agee`; the nearest is `age`");
    assert_eq!(wrong("users.age=emial"), "the models have no column `users.emial`; the nearest is `email`");
    assert_eq!(
        wrong("users.age=name"),
        "the history has a column `users.name` already; take that one away first, in a revision of its own"
    );
    assert_eq!(
        wrong("users.age=posts.email"),
        "`users.age=posts.email` does not say what is renamed; write `posts.headline=title` for a column, `posts=articles` for a table"
    );
    assert_eq!(
        wrong("nowhere.age=email"),
        "the history has no table `nowhere`; the old name stands first; `migrate schema` lists what there is"
    );
}

#[test]
fn what_looks_like_another_name_is_found() {
    let found = |before: &str, wanted: &str| -> Vec<String> {
        let (before, wanted) = (made(before, Dialect::Postgres), made(wanted, Dialect::Postgres));
        let all = candidates(&before, &wanted).into_iter();
        all.map(|it| format!("{} {}", it.rename, it.because)).collect()
    };
    assert_eq!(
        found(
            "CREATE TABLE a (id INT, one TEXT, two VARCHAR(9), three INT, four INT);",
            "CREATE TABLE a (id INT, uno VARCHAR(9), drei INT NOT NULL, trois INT, when_ DATE);"
        ),
        [
            "a.one=uno text and character varying(9)",
            "a.two=uno both are character varying(9)",
            "a.three=trois both are integer",
            "a.three=drei both are integer",
            "a.four=trois both are integer",
            "a.four=drei both are integer",
        ]
    );
    assert_eq!(
        found(
            "CREATE TABLE a (id INT, one TEXT, two TEXT); CREATE TABLE b (id INT, x INT);",
            "CREATE TABLE c (id INT, one TEXT, two TEXT, four INT); CREATE TABLE d (id INT, y INT);"
        ),
        ["a=c 3 of 4 columns are the same"]
    );
}

#[test]
fn a_database_in_other_words_is_no_other() {
    let history = made(
        "CREATE TABLE a (id INT, b TEXT DEFAULT 'x', CONSTRAINT c CHECK (b IN ('x', 'y')));
         CREATE INDEX i ON a (lower(b)) WHERE b IN ('x'); CREATE TABLE d (e TEXT DEFAULT 'y');",
        Dialect::Postgres,
    );
    let database = made(
        "CREATE TABLE a (id INT, b TEXT DEFAULT 'x'::text, f INT, CONSTRAINT c CHECK (b = ANY (ARRAY['x', 'y'])));
         CREATE INDEX i ON a (lower((b)::text)) WHERE b = 'x'; CREATE TABLE d (e TEXT DEFAULT ('y'));",
        Dialect::Postgres,
    );
    let differences = history.differences(&as_written(&database, &history));
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(differences, ["column f of table a is new"]);
}

/// What takes back what was done by hand, or why there is no such thing.
fn repaired(by_hand: &str, history: &str, dialect: Dialect, conditions: Conditions) -> String {
    let (database, history) = (made(by_hand, dialect), made(history, dialect));
    let draft = draft(&database, &history, &[], false).expect("a draft");
    match repair(&database, &history, &draft.upgrade, conditions) {
        Ok(script) => script.text(),
        Err(unreached) => format!("refused: {}", unreached.refused.join("; ")),
    }
}

#[test]
fn what_was_done_by_hand_is_taken_back_as_the_server_can() {
    use Conditions::{All, Mysql};
    let table = "CREATE TABLE a (id INT NOT NULL, b INT);";
    let index = format!("{table} CREATE INDEX i ON a (b);");
    let column = "CREATE TABLE a (id INT NOT NULL, b INT, c INT);";
    let more = format!("{table} CREATE TABLE d (id INT);");
    let wide = "CREATE TABLE a (id INT NOT NULL, b BIGINT);";
    let both = |by_hand: &str, history: &str| {
        [All, Mysql].map(|conditions| repaired(by_hand, history, Dialect::Mysql, conditions))
    };
    for (by_hand, history, with) in [
        (&*index, table, "DROP INDEX IF EXISTS i ON a"),
        (table, &*index, "CREATE INDEX IF NOT EXISTS i ON a"),
        (column, table, "ALTER TABLE a DROP COLUMN IF EXISTS c"),
        (table, column, "ALTER TABLE a ADD COLUMN IF NOT EXISTS c"),
    ] {
        let [all, mysql] = both(by_hand, history);
        assert!(all.contains(with), "{all}");
        assert!(mysql.starts_with("refused: ") && mysql.contains("MySQL, unlike MariaDB"), "{mysql}");
    }
    for (by_hand, history, with) in [
        (&*more, table, "DROP TABLE IF EXISTS d"),
        (table, &*more, "CREATE TABLE IF NOT EXISTS d"),
        (wide, table, "ALTER TABLE a MODIFY"),
    ] {
        let [all, mysql] = both(by_hand, history);
        assert!(all.contains(with), "{all}");
        assert_eq!(all, mysql);
    }
    let postgres = repaired(&index, table, Dialect::Postgres, All);
    assert!(postgres.contains("DROP INDEX IF EXISTS i"), "{postgres}");
}

mod alembic;
