//! What the checks only warn of is a warning of the compiler: in its place, shown again as long as it is so, and gone with it.

use std::fs;

use crate::application::{Application, LIBRARY};

const WARNING: &str = "there is no table `two`";

const ORDERS: &str =
    "CREATE TABLE orders (id INT PRIMARY KEY, two INT, FOREIGN KEY (two) REFERENCES two (id));";

/// An application whose second revision is warned of.
fn application() -> Application {
    let app = Application::new(true);
    let manifest = fs::read_to_string(app.path("app/Cargo.toml")).unwrap();
    app.write("app/Cargo.toml", &manifest.replace(" }\n", ", features = [\"mysql\"] }\n"));
    app.write("app/src/lib.rs", LIBRARY);
    app.write("app/tests/it.rs", "");
    app.write(
        "app/migrations/a1_it.sql",
        &revision("a1", "<base>", "CREATE TABLE one (id INT PRIMARY KEY);", "DROP TABLE one;"),
    );
    app.write("app/migrations/a2_it.sql", &revision("a2", "a1", ORDERS, "DROP TABLE orders;"));
    app
}

fn revision(id: &str, revises: &str, upgrade: &str, downgrade: &str) -> String {
    format!(
        "-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:upgrade\n{upgrade}\n\n-- migrate:downgrade\n{downgrade}\n"
    )
}

/// Whether it builds, and what is said.
fn build(app: &Application, arguments: &[&str]) -> (bool, String) {
    let output = app.cargo(&[&["build"], arguments].concat());
    let stdout = String::from_utf8_lossy(&output.stdout);
    (output.status.success(), format!("{stdout}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_warning_is_the_compilers_and_stays() {
    let app = application();
    let shown = |said: &str| said.matches(WARNING).count();
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && shown(&said) == 1, "{said}");
    assert!(
        said.contains("warning[missing-table]") && said.contains("app/migrations/a2_it.sql:6:80"),
        "{said}"
    );

    // Nothing is built, and cargo shows what it kept.
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && shown(&said) == 1, "{said}");
    let (_, said) = build(&app, &["--message-format=json"]);
    let artifact =
        said.lines().find(|line| line.contains("\"compiler-artifact\"") && line.contains("\"name\":\"app\""));
    assert!(artifact.is_some_and(|line| line.contains("\"fresh\":true")), "{said}");
    let message = said.lines().find(|line| line.contains(WARNING)).expect("the warning");
    for part in [
        r#""reason":"compiler-message""#,
        r#""level":"warning""#,
        r#""code":"migrate::missing-table""#,
        r#""file_name":"app/migrations/a2_it.sql""#,
        r#""line_start":6"#,
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }

    // The verdict about the migrations is the one of the build before.
    app.write("app/src/lib.rs", &format!("{LIBRARY}\npub fn more() {{}}\n"));
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && shown(&said) == 1, "{said}");
    let output = app.cargo(&["clean", "--package", "app"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && shown(&said) == 1, "{said}");

    let allowed = format!(
        "-- migrate:allow missing-table it is made elsewhere
{ORDERS}"
    );
    app.write("app/migrations/a2_it.sql", &revision("a2", "a1", &allowed, "DROP TABLE orders;"));
    assert_eq!(build(&app, &[]), (true, String::new()), "it is allowed");
}

#[test]
fn levels_are_watched() {
    let app = application();
    app.write("migrate.toml", "[checks]\nmissing-table = \"allow\"\n");
    assert_eq!(build(&app, &[]), (true, String::new()));

    app.write("migrate.toml", "[checks]\nmissing-table = \"warn\"\n");
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && said.contains("warning[missing-table]"), "{said}");

    app.write("migrate.toml", "[checks]\nmissing-table = \"deny\"\n");
    let (succeeds, said) = build(&app, &[]);
    assert!(!succeeds && said.contains("error[missing-table]"), "{said}");

    app.write("migrate.toml", "[checks]\nmissing-table = \"deny\"\nfrom = \"a2\"\n");
    assert_eq!(build(&app, &[]), (true, String::new()), "the floor was raised");

    fs::remove_file(app.path("migrate.toml")).unwrap();
    let (succeeds, said) = build(&app, &[]);
    assert!(succeeds && said.contains("warning[missing-table]"), "{said}");
}

#[test]
fn plain_errors_come_without_warnings() {
    let app = application();
    let build = |plain: &str| {
        let output = app.command(&["build"]).env("MIGRATE_PLAIN_ERRORS", plain).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (succeeds, said) = build("0");
    assert!(succeeds && said.contains(WARNING), "{said}");
    // Cargo does not show what it kept from before.
    assert_eq!(build("1"), (true, String::new()));
    let (succeeds, said) = build("0");
    assert!(succeeds && said.contains(WARNING), "{said}");

    app.write(
        "app/migrations/a3_it.sql",
        &revision("a3", "a2", "DROP TABLE three;", "CREATE TABLE three (id INT);"),
    );
    let (succeeds, said) = build("1");
    assert!(!succeeds && said.contains("[missing-table] there is no table `three`"), "{said}");
    assert!(said.contains("app/migrations/a3_it.sql:6:12") && !said.contains(WARNING), "{said}");
}
