//! The databases' own clients: psql, mysql and sqlite3, which run what `--sql` prints.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use migrate_test::{Database, Server};

/// The client of a database, or `None`, said on stderr, if it is not installed.
///
/// # Panics
///
/// - It is not installed and `MIGRATE_TEST_REQUIRE` names its database (`postgres`, `mysql`), or it (`sqlite3`).
pub(crate) fn is_there<C: Server>(test: &str) -> bool {
    let (program, word) = match C::NAME {
        "postgres" => ("psql", "postgres"),
        "mysql" => ("mysql", "mysql"),
        _ => ("sqlite3", "sqlite3"),
    };
    if Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var("MIGRATE_TEST_REQUIRE").unwrap_or_default();
    let required = required.split(',').any(|name| name.trim() == word);
    assert!(!required, "MIGRATE_TEST_REQUIRE asks for {word}, and {program} is not installed");
    // Not by `eprintln!`, which the test harness keeps to itself when the test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {test} on {}: {program} is not installed", C::NAME);
    false
}

/// Runs a script as its head says.
pub(crate) fn run<C: Server>(database: &Database<C>, script: &str) -> Output {
    let url = database.url();
    let mut command = match C::NAME {
        "postgres" => {
            let mut psql = Command::new("psql");
            psql.args(["-X", "-q", "-f", "-", url]);
            psql
        }
        "mysql" => mysql(url),
        _ => {
            let mut sqlite3 = Command::new("sqlite3");
            sqlite3.args(["-init", "/dev/null", url]);
            sqlite3
        }
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the client starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let script = script.to_owned();
    // A client that stops at an error reads no more, and one that says much wants to be read.
    let writer = std::thread::spawn(move || _ = stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().expect("the client ends");
    writer.join().expect("no panic");
    output
}

/// What the client says about a script that has to fail.
pub(crate) fn refused<C: Server>(database: &Database<C>, script: &str) -> String {
    let output = run(database, script);
    assert!(!output.status.success(), "{} took it:\n{script}", C::NAME);
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a script that has to succeed.
pub(crate) fn takes<C: Server>(database: &Database<C>, script: &str) {
    let output = run(database, script);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} refused it: {said}\n{script}", C::NAME);
}

fn mysql(url: &str) -> Command {
    let rest = url.split_once("://").expect("a URL").1;
    let (server, database) =
        rest.split('?').next().and_then(|rest| rest.split_once('/')).expect("a database");
    let (user, address) = server.rsplit_once('@').expect("a user");
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = address.split_once(':').unwrap_or((address, "3306"));
    let mut command = Command::new("mysql");
    command.args([
        "--no-defaults",
        "--comments",
        "--protocol=tcp",
        "-h",
        host,
        "-P",
        port,
        "-u",
        user,
        database,
    ]);
    command.env("MYSQL_PWD", password);
    command
}
