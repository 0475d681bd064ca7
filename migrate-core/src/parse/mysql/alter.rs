//! `ALTER TABLE`.

use super::cursor::{Cursor, MARIADB, MYSQL, NotUnderstood, Read};
use crate::ddl::{AlterAction, AlterTable, ColumnChange, Kind, Statement};

/// What is done to parts of a divided table.
const PARTITION_WORK: [&str; 13] = [
    "ADD",
    "DROP",
    "ANALYZE",
    "CHECK",
    "COALESCE",
    "DISCARD",
    "EXCHANGE",
    "IMPORT",
    "OPTIMIZE",
    "REBUILD",
    "REORGANIZE",
    "REPAIR",
    "TRUNCATE",
];

impl Cursor<'_> {
    /// `ALTER TABLE`, from the name on
    pub(super) fn alter_table(&mut self) -> Read<Statement> {
        let if_exists = self.eat("IF EXISTS");
        let name = self.path()?;
        if self.eat("WAIT") {
            self.number()?;
        }
        self.eat("NOWAIT");
        let mut actions = Vec::new();
        while !self.is_end() {
            if let Some(index) = self.only_for(MARIADB, Self::kept_index)? {
                actions.push(index);
            } else if let Some(check) = self.only_for(MYSQL, Self::check_again)? {
                actions.push(check);
            } else {
                self.alteration(&mut actions)?;
            }
            while let Some(action) = self.only_for(MYSQL, Self::remade_check)? {
                actions.push(action);
            }
            // Settings, divisions and the like may follow each other without a comma.
            if !self.eat_mark(",") && !self.is_end() && !self.may_follow() {
                return Err(NotUnderstood);
            }
        }
        Ok(Statement::AlterTable(AlterTable { name, if_exists, only: false, actions }))
    }

    /// Whether something stands there that needs no comma before it
    fn may_follow(&self) -> bool {
        let mut ahead = self.clone();
        self.is_any(&["PARTITION", "REMOVE"]) || matches!(ahead.table_option(), Ok(Some(_)))
    }

    /// `ADD INDEX IF NOT EXISTS`: what MariaDB is told where MySQL has the index.
    fn kept_index(&mut self) -> Read<AlterAction> {
        self.expect("ADD INDEX IF NOT EXISTS")?;
        Ok(AlterAction::KeepIndex { name: self.name()?, columns: self.names()? })
    }

    /// `, DROP CHECK name`, and perhaps the same check of another column: what MySQL is told where MariaDB does so by itself.
    fn remade_check(&mut self) -> Read<AlterAction> {
        self.expect_mark(",")?;
        self.expect("DROP CHECK")?;
        let name = self.name()?;
        if !self.eat_mark(",") {
            return Ok(AlterAction::RemakeCheck { name, check: None });
        }
        let back = self.check_again()?;
        let is_same = |back: &AlterAction| matches!(back, AlterAction::RemakeCheck { name: own, .. } if own.text == name.text);
        Some(back).filter(is_same).ok_or(NotUnderstood)
    }

    /// `ADD CONSTRAINT name CHECK (…)`, of a check that MariaDB still has.
    fn check_again(&mut self) -> Read<AlterAction> {
        self.expect("ADD CONSTRAINT")?;
        let name = self.name()?;
        self.expect("CHECK")?;
        Ok(AlterAction::RemakeCheck { name, check: Some(self.in_parentheses()?) })
    }

    fn alteration(&mut self, actions: &mut Vec<AlterAction>) -> Read<()> {
        let is_partition = self.is_at(1, "PARTITION") && !self.is_at(2, "BY");
        let action = if is_partition && self.is_any(&PARTITION_WORK) {
            // Rows go, come or move; the columns stay.
            self.skip_all();
            AlterAction::Other
        } else if self.eat("ADD") {
            return self.addition(actions);
        } else if self.eat("DROP") {
            self.removal()?
        } else if self.eat("MODIFY") {
            self.eat("COLUMN");
            let if_exists = self.eat("IF EXISTS");
            let mut column = self.column()?;
            column.constraints.extend(self.only_for(MARIADB, Self::own_check)?);
            AlterAction::ReplaceColumn { old: column.name.clone(), column, if_exists }
        } else if self.eat("CHANGE") {
            self.eat("COLUMN");
            let if_exists = self.eat("IF EXISTS");
            let old = self.name()?;
            AlterAction::ReplaceColumn { old, column: self.column()?, if_exists }
        } else if self.eat("ALTER") {
            self.column_change()?
        } else if self.eat("RENAME") {
            self.renaming()?
        } else if self.eat("CONVERT TO") {
            if !self.eat_any(&["CHARACTER SET", "CHARSET", "CHAR SET"]) {
                return Err(NotUnderstood);
            }
            let charset = self.charset()?;
            actions.push(AlterAction::Set("convert charset".into(), charset));
            if !self.eat("COLLATE") {
                return Ok(());
            }
            AlterAction::Set("convert collate".into(), self.charset()?)
        } else if self.is("PARTITION") {
            let partition = self.partitioning(self.start())?;
            AlterAction::Set("partition by".into(), partition.at.of(self.sql).into())
        } else if self.eat("REMOVE PARTITIONING") {
            AlterAction::Set("partition by".into(), "".into())
        } else if self.eat("ORDER BY") {
            self.order_list()?;
            AlterAction::Other
        } else if self.is_any(&["ALGORITHM", "LOCK"]) {
            self.online_options()?;
            AlterAction::Other
        } else if self.eat_any(&[
            "FORCE",
            "ENABLE KEYS",
            "DISABLE KEYS",
            "DISCARD TABLESPACE",
            "IMPORT TABLESPACE",
            "WITH VALIDATION",
            "WITHOUT VALIDATION",
        ]) {
            AlterAction::Other
        } else if let Some((key, value)) = self.table_option()? {
            AlterAction::Set(key, value)
        } else {
            return Err(NotUnderstood);
        };
        actions.push(action);
        Ok(())
    }

    fn addition(&mut self, actions: &mut Vec<AlterAction>) -> Read<()> {
        if self.eat("SYSTEM VERSIONING") {
            actions.push(AlterAction::Set("system versioning".into(), "".into()));
            return Ok(());
        }
        if self.are("PARTITION") || self.are("PERIOD") && !self.is_column_after_word() {
            return Err(NotUnderstood);
        }
        if self.is_constraint() {
            let (constraint, if_not_exists) = self.constraint()?;
            actions.push(AlterAction::AddConstraint { constraint, if_not_exists });
            return Ok(());
        }
        self.eat("COLUMN");
        let if_not_exists = self.eat("IF NOT EXISTS");
        if !self.is_mark("(") {
            actions.push(AlterAction::AddColumn { column: self.column()?, if_not_exists });
            return Ok(());
        }
        // Columns, and indexes among them.
        let added = self.list(|cursor| {
            if cursor.is_constraint() {
                let (constraint, if_not_exists) = cursor.constraint()?;
                return Ok(AlterAction::AddConstraint { constraint, if_not_exists });
            }
            Ok(AlterAction::AddColumn { column: cursor.column()?, if_not_exists })
        })?;
        actions.extend(added);
        Ok(())
    }

    /// Whether the word that stands there is the name of a column, and its type follows.
    fn is_column_after_word(&self) -> bool {
        !self.is_at(1, "FOR")
    }

    fn removal(&mut self) -> Read<AlterAction> {
        if self.eat("PRIMARY KEY") {
            let kind = Some(Kind::PrimaryKey);
            return Ok(AlterAction::DropConstraint {
                name: None,
                mysql_name: None,
                kind,
                if_exists: false,
                cascade: false,
            });
        }
        if self.eat("SYSTEM VERSIONING") {
            return Ok(AlterAction::Set("system versioning".into(), "off".into()));
        }
        if self.are("PARTITION") || self.are("PERIOD FOR") {
            return Err(NotUnderstood);
        }
        let kinds = [
            ("INDEX", Kind::Index),
            ("KEY", Kind::Index),
            ("FOREIGN KEY", Kind::ForeignKey),
            ("CONSTRAINT", Kind::Constraint),
            ("CHECK", Kind::Check),
        ];
        if let Some((_, kind)) = kinds.into_iter().find(|(words, _)| self.eat(words)) {
            let if_exists = self.eat("IF EXISTS");
            // MariaDB drops a primary key as the constraint `PRIMARY`, too.
            let start = self.start();
            let mut mysql_name = None;
            let name = if self.eat("PRIMARY") {
                crate::ddl::Ident::new("PRIMARY", self.since(start))
            } else if let Some(name) = self.only_for(MARIADB, Self::name)? {
                mysql_name = Some(self.only_for(MYSQL, Self::name)?.ok_or(NotUnderstood)?);
                name
            } else {
                self.name()?
            };
            self.eat_any(&["RESTRICT", "CASCADE"]);
            return Ok(AlterAction::DropConstraint {
                name: Some(name),
                mysql_name,
                kind: Some(kind),
                if_exists,
                cascade: false,
            });
        }
        self.eat("COLUMN");
        let if_exists = self.eat("IF EXISTS");
        let name = self.name()?;
        let cascade = self.eat("CASCADE");
        self.eat("RESTRICT");
        Ok(AlterAction::DropColumn { name, if_exists, cascade })
    }

    /// What stands behind the second `ALTER`
    fn column_change(&mut self) -> Read<AlterAction> {
        if self.eat_any(&["INDEX", "KEY"]) {
            self.eat("IF EXISTS");
            self.name()?;
            let is_known = self.eat_any(&["VISIBLE", "INVISIBLE", "NOT IGNORED", "IGNORED"]);
            return if is_known { Ok(AlterAction::Other) } else { Err(NotUnderstood) };
        }
        if self.eat_any(&["CHECK", "CONSTRAINT"]) {
            self.name()?;
            let is_known = self.eat("NOT ENFORCED") || self.eat("ENFORCED");
            return if is_known { Ok(AlterAction::Other) } else { Err(NotUnderstood) };
        }
        self.eat("COLUMN");
        let if_exists = self.eat("IF EXISTS");
        let name = self.name()?;
        let change = if self.eat("SET DEFAULT") {
            ColumnChange::SetDefault(self.default_value()?)
        } else if self.eat("DROP DEFAULT") {
            ColumnChange::DropDefault
        } else if self.eat("SET VISIBLE") {
            ColumnChange::SetVisible(true)
        } else if self.eat("SET INVISIBLE") {
            ColumnChange::SetVisible(false)
        } else {
            return Err(NotUnderstood);
        };
        Ok(AlterAction::AlterColumn { name, if_exists, change })
    }

    fn renaming(&mut self) -> Read<AlterAction> {
        if self.eat("COLUMN") {
            self.eat("IF EXISTS");
            let old = self.name()?;
            self.expect("TO")?;
            return Ok(AlterAction::RenameColumn { old, new: self.name()? });
        }
        if self.eat_any(&["INDEX", "KEY"]) {
            self.eat("IF EXISTS");
            let old = self.name()?;
            self.expect("TO")?;
            return Ok(AlterAction::RenameIndex { old, new: self.name()? });
        }
        let _ = self.eat_any(&["TO", "AS"]) || self.eat_mark("=");
        Ok(AlterAction::RenameTo(self.path()?))
    }
}
