use crate::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::sql::split;

#[track_caller]
fn check(input: &str, dialect: Dialect, expect: &[&str]) {
    let statements = split(input, dialect);
    for statement in &statements {
        assert_eq!(&input[statement.start..statement.end], statement.text);
    }
    assert_eq!(statements.iter().map(|statement| statement.text).collect::<Vec<_>>(), expect);
}

/// Each piece, with `;` behind it, is one statement.
#[track_caller]
fn check_pieces(dialect: Dialect, pieces: &[&str]) {
    check(&(pieces.join(";\n") + ";"), dialect, pieces);
}

#[test]
fn empty_pieces_are_not_statements() {
    for dialect in Dialect::ALL {
        check("", dialect, &[]);
        check(" ; /* a */ ;; -- b\n;\n-- c", dialect, &[]);
        check("/* a */ SELECT 1 /* b */ + 2 -- c\n ; -- d", dialect, &["SELECT 1 /* b */ + 2"]);
        check("a;b\n;c", dialect, &["a", "b", "c"]);
    }
}

#[test]
fn quotes_hide_semicolons() {
    check("SELECT $t$;$t$, E'\\';', ';', \";\";b", Postgres, &["SELECT $t$;$t$, E'\\';', ';', \";\"", "b"]);
    check("SELECT '\\';', \";\", `;`; # ;\nb", Mysql, &["SELECT '\\';', \";\", `;`", "b"]);
    check("SELECT '\\', [;], `;`, \";\"; -- ;\nb", Sqlite, &["SELECT '\\', [;], `;`, \";\"", "b"]);
    check("a /* ; /* */ ; */ b; c", Postgres, &["a /* ; /* */ ; */ b", "c"]);
}

#[test]
fn postgres_rules_hold_statements_in_parentheses() {
    check_pieces(
        Postgres,
        &[
            "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))",
            "CREATE OR REPLACE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
            "CREATE RULE r AS ON DELETE TO t DO (DELETE FROM a;)",
        ],
    );
    // Elsewhere a parenthesis left open does not swallow the statements behind it.
    check("CREATE TABLE a (b int; SELECT 1", Postgres, &["CREATE TABLE a (b int", "SELECT 1"]);
}

#[test]
fn postgres_atomic_bodies_end_with_their_end() {
    check_pieces(
        Postgres,
        &[
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2 AS end; END",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql begin /* ; */ atomic end",
            "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC INSERT INTO t.case VALUES ((CASE 1 WHEN 1 THEN 2 END)); SELECT 1 end; END",
            "CREATE FUNCTION h() RETURNS int RETURN CASE WHEN true THEN 1 END",
            "CREATE FUNCTION i() RETURNS int AS 'BEGIN ATOMIC; END' LANGUAGE sql",
            "SELECT 1",
        ],
    );
    check("BEGIN; SELECT 1; END;", Postgres, &["BEGIN", "SELECT 1", "END"]);
}

#[test]
fn sqlite_triggers_end_with_their_end() {
    check_pieces(
        Sqlite,
        &[
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET b = CASE WHEN 1 THEN 2 END; DELETE FROM t; END",
            "create temp trigger if not exists a before delete on t when old.x begin select 1; /* ; */ end",
            "EXPLAIN QUERY PLAN CREATE TEMPORARY TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
            "EXPLAIN CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
            "CREATE TABLE trigger_begin (a)",
            "DROP TRIGGER a",
        ],
    );
    check("CREATE TRIGGER a; SELECT 1; END", Sqlite, &["CREATE TRIGGER a", "SELECT 1", "END"]);
    check("BEGIN; SELECT 1; END", Sqlite, &["BEGIN", "SELECT 1", "END"]);
    check("CREATE TRIGGER a BEGIN SELECT 1; END", Postgres, &["CREATE TRIGGER a BEGIN SELECT 1", "END"]);
}

#[test]
fn mysql_programs_end_with_their_blocks() {
    check_pieces(
        Mysql,
        &[
            "CREATE PROCEDURE p() BEGIN END",
            "CREATE PROCEDURE p() SELECT IF(1, 2, 3)",
            "CREATE OR REPLACE DEFINER = root@10.0.0.1 PROCEDURE IF NOT EXISTS p(a INT, b ENUM('x;')) \
             COMMENT 'c' NOT DETERMINISTIC READS SQL DATA SQL SECURITY INVOKER \
             BEGIN DECLARE x INT; IF a THEN SET x = 1; ELSEIF b THEN SET x = 2; ELSE IF a THEN SET x = 3; END IF; END IF; END",
            "CREATE DEFINER=`root`@`localhost` FUNCTION f(a INT) RETURNS VARCHAR(10) CHARSET utf8mb4 DETERMINISTIC \
             RETURN CASE a WHEN 1 THEN IF(a, 'x', 'y') ELSE REPEAT('z', 3) END",
            "CREATE DEFINER=CURRENT_USER() TRIGGER t BEFORE INSERT ON x FOR EACH ROW FOLLOWS u SET NEW.a = 1, NEW.end = 2",
            "CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW BEGIN UPDATE y SET b = CASE WHEN a THEN 1 END; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; SELECT a FROM t FOR UPDATE; END",
            "ALTER EVENT e ON COMPLETION PRESERVE DO BEGIN DELETE FROM t; DO SLEEP(1); END",
            "CREATE PROCEDURE p() a: LOOP LEAVE a; END LOOP a",
            "CREATE PROCEDURE p() BEGIN `b`: WHILE x < 3 DO SET x = x + 1; END WHILE `b`; \
             REPEAT SET x = CASE WHEN x THEN end END; UNTIL x = CASE x WHEN 1 THEN 2 END END REPEAT; SELECT 1; END",
            "CREATE PROCEDURE p() BEGIN CASE x WHEN CASE 1 WHEN 1 THEN 2 END THEN SELECT 1; ELSE BEGIN END; END CASE; SELECT 1; END",
            "CREATE PROCEDURE p() BEGIN FOR r IN (SELECT a FROM t FOR UPDATE) DO SELECT r.a; END FOR; \
             FOR i IN 1..10 DO SELECT i; END FOR; END",
            "CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT 1; \
             DECLARE EXIT HANDLER FOR SQLSTATE VALUE '23000', NOT FOUND, 1062 BEGIN ROLLBACK; END; \
             DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SET @a = IF(1, 2, 3); XA END 'x'; SELECT start, end FROM t; END",
            "CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT BEGIN LOOP FETCH GROUP NEXT ROW; END LOOP; END",
            "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'",
            "CREATE TABLE t (a INT)",
            "ALTER TABLE t ADD b INT",
        ],
    );
}

#[test]
fn mariadb_has_compound_statements_outside_of_programs() {
    check_pieces(
        Mysql,
        &[
            "BEGIN NOT ATOMIC SELECT 1; BEGIN SELECT 2; END; END",
            "IF (SELECT 1) THEN SELECT 1; ELSE SELECT 2; END IF",
            "a: WHILE 0 DO SELECT 1; END WHILE a",
            "FOR i IN 1..3 DO SELECT i; END FOR",
            "SELECT 1",
        ],
    );
    check("BEGIN; SELECT 1; COMMIT;", Mysql, &["BEGIN", "SELECT 1", "COMMIT"]);
}

#[test]
fn a_delimiter_line_ends_programs_where_it_says() {
    check(
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END; //\nSELECT 1; SELECT 2 //\nDELIMITER ;\nSELECT 3; SELECT 4",
        Mysql,
        &["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"],
    );
    check(
        "DELIMITER $$\nCREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END$$\nDELIMITER ;",
        Mysql,
        &["CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END"],
    );
    check(
        "DELIMITER $$\nCREATE PROCEDURE p AS a INT; BEGIN SELECT 1; END $$\nDELIMITER ;\nSELECT 1;",
        Mysql,
        &["CREATE PROCEDURE p AS a INT; BEGIN SELECT 1; END", "SELECT 1"],
    );
}

#[test]
fn versioned_comments_belong_to_their_statements() {
    check(
        "/*!40101 SET NAMES utf8 */;\n/*! SELECT 1; SELECT 2 */; /*!40101 */; a /*!99999 b */ ;",
        Mysql,
        &["/*!40101 SET NAMES utf8 */", "/*! SELECT 1; SELECT 2 */", "a /*!99999 b */"],
    );
    check(
        "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW \
         BEGIN SET @a = 1; END */;;\nDELIMITER ;\n",
        Mysql,
        &["/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW \
           BEGIN SET @a = 1; END */"],
    );
    check("/*!40101 SET NAMES utf8 */; a", Postgres, &["a"]);
}
