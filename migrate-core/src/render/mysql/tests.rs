//! The statements themselves, where their text is what counts.

use crate::autogenerate::{Rename, generate};
use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::replay::{pieces_of, run};
use crate::schema::{ObjectName, Schema};

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
         -- Fails where rows have NULL in `email`. Give them a value first:\n\
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
fn a_check_stands_where_it_is_wanted() {
    check(
        "",
        "CREATE TABLE t (a INT NOT NULL CHECK (a > 0), b INT, CHECK (b > 1), CONSTRAINT c CHECK (a < b));",
        "CREATE TABLE t (\n    a INT NOT NULL CHECK (a > 0),\n    b INT,\n    CHECK (b > 1),\n    CONSTRAINT c CHECK (a < b)\n);\n",
    );
}

/// MySQL 8.0 takes `SET DEFAULT` with an expression for a column of the primary key, and does nothing.
#[test]
fn a_default_that_is_computed_comes_with_the_whole_column() {
    check(
        "CREATE TABLE t (id CHAR(36) PRIMARY KEY, n INT DEFAULT 1);",
        "CREATE TABLE t (id CHAR(36) PRIMARY KEY DEFAULT (uuid()), n INT DEFAULT 2);",
        "ALTER TABLE t\n    MODIFY COLUMN id CHAR(36) NOT NULL DEFAULT (uuid()),\n    ALTER COLUMN n SET DEFAULT 2;\n",
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
fn digits_that_have_no_room_are_told() {
    check(
        "CREATE TABLE t (a DECIMAL(10, 0), b DECIMAL(9, 0), c INT, d INT);",
        "CREATE TABLE t (a INT, b INT, c DECIMAL(9, 0), d DECIMAL(10, 0));",
        "-- Fails where a value of `a` cannot be INT.\n\
         -- Fails where a value of `c` cannot be DECIMAL(9,0).\n\
         ALTER TABLE t\n    \
         MODIFY COLUMN a INT,\n    \
         MODIFY COLUMN b INT,\n    \
         MODIFY COLUMN c DECIMAL(9,0),\n    \
         MODIFY COLUMN d DECIMAL(10,0);\n",
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

#[test]
fn a_check_without_a_name_goes_under_the_one_that_each_server_made_up() {
    check(
        "CREATE TABLE t (a INT CHECK (a <> 5), b INT, CHECK (b > 1), CONSTRAINT c CHECK (a < b)); \
         ALTER TABLE t ADD CHECK (b > 2); ALTER TABLE t DROP CHECK t_chk_2; ALTER TABLE t ADD CHECK (b > 3); RENAME TABLE t TO u;",
        "CREATE TABLE u (a INT CHECK (a <> 5), b INT, CHECK (b > 2), CONSTRAINT c CHECK (a < b));",
        "ALTER TABLE u DROP CONSTRAINT /*M! CONSTRAINT_1 *//*!80016 u_chk_4 */;\n",
    );
}

#[test]
fn a_check_that_stands_with_a_column_stays_with_it() {
    check(
        "CREATE TABLE t (a INT NOT NULL COMMENT 'x' CHECK (a > 0), b INT CHECK (b > 0));",
        "CREATE TABLE t (a BIGINT NOT NULL COMMENT 'y' CHECK (a > 0), b BIGINT);",
        "ALTER TABLE t\n    \
         MODIFY COLUMN a BIGINT NOT NULL COMMENT 'y' /*M! CHECK (a > 0) */,\n    \
         MODIFY COLUMN b BIGINT /*!80016 , DROP CHECK t_chk_2 */;\n",
    );
    check(
        "CREATE TABLE t (a INT DEFAULT 3 CHECK (a > 0), b INT);",
        "CREATE TABLE t (a INT DEFAULT 3, b INT);",
        "ALTER TABLE t MODIFY COLUMN a INT DEFAULT 3 /*!80016 , DROP CHECK t_chk_1 */;\n",
    );
}

#[test]
fn a_check_comes_with_its_column() {
    check(
        "CREATE TABLE t (a INT, b INT, d INT CHECK (d > 0), KEY x (d));",
        "CREATE TABLE t (a INT, b BIGINT CHECK (b > 1), c INT CHECK (c > 2), d INT CHECK (d > 0), UNIQUE d (d));
         ALTER TABLE t MODIFY a INT CHECK (a > 3);",
        "-- Fails where `b > 1` does not hold.\n\
         -- Fails where `c > 2` does not hold.\n\
         -- Fails where `a > 3` does not hold.\n\
         -- Fails where two rows have the same `d`.\n\
         ALTER TABLE t\n    \
         DROP INDEX x,\n    \
         MODIFY COLUMN b BIGINT CHECK (b > 1),\n    \
         ADD COLUMN c INT CHECK (c > 2),\n    \
         MODIFY COLUMN a INT CHECK (a > 3),\n    \
         ADD UNIQUE INDEX d (d);\n",
    );
}

#[test]
fn a_key_that_comes_back_has_its_number() {
    let tables = "CREATE TABLE p (a INT PRIMARY KEY, b INT UNIQUE);";
    let generated = generate(
        &made(&format!(
            "{tables} CREATE TABLE c (a INT, b INT, FOREIGN KEY (a) REFERENCES p (a), FOREIGN KEY (b) REFERENCES p (b));"
        )),
        &made(&format!("{tables} CREATE TABLE c (a INT, b INT, FOREIGN KEY (b) REFERENCES p (b));")),
        &[],
    );
    let generated = generated.unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(
        generated.downgrade.text(),
        "-- Fails where `a` leads to no row of `p`.\n\
         ALTER TABLE c ADD CONSTRAINT c_ibfk_1 FOREIGN KEY (a) REFERENCES p (a);\n\
         ALTER TABLE c RENAME INDEX c_ibfk_1 TO a;\n"
    );
}

#[test]
fn a_check_follows_its_column_to_another_name() {
    let rename = |table: &str, column: Option<&str>, to: &str| Rename {
        table: ObjectName::new("", table),
        column: column.map(Into::into),
        to: to.into(),
    };
    let renames = [rename("t", Some("a"), "x"), rename("t", Some("b"), "y"), rename("t", None, "u")];
    let generated = generate(
        &made("CREATE TABLE t (a INT CHECK (a <> 5), b INT, CONSTRAINT c CHECK (a < b));"),
        &made("CREATE TABLE u (x INT CHECK (x <> 5), y INT, CONSTRAINT c CHECK (x < y));"),
        &renames,
    );
    let generated = generated.unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(
        generated.upgrade.text(),
        "ALTER TABLE t RENAME COLUMN a TO x /*!80016 , DROP CHECK t_chk_1, ADD CONSTRAINT t_chk_1 CHECK (x <> 5) */ \
         /*!80016 , DROP CHECK c, ADD CONSTRAINT c CHECK (x < b) */;\n\
         ALTER TABLE t RENAME COLUMN b TO y /*!80016 , DROP CHECK c, ADD CONSTRAINT c CHECK (x < y) */;\n\
         RENAME TABLE t TO u;\n"
    );
    assert_eq!(
        generated.downgrade.text(),
        "RENAME TABLE u TO t;\n\
         ALTER TABLE t RENAME COLUMN y TO b /*!80016 , DROP CHECK c, ADD CONSTRAINT c CHECK (x < b) */;\n\
         ALTER TABLE t RENAME COLUMN x TO a /*!80016 , DROP CHECK t_chk_1, ADD CONSTRAINT t_chk_1 CHECK (a <> 5) */ \
         /*!80016 , DROP CHECK c, ADD CONSTRAINT c CHECK (a < b) */;\n"
    );
}

#[test]
fn a_check_of_a_key_comes_back_by_itself() {
    let rename = Rename { table: ObjectName::new("", "t"), column: Some("a".into()), to: "b".into() };
    let generated = generate(
        &made(
            "CREATE TABLE t (a INT PRIMARY KEY, CONSTRAINT c CHECK (a > 0)); CREATE TABLE u (a INT, FOREIGN KEY (a) REFERENCES t (a));",
        ),
        &made(
            "CREATE TABLE t (b INT PRIMARY KEY, CONSTRAINT c CHECK (b > 0)); CREATE TABLE u (a INT, FOREIGN KEY (a) REFERENCES t (b));",
        ),
        &[rename],
    );
    assert_eq!(
        generated.map(|generated| generated.upgrade.text()).map_err(|error| format!("{error:#?}")).as_deref(),
        Ok("ALTER TABLE t RENAME COLUMN a TO b /*!80016 , DROP CHECK c */;\n\
            ALTER TABLE t /*!80016 ADD CONSTRAINT c CHECK (b > 0) */;\n")
    );
}

#[test]
fn a_default_that_is_another_one_at_each_call_comes_when_the_column_is_there() {
    check(
        "CREATE TABLE t (a INT);",
        "CREATE TABLE t (a INT, b CHAR(36) NOT NULL DEFAULT (uuid()), c INT);",
        "ALTER TABLE t ADD COLUMN b CHAR(36);\n\
         -- Rows without `b` get its default.\n\
         UPDATE t SET b = (uuid()) WHERE b IS NULL;\n\
         ALTER TABLE t\n    MODIFY COLUMN b CHAR(36) NOT NULL,\n    ADD COLUMN c INT;\n\
         ALTER TABLE t MODIFY COLUMN b CHAR(36) NOT NULL DEFAULT (uuid());\n",
    );
}

#[test]
fn an_index_of_a_foreign_key_comes_back_under_its_name() {
    check(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT, FOREIGN KEY (a) REFERENCES p (id)); \
         CREATE INDEX down ON c (a DESC);",
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT, FOREIGN KEY (a) REFERENCES p (id));",
        "ALTER TABLE c /*M! ADD INDEX IF NOT EXISTS a (a) */;\nDROP INDEX down ON c;\n",
    );
}

#[test]
fn a_check_that_is_called_like_a_table_is_none() {
    check(
        "CREATE TABLE a (a INT, CONSTRAINT a_chk_1 CHECK (a > 0)); CREATE TABLE a_chk_1 (b INT);",
        "CREATE TABLE a (a INT CHECK (a > 0)); CREATE TABLE a_chk_1 (b INT);",
        "",
    );
}

#[test]
fn an_index_that_a_foreign_key_brought_gets_no_other_name() {
    check(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id));",
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT, KEY i (a));",
        "ALTER TABLE c DROP FOREIGN KEY f;\nALTER TABLE c\n    DROP INDEX f,\n    ADD INDEX i (a);\n",
    );
}
