use super::*;

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::dialect::Dialect;
    use crate::interpret::Interpreter;
    use crate::replay::{pieces_of, run};

    fn schema(sql: &str) -> Schema {
        let mut interpreter = Interpreter::new(Dialect::Postgres);
        assert!(run(&mut interpreter, &pieces_of(sql, Dialect::Postgres)).is_empty(), "{sql}");
        interpreter.into_schema()
    }

    const BASE: &str = "CREATE SCHEMA audit; CREATE TABLE audit.log (id SERIAL PRIMARY KEY, line TEXT);
        CREATE TABLE spatial (id INT); CREATE TABLE users (id INT PRIMARY KEY, cache TEXT, name TEXT, age INT);
        CREATE INDEX users_cache_idx ON users (cache); CREATE INDEX users_name_trgm ON users (name);
        CREATE INDEX users_age_idx ON users (age); CREATE VIEW adults AS SELECT 1 AS one;";

    /// What changes if the models want nothing but some users, without what does not count.
    fn check(include: &[&str], exclude: &[&str], expected: &[&str]) {
        let own = |patterns: &[&str]| patterns.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let filter = Filter::new(&own(include), &own(exclude)).expect("patterns");
        let base = schema(BASE);
        let wanted = schema(
            "CREATE TABLE users (id INT PRIMARY KEY, name TEXT, mail TEXT); CREATE INDEX users_mail_trgm ON users (mail);",
        );
        let out = filter.apply(&base, &wanted);
        let differences: Vec<String> = base.differences(&out).iter().map(ToString::to_string).collect();
        assert_eq!(differences, expected, "{include:?} {exclude:?}");
        for (id, object) in out.objects().iter() {
            if let ObjectBody::Index { table } = &object.body {
                let table = out.table(&table.id(Space::Relation, Dialect::Postgres));
                let is_there =
                    table.is_some_and(|table| table.indexes.iter().any(|index| index.name == id.name));
                assert!(is_there, "{id:?}");
            }
        }
    }

    #[test]
    fn what_does_not_count_is_as_it_was() {
        let columns = [
            "column mail of table users is new",
            "index users_mail_trgm of table users is new",
            "column age of table users is gone",
            "column cache of table users is gone",
            "index users_age_idx of table users is gone",
            "index users_cache_idx of table users is gone",
            "index users_name_trgm of table users is gone",
        ];
        check(&["users"], &[], &columns);
        check(&["public.u*", "view:nothing"], &[], &columns);
        check(
            &["table:*"],
            &["audit.*", "spatial", "users.cache", "index:*_trgm"],
            &[
                "column mail of table users is new",
                "column age of table users is gone",
                "index users_age_idx of table users is gone",
            ],
        );
        check(&["USERS"], &["public.users.*", "constraint:users.*", "index:*"], &[]);
        check(
            &["audit.*"],
            &[],
            &["schema audit is gone", "table audit.log is gone", "sequence audit.log_id_seq is gone"],
        );
        check(&[], &["users", "spatial", "view:*", "schema:audit", "audit.log"], &[]);
    }
}

#[test]
fn patterns_are_names_with_stars() {
    for (pattern, name, expected) in [
        ("posts", "posts", true),
        ("posts", "Posts", true),
        ("post", "posts", false),
        ("*", "", true),
        ("*_log", "a_log_log", true),
        ("a*b*c", "abxbc", true),
        ("a*b*c", "abxb", false),
        ("?", "é", true),
        ("?", "", false),
    ] {
        assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn patterns_that_cannot_be_are_told() {
    let wrong = |include: &[&str], exclude: &[&str]| {
        let own = |patterns: &[&str]| patterns.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Filter::new(&own(include), &own(exclude)).map_or_else(|error| error.to_string(), |_| String::new())
    };
    assert_eq!(wrong(&[], &["veiw:*"]), "`veiw:*`: `veiw` is no kind of object; the nearest is `view`");
    assert_eq!(wrong(&[], &["a..b"]), "`a..b`: a name is missing");
    assert_eq!(wrong(&[""], &[]), "``: a name is missing");
    assert_eq!(wrong(&[], &["table:a.b.c"]), "`table:a.b.c`: at most 2 names can be joined by dots");
    assert_eq!(wrong(&[], &["a.b.c.d"]), "`a.b.c.d`: at most 3 names can be joined by dots");
    assert!(wrong(&["index:a"], &[]).contains("whole objects"));
    assert_eq!(wrong(&["a", "table:b*"], &["index:a.b.c", "a.b.c"]), "");
}
