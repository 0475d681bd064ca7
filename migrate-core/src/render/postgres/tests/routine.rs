//! Functions and procedures, and what is declared of them.

use super::{check, made, ways};

/// A function with something declared besides.
fn function(declared: &str) -> String {
    format!("CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql {declared} AS 'SELECT 1';")
}

#[test]
fn what_is_declared_is_altered() {
    for (before, after, wanted) in [
        ("", "IMMUTABLE", "IMMUTABLE"),
        ("IMMUTABLE", "VOLATILE", "VOLATILE"),
        ("STABLE STRICT", "STABLE", "CALLED ON NULL INPUT"),
        ("", "RETURNS NULL ON NULL INPUT", "STRICT"),
        (
            "",
            "SECURITY DEFINER SET search_path = public, pg_temp",
            "SECURITY DEFINER SET search_path TO 'public', 'pg_temp'",
        ),
        ("SET search_path = ''", "SET search_path = a, \"B\"", "SET search_path TO 'a', 'B'"),
        (
            "SET search_path TO a SET work_mem = '1MB'",
            "SET work_mem = '2MB'",
            "RESET search_path SET work_mem TO '2MB'",
        ),
        ("LEAKPROOF PARALLEL SAFE", "COST 7", "COST 7 NOT LEAKPROOF PARALLEL UNSAFE"),
        ("COST 5", "", "COST 100"),
        ("", "SUPPORT s.helps", "SUPPORT s.helps"),
        ("SET my.own = 'it''s'", "SET my.own = TRUE", "SET my.own TO 'true'"),
    ] {
        let (up, down, _) = ways(&function(before), &function(after), &[]);
        assert_eq!(up, format!("ALTER FUNCTION f(INTEGER, TEXT) {wanted};\n"), "{before} -> {after}");
        // What helps the planner cannot be taken away by itself.
        let back =
            if after.contains("SUPPORT") { "CREATE OR REPLACE FUNCTION f(" } else { "ALTER FUNCTION f(" };
        assert!(down.starts_with(back), "{down}");
    }
}

#[test]
fn what_is_the_default_is_nothing_to_change() {
    for (before, after) in [
        ("", "VOLATILE CALLED ON NULL INPUT SECURITY INVOKER NOT LEAKPROOF PARALLEL UNSAFE COST 100"),
        ("EXTERNAL SECURITY DEFINER", "SECURITY DEFINER"),
        ("SET search_path = a,b", "SET search_path TO 'a', \"b\""),
        ("SET DateStyle = iso, mdy", "SET datestyle TO 'iso, mdy'"),
        // What it is depends on who makes it.
        ("SET search_path FROM CURRENT", "IMMUTABLE"),
    ] {
        check(&function(before), &function(after), "");
    }
}

#[test]
fn what_was_declared_later_is_not_forgotten() {
    let altered = format!(
        "{} ALTER FUNCTION f(int, text) SECURITY DEFINER STABLE; ALTER FUNCTION f VOLATILE;",
        function("COST 5")
    );
    let text = function("COST 5");
    let wanted = format!("{text}\nALTER FUNCTION f(INTEGER, TEXT) SECURITY DEFINER;");
    check("", &altered, &wanted);
    let (_, down, _) = ways(&altered, "", &[]);
    assert_eq!(down.trim_end(), wanted);
    // Another body brings what its statement says, and the rest has to be said again.
    let other = altered.replace("SELECT 1", "SELECT 2");
    let (up, _, _) = ways(&altered, &other, &[]);
    assert!(up.starts_with("CREATE OR REPLACE FUNCTION f(") && up.contains("ALTER FUNCTION f("), "{up}");
}

#[test]
fn what_goes_in_and_out_is_compared() {
    let taking = |given: &str, returned: &str| {
        format!("CREATE FUNCTION f({given}) {returned} LANGUAGE sql AS 'SELECT 1, 2';")
    };
    for (before, after, is_replaced) in [
        (("a int, b int DEFAULT 1", "RETURNS int"), ("a int, b int DEFAULT 2", "RETURNS int"), true),
        (("a int, b int", "RETURNS int"), ("a int, b int DEFAULT 2", "RETURNS int"), true),
        (("a int, b int DEFAULT 2", "RETURNS int"), ("a int, b int", "RETURNS int"), false),
        (("a int", "RETURNS int"), ("b int", "RETURNS int"), false),
        (("a int", "RETURNS int"), ("a int", "RETURNS SETOF int"), false),
        (("a int", "RETURNS TABLE (x int, y int)"), ("a int", "RETURNS TABLE (x int, z int)"), false),
        (("a int, OUT b int, OUT c int", ""), ("a int, OUT b int, OUT c bigint", ""), false),
    ] {
        let (before, after) = (taking(before.0, before.1), taking(after.0, after.1));
        let (up, _, _) = ways(&before, &after, &[]);
        let start = if is_replaced { "CREATE OR REPLACE FUNCTION f(" } else { "DROP FUNCTION f(" };
        assert!(up.starts_with(start), "{before} -> {after}: {up}");
    }
}

#[test]
fn a_body_that_is_no_text_is_compared_as_it_is_written() {
    let (one, other) = (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 2;",
    );
    check(one, other, "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 2;");
    check(one, "CREATE FUNCTION f() RETURNS int LANGUAGE sql  RETURN  1;", "");
}

#[test]
fn a_function_of_an_enum_that_is_made_anew_may_change_with_it() {
    let with = |labels: &str, body: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({labels});
             CREATE FUNCTION f(a mood) RETURNS int LANGUAGE sql STABLE AS 'SELECT {body}';"
        )
    };
    let (up, _, _) = ways(&with("'a', 'b'", "1"), &with("'a'", "2"), &[]);
    let place = |part: &str| up.find(part).unwrap_or_else(|| panic!("no {part}: {up}"));
    assert!(place("DROP FUNCTION f(mood)") < place("DROP TYPE mood_old"), "{up}");
    assert!(place("DROP TYPE mood_old") < place("CREATE FUNCTION f("), "{up}");
}

#[test]
fn procedures_and_settings_of_all_kinds() {
    let procedure =
        |declared: &str| format!("CREATE PROCEDURE p() LANGUAGE plpgsql {declared} AS 'BEGIN END';");
    check(&procedure(""), &procedure("SECURITY DEFINER"), "ALTER PROCEDURE p() SECURITY DEFINER;");
    let reset =
        format!("{} ALTER PROCEDURE p() RESET ALL;", procedure("SET work_mem = '1MB' SET search_path = a"));
    let schema = made(&reset);
    assert!(!schema.to_string().contains("work_mem"), "{schema}");
}
