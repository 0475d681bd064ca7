//! Types.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{Ident, Path, TypeName};
use crate::sql::TokenKind;

/// What may follow the words of a type.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Numbers in parentheses, then a sign.
    Number,
    /// A length, then a character set and a collation.
    Text,
    /// Labels, then a character set and a collation.
    Labels,
    /// Perhaps a number in parentheses.
    Other,
}

impl Cursor<'_> {
    /// A type with its arguments, sign, character set and collation.
    pub(super) fn data_type(&mut self) -> Read<TypeName> {
        let start = self.start();
        let (mut name, class) = self.type_words()?;
        let mut arguments = Vec::new();
        if class == Class::Labels {
            arguments = self.list(Self::string)?;
        } else if self.is_mark("(") {
            arguments = self.list(Self::number)?;
        }
        if class == Class::Number {
            let (mut is_unsigned, mut is_zerofill) = (false, false);
            loop {
                is_unsigned |= self.is("UNSIGNED");
                is_zerofill |= self.is("ZEROFILL");
                if !self.eat_any(&["UNSIGNED", "SIGNED", "ZEROFILL"]) {
                    break;
                }
            }
            name += if is_unsigned { " unsigned" } else { "" };
            name += if is_zerofill { " zerofill" } else { "" };
        }
        let mut data_type = self.type_named(start, name, arguments);
        if matches!(class, Class::Text | Class::Labels) {
            self.text_attributes(&mut data_type)?;
            data_type.at = self.since(start);
        }
        Ok(data_type)
    }

    pub(super) fn type_named(&self, start: usize, name: String, arguments: Vec<Box<str>>) -> TypeName {
        TypeName {
            schema: None,
            name: name.into(),
            arguments,
            dimensions: 0,
            charset: None,
            collation: None,
            is_set: false,
            at: self.since(start),
        }
    }

    /// The words that name a type, and what may follow them.
    fn type_words(&mut self) -> Read<(String, Class)> {
        const TYPES: [(&str, Class); 77] = [
            ("DOUBLE PRECISION", Class::Number),
            ("DOUBLE", Class::Number),
            ("REAL", Class::Number),
            ("FLOAT", Class::Number),
            ("FLOAT4", Class::Number),
            ("FLOAT8", Class::Number),
            ("DECIMAL", Class::Number),
            ("DEC", Class::Number),
            ("NUMERIC", Class::Number),
            ("FIXED", Class::Number),
            ("TINYINT", Class::Number),
            ("SMALLINT", Class::Number),
            ("MEDIUMINT", Class::Number),
            ("MIDDLEINT", Class::Number),
            ("INT", Class::Number),
            ("INTEGER", Class::Number),
            ("BIGINT", Class::Number),
            ("INT1", Class::Number),
            ("INT2", Class::Number),
            ("INT3", Class::Number),
            ("INT4", Class::Number),
            ("INT8", Class::Number),
            ("BIT", Class::Other),
            ("BOOL", Class::Other),
            ("BOOLEAN", Class::Other),
            ("SERIAL", Class::Other),
            ("DATE", Class::Other),
            ("DATETIME", Class::Other),
            ("TIMESTAMP", Class::Other),
            ("TIME", Class::Other),
            ("YEAR", Class::Number),
            ("NATIONAL CHARACTER VARYING", Class::Text),
            ("NATIONAL CHAR VARYING", Class::Text),
            ("NATIONAL VARCHARACTER", Class::Text),
            ("NATIONAL VARCHAR", Class::Text),
            ("NATIONAL CHARACTER", Class::Text),
            ("NATIONAL CHAR", Class::Text),
            ("NCHAR VARYING", Class::Text),
            ("NCHAR VARCHARACTER", Class::Text),
            ("NCHAR VARCHAR", Class::Text),
            ("NCHAR", Class::Text),
            ("NVARCHAR", Class::Text),
            ("CHARACTER VARYING", Class::Text),
            ("CHAR VARYING", Class::Text),
            ("CHARACTER", Class::Text),
            ("CHAR", Class::Text),
            ("VARCHARACTER", Class::Text),
            ("VARCHAR", Class::Text),
            ("LONG CHARACTER VARYING", Class::Text),
            ("LONG CHAR VARYING", Class::Text),
            ("LONG VARCHARACTER", Class::Text),
            ("LONG VARCHAR", Class::Text),
            ("LONG VARBINARY", Class::Other),
            ("LONG", Class::Text),
            ("TINYTEXT", Class::Text),
            ("MEDIUMTEXT", Class::Text),
            ("LONGTEXT", Class::Text),
            ("TEXT", Class::Text),
            ("BINARY", Class::Other),
            ("VARBINARY", Class::Other),
            ("TINYBLOB", Class::Other),
            ("MEDIUMBLOB", Class::Other),
            ("LONGBLOB", Class::Other),
            ("BLOB", Class::Other),
            ("ENUM", Class::Labels),
            ("SET", Class::Labels),
            ("JSON", Class::Other),
            ("UUID", Class::Other),
            ("INET4", Class::Other),
            ("INET6", Class::Other),
            ("GEOMETRY", Class::Other),
            ("POINT", Class::Other),
            ("LINESTRING", Class::Other),
            ("POLYGON", Class::Other),
            ("MULTIPOINT", Class::Other),
            ("MULTILINESTRING", Class::Other),
            ("VECTOR", Class::Other),
        ];
        const MORE: [(&str, Class); 3] = [
            ("MULTIPOLYGON", Class::Other),
            ("GEOMETRYCOLLECTION", Class::Other),
            ("GEOMCOLLECTION", Class::Other),
        ];
        let found = TYPES.into_iter().chain(MORE).find(|(words, _)| self.are(words));
        let (words, class) = found.ok_or(NotUnderstood)?;
        self.eat(words);
        Ok((words.to_ascii_lowercase(), class))
    }

    /// `CHARACTER SET`, `ASCII`, `UNICODE`, `BINARY`, `COLLATE`, in any order
    fn text_attributes(&mut self, data_type: &mut TypeName) -> Read<()> {
        loop {
            if self.eat_any(&["CHARACTER SET", "CHARSET", "CHAR SET"]) {
                data_type.charset = Some(self.charset()?);
            } else if self.eat("ASCII") {
                data_type.charset = Some("latin1".into());
            } else if self.eat("UNICODE") {
                data_type.charset = Some("ucs2".into());
            } else if self.is("BINARY") {
                let start = self.start();
                self.next()?;
                data_type.collation = Some(Path::plain(Ident::new("_bin", self.since(start))));
            } else if self.is("BYTE") {
                // It makes another type of it.
                return Err(NotUnderstood);
            } else if self.eat("COLLATE") {
                data_type.collation = Some(self.collation()?);
            } else {
                return Ok(());
            }
        }
    }

    /// The name of a character set or a collation, perhaps in quotes
    pub(super) fn charset(&mut self) -> Read<Box<str>> {
        Ok(self.collation()?.name.text.to_ascii_lowercase().into())
    }

    /// The name of a collation, perhaps in quotes
    pub(super) fn collation(&mut self) -> Read<Path> {
        let start = self.start();
        let name: Box<str> = match self.kind() {
            Some(TokenKind::String) => self.string()?,
            // `BINARY` and `DEFAULT` are reserved and names of these all the same.
            Some(TokenKind::Word) if self.is_any(&["BINARY", "DEFAULT"]) => {
                self.next()?.text(self.sql).into()
            }
            _ => self.name()?.text,
        };
        Ok(Path::plain(Ident::new(name, self.since(start))))
    }
}
