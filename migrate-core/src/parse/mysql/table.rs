//! `CREATE TABLE`.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{CreateTable, Expr, ExprKind, LikeSource, Statement, TableElement};

/// Settings of a table, by the words that they are written with.
const OPTIONS: [&str; 44] = [
    "ENGINE",
    "TYPE",
    "AUTO_INCREMENT",
    "AUTOEXTEND_SIZE",
    "AVG_ROW_LENGTH",
    "DEFAULT CHARACTER SET",
    "DEFAULT CHARSET",
    "CHARACTER SET",
    "DEFAULT CHAR SET",
    "CHAR SET",
    "STORAGE",
    "CHARSET",
    "DEFAULT COLLATE",
    "COLLATE",
    "CHECKSUM",
    "TABLE_CHECKSUM",
    "COMMENT",
    "COMPRESSION",
    "CONNECTION",
    "DATA DIRECTORY",
    "INDEX DIRECTORY",
    "DELAY_KEY_WRITE",
    "ENCRYPTION",
    "ENCRYPTED",
    "ENCRYPTION_KEY_ID",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "INSERT_METHOD",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PASSWORD",
    "ROW_FORMAT",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "TABLESPACE",
    "PAGE_CHECKSUM",
    "PAGE_COMPRESSED",
    "PAGE_COMPRESSION_LEVEL",
    "TRANSACTIONAL",
    "SEQUENCE",
    "IETF_QUOTES",
];

impl Cursor<'_> {
    /// `CREATE TABLE`, from the name on
    pub(super) fn create_table(&mut self, or_replace: bool, is_temporary: bool) -> Read<Statement> {
        let if_not_exists = self.eat("IF NOT EXISTS");
        let mut table = CreateTable {
            name: self.path()?,
            is_temporary,
            if_not_exists,
            or_replace,
            module: None,
            elements: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition_by: None,
            of_type: None,
            query: None,
            options: Vec::new(),
        };
        if self.eat("LIKE") {
            table.elements.push(self.like()?);
        } else if self.is_mark("(") && self.is_at(1, "LIKE") {
            self.next()?;
            self.next()?;
            table.elements.push(self.like()?);
            self.expect_mark(")")?;
        } else {
            self.table_body(&mut table)?;
        }
        Ok(Statement::CreateTable(table))
    }

    fn like(&mut self) -> Read<TableElement> {
        Ok(TableElement::Like(LikeSource { table: self.path()?, including: vec!["all".into()] }))
    }

    fn table_body(&mut self, table: &mut CreateTable) -> Read<()> {
        if self.is_mark("(") && !self.is_query_in_parentheses() {
            table.elements = self.list(Self::table_element)?;
        }
        loop {
            self.eat_mark(",");
            match self.table_option()? {
                Some(option) => table.options.push(option),
                None => break,
            }
        }
        let start = self.start();
        if self.is("PARTITION") {
            table.partition_by = Some(self.partitioning(start)?);
        }
        self.eat_any(&["IGNORE", "REPLACE"]);
        let is_said = self.eat("AS");
        if is_said || !self.is_end() {
            table.query = Some((Vec::new(), Box::new(self.query()?), true));
        }
        if table.elements.is_empty() && table.query.is_none() {
            return Err(NotUnderstood);
        }
        Ok(())
    }

    fn table_element(&mut self) -> Read<TableElement> {
        if self.is_constraint() {
            return Ok(TableElement::Constraint(self.constraint()?.0));
        }
        let column = self.column()?;
        if column.position.is_some() {
            return Err(NotUnderstood);
        }
        Ok(TableElement::Column(column))
    }

    /// A setting of a table, with its key in lower case
    pub(super) fn table_option(&mut self) -> Read<Option<(Box<str>, Box<str>)>> {
        if self.eat("WITH SYSTEM VERSIONING") {
            return Ok(Some(("system versioning".into(), "".into())));
        }
        if self.eat("UNION") {
            self.eat_mark("=");
            self.skip_parentheses()?;
            return Ok(Some(("union".into(), "".into())));
        }
        let known = OPTIONS.into_iter().find(|words| self.are(words));
        let key = match known {
            Some(words) => {
                self.eat(words);
                words.to_ascii_lowercase()
            }
            // An engine may have its own.
            None if self.is_name_at(0) && self.is_mark_at(1, "=") => self.name()?.text.to_ascii_lowercase(),
            None => return Ok(None),
        };
        self.eat_mark("=");
        let key = match key.as_str() {
            "character set" | "charset" | "char set" | "default character set" | "default char set" => {
                "default charset"
            }
            "default collate" => "collate",
            "type" => "engine",
            other => other,
        };
        let value: Box<str> = match key {
            "default charset" | "collate" => self.charset()?,
            _ if self.is_mark("(") => return Err(NotUnderstood),
            _ => match self.string() {
                Ok(text) => text,
                Err(_) => self.next()?.text(self.sql).trim_matches('`').into(),
            },
        };
        Ok(Some((key.into(), value)))
    }

    /// `PARTITION BY …`, up to its end; columns and expressions that it divides by are looked up
    pub(super) fn partitioning(&mut self, start: usize) -> Read<Expr> {
        let mut exprs = Vec::new();
        self.expect("PARTITION BY")?;
        self.eat("LINEAR");
        if self.eat("KEY") {
            if self.eat("ALGORITHM") {
                self.expect_mark("=")?;
                self.number()?;
            }
            exprs = self.exprs()?;
        } else if self.eat_any(&["RANGE COLUMNS", "LIST COLUMNS", "RANGE", "LIST", "HASH"]) {
            exprs = self.exprs()?;
        } else if !self.eat("SYSTEM_TIME") {
            return Err(NotUnderstood);
        }
        // How many there are, how they are divided again, and each of them.
        loop {
            if self.eat_any(&["PARTITIONS", "SUBPARTITIONS"]) {
                self.number()?;
            } else if self.eat("SUBPARTITION BY") {
                self.eat("LINEAR");
                if !self.eat_any(&["HASH", "KEY"]) {
                    return Err(NotUnderstood);
                }
                self.skip_parentheses()?;
            } else if self.is_mark("(") && !self.is_query_in_parentheses() {
                self.skip_parentheses()?;
            } else {
                break;
            }
        }
        let kind = ExprKind::Operation("partition by".into(), exprs);
        Ok(Expr { at: self.since(start), kind })
    }
}
