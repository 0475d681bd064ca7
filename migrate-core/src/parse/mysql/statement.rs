//! Statements.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{Body, Drop, DropTarget, Kind, Path, Setting, Statement, Step, Transaction};
use crate::sql::TokenKind;

impl Cursor<'_> {
    /// A statement, up to the end of the text
    pub(super) fn statement(&mut self) -> Read<Statement> {
        let statement = self.nested(Self::any_statement)?;
        if self.is_end() { Ok(statement) } else { Err(NotUnderstood) }
    }

    fn any_statement(&mut self) -> Read<Statement> {
        let first = self.text(0).to_ascii_uppercase();
        match first.as_str() {
            "CREATE" => self.create(),
            "ALTER" => self.alter(),
            "DROP" => self.drop(),
            "RENAME" => self.rename(),
            "TRUNCATE" => {
                self.next()?;
                self.eat("TABLE");
                let table = self.path()?;
                self.online_options()?;
                Ok(Statement::Truncate(vec![table]))
            }
            "SELECT" | "VALUES" | "TABLE" | "(" => Ok(Statement::Query(self.query()?)),
            "INSERT" | "REPLACE" => self.insert(Vec::new()),
            "UPDATE" => self.update(Vec::new()),
            "DELETE" => self.delete(Vec::new()),
            "WITH" => self.with_statement(),
            "SET" => self.set(),
            "USE" => {
                self.next()?;
                Ok(Statement::Set(Setting::Use(self.name()?)))
            }
            "START" if self.is_at(1, "TRANSACTION") => {
                Ok(self.whole(Statement::Transaction(Transaction::Other)))
            }
            "BEGIN" if self.token(1).is_none() || self.is_at(1, "WORK") => {
                Ok(self.whole(Statement::Transaction(Transaction::Other)))
            }
            "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "XA" => {
                Ok(self.whole(Statement::Transaction(Transaction::Other)))
            }
            "CALL" => {
                self.next()?;
                let name = self.path()?;
                self.skip_all();
                Ok(Statement::Call(name))
            }
            "PREPARE" => self.prepare(),
            "EXECUTE" if !self.is_at(1, "IMMEDIATE") => self.execute(),
            "LOCK" => self.lock(),
            "ANALYZE" | "CHECK" | "OPTIMIZE" | "REPAIR" | "CHECKSUM" => self.maintenance(),
            word if HARMLESS.contains(&word) => Ok(self.harmless()),
            _ => Err(NotUnderstood),
        }
    }

    /// Passes the rest.
    fn whole(&mut self, statement: Statement) -> Statement {
        self.skip_all();
        statement
    }

    fn harmless(&mut self) -> Statement {
        self.whole(Statement::Harmless { tables: Vec::new() })
    }

    fn with_statement(&mut self) -> Read<Statement> {
        let place = self.place();
        let (_, with) = self.with()?;
        match () {
            () if self.is("UPDATE") => self.update(with),
            () if self.is("DELETE") => self.delete(with),
            () => {
                self.go_back(place);
                Ok(Statement::Query(self.query()?))
            }
        }
    }

    fn alter(&mut self) -> Read<Statement> {
        self.expect("ALTER")?;
        let place = self.place();
        while self.eat_any(&["ONLINE", "OFFLINE", "IGNORE"]) {}
        if self.eat("TABLE") {
            return self.alter_table();
        }
        self.go_back(place);
        if let Some(view) = self.alter_view()? {
            return Ok(view);
        }
        if self.eat("SEQUENCE") {
            return self.alter_sequence();
        }
        let harmless = [
            "DATABASE",
            "SCHEMA",
            "USER",
            "ROLE",
            "SERVER",
            "INSTANCE",
            "TABLESPACE",
            "PROCEDURE",
            "FUNCTION",
        ];
        if self.is_any(&harmless) { Ok(self.harmless()) } else { Err(NotUnderstood) }
    }

    fn drop(&mut self) -> Read<Statement> {
        self.expect("DROP")?;
        let is_temporary = self.eat("TEMPORARY");
        let kinds = [
            ("TABLES", Kind::Table),
            ("TABLE", Kind::Table),
            ("VIEW", Kind::View),
            ("INDEX", Kind::Index),
            ("TRIGGER", Kind::Trigger),
            ("PROCEDURE", Kind::Procedure),
            ("FUNCTION", Kind::Function),
            ("EVENT", Kind::Event),
            ("SEQUENCE", Kind::Sequence),
            ("DATABASE", Kind::Schema),
            ("SCHEMA", Kind::Schema),
        ];
        let Some((_, kind)) = kinds.into_iter().find(|(word, _)| self.eat(word)) else {
            let harmless = ["USER", "ROLE", "SERVER", "PREPARE", "TABLESPACE", "LOGFILE", "UNDO", "RESOURCE"];
            return if self.is_any(&harmless) { Ok(self.harmless()) } else { Err(NotUnderstood) };
        };
        let if_exists = self.eat("IF EXISTS");
        let target = |name| DropTarget { name, on: None, arguments: None };
        let mut targets = Vec::new();
        if kind == Kind::Index {
            let name = if self.kind() == Some(TokenKind::Word) && self.is("PRIMARY") {
                return Err(NotUnderstood);
            } else {
                Path::plain(self.name()?)
            };
            self.expect("ON")?;
            targets.push(DropTarget { name, on: Some(self.path()?), arguments: None });
            self.online_options()?;
        } else {
            targets.extend(self.commas(Self::path)?.into_iter().map(target));
        }
        if self.eat("WAIT") {
            self.number()?;
        }
        self.eat("NOWAIT");
        // Both words are accepted and do nothing.
        self.eat_any(&["RESTRICT", "CASCADE"]);
        Ok(Statement::Drop(Drop {
            kind,
            if_exists,
            targets,
            cascade: false,
            is_temporary,
            concurrently: false,
        }))
    }

    /// `RENAME TABLE a TO b, c TO d`: several are one after the other.
    fn rename(&mut self) -> Read<Statement> {
        self.expect("RENAME")?;
        if self.is("USER") {
            return Ok(self.harmless());
        }
        if !self.eat_any(&["TABLE", "TABLES"]) {
            return Err(NotUnderstood);
        }
        let if_exists = self.eat("IF EXISTS");
        let mut renames = self.commas(|cursor| {
            let name = cursor.path()?;
            if cursor.eat("WAIT") {
                cursor.number()?;
            }
            cursor.eat("NOWAIT");
            cursor.expect("TO")?;
            let target = DropTarget { name, on: None, arguments: None };
            Ok(Statement::Rename { kind: Kind::Table, target, if_exists, to: cursor.path()? })
        })?;
        if renames.len() == 1 {
            return Ok(renames.remove(0));
        }
        let steps = renames.into_iter().map(|rename| Step::Statement(Box::new(rename))).collect();
        Ok(Statement::Do(Some(Body { steps, ..Body::default() })))
    }

    /// `SET`: one setting of the session; several at once, and those of the server, are none that matter.
    fn set(&mut self) -> Read<Statement> {
        self.expect("SET")?;
        if self.eat("STATEMENT") {
            while !self.is("FOR") {
                self.next()?;
            }
            self.next()?;
            return self.nested(Self::any_statement);
        }
        if self.is_any(&["TRANSACTION", "PASSWORD", "ROLE", "DEFAULT", "GLOBAL", "PERSIST", "RESOURCE"]) {
            return Ok(self.harmless());
        }
        self.eat_any(&["SESSION", "LOCAL"]);
        if self.is("TRANSACTION") {
            return Ok(self.harmless());
        }
        let (name, values): (Box<str>, _) = if self.eat_any(&["NAMES", "CHARACTER SET", "CHARSET"]) {
            ("names".into(), vec![self.charset()?])
        } else if self.is_mark("@") && !self.is_mark_at(1, "@") {
            // A variable of the session's own.
            let place = self.place();
            return self.set_variable().or_else(|_| {
                self.go_back(place);
                Ok(self.harmless())
            });
        } else {
            if self.eat_mark("@") {
                self.expect_mark("@")?;
                if self.eat_any(&["GLOBAL", "PERSIST"]) {
                    return Ok(self.harmless());
                }
                if self.eat_any(&["SESSION", "LOCAL"]) {
                    self.expect_mark(".")?;
                }
            }
            let name = self.name()?.text.to_ascii_lowercase();
            if !self.eat_mark("=") && !self.eat_mark(":=") {
                return Ok(self.harmless());
            }
            let start = self.start();
            let value = match self.string() {
                Ok(text) => text,
                Err(_) => {
                    // `ON` is reserved.
                    if !self.eat("ON") {
                        self.expr()?;
                    }
                    self.since(start).of(self.sql).into()
                }
            };
            (name.into(), vec![value])
        };
        if !self.is_end() {
            return Ok(self.harmless());
        }
        Ok(Statement::Set(Setting::Set { name, values: Some(values), is_local: false }))
    }

    /// `LOCK TABLES a READ, b WRITE`
    fn lock(&mut self) -> Read<Statement> {
        self.next()?;
        if !self.eat_any(&["TABLES", "TABLE"]) {
            return Ok(self.harmless());
        }
        let tables = self.commas(|cursor| {
            let path = cursor.path()?;
            while !cursor.is_end() && !cursor.is_mark(",") {
                cursor.next()?;
            }
            Ok(path)
        })?;
        Ok(Statement::Harmless { tables })
    }

    /// `ANALYZE TABLE a, b`
    fn maintenance(&mut self) -> Read<Statement> {
        self.next()?;
        self.eat_any(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
        if !self.eat_any(&["TABLE", "TABLES"]) {
            return Ok(self.harmless());
        }
        let tables = self.commas(Self::path)?;
        Ok(self.whole(Statement::Harmless { tables }))
    }

    /// What can be said of a statement that is not understood: it changes no schema, or the objects that its head names.
    pub(super) fn outline(&mut self) -> Option<Statement> {
        let first = self.text(0).to_ascii_uppercase();
        if matches!(&*first, "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "SELECT" | "SET")
            && !self.are("SET STATEMENT")
        {
            return Some(self.harmless());
        }
        if !matches!(&*first, "CREATE" | "ALTER" | "DROP" | "RENAME") {
            return None;
        }
        self.next().ok()?;
        let kinds =
            ["TABLE", "TABLES", "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "INDEX"];
        let mut kind = None;
        // What may stand between the first word and the kind of object is not long.
        for _ in 0..16 {
            kind = kinds.into_iter().find(|word| self.is(word));
            if kind.is_some() || self.next().is_err() {
                break;
            }
        }
        let kind = kind?;
        self.next().ok()?;
        let _ = self.eat("IF NOT EXISTS") || self.eat("IF EXISTS");
        let mut names = Vec::new();
        if kind == "INDEX" {
            // The table is what changes.
            while !self.eat("ON") {
                self.next().ok()?;
            }
        }
        names.push(self.path().ok()?);
        while !self.is_end() {
            let next_names = first == "DROP" && self.is_mark(",") || first == "RENAME" && self.is_mark(",");
            let leads_to_name = self.is_any(&["RENAME", "TO", "TABLE"]);
            self.next().ok()?;
            if next_names || leads_to_name {
                self.eat_any(&["TO", "AS"]);
                let place = self.place();
                match self.path() {
                    Ok(name) => names.push(name),
                    Err(_) => self.go_back(place),
                }
            }
        }
        Some(Statement::Opaque { names })
    }
}

/// First words of what changes no schema.
const HARMLESS: [&str; 30] = [
    "SHOW",
    "DESCRIBE",
    "DESC",
    "EXPLAIN",
    "HELP",
    "GRANT",
    "REVOKE",
    "FLUSH",
    "KILL",
    "DO",
    "HANDLER",
    "CACHE",
    "LOAD",
    "RESET",
    "PURGE",
    "CHANGE",
    "START",
    "STOP",
    "INSTALL",
    "UNINSTALL",
    "SIGNAL",
    "RESIGNAL",
    "UNLOCK",
    "DEALLOCATE",
    "BINLOG",
    "CLONE",
    "GET",
    "BACKUP",
    "SHUTDOWN",
    "RESTART",
];
