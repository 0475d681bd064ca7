//! Made-up schemas are made into each other on real databases, there and back, empty and with rows.
//!
//! `MIGRATE_TEST_SCHEMAS` is how many pairs each database gets, `MIGRATE_TEST_SEED` the first of them. A failure is told when it
//! happens, and how far a long run is after every hundred. What a database has is in a file of its name.

mod facts;
mod generate;
mod histories;
mod language;
mod model;
mod mysql;
mod postgres;
mod print;
mod rows;
mod sqlite;
mod value;

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::backend::Backend;
use diesel::deserialize::QueryableByName;
use diesel::query_builder::SqlQuery;
use diesel::query_dsl::methods::LoadQuery;
use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl};
use migrate_core::autogenerate::{Generated, Rename, Unreached, aligned, as_written, generate, renamed};
use migrate_core::dialect::Dialect;
use migrate_core::interpret::Interpreter;
use migrate_core::render::{Script, Statement};
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::{ObjectName, Schema};
use migrate_core::sql::split;
use migrate_runtime::{CatalogSnapshot, Error, MigrateConnection, reflect};
use migrate_test::on_every_database;

use crate::support::{file, history, migrator, story};
use crate::truth::random::Dice;
use generate::{Generator, Renamed};
use language::{Language, Place};
use model::{Model, is_same};
use rows::{Kept, everything};

/// A schema and what it is made into.
struct Case {
    seed: u64,
    before: Model,
    after: Model,
    renamed: Vec<Renamed>,
}

/// What happened to the cases.
#[derive(Debug, Default)]
struct Outcome {
    /// Ways that a database with rows went, there and back.
    went: usize,
    /// Ways that it refused to go.
    refused: usize,
    /// How often it took further rows on the way.
    grew: usize,
    failed: usize,
}

on_every_database! {
    fn a_schema_is_made_into_another_and_back(db) {
        run_cases::<C>(&mut db.connect());
    }
}

fn run_cases<C: Place + MigrateConnection>(conn: &mut C) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("MIGRATE_TEST_SEED").unwrap_or(1);
    let count = number("MIGRATE_TEST_SCHEMAS").unwrap_or(C::language().cases);
    let is_long = std::env::var_os("MIGRATE_TEST_SCHEMAS").is_some();
    let mut outcome = Outcome::default();
    for seed in first..first + count {
        let case = Case::of(seed, C::language());
        if let Err(why) = case.run(conn, &mut outcome) {
            outcome.failed += 1;
            tell(&case.story(&why, C::language()));
        }
        let done = seed - first + 1;
        if is_long && (done == count || done.is_multiple_of(100)) {
            let Outcome { went, refused, grew, failed } = outcome;
            tell(&format!(
                "{}: {done} cases from {first}, {failed} failed; with rows {went} ways gone and {refused} refused, {grew} took more",
                conn.dialect()
            ));
        }
    }
    assert_eq!(outcome.failed, 0, "of {count} cases, told above");
}

/// Says something while the test runs.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Case {
    fn of(seed: u64, language: &Language) -> Self {
        let mut generator = Generator { language, dice: Dice::new(seed) };
        let mut before = generator.model();
        // Mostly something that people do, sometimes something else altogether.
        let (mut after, mut renamed) = match generator.dice.chance(75) {
            true => generator.mutate(&before),
            false => (generator.model(), vec![]),
        };
        // What got another name may have gone later.
        let all = renamed.clone();
        renamed.retain(|one| {
            let name = match &one.column {
                None => &one.to,
                Some(_) => all
                    .iter()
                    .find(|other| other.column.is_none() && is_same(&other.table, &one.table))
                    .map_or(&one.table, |other| &other.to),
            };
            let is_there = |column: &model::Column| is_same(&column.name, &one.to);
            let table = after.tables.iter().find(|table| is_same(&table.name, name));
            table.is_some_and(|table| one.column.is_none() || table.columns.iter().any(is_there))
        });
        if language.keeps_options {
            let old = |name: &str| {
                let of = |renamed: &&Renamed| renamed.column.is_none() && is_same(&renamed.to, name);
                renamed.iter().find(of).map_or(name, |renamed| &renamed.table).to_owned()
            };
            for new in &mut after.tables {
                let Some(old) = before.table_mut(&old(&new.name)) else { continue };
                old.share_option(new, language);
            }
        }
        Self { seed, before, after, renamed }
    }

    fn story(&self, why: &str, language: &Language) -> String {
        let (before, after) = (print::ddl(&self.before, language), print::ddl(&self.after, language));
        format!(
            "\n==== seed {}: {why}\n---- from\n{before}---- to\n{after}---- renamed: {:?}\n",
            self.seed, self.renamed
        )
    }

    /// Goes the way there and back, first empty and then with rows.
    fn run<C: Place + MigrateConnection>(&self, conn: &mut C, outcome: &mut Outcome) -> Result<(), String> {
        let language = C::language();
        let [before, after] = [&self.before, &self.after].map(|model| {
            let sql = print::ddl(model, language);
            conn.clear();
            execute(conn, &sql).map_err(|error| format!("made up wrongly: {error}"))?;
            let schema = replayed(&sql, language.dialect)?;
            must_be(conn, &schema, "the replay of what was made up")?;
            Ok::<_, String>((schema, snapshot(conn)?))
        });
        let ((before, old_facts), (after, new_facts)) = (before?, after?);
        conn.clear();
        execute(conn, &print::ddl(&self.before, language))?;
        let renames: Vec<Rename> = self.renamed.iter().map(|renamed| renamed.rename(&before)).collect();
        let generated = generate(&before, &after, &renames).map_err(|error| unreached(&error))?;
        // Names that nobody chose stay what they were before.
        let (named, _) = renamed(&before, &renames).map_err(|error| unreached(&error))?;
        let after = aligned(&named, &after);
        let told = |why: String| {
            format!(
                "{why}\n---- upgrade\n{}---- downgrade\n{}",
                generated.upgrade.text(),
                generated.downgrade.text()
            )
        };
        self.go(conn, (&before, &old_facts), (&after, &new_facts), &generated).map_err(told)?;
        let after = led_to(&before, &generated.upgrade);
        self.go_with_rows(conn, &before, &after, &generated, outcome).map_err(told)
    }

    fn go<C: Place + MigrateConnection>(
        &self,
        conn: &mut C,
        (before, old_facts): (&Schema, &CatalogSnapshot),
        (after, new_facts): (&Schema, &CatalogSnapshot),
        generated: &Generated,
    ) -> Result<(), String> {
        apply(conn, &generated.upgrade).map_err(|error| format!("the upgrade is refused: {error}"))?;
        // What is there keeps the names that nobody chose, so that it is not quite what was made up.
        let led_to = led_to(before, &generated.upgrade);
        let reached = found(conn, &led_to, "the upgrade")?;
        let differences = facts::differences(new_facts, &snapshot(conn)?, before.dialect());
        if !differences.is_empty() {
            return Err(format!("the database is not what it would be if made at once: {differences:#?}"));
        }
        // Neither the history nor the database has anything to do afterwards.
        nothing_is_left(&led_to, after)?;
        // A database that prints expressions anew shows other texts, and those are no reason to change anything.
        let reached = if C::language().keeps_texts { reached } else { as_written(&reached, after) };
        // A setting that nobody told before may be the one that is wanted.
        if !generated.upgrade.statements.is_empty() {
            nothing_is_left(&reached, after)?;
        }
        apply(conn, &generated.downgrade).map_err(|error| format!("the downgrade is refused: {error}"))?;
        must_be(conn, before, "the downgrade")?;
        let mut differences = old_facts.difference(&snapshot(conn)?);
        differences.retain(|difference| !facts::is_of_server(difference, before.dialect()));
        match differences.is_empty() {
            true => Ok(()),
            false => Err(format!("the downgrade leaves another database: {differences:#?}")),
        }
    }

    fn go_with_rows<C: Place + MigrateConnection>(
        &self,
        conn: &mut C,
        before: &Schema,
        after: &Schema,
        generated: &Generated,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        self.fill(conn, before)?;
        let kept = Kept::before(self, conn, before, after);
        let all = everything(conn, &self.before);
        if !step(conn, &generated.upgrade, outcome, before, |conn| everything(conn, &self.before) == all)? {
            return Ok(());
        }
        must_be(conn, after, "the upgrade with rows")?;
        kept.are_there(conn).map_err(|why| format!("after the upgrade {why}"))?;
        // In some cases, because what is put in now may be in the way back.
        let more = if self.seed.is_multiple_of(2) { self.go_on(conn)? } else { 0 };
        outcome.grew += more;
        let all = everything(conn, &self.after);
        if !step(conn, &generated.downgrade, outcome, after, |conn| everything(conn, &self.after) == all)? {
            return Ok(());
        }
        must_be(conn, before, "the downgrade with rows")?;
        let notes: Vec<String> =
            generated.upgrade.statements.iter().flat_map(|statement| statement.notes.clone()).collect();
        kept.are_back(conn, more, &notes).map_err(|why| format!("after the downgrade {why}"))
    }
}

impl Renamed {
    fn rename(&self, schema: &Schema) -> Rename {
        let of =
            schema.objects().iter().map(|(_, object)| &object.name).find(|name| *name.name == *self.table);
        let table = of.cloned().unwrap_or_else(|| ObjectName::new("", self.table.as_str()));
        Rename { table, column: self.column.as_deref().map(Into::into), to: self.to.as_str().into() }
    }
}

/// Runs a script on a database with rows, which may refuse it and is as it was then. Whether it went.
fn step<C: Place + MigrateConnection>(
    conn: &mut C,
    script: &Script,
    outcome: &mut Outcome,
    schema: &Schema,
    is_as_it_was: impl Fn(&mut C) -> bool,
) -> Result<bool, String> {
    let Err(error) = apply(conn, script) else {
        outcome.went += 1;
        return Ok(true);
    };
    outcome.refused += 1;
    let refusals = C::language().refusals;
    if !refusals.is_empty() && !refusals.iter().any(|words| error.contains(words)) {
        return Err(format!("refused, and not because of rows: {error}"));
    }
    if C::language().takes_back && script.transactional {
        must_be(conn, schema, "a refused step")?;
        if !is_as_it_was(conn) {
            return Err(format!("a refused step changed rows: {error}"));
        }
    }
    // What is looked at in the end is not of one statement.
    let place =
        error.strip_prefix("Statement: statement ").and_then(|rest| rest.split(' ').next()?.parse().ok());
    let is_doubted = |statement: &Statement| !statement.notes.is_empty();
    let warns = match place.and_then(|number: usize| script.statements.get(number - 1)) {
        Some(statement) => is_doubted(statement),
        None => script.statements.iter().any(is_doubted),
    };
    match warns || C::language().dialect == Dialect::Mysql {
        true => Ok(false),
        false => Err(format!("nothing says that it may be refused: {error}")),
    }
}

/// Runs a script as a revision of its own.
fn apply<C: Place + MigrateConnection>(conn: &mut C, script: &Script) -> Result<(), String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = format!("step{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut marker = format!("-- migrate:upgrade {}", C::language().dialect);
    marker.push_str(if script.transactional { "" } else { " transaction=false" });
    marker.push_str(if script.foreign_keys { "" } else { " foreign_keys=off" });
    let sections = format!("{marker}\n{}\n-- migrate:downgrade\n", script.text());
    let history = history(&[file(&id, "", &sections)]);
    migrator(&history).upgrade(conn, "head").map_err(|error| told(&error))?;
    conn.batch_execute("DELETE FROM __migrate_version").map_err(|error| error.to_string())?;
    match conn.ailments() {
        none if none.is_empty() => Ok(()),
        some => Err(format!("afterwards {some:?}")),
    }
}

fn nothing_is_left(reached: &Schema, after: &Schema) -> Result<(), String> {
    let again = generate(reached, after, &[]).map_err(|error| format!("again: {}", unreached(&error)))?;
    match again.upgrade.statements.is_empty() {
        true => Ok(()),
        false => Err(format!("there is more to do afterwards:\n{}", again.upgrade.text())),
    }
}

fn snapshot<C: MigrateConnection>(conn: &mut C) -> Result<CatalogSnapshot, String> {
    CatalogSnapshot::take(conn, &[]).map_err(|error| error.to_string())
}

/// What failed, and what the database said.
fn told(error: &Error) -> String {
    let said = error.database_message().map(|said| format!("said: {}", said.message));
    [Some(story(error)), said].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn execute<C: Place>(conn: &mut C, sql: &str) -> Result<(), String> {
    let pieces = split(sql, C::language().dialect);
    pieces.iter().try_for_each(|piece| {
        conn.batch_execute(piece.text).map_err(|error| format!("{error}\n    {}", piece.text))
    })
}

fn replayed(sql: &str, dialect: Dialect) -> Result<Schema, String> {
    let mut interpreter = Interpreter::on(Schema::new(dialect));
    let findings = run(&mut interpreter, &pieces_of(sql, dialect));
    let told: Vec<String> = findings.into_iter().map(|(_, finding)| finding.message).collect();
    match told.is_empty() {
        true => Ok(interpreter.into_schema()),
        false => Err(format!("a false alarm: {told:#?}")),
    }
}

/// The schema that a script leads to.
fn led_to(before: &Schema, script: &Script) -> Schema {
    replayed_on(before.clone(), &script.text())
}

fn replayed_on(schema: Schema, sql: &str) -> Schema {
    let dialect = schema.dialect();
    let mut interpreter = Interpreter::on(schema);
    run(&mut interpreter, &pieces_of(sql, dialect));
    interpreter.into_schema()
}

fn unreached(error: &Unreached) -> String {
    let differences: Vec<String> = error.differences.iter().map(ToString::to_string).collect();
    format!("not reached: {:#?}\nrefused: {:#?}\n{}", differences, error.refused, error.script.text())
}

fn must_be<C: Place + MigrateConnection>(conn: &mut C, wanted: &Schema, after: &str) -> Result<(), String> {
    found(conn, wanted, after).map(drop)
}

/// The schema of the database, which has to be this one.
fn found<C: Place + MigrateConnection>(conn: &mut C, wanted: &Schema, after: &str) -> Result<Schema, String> {
    let found = reflect(conn, &[]).map_err(|error| format!("after {after}: {error}"))?;
    let keeps_texts = C::language().keeps_texts;
    let differences: Vec<String> = wanted
        .differences(&found)
        .into_iter()
        .filter(|one| keeps_texts || !one.is_text_only)
        .map(|one| one.to_string())
        .collect();
    let undecided = wanted.undecided(&found);
    match differences.is_empty() && undecided.is_empty() {
        true => Ok(found),
        false => Err(format!("after {after}: {differences:#?} {undecided:?}")),
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Works for every backend.
struct AnyLine(String);

impl<DB: Backend> QueryableByName<DB> for AnyLine
where
    Line: QueryableByName<DB>,
{
    fn build<'a>(row: &impl diesel::row::NamedRow<'a, DB>) -> diesel::deserialize::Result<Self> {
        Line::build(row).map(|line| Self(line.text))
    }
}

fn texts<C>(conn: &mut C, sql: &str) -> Vec<String>
where
    C: Connection,
    for<'q> SqlQuery: LoadQuery<'q, C, AnyLine>,
{
    let rows: Vec<AnyLine> =
        diesel::sql_query(sql).load(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.into_iter().map(|AnyLine(text)| text).collect()
}
