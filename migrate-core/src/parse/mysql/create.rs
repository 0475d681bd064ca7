//! `CREATE` of everything but tables and indexes.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{
    AlterSequence, Argument, Body, CreateFunction, CreateObject, CreateSequence, CreateTrigger, CreateView,
    DropTarget, Kind, Path, Statement,
};

impl Cursor<'_> {
    /// `CREATE …`
    pub(super) fn create(&mut self) -> Read<Statement> {
        self.expect("CREATE")?;
        let or_replace = self.eat("OR REPLACE");
        if self.is_any(&["UNIQUE", "FULLTEXT", "SPATIAL", "INDEX"]) {
            return self.create_index(or_replace);
        }
        let is_temporary = self.eat("TEMPORARY");
        if self.eat("TABLE") {
            return self.create_table(or_replace, is_temporary);
        }
        if self.eat("SEQUENCE") {
            return self.create_sequence(or_replace, is_temporary);
        }
        if self.eat_any(&["DATABASE", "SCHEMA"]) {
            return self.create_database(or_replace);
        }
        if self.is_any(&["USER", "ROLE", "SERVER", "TABLESPACE", "LOGFILE", "UNDO", "RESOURCE"]) {
            self.skip_all();
            return Ok(Statement::Harmless { tables: Vec::new() });
        }
        let options = self.definer()?;
        if self.eat("VIEW") {
            return self.create_view(or_replace, options);
        }
        if self.eat("TRIGGER") {
            return self.create_trigger(or_replace);
        }
        if self.eat("PROCEDURE") {
            return self.create_routine(Kind::Procedure, or_replace);
        }
        let is_aggregate = self.eat("AGGREGATE");
        if self.eat("FUNCTION") {
            return self
                .create_routine(if is_aggregate { Kind::Aggregate } else { Kind::Function }, or_replace);
        }
        if self.eat("EVENT") {
            let if_not_exists = self.eat("IF NOT EXISTS");
            let name = self.path()?;
            self.expect("ON SCHEDULE")?;
            self.skip_all();
            return Ok(object(Kind::Event, name, or_replace, if_not_exists));
        }
        Err(NotUnderstood)
    }

    /// `ALGORITHM = …`, `DEFINER = …`, `SQL SECURITY …`
    fn definer(&mut self) -> Read<Vec<(Box<str>, Box<str>)>> {
        let mut said = Vec::new();
        loop {
            let key = if self.eat("ALGORITHM") {
                self.expect_mark("=")?;
                "algorithm"
            } else if self.eat("DEFINER") {
                self.expect_mark("=")?;
                "definer"
            } else if self.eat("SQL SECURITY") {
                "sql security"
            } else {
                return Ok(said);
            };
            let start = self.start();
            self.next()?;
            if key == "definer" {
                if self.eat_mark("(") {
                    self.expect_mark(")")?;
                }
                if self.eat_mark("@") {
                    self.next()?;
                }
            }
            said.push((key.into(), self.since(start).of(self.sql).into()));
        }
    }

    /// `ALTER VIEW`, which says all of it anew
    pub(super) fn alter_view(&mut self) -> Read<Option<Statement>> {
        let place = self.place();
        let options = self.definer()?;
        if self.eat("VIEW") {
            let mut statement = self.create_view(true, options)?;
            if let Statement::CreateView(view) = &mut statement {
                view.keeps_options = true;
            }
            return Ok(Some(statement));
        }
        self.go_back(place);
        Ok(None)
    }

    fn create_view(&mut self, or_replace: bool, mut options: Vec<(Box<str>, Box<str>)>) -> Read<Statement> {
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = self.path()?;
        let columns = if self.is_mark("(") { self.names()? } else { Vec::new() };
        self.expect("AS")?;
        let query = self.query()?;
        if self.eat("WITH") {
            let level = if self.eat("LOCAL") { "local" } else { "cascaded" };
            self.eat("CASCADED");
            self.expect("CHECK OPTION")?;
            options.push(("check_option".into(), level.into()));
        }
        Ok(Statement::CreateView(CreateView {
            name,
            is_materialized: false,
            is_temporary: false,
            or_replace,
            if_not_exists,
            is_recursive: false,
            columns,
            query,
            options,
            keeps_options: false,
        }))
    }

    /// A trigger. Its body is not read: it cannot change a schema, and names in it are looked up when it runs.
    fn create_trigger(&mut self, or_replace: bool) -> Read<Statement> {
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = self.path()?;
        if !self.eat_any(&["BEFORE", "AFTER"]) {
            return Err(NotUnderstood);
        }
        loop {
            if !self.eat_any(&["INSERT", "UPDATE", "DELETE"]) {
                return Err(NotUnderstood);
            }
            if !self.eat("OR") {
                break;
            }
        }
        let columns = if self.eat("OF") { self.commas(Self::name)? } else { Vec::new() };
        self.expect("ON")?;
        let table = self.path()?;
        self.expect("FOR EACH ROW")?;
        if self.is_end() {
            return Err(NotUnderstood);
        }
        self.skip_all();
        Ok(Statement::CreateTrigger(CreateTrigger {
            name,
            or_replace,
            if_not_exists,
            is_temporary: false,
            table,
            columns,
            function: None,
            condition: None,
            body: None,
        }))
    }

    /// A function or a procedure; its body is not read.
    fn create_routine(&mut self, kind: Kind, or_replace: bool) -> Read<Statement> {
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = self.path()?;
        // `RETURNS … SONAME 'x.so'` is a function of the server's own.
        let is_built_in = self.is("RETURNS");
        let arguments = match is_built_in {
            true => Vec::new(),
            false if self.is_mark("(") && self.is_mark_at(1, ")") => {
                self.skip_parentheses().map(|()| Vec::new())?
            }
            false => self.list(Self::argument)?,
        };
        let returns = if self.eat("RETURNS") {
            if is_built_in && self.eat("STRING") { None } else { Some(self.data_type()?) }
        } else {
            None
        };
        let start = self.start();
        if self.is_end() {
            return Err(NotUnderstood);
        }
        // A function cannot change a schema; a procedure may.
        let is_harmless = kind != Kind::Procedure || !self.may_change_schema();
        self.skip_all();
        Ok(Statement::CreateFunction(CreateFunction {
            name,
            kind,
            or_replace,
            if_not_exists,
            arguments,
            returns,
            returns_table: Vec::new(),
            language: Some("sql".into()),
            options: None,
            body: is_harmless.then(Body::default),
            body_at: Some(self.since(start)),
            body_text: None,
        }))
    }

    /// Whether a word stands in the rest of the statement that begins one which changes a schema, or runs who knows what.
    fn may_change_schema(&self) -> bool {
        let words = ["ALTER", "CREATE", "DROP", "RENAME", "EXECUTE", "CALL"];
        let mut ahead = self.clone();
        while !ahead.is_end() {
            if ahead.is_any(&words) {
                return true;
            }
            if ahead.next().is_err() {
                return true;
            }
        }
        false
    }

    fn argument(&mut self) -> Read<Argument> {
        let is_output = self.eat_any(&["OUT", "INOUT"]);
        self.eat("IN");
        let name = Some(self.name()?);
        Ok(Argument { name, data_type: self.data_type()?, is_input: !is_output, is_output, default: None })
    }

    fn create_database(&mut self, or_replace: bool) -> Read<Statement> {
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = Path::plain(self.name()?);
        self.skip_all();
        Ok(object(Kind::Schema, name, or_replace, if_not_exists))
    }

    fn create_sequence(&mut self, or_replace: bool, is_temporary: bool) -> Read<Statement> {
        if or_replace {
            return Err(NotUnderstood);
        }
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = self.path()?;
        let options = self.sequence_options()?;
        let sequence =
            CreateSequence { name, if_not_exists, is_temporary, data_type: None, options, owned_by: None };
        Ok(Statement::CreateSequence(sequence))
    }

    pub(super) fn alter_sequence(&mut self) -> Read<Statement> {
        let if_exists = self.eat("IF EXISTS");
        let name = self.path()?;
        let options = self.sequence_options()?;
        Ok(Statement::AlterSequence(AlterSequence {
            name,
            if_exists,
            data_type: None,
            options,
            owned_by: None,
        }))
    }

    fn sequence_options(&mut self) -> Read<Vec<(Box<str>, Box<str>)>> {
        let mut options = Vec::new();
        while !self.is_end() {
            if self.eat_any(&[
                "NO MINVALUE",
                "NOMINVALUE",
                "NO MAXVALUE",
                "NOMAXVALUE",
                "NOCACHE",
                "NO CACHE",
                "NO CYCLE",
                "NOCYCLE",
            ]) {
                continue;
            }
            if self.eat("CYCLE") {
                options.push(("cycle".into(), "".into()));
                continue;
            }
            let word = ["START", "RESTART", "INCREMENT", "MINVALUE", "MAXVALUE", "CACHE"]
                .into_iter()
                .find(|word| self.eat(word));
            let Some(word) = word else {
                self.table_option()?.ok_or(NotUnderstood)?;
                continue;
            };
            let _ = self.eat_any(&["WITH", "BY"]) || self.eat_mark("=");
            let start = self.start();
            if word == "RESTART" && self.is_end() {
                break;
            }
            self.eat_mark("-");
            self.number()?;
            let value = self.since(start).of(self.sql);
            options.push((word.to_ascii_lowercase().into(), value.into()));
        }
        Ok(options)
    }
}

fn object(kind: Kind, name: Path, or_replace: bool, if_not_exists: bool) -> Statement {
    Statement::CreateObject(CreateObject {
        kind,
        target: DropTarget { name, on: None, arguments: None },
        or_replace,
        if_not_exists,
        exprs: Vec::new(),
        tables: Vec::new(),
        schema: None,
        elements: Vec::new(),
    })
}
