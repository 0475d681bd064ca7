//! The statements themselves, where their text is what counts.

use crate::autogenerate::generate;
use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::replay::{pieces_of, run};
use crate::schema::Schema;

fn made(sql: &str) -> Schema {
    let mut interpreter = Interpreter::on(Schema::new(Dialect::Mysql));
    let findings = run(&mut interpreter, &pieces_of(sql, Dialect::Mysql));
    assert!(findings.is_empty(), "{sql}: {findings:?}");
    interpreter.into_schema()
}

/// The upgrade from one schema to another; the downgrade has to lead back.
#[track_caller]
fn check(before: &str, after: &str, upgrade: &str) {
    let generated = generate(&made(before), &made(after), &[]).map_err(|error| format!("{error:#?}"));
    assert_eq!(generated.map(|generated| generated.upgrade.text()).as_deref(), Ok(upgrade));
}

#[test]
fn rows_have_values_before_null_is_refused() {
    check(
        "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(20), at DATETIME DEFAULT NOW() ON UPDATE NOW());",
        "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x', at DATETIME DEFAULT NOW() ON UPDATE NOW());",
        "-- Rows without `name` get its default.\n\
         UPDATE users SET name = 'x', at = at WHERE name IS NULL;\n\
         ALTER TABLE users MODIFY COLUMN name VARCHAR(20) NOT NULL DEFAULT 'x';\n",
    );
    check(
        "CREATE TABLE users (id INT PRIMARY KEY);",
        "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(99) NOT NULL, UNIQUE KEY emails (email));",
        "ALTER TABLE users ADD COLUMN email VARCHAR(99);\n\
         -- Fails where rows have NULL in email. Give them a value first:\n\
         -- UPDATE users SET email = <value> WHERE email IS NULL;\n\
         -- Fails where two rows have the same `email`.\n\
         ALTER TABLE users\n    MODIFY COLUMN email VARCHAR(99) NOT NULL,\n    ADD UNIQUE INDEX emails (email);\n",
    );
}

#[test]
fn a_column_keeps_all_that_is_said_of_it() {
    check(
        "CREATE TABLE t (a TIMESTAMP(3) NOT NULL DEFAULT NOW(3) ON UPDATE NOW(3), b VARCHAR(9) CHARACTER SET latin1 COMMENT 'it''s');",
        "CREATE TABLE t (a TIMESTAMP(6) NOT NULL DEFAULT NOW(6) ON UPDATE NOW(6) COMMENT 'when', b VARCHAR(19) CHARACTER SET latin1 COMMENT 'it''s');",
        "ALTER TABLE t\n    \
         MODIFY COLUMN a TIMESTAMP(6) NOT NULL DEFAULT NOW(6) ON UPDATE NOW(6) COMMENT 'when',\n    \
         MODIFY COLUMN b VARCHAR(19) CHARACTER SET latin1 COMMENT 'it''s';\n",
    );
    check(
        "CREATE TABLE t (a INT NOT NULL DEFAULT 1, b TEXT);",
        "CREATE TABLE t (a INT NOT NULL, b TEXT DEFAULT ('x'));",
        "ALTER TABLE t\n    ALTER COLUMN a DROP DEFAULT,\n    MODIFY COLUMN b TEXT DEFAULT ('x');\n",
    );
}

#[test]
fn what_depends_on_each_other_is_one_statement() {
    check(
        "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, b INT NOT NULL);",
        "CREATE TABLE t (id INT, b INT NOT NULL AUTO_INCREMENT, PRIMARY KEY (b));",
        "-- A row whose `b` is 0 gets a new number.\n\
         ALTER TABLE t\n    DROP PRIMARY KEY,\n    MODIFY COLUMN id INT,\n    MODIFY COLUMN b INT NOT NULL AUTO_INCREMENT,\n    \
         ADD PRIMARY KEY (b);\n",
    );
    check(
        "CREATE TABLE p (id INT PRIMARY KEY);
         CREATE TABLE c (p INT, q INT, KEY one (p), CONSTRAINT leads FOREIGN KEY (p) REFERENCES p (id));",
        "CREATE TABLE p (id INT PRIMARY KEY);
         CREATE TABLE c (p INT, q INT, KEY two (p, q), CONSTRAINT leads FOREIGN KEY (p) REFERENCES p (id));",
        "ALTER TABLE c\n    DROP INDEX one,\n    ADD INDEX two (p, q);\n",
    );
}

#[test]
fn a_foreign_key_goes_and_comes_back_where_its_columns_change() {
    check(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id));",
        "CREATE TABLE p (id BIGINT PRIMARY KEY); CREATE TABLE c (p BIGINT, FOREIGN KEY (p) REFERENCES p (id));",
        "ALTER TABLE c DROP FOREIGN KEY c_ibfk_1;\n\
         ALTER TABLE c MODIFY COLUMN p BIGINT;\n\
         ALTER TABLE p MODIFY COLUMN id BIGINT NOT NULL;\n\
         ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id);\n",
    );
}

#[test]
fn names_move_without_rows() {
    check(
        "CREATE TABLE t (a INT, b INT, KEY x (a, b)); CREATE TABLE u (a INT, CONSTRAINT here CHECK (a > 0));",
        "CREATE TABLE t (a INT, b INT, KEY y (a, b)); CREATE TABLE v (a INT, CONSTRAINT here CHECK (a > 0));",
        "ALTER TABLE u DROP CONSTRAINT here;\n\
         CREATE TABLE v (\n    a INT,\n    CONSTRAINT here CHECK (a > 0)\n);\n\
         ALTER TABLE t RENAME INDEX x TO y;\n\
         -- loses data: the rows of `u`\n\
         DROP TABLE u;\n",
    );
}

#[test]
fn values_that_are_no_longer_there_are_told() {
    check(
        "CREATE TABLE t (mood ENUM('sad', 'ok'));",
        "CREATE TABLE t (mood ENUM('ok', 'happy'));",
        "-- loses data: what does not fit of `t.mood` (enum(sad,ok) -> enum(ok,happy))\n\
         -- Fails where `mood` is 'sad': give those rows another value first.\n\
         ALTER TABLE t MODIFY COLUMN mood ENUM('ok', 'happy');\n",
    );
}

#[test]
fn procedures_are_made_anew() {
    check(
        "CREATE PROCEDURE p() SELECT 1;",
        "CREATE PROCEDURE p() BEGIN SELECT 2; SELECT 3; END;",
        "DROP PROCEDURE p;\nCREATE PROCEDURE p() BEGIN SELECT 2; SELECT 3; END;\n",
    );
}

#[test]
fn a_column_keeps_what_nobody_compares() {
    check(
        "CREATE TABLE t (a INT ZEROFILL NOT NULL, b VARCHAR(9) COMPRESSED INVISIBLE COMMENT 'x', p POINT NOT NULL SRID 4326, c INT); \
         ALTER TABLE t ALTER COLUMN c SET INVISIBLE;",
        "CREATE TABLE t (a BIGINT ZEROFILL NOT NULL, b VARCHAR(19) COMPRESSED INVISIBLE COMMENT 'x', p POINT NOT NULL SRID 4326 COMMENT 'where', c BIGINT INVISIBLE);",
        "ALTER TABLE t\n    \
         MODIFY COLUMN a BIGINT UNSIGNED ZEROFILL NOT NULL,\n    \
         MODIFY COLUMN b VARCHAR(19) COMPRESSED INVISIBLE COMMENT 'x',\n    \
         MODIFY COLUMN p POINT NOT NULL SRID 4326 COMMENT 'where',\n    \
         MODIFY COLUMN c BIGINT INVISIBLE;\n",
    );
}
