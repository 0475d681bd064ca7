use super::*;

fn shown(text: &str) -> String {
    match Database::parse(text) {
        Ok(database) => database.to_string(),
        Err(error) => format!("error: {}", error.message),
    }
}

fn server(text: &str) -> Server {
    match Database::parse(text) {
        Ok(Database::Postgres(server) | Database::Mysql(server)) => server,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_form_is_understood() {
    let cases = [
        ("postgres://app:secret@localhost:5432/shop", "postgres://app:***@localhost:5432/shop"),
        ("postgresql://localhost/shop", "postgres://localhost/shop"),
        ("POSTGRES://localhost/shop", "postgres://localhost/shop"),
        ("  postgres://localhost/shop\n", "postgres://localhost/shop"),
        ("postgresql+asyncpg://app:s@db/shop", "postgres://app:***@db/shop"),
        ("postgresql+psycopg2://app@db/shop", "postgres://app@db/shop"),
        ("jdbc:postgresql://db:5432/shop?user=app&password=s", "postgres://app:***@db:5432/shop"),
        ("postgres://a,b:6000/shop", "postgres://a,b:6000/shop"),
        ("postgres://[::1]:5433/shop", "postgres://[::1]:5433/shop"),
        ("postgres:///shop?host=/var/run/postgresql", "postgres:///var/run/postgresql/shop"),
        ("postgres://%2Fvar%2Frun%2Fpostgresql/shop", "postgres:///var/run/postgresql/shop"),
        ("postgres://a%40b:p%40ss@db/shop%20x", "postgres://a@b:***@db/shop x"),
        ("postgres://app:p@ss@db/shop", "postgres://app:***@db/shop"),
        ("postgres://", "postgres://"),
        ("postgres://db/shop?port=6432", "postgres://db:6432/shop"),
        (
            "host=db port=5433 dbname='my shop' user=app password='it\\'s'",
            "postgres://app:***@db:5433/my shop",
        ),
        ("mysql://root@localhost/shop", "mysql://root@localhost/shop"),
        ("mysql+pymysql://app:s@db:3307/shop?charset=utf8mb4", "mysql://app:***@db:3307/shop"),
        ("mariadb://db/shop", "mysql://db/shop"),
        ("mariadb+mariadbconnector://db/shop", "mysql://db/shop"),
        (
            "mysql://root@localhost/shop?socket=/run/mysqld/mysqld.sock",
            "mysql://root@/run/mysqld/mysqld.sock/shop",
        ),
        ("sqlite:app.db", "sqlite:app.db"),
        ("sqlite:/srv/app.db", "sqlite:/srv/app.db"),
        ("sqlite://app.db", "sqlite:app.db"),
        ("sqlite:///data/app.db", "sqlite:data/app.db"),
        ("sqlite:////data/app.db", "sqlite:/data/app.db"),
        ("sqlite+aiosqlite:///app.db", "sqlite:app.db"),
        ("sqlite:my%20app.db?mode=rwc", "sqlite:my app.db"),
        ("sqlite://", "sqlite::memory:"),
        ("sqlite::memory:", "sqlite::memory:"),
        ("sqlite:///:memory:", "sqlite::memory:"),
        (":memory:", "sqlite::memory:"),
        ("app.db", "sqlite:app.db"),
        ("./data/app.db", "sqlite:./data/app.db"),
        ("/srv/app%20.db", "sqlite:/srv/app%20.db"),
        ("C:\\data\\app.db", "sqlite:C:\\data\\app.db"),
        ("file:app.db?mode=ro", "sqlite:file:app.db?mode=ro"),
        ("sqlite:file:app.db?mode=ro", "sqlite:file:app.db?mode=ro"),
        ("sqlite:///file:app.db?mode=ro&uri=true", "sqlite:file:app.db?mode=ro&uri=true"),
        ("v1.2:copy.db", "sqlite:v1.2:copy.db"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_without_the_password() {
    let cases = [
        ("", "the database URL is empty"),
        ("postgress://app:secret@db/shop", "`postgress:` is not a kind of database that migrate knows"),
        ("sqllite:secret.db", "`sqllite:` is not a kind of database that migrate knows"),
        ("oracle://app:secret@db/shop", "`oracle:` is not a kind of database that migrate knows"),
        ("postgres:secret", "the database URL has no `//` after its scheme"),
        (
            "postgres://app:secr/et@db/shop",
            "the port in the database URL is not a number between 1 and 65535",
        ),
        (
            "postgres://app:secr?et@db/shop",
            "the port in the database URL is not a number between 1 and 65535",
        ),
        ("postgres://db:0/shop", "the port in the database URL is not a number between 1 and 65535"),
        ("postgres://db:70000/shop", "the port in the database URL is not a number between 1 and 65535"),
        ("postgres://[::1/shop", "the host in the database URL has a `[` without its `]`"),
        (
            "postgres://app:secret@d b/shop",
            "the host in the database URL has a character that hosts do not have",
        ),
        (
            "postgres://app:%FFsecret@db/shop",
            "the password in the database URL is not UTF-8 once its `%` are decoded",
        ),
        ("postgres://app:%00secret@db/shop", "the password in the database URL contains a NUL character"),
        ("postgres://db/shop?sslmode=secret", "`sslmode` in the database URL has an unknown value"),
        ("postgres://db/shop?sslmod=require", "the database URL has an unknown setting, `sslmod`"),
        (
            "postgres://db/shop?connect_timeout=soon",
            "`connect_timeout` is not a number of seconds in the database URL",
        ),
        (
            "postgres://db/shop?target_session_attrs=read-only",
            "migrations need `target_session_attrs=any` or `read-write`",
        ),
        ("host=db password='secret", "a quote in the connection string is not closed"),
        ("host=db secret", "a setting of the connection string has no `=`"),
        ("sqlite:", "the database URL names no file"),
        ("sqlite:app.db?mode=secret", "`mode` is not `ro`, `rw`, `rwc` or `memory` in the database URL"),
    ];
    for (text, expected) in cases {
        let error = Database::parse(text).expect_err(text);
        assert_eq!(error.message, expected, "{text}");
        assert!(!format!("{error:?}").contains("secr"), "{error:?}");
    }
}

#[test]
fn passwords_are_kept_and_not_shown() {
    let database = Database::parse("postgres://app:p%40ss@db/shop").unwrap();
    let Database::Postgres(server) = &database else { panic!() };
    assert_eq!(server.password.as_ref().unwrap().reveal(), "p@ss");
    assert!(!format!("{database:?} {database}").contains("p@ss"));
}

#[test]
fn settings_of_drivers_are_dropped_and_those_of_tls_are_not() {
    let server = server(
        "postgresql://db/shop?prepared_statements=false&pgbouncer=true&sslmode=verify-full&sslrootcert=ca.pem",
    );
    assert_eq!(server.dropped, ["prepared_statements", "pgbouncer"]);
    assert_eq!(server.tls, Some(Tls::VerifyFull));
    assert_eq!(server.root_certificates, Some(RootCertificates::File("ca.pem".into())));
}

#[test]
fn a_mysql_session_can_begin_with_a_statement() {
    let with = server("mysql://db/shop?init_command=SET%20foreign_key_checks=0");
    assert_eq!(with.init_command.as_deref(), Some("SET foreign_key_checks=0"));
    assert_eq!(server("mysql://db/shop").init_command, None);
    assert!(shown("postgres://db/shop?init_command=x").contains("unknown setting"));
}

#[test]
fn tls_words_of_all_clients() {
    let tls = |text: &str| server(text).tls.unwrap();
    assert_eq!(tls("postgres://db/x?sslmode=disable"), Tls::Disable);
    assert_eq!(tls("postgres://db/x?sslmode=allow"), Tls::Prefer);
    assert_eq!(tls("postgresql+asyncpg://db/x?ssl=require"), Tls::Require);
    assert_eq!(tls("mysql://db/x?ssl-mode=VERIFY_IDENTITY"), Tls::VerifyFull);
    assert_eq!(tls("mysql://db/x?ssl-mode=VERIFY_CA"), Tls::VerifyCa);
}

#[test]
fn three_slashes_are_remembered() {
    let three = |text: &str| {
        matches!(Database::parse(text), Ok(Database::Sqlite(Sqlite { three_slashes: true, .. })))
    };
    assert!(three("sqlite:///data/app.db"));
    assert!(!three("sqlite:////data/app.db"));
    assert!(!three("sqlite:data/app.db"));
}
