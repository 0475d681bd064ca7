//! What is remembered makes no difference: random edits to random histories, with traces and without.

use super::*;
use crate::dialect::DialectSet;
use crate::file::{self, Dialects};
use crate::history::{self, Downgrades, Heads, Rules};
use crate::source::Sources;

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

const ANY: &[&str] = &[
    "CREATE TABLE A (id INT PRIMARY KEY, x INT)",
    "CREATE TABLE A (id INT PRIMARY KEY, b_id INT REFERENCES B (id), CONSTRAINT A_x CHECK (id > 0))",
    "CREATE TABLE IF NOT EXISTS A (id INT, y TEXT DEFAULT 'x')",
    "DROP TABLE A",
    "DROP TABLE IF EXISTS A",
    "ALTER TABLE A ADD COLUMN x INT",
    "ALTER TABLE A ADD COLUMN y VARCHAR(20) NOT NULL DEFAULT 'new'",
    "ALTER TABLE A ADD COLUMN z INT NOT NULL",
    "ALTER TABLE A DROP COLUMN x",
    "ALTER TABLE A RENAME COLUMN x TO y",
    "ALTER TABLE A RENAME TO B",
    "CREATE INDEX A_x ON A (x)",
    "CREATE UNIQUE INDEX A_y ON A (y)",
    "CREATE VIEW A_view AS SELECT id, x FROM A",
    "DROP VIEW A_view",
    "INSERT INTO A (id, x) VALUES (1, 2)",
    "UPDATE A SET y = 'b' WHERE x IN (SELECT x FROM B)",
    "DROP INDEX A_x",
    "-- migrate:effect ALTER TABLE A ADD COLUMN w INT\nSELECT 1",
    "-- migrate:opaque\nALTER TABLE A FROBNICATE",
    "ALTER TABLE A WRONG",
    "",
];

const POSTGRES: &[&str] = &[
    "CREATE TYPE A_kind AS ENUM ('one', 'two')",
    "ALTER TYPE A_kind ADD VALUE 'three'",
    "DROP TYPE A_kind CASCADE",
    "ALTER TABLE A ADD COLUMN kind A_kind",
    "ALTER TABLE A ADD CONSTRAINT A_key UNIQUE (x)",
    "ALTER TABLE A ADD FOREIGN KEY (x) REFERENCES B (id)",
    "ALTER TABLE A DROP CONSTRAINT A_key",
    "DROP TABLE A CASCADE",
    "CREATE SCHEMA other",
    "DROP SCHEMA other CASCADE",
    "CREATE TABLE other.A (id SERIAL PRIMARY KEY)",
    "ALTER TABLE A SET SCHEMA other",
    "SET search_path TO other, public",
    "CREATE EXTENSION citext",
    "DROP EXTENSION citext CASCADE",
    "ALTER TABLE A ADD COLUMN c citext DEFAULT unknown_function(1)",
    "CREATE FUNCTION A_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TRIGGER A_t BEFORE INSERT ON A FOR EACH ROW EXECUTE FUNCTION B_f()",
    "DROP FUNCTION A_f() CASCADE",
    "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'A'; END $$",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE A ADD COLUMN v INT; END IF; END $$",
    "CREATE TABLE A_copy (LIKE A INCLUDING ALL)",
    "CREATE TABLE A_child () INHERITS (A)",
    "COMMENT ON TABLE A IS 'said'",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER A_t AFTER INSERT ON A BEGIN UPDATE B SET x = 1; END",
    "DROP TRIGGER A_t",
    "CREATE TABLE new_A (id INTEGER PRIMARY KEY, x INT, y TEXT);\nINSERT INTO new_A SELECT id, x, y FROM A;\nDROP TABLE A;\nALTER TABLE new_A RENAME TO A",
    "PRAGMA legacy_alter_table = ON",
    "CREATE TEMP TABLE A_temp AS SELECT * FROM A",
];

const MYSQL: &[&str] = &[
    "ALTER TABLE A MODIFY COLUMN x BIGINT NOT NULL",
    "ALTER TABLE A CHANGE COLUMN x y INT",
    "ALTER TABLE A ADD CONSTRAINT A_fk FOREIGN KEY (x) REFERENCES B (id)",
    "ALTER TABLE A DROP FOREIGN KEY A_fk",
    "DROP INDEX A_x ON A",
    "SET foreign_key_checks = 0",
    "CALL something()",
];

/// A revision on these, with an upgrade and a downgrade.
#[derive(Clone)]
struct Draft {
    parents: Vec<usize>,
    sections: [String; 2],
}

fn section(random: &mut Random, dialect: Dialect) -> String {
    let own = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Sqlite => SQLITE,
        Dialect::Mysql => MYSQL,
    };
    let mut text = String::new();
    for _ in 0..random.below(3) + 1 {
        let place = random.below(ANY.len() + own.len());
        let statement = ANY.get(place).copied().unwrap_or_else(|| own[place - ANY.len()]);
        let tables = ["ta", "tb", "tc", "td"];
        let (one, other) = (tables[random.below(4)], tables[random.below(4)]);
        let statement = statement.replace("TABLE", "\u{1}").replace("ALTER", "\u{2}").replace("AND", "\u{3}");
        // Single capitals are names.
        let mut out = String::new();
        let mut before = ' ';
        let mut rest = statement.chars().peekable();
        while let Some(c) = rest.next() {
            let is_alone =
                !before.is_alphanumeric() && rest.peek().is_none_or(|next| !next.is_alphanumeric());
            match c {
                'A' if is_alone => out.push_str(one),
                'B' if is_alone => out.push_str(other),
                c => out.push(c),
            }
            before = if c == '_' { ' ' } else { c };
        }
        let statement = out.replace('\u{1}', "TABLE").replace('\u{2}', "ALTER").replace('\u{3}', "AND");
        if !statement.is_empty() {
            text += &format!("{statement};\n");
        }
    }
    text
}

fn draft(random: &mut Random, place: usize, heads: &[usize], dialect: Dialect) -> Draft {
    let parents = match (place, random.below(10)) {
        (0, _) => vec![],
        (_, 0) => vec![random.below(place)],
        (_, 1 | 2) if heads.len() > 1 => heads[heads.len() - 2..].to_vec(),
        _ => heads.last().copied().into_iter().collect(),
    };
    Draft { parents, sections: [section(random, dialect), section(random, dialect)] }
}

fn heads(drafts: &[Draft]) -> Vec<usize> {
    (0..drafts.len()).filter(|place| !drafts.iter().any(|draft| draft.parents.contains(place))).collect()
}

fn history(drafts: &[Draft], dialect: Dialect) -> History {
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let dialects = Dialects::exactly(DialectSet::from(dialect));
    let rules = Rules { dialects, heads: Heads::Many, downgrades: Downgrades::Optional, ..Rules::default() };
    let mut files = Vec::new();
    for (place, draft) in drafts.iter().enumerate() {
        let parents: Vec<String> = draft.parents.iter().map(|parent| format!("r{parent}")).collect();
        let parents = if parents.is_empty() { "<base>".to_owned() } else { parents.join(", ") };
        let [up, down] = &draft.sections;
        let text = format!(
            "-- Revision ID: r{place}\n-- Revises: {parents}\n\n-- migrate:upgrade\n{up}\n-- migrate:downgrade\n{down}"
        );
        let file = sources.add(format!("r{place}.sql"), text.into_bytes(), &mut vec![]);
        files.push(file::parse(&sources, file, dialects, &mut findings));
    }
    history::build(files, rules, &mut findings).expect("the history is valid")
}

/// What is wrong, and the schemas around all revisions, as texts.
fn proved(
    history: &History,
    dialect: Dialect,
    adopted: &[usize],
    keep: bool,
    traces: &mut Traces,
) -> (Vec<Flaw>, Vec<String>) {
    traces.begin();
    let statements = Statements::new(history, dialect);
    let proved = prove_keeping(history, &statements, adopted, |_| keep, traces);
    let text = |schema: &Schema| {
        let order: Vec<String> = schema.objects().iter().map(|(id, _)| format!("{id:?}")).collect();
        let needs = |(id, _): (&crate::schema::ObjectId, _)| {
            let all: Vec<String> = schema.dependents(id).map(|(id, _)| format!("{id:?}")).collect();
            all.join(" ")
        };
        let needs: Vec<String> = schema.objects().sorted().into_iter().map(needs).collect();
        format!("{schema}{order:?}{needs:?}")
    };
    let schemas = proved.kept.values().map(|(before, after)| text(before) + &text(after));
    (proved.flaws, schemas.collect())
}

fn check(dialect: Dialect, seed: u64) {
    let random = &mut Random(seed);
    let mut drafts: Vec<Draft> = Vec::new();
    for place in 0..8 + random.below(12) {
        let heads = heads(&drafts);
        drafts.push(draft(random, place, &heads, dialect));
    }
    let mut traces = Traces::default();
    let mut old: Vec<Vec<Draft>> = Vec::new();
    for round in 0..12 {
        let history = self::history(&drafts, dialect);
        let adopted = if random.below(4) == 0 { vec![random.below(drafts.len())] } else { vec![] };
        let keep = random.below(2) == 0;
        let anew = proved(&history, dialect, &adopted, keep, &mut Traces::forgetful());
        let taken = proved(&history, dialect, &adopted, keep, &mut traces);
        assert_eq!(taken.0, anew.0, "{dialect} {seed} {round}");
        assert_eq!(taken.1, anew.1, "{dialect} {seed} {round}");
        traces = Traces::decode(traces.encode());
        old.push(drafts.clone());
        match random.below(6) {
            0 => drafts = old[random.below(old.len())].clone(),
            1 => {
                let heads = heads(&drafts);
                drafts.push(draft(random, drafts.len(), &heads, dialect));
            }
            2 => {
                let (one, other) = (random.below(drafts.len()), random.below(drafts.len()));
                let sections = drafts[one].sections.clone();
                drafts[one].sections = std::mem::replace(&mut drafts[other].sections, sections);
            }
            3 => {
                let place = random.below(drafts.len());
                drafts[place].sections[0].push_str("-- a comment\n");
            }
            _ => {
                let (place, direction) = (random.below(drafts.len()), random.below(2));
                drafts[place].sections[direction] = section(random, dialect);
            }
        }
    }
}

#[test]
fn what_is_remembered_makes_no_difference() {
    for dialect in Dialect::ALL {
        (0..6).for_each(|seed| check(dialect, seed));
    }
}

/// Two tables, then one of two texts, then one that goes after the one and not after the other.
#[track_caller]
fn check_noticed(dialect: Dialect, between: [&str; 2], last: &str) {
    let tables =
        "CREATE TABLE ta (id INT PRIMARY KEY, x INT);\nCREATE TABLE tb (id INT PRIMARY KEY, x INT);\n";
    let draft = |place: usize, up: &str| Draft {
        parents: place.checked_sub(1).into_iter().collect(),
        sections: [up.to_owned(), String::new()],
    };
    let mut traces = Traces::default();
    let mut of_last = Vec::new();
    for text in [between[0], between[1], between[0]] {
        let history = history(&[draft(0, tables), draft(1, text), draft(2, last)], dialect);
        let anew = proved(&history, dialect, &[], false, &mut Traces::forgetful());
        assert_eq!(proved(&history, dialect, &[], false, &mut traces), anew, "{text}");
        let is_of_last = |flaw: &&Flaw| flaw.revision == 2 && flaw.direction == Direction::Upgrade;
        of_last.push(anew.0.iter().filter(is_of_last).count());
        traces = Traces::decode(traces.encode());
    }
    assert_eq!(of_last[0], of_last[2]);
    assert_ne!(of_last[0], of_last[1], "{last}");
}

#[test]
fn whatever_a_revision_sees_is_noticed() {
    use Dialect::{Postgres, Sqlite};
    check_noticed(Postgres, ["", "CREATE TABLE tc (id INT);"], "CREATE TABLE tc (id INT);");
    check_noticed(Postgres, ["", "ALTER TABLE ta DROP COLUMN x;"], "CREATE INDEX ta_x ON ta (x);");
    // What needs an object.
    check_noticed(Postgres, ["", "ALTER TABLE tb ADD FOREIGN KEY (x) REFERENCES ta (id);"], "DROP TABLE ta;");
    check_noticed(Postgres, ["", "CREATE VIEW v AS SELECT x FROM ta;"], "ALTER TABLE ta DROP COLUMN x;");
    // The names of constraints.
    let taken = "ALTER TABLE ta ADD CONSTRAINT tb_x_check CHECK (x > 0);";
    let named = "ALTER TABLE tb ADD CHECK (x > 0);\nALTER TABLE tb DROP CONSTRAINT tb_x_check;";
    check_noticed(Postgres, ["", taken], named);
    // Whether there are extensions, and whatever else.
    check_noticed(Postgres, ["", "CREATE EXTENSION postgis;"], "ALTER TABLE ta ADD COLUMN c nobody_knows;");
    let anything = "DO $$ BEGIN EXECUTE (SELECT x FROM tb); END $$;";
    check_noticed(Postgres, ["", anything], "ALTER TABLE nobody_knows ADD COLUMN c INT;");
    // The views and triggers of SQLite, and what stands in a schema.
    let view = "CREATE VIEW v AS SELECT x FROM tb;\nDROP TABLE tb;";
    check_noticed(Sqlite, ["", view], "ALTER TABLE ta RENAME TO tc;");
    let trigger = "CREATE TRIGGER g AFTER INSERT ON ta BEGIN SELECT 1; END;";
    check_noticed(Sqlite, ["", trigger], "DROP TRIGGER g;");
    let table = "CREATE SCHEMA other;\nCREATE TABLE other.tc (id INT);";
    check_noticed(Postgres, ["CREATE SCHEMA other;", table], "DROP SCHEMA other;");
}

/// A chain of these upgrades and downgrades.
fn chain(sections: &[(&str, &str)]) -> History {
    let draft = |(place, (up, down)): (usize, &(&str, &str))| Draft {
        parents: place.checked_sub(1).into_iter().collect(),
        sections: [(*up).to_owned(), (*down).to_owned()],
    };
    history(&sections.iter().enumerate().map(draft).collect::<Vec<_>>(), Dialect::Postgres)
}

const USERS: (&str, &str) = ("CREATE TABLE users (id INT, name TEXT);", "DROP TABLE users;");
const SLUG: (&str, &str) = ("ALTER TABLE users ADD COLUMN slug TEXT;", "ALTER TABLE users DROP COLUMN slug;");
const POSTS: (&str, &str) = ("CREATE TABLE posts (id INT);", "DROP TABLE posts;");

/// The codes of what is wrong, and how many revisions had to be run for that.
fn run(sections: &[(&str, &str)], traces: &mut Traces) -> (Vec<&'static str>, usize) {
    let had = traces.len();
    let (flaws, _) = proved(&chain(sections), Dialect::Postgres, &[], false, traces);
    let anew = traces.len() - had;
    *traces = Traces::decode(traces.encode());
    (flaws.iter().map(|flaw| flaw.finding.code.0).collect(), anew)
}

#[test]
fn only_what_sees_a_change_is_run_again() {
    let traces = &mut Traces::default();
    assert_eq!(run(&[USERS, POSTS, SLUG], traces), (vec![], 3));
    assert_eq!(run(&[USERS, POSTS, SLUG], traces), (vec![], 0));
    // What posts looks at is as it was.
    let other = ("CREATE TABLE users (id BIGINT, name TEXT);", "DROP TABLE users;");
    assert_eq!(run(&[other, POSTS, SLUG], traces), (vec![], 2));
    // Neither is the text of the last one new, nor what it sees.
    assert_eq!(run(&[other, SLUG], traces), (vec![], 0));
    let slug = ("CREATE TABLE users (id BIGINT, slug TEXT);", "DROP TABLE users;");
    assert_eq!(run(&[slug, SLUG], traces), (vec!["duplicate-column"], 2));
    assert_eq!(run(&[slug, SLUG], traces), (vec!["duplicate-column"], 0));
}

#[test]
fn damaged_traces_are_none() {
    let mut traces = Traces::default();
    proved(&chain(&[USERS, SLUG]), Dialect::Postgres, &[], false, &mut traces);
    let bytes = traces.encode();
    assert_eq!(Traces::decode(bytes.clone()).len(), 2);
    for place in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        assert_eq!(Traces::decode(damaged).len(), 0, "{place}");
        assert_eq!(Traces::decode(bytes[..place].to_vec()).len(), 0, "{place}");
    }
    assert_eq!(Traces::decode(b"something else altogether".to_vec()).len(), 0);
}

#[test]
fn a_trace_whose_object_is_lost_is_of_no_use() {
    let traces = &mut Traces::default();
    run(&[USERS, POSTS], traces);
    traces.lose_objects();
    // The last one has to be run on a table that nobody has.
    assert_eq!(run(&[USERS, POSTS, SLUG], traces).0, [""; 0]);
    assert_eq!(run(&[USERS, SLUG, SLUG], traces).0, ["duplicate-column"]);
}

#[test]
fn what_was_not_taken_is_not_kept() {
    let traces = &mut Traces::default();
    run(&[USERS, POSTS, SLUG], traces);
    assert_eq!(traces.len(), 3);
    run(&[USERS], traces);
    assert_eq!(traces.len(), 1);
}
