//! PostgreSQL and MariaDB: the same story on each, and what only a server can show.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};

use diesel::connection::SimpleConnection as _;
use migrate_test::{Database, MysqlConnection, PgConnection, Server};

use crate::project::Project;

/// A revision with this upgrade, after `parent`.
fn revision(id: &str, parent: &str, upgrade: &str) -> String {
    format!(
        "-- {id}\n--\n-- Revision ID: {id}\n-- Revises: {parent}\n\n-- migrate:upgrade\n{upgrade}\n\n-- migrate:downgrade\n"
    )
}

fn on(database: &Database<impl Server>) -> Project {
    Project::line().variable("DATABASE_URL", database.url())
}

fn up_and_down<C: Server>() {
    let Some(database) = Database::<C>::new("cli_up_and_down") else { return };
    let project = on(&database);
    project.ok(&["upgrade"]);
    assert_eq!(project.ok(&["current"]), "a3 (head)\n");
    project.ok(&["downgrade", "-1"]);
    assert_eq!(project.ok(&["current"]), "a2\n");
    project.ok(&["upgrade", "+1"]);
    project.ok(&["check"]);
    project.ok(&["downgrade", "base"]);
    assert_eq!(project.ok(&["current"]), "");
    // What was downgraded is gone: it can be made again.
    project.ok(&["upgrade", "head"]);
    project.ok(&["status", "--exit-code"]);
}

#[test]
fn postgres_goes_up_and_down() {
    up_and_down::<PgConnection>();
}

#[test]
fn mysql_goes_up_and_down() {
    up_and_down::<MysqlConnection>();
}

#[test]
fn a_mysql_session_keeps_what_it_begins_with() {
    let Some(database) = Database::<MysqlConnection>::new("cli_init_command") else { return };
    // The table that is referred to comes in the next revision.
    let project = Project::empty()
        .file(
            "migrations/a1.sql",
            &revision("a1", "", "CREATE TABLE a (b INT, FOREIGN KEY (b) REFERENCES b (id));"),
        )
        .file("migrations/b2.sql", &revision("b2", "a1", "CREATE TABLE b (id INT PRIMARY KEY);"));
    let url = format!("{}?init_command=SET%20foreign_key_checks=0", database.url());
    project.ok(&["upgrade", "--url", &url]);
}

fn the_real_history<C: Server>() {
    let Some(database) = Database::<C>::new("cli_real_history") else { return };
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    let project = Project::empty().variable("DATABASE_URL", database.url());
    project.ok(&["upgrade", "--dir", migrations]);
    project.ok(&["current", "--check-heads", "--dir", migrations]);
}

#[test]
fn postgres_takes_the_real_history() {
    the_real_history::<PgConnection>();
}

#[test]
fn mysql_takes_the_real_history() {
    the_real_history::<MysqlConnection>();
}

fn failing_statement<C: Server>() -> Option<String> {
    let database = Database::<C>::new("cli_failing_statement")?;
    let project =
        on(&database).file("migrations/a4.sql", &revision("a4", "a3", "INSERT INTO missing VALUES (1);"));
    let shown = project.run(&["upgrade"]);
    assert!(shown.starts_with("exit 4\n"), "{shown}");
    assert!(shown.contains(" --> migrations/a4.sql:7:"), "{shown}");
    assert!(shown.contains("INSERT INTO missing VALUES (1);"), "{shown}");
    assert_eq!(
        project.ok(&["current"]).lines().count(),
        usize::from(!shown.contains("the run was rolled back"))
    );
    Some(shown)
}

#[test]
fn postgres_says_what_failed() {
    if let Some(shown) = failing_statement::<PgConnection>() {
        assert!(shown.contains("relation \"missing\" does not exist"), "{shown}");
    }
}

#[test]
fn mysql_says_what_failed() {
    if let Some(shown) = failing_statement::<MysqlConnection>() {
        assert!(shown.contains("doesn't exist"), "{shown}");
    }
}

#[test]
fn what_will_not_pass_by_itself_is_not_waited_for() {
    if let Some(database) = Database::<PgConnection>::new("cli_refused") {
        let missing = database.url().replace("/mt_", "/missing_mt_");
        let shown = Project::line().run(&["upgrade", "--wait", "1h", "--url", &missing]);
        assert!(shown.starts_with("exit 2\n--- stderr\nerror[refused]"), "{shown}");
        assert!(shown.contains("does not exist (SQLSTATE 3D000)"), "{shown}");
    }
    if let Some(database) = Database::<MysqlConnection>::new("cli_refused") {
        let wrong = database.url().replacen("://", "://nobody:secret@", 1);
        let (start, host) = wrong.rsplit_once('@').expect("a host");
        let wrong = format!("{}@{host}", start.split('@').next().expect("a user"));
        let shown = Project::line().run(&["upgrade", "--wait", "1h", "--url", &wrong]);
        assert!(shown.starts_with("exit 2\n--- stderr\nerror[refused]"), "{shown}");
        assert!(shown.contains("Access denied") && !shown.contains("secret"), "{shown}");
    }
}

/// The URL with another setting.
fn with(url: &str, setting: &str) -> String {
    format!("{url}{}{setting}", if url.contains('?') { '&' } else { '?' })
}

#[test]
fn postgres_over_tls() {
    let Some(database) = Database::<PgConnection>::new("cli_tls") else { return };
    let encrypted = |wanted: bool| {
        let not = if wanted { "NOT" } else { "" };
        format!(
            "DO $$ BEGIN IF {not} (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) THEN \
             RAISE EXCEPTION 'ssl is not as wanted'; END IF; END $$;"
        )
    };
    let project = Project::empty()
        .file("migrations/a1.sql", &revision("a1", "<base>", &encrypted(true)))
        .file("migrations/a2.sql", &revision("a2", "a1", &encrypted(false)));
    let plain = with(database.url(), "sslmode=disable");
    let required = with(database.url(), "sslmode=require");
    let shown = project.run(&["upgrade", "a1", "--url", &required]);
    if shown.contains("server does not support TLS") {
        let _ = writeln!(std::io::stderr(), "skipped: postgres_over_tls: the server has no TLS");
        assert!(shown.starts_with("exit 2\n"), "{shown}");
        return;
    }
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    project.ok(&["upgrade", "a2", "--url", &plain]);
    project.ok(&["downgrade", "base", "--url", &plain]);
    // By default TLS is used where it is there.
    project.ok(&["upgrade", "a1", "--url", database.url()]);

    // A certificate that nobody vouches for is refused once it is to be checked.
    let stranger = project.path().join("stranger.pem");
    std::fs::write(&stranger, STRANGER).expect("a file");
    for mode in ["verify-ca", "verify-full", "require"] {
        let url = with(database.url(), &format!("sslmode={mode}&sslrootcert={}", stranger.display()));
        let shown = project.run(&["current", "--url", &url]);
        assert!(shown.starts_with("exit 2\n--- stderr\nerror[refused]"), "{mode}: {shown}");
        assert!(shown.contains("TLS: invalid peer certificate"), "{mode}: {shown}");
    }
}

#[test]
fn postgres_notices_are_shown() {
    let Some(database) = Database::<PgConnection>::new("cli_notices") else { return };
    let notice = "DO $$ BEGIN RAISE NOTICE 'seven rows'; RAISE WARNING 'careful'; END $$;";
    let project = Project::empty()
        .file("migrations/a1.sql", &revision("a1", "<base>", notice))
        .variable("DATABASE_URL", database.url());
    let shown = project.run(&["upgrade"]);
    assert!(
        shown.contains("      Notice seven rows\n") && shown.contains("     Warning careful\n"),
        "{shown}"
    );
    project.ok(&["downgrade", "base"]);
    assert!(
        project
            .ok(&["upgrade", "--json"])
            .contains(r#"{"type":"notice","revision":null,"message":"seven rows"}"#)
    );
}

#[test]
fn a_database_that_comes_up_is_waited_for() {
    let Some(database) = Database::<PgConnection>::new("cli_wait") else { return };
    let Some(server) = tcp_address(database.url()) else { return };
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let url = database.url().replace(&server, &format!("127.0.0.1:{port}"));
    let project = Project::line();
    let (mut child, mut stderr) = start(&project, &["upgrade", "--wait", "60s", "--url", &url]);
    read_until(&mut stderr, "Waiting");
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    std::thread::spawn(move || listener.incoming().flatten().for_each(|client| forward(client, &server)));
    assert!(child.wait().expect("it ends").success());
    assert_eq!(project.ok(&["current", "--url", database.url()]), "a3 (head)\n");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    // It accepts, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://app:secret@127.0.0.1:{port}/shop?connect_timeout=1");
        let shown = Project::line().run(&["upgrade", "--url", &url]);
        assert!(shown.starts_with("exit 6\n--- stderr\nerror[unreachable]"), "{shown}");
        assert!(shown.contains("no answer within 1.0s") && !shown.contains("secret"), "{shown}");
    }
}

/// `host:port` of a URL that has both.
fn tcp_address(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?']).next()?.rsplit('@').next()?;
    host.contains(':').then(|| host.to_owned())
}

fn forward(client: TcpStream, server: &str) {
    let server = TcpStream::connect(server).expect("the server is there");
    for (mut from, mut to) in
        [(client.try_clone().expect("a handle"), server.try_clone().expect("a handle")), (server, client)]
    {
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

fn start(project: &Project, args: &[&str]) -> (Child, BufReader<ChildStderr>) {
    let mut child =
        project.command(args).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
    let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    (child, stderr)
}

/// Reads up to the first line with this text.
fn read_until(stderr: &mut BufReader<ChildStderr>, text: &str) {
    let mut seen = String::new();
    while stderr.read_line(&mut seen).expect("UTF-8") > 0 {
        if seen.contains(text) {
            return;
        }
    }
    panic!("no `{text}` in:\n{seen}");
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill is there");
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn waiting_ends_at_a_signal() {
    let project = Project::line();
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let (mut child, mut stderr) =
            start(&project, &["upgrade", "--wait", "1h", "--url", "postgres://app@127.0.0.1:1/shop"]);
        read_until(&mut stderr, "Waiting");
        signal(&child, name);
        assert_eq!(child.wait().expect("it ends").code(), Some(code));
    }
}

#[cfg(unix)]
#[test]
fn a_run_stops_between_two_statements() {
    let Some(database) = Database::<PgConnection>::new("cli_interrupt") else { return };
    let project = Project::line()
        .file("migrations/a2_posts.sql", &revision("a2", "a1", "SELECT pg_advisory_lock(4711);"))
        .variable("DATABASE_URL", database.url())
        .variable("MIGRATE_TRANSACTION", "revision");
    let mut holder = database.connect();
    holder.batch_execute("SELECT pg_advisory_lock(4711)").expect("the lock is free");
    let (mut child, mut stderr) = start(&project, &["upgrade", "-vv"]);
    read_until(&mut stderr, "pg_advisory_lock");
    signal(&child, "-INT");
    read_until(&mut stderr, "stopping after this statement");
    holder.batch_execute("SELECT pg_advisory_unlock(4711)").expect("it is held");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("UTF-8");
    assert!(rest.contains("error[interrupted]"), "{rest}");
    // Everything that was recorded was run, and the rest can be run now.
    assert_ne!(project.ok(&["current"]), "a3 (head)\n");
    project.ok(&["upgrade"]);
    assert_eq!(project.ok(&["current"]), "a3 (head)\n");
}

/// A self-signed certificate whose key nobody has.
const STRANGER: &str = include_str!("stranger.pem");
