//! Wrong input of many kinds: a clear error, the right exit code, and the database untouched.

use snapbox::{assert_data_eq, file};

use crate::project::Project;

/// One kind of wrong input.
struct Case {
    what: &'static str,
    project: Project,
    args: &'static str,
}

fn case(what: &'static str, project: Project, args: &'static str) -> Case {
    Case { what, project, args }
}

fn broken(text: &str) -> Project {
    Project::line().file("migrations/a4_bad.sql", text)
}

/// A revision `a4` after `a3` with this upgrade.
fn upgrade(sql: &str) -> Project {
    broken(&format!(
        "-- bad\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade\n{sql}\n\n-- migrate:downgrade\n"
    ))
}

fn cases() -> Vec<Case> {
    let config = |text: &str| Project::line().file("migrate.toml", text);
    let url = |url: &str| Project::line().variable("DATABASE_URL", url);
    vec![
        case("unknown command", Project::line(), "upgarde"),
        case("unknown flag", Project::line(), "upgrade --forse"),
        case("missing argument", Project::line(), "downgrade"),
        case("unknown dialect", Project::line(), "heads --dialect oracle"),
        case("wrong duration", Project::line(), "upgrade --wait soon"),
        case("resolve without an answer", Project::line(), "resolve a1"),
        case("resolve with both answers", Project::line(), "resolve a1 --applied --not-applied"),
        case("unknown shell", Project::line(), "completions tcsh"),
        case("unknown manual page", Project::line(), "man upgrad"),
        case("no migration directory", Project::empty(), "heads"),
        case("a directory that is not there", Project::line(), "heads --dir nowhere"),
        case("a directory that is a file", Project::line().file("x", ""), "heads --dir x"),
        case("no database", Project::empty().revision("a1", "<base>", "users"), "upgrade"),
        case("dialect against URL", Project::line(), "upgrade --dialect postgres"),
        case("unknown key", config("version_tabel = \"x\"\n"), "heads"),
        case(
            "several unknown keys",
            config("dirs = \"x\"\ncolour = true\n[databases.a]\nlok = \"none\"\n"),
            "heads",
        ),
        case("wrong value", config("lock = \"yes\"\n"), "heads"),
        case("wrong type", config("lock_timeout = 1.5\n"), "heads"),
        case("not TOML", config("dir = \"x\nurl\n"), "heads"),
        case("databases is no table", config("databases = \"x\"\n"), "heads"),
        case("configuration that is not there", Project::line(), "heads --config nowhere.toml"),
        case(
            "Cargo.toml without section",
            Project::line().file("Cargo.toml", "[package]\n"),
            "heads --config Cargo.toml",
        ),
        case("a list of folders that is empty", config("dir = []\n"), "heads"),
        case("a folder named twice", config("dir = [\"migrations\", \"./migrations\"]\n"), "heads"),
        case(
            "a folder in another",
            Project::line().file("migrations/sub/x", ""),
            "heads --dir migrations/sub --dir migrations",
        ),
        case("one of two folders is not there", Project::line(), "heads --dir migrations --dir nowhere"),
        case(
            "unknown token in a file name",
            config("file_template = \"{revison}_{slug}\"\n"),
            "revision -m x",
        ),
        case(
            "Alembic's token in a file name",
            config("file_template = \"%(year)d_%%(rev)s\"\n"),
            "revision -m x",
        ),
        case("a file name outside the directory", config("file_template = \"../{rev}\"\n"), "revision -m x"),
        case("a hidden file name", config("file_template = \".{rev}\"\n"), "revision -m x"),
        case("a slug without length", config("truncate_slug_length = 0\n"), "revision -m x"),
        case("hooks that are one list", config("post_write_hooks = [\"git\", \"add\"]\n"), "revision -m x"),
        case("a hook without a program", config("post_write_hooks = [[]]\n"), "revision -m x"),
        case(
            "hooks in the environment",
            Project::line().variable("MIGRATE_POST_WRITE_HOOKS", "git add"),
            "revision -m x",
        ),
        case("unknown template", Project::line(), "revision -m x --template defalt"),
        case("unknown template in the configuration", config("template = \"a/b\"\n"), "revision -m x"),
        case(
            "unknown placeholder",
            Project::line()
                .file("migrations/.templates/default.sql", "-- {message}\n-- Revises: ${down_revision}\n"),
            "revision -m x",
        ),
        case(
            "a template that is not UTF-8",
            Project::line().bytes("migrations/.templates/x.sql", b"-- \xFF\n"),
            "revision -m x --template x",
        ),
        case(
            "a folder of diesel's for a new file",
            Project::line()
                .file("migrations/2024_x/up.sql", "")
                .file("migrations/2024_x/down.sql", "-- none\n"),
            "revision -m x --head a3 --version-path 2024_x",
        ),
        case(
            "a file that exists",
            Project::line().file("migrations/b1_x.sql/y", ""),
            "revision -m x --rev-id b1",
        ),
        case("no editor", Project::line(), "edit"),
        case(
            "an editor that is not there",
            Project::line().variable("EDITOR", "no-such-editor -w"),
            "edit a1",
        ),
        case("unknown project template", Project::line(), "init --template pyproject"),
        case("unknown database name", config("[databases.reports]\n"), "current --name report"),
        case("database name without configuration", Project::line(), "current --name reports"),
        case("wrong variable", Project::line().variable("MIGRATE_LOCK", "maybe"), "heads"),
        case("wrong .env", Project::line().file(".env", "PASSWORD=secret\nnot a setting secret\n"), "heads"),
        case("secret file that is not there", url("").variable("DATABASE_URL_FILE", "/nowhere"), "current"),
        case("empty URL", Project::line(), "current --url="),
        case("unknown scheme", url("postgress://app:secret@db/shop"), "upgrade"),
        case("slash in the password", url("postgres://app:sec/ret@db/shop"), "upgrade"),
        case("unknown URL setting", url("postgres://app:secret@db/shop?sslmod=require"), "upgrade"),
        case("wrong TLS mode", url("postgres://app:secret@db/shop?sslmode=always"), "upgrade"),
        case("nobody listens", url("postgres://app:secret@127.0.0.1:1/shop"), "upgrade"),
        case("nobody listens on MySQL", url("mysql://app:secret@127.0.0.1:1/shop"), "upgrade"),
        case("nobody listens in time", url("postgres://app:secret@127.0.0.1:1/shop"), "upgrade --wait 120ms"),
        case("no such socket", url("mysql://root@localhost/x?socket=/nowhere.sock"), "upgrade"),
        case(
            "root certificates that are not there",
            url("postgres://db/x?sslmode=verify-full&sslrootcert=/nowhere.pem"),
            "upgrade",
        ),
        case("folder of the database that is not there", url("sqlite:nowhere/app.db"), "upgrade"),
        case("a database that is a folder", url("sqlite:migrations"), "upgrade"),
        case(
            "a database that is no database",
            Project::line().file("app.db", &"no database ".repeat(100)),
            "upgrade",
        ),
        case("unknown revision", Project::line(), "upgrade b1"),
        case("misspelt target", Project::line(), "upgrade haed"),
        case("nothing in the target", Project::line(), "upgrade @head"),
        case("range as a target", Project::line(), "upgrade a1:a3"),
        case("text after steps", Project::line(), "upgrade +1x"),
        case("too many steps", Project::line(), "upgrade +9"),
        case("steps down to upgrade", Project::line(), "upgrade -1"),
        case("steps up to downgrade", Project::line(), "downgrade +1"),
        case("downgrade to what is not applied", Project::line(), "downgrade a2"),
        case("no range", Project::line(), "history -r a1"),
        case("range the wrong way round", Project::line(), "history -r a3:a1"),
        case("unknown branch", Project::line(), "upgrade blog@head"),
        case("unknown branch before steps", Project::branched(), "upgrade blgo@+1"),
        case("not on the branch", Project::branched(), "upgrade blog@c1"),
        case("ambiguous beginning", Project::branched(), "upgrade b"),
        case("range with two colons", Project::line(), "history -r a1:a2:a3"),
        case("empty branch", Project::line(), "upgrade blog@"),
        case("several heads", Project::branched(), "upgrade head"),
        case("several heads to go down to", Project::branched(), "downgrade blog@head"),
        case(
            "missing parent",
            broken(
                "-- x\n--\n-- Revision ID: a4\n-- Revises: a9\n\n-- migrate:upgrade\n-- migrate:downgrade\n",
            ),
            "upgrade",
        ),
        case(
            "duplicate id",
            broken(
                "-- x\n--\n-- Revision ID: a1\n-- Revises: a3\n\n-- migrate:upgrade\n-- migrate:downgrade\n",
            ),
            "upgrade",
        ),
        case("cycle", Project::line().revision("b1", "b2", "x").revision("b2", "b1", "y"), "upgrade"),
        case(
            "unknown header key",
            broken(
                "-- x\n--\n-- Revision ID: a4\n-- Revise: a3\n\n-- migrate:upgrade\n-- migrate:downgrade\n",
            ),
            "upgrade",
        ),
        case("no header", broken("CREATE TABLE x (id INTEGER);\n"), "upgrade"),
        case(
            "no downgrade",
            broken("-- x\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade\nSELECT 1;\n"),
            "upgrade",
        ),
        case("unterminated string", upgrade("INSERT INTO users VALUES ('x);"), "upgrade"),
        case("transaction statement", upgrade("BEGIN;\nSELECT 1;\nCOMMIT;"), "upgrade"),
        case("UTF-16", Project::line().bytes("migrations/a4.sql", b"\xFF\xFE-\0-\0"), "upgrade"),
        case("NUL", upgrade("SELECT '\0';"), "upgrade"),
        case("two head revisions where one is wanted", Project::branched(), "check"),
        case(
            "irreversible",
            broken(
                "-- x\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade\nSELECT 1;\n\n-- migrate:irreversible the data is gone\n",
            ),
            "downgrade -1",
        ),
        case("lease is not there yet", config("lock = \"lease\"\n"), "upgrade"),
    ]
}

#[test]
fn every_kind_is_a_clear_error() {
    let mut all = String::new();
    for Case { what, project, args } in cases() {
        let words: Vec<&str> = args.split_whitespace().collect();
        let irreversible = what == "irreversible";
        if irreversible {
            project.ok(&["upgrade"]);
        }
        let shown = project.run(&words);
        assert!(!shown.starts_with("exit 0\n"), "{what}: {shown}");
        assert!(!shown.contains("secret"), "{what}: {shown}");
        assert!(!shown.contains("panicked"), "{what}: {shown}");
        let untouched = irreversible
            || what.starts_with("a database that is no")
            || !project.path().join("app.db").exists();
        assert!(untouched || no_tables(&project), "{what}: the database is untouched");
        all.push_str(&format!("# {what}\n$ migrate {args}\n{shown}\n"));
    }
    assert_data_eq!(all, file!["refused.txt"]);
}

/// Whether nothing was made in the database that a target which fails late has connected to.
fn no_tables(project: &Project) -> bool {
    project.ok(&["current"]).is_empty()
}
