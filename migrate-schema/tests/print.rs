//! What is printed is what `diesel print-schema` prints: byte for byte what was recorded of it, see
//! `tests/fixtures/print_schema/record.py`.

mod made;

use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::dialect::Dialect;
use migrate_core::schema::Schema;
use migrate_schema::{Options, PrintSchema, RefusedKind, Server, print, read_print_schemas};

use made::schema;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}

/// MySQL's were recorded from MariaDB.
fn options(dialect: Dialect) -> Options {
    Options::server((dialect == Dialect::Mysql).then_some(Server::Mariadb))
}

/// The text, and why it is not to be had.
fn printed(schema: &Schema, settings: &[PrintSchema], folder: &Path) -> (String, Vec<RefusedKind>) {
    let (mut text, mut refused) = (String::new(), vec![]);
    for settings in settings {
        let printed = print(schema, settings, &options(schema.dialect()));
        refused.extend(printed.refused.into_iter().map(|refused| refused.kind));
        text += &match &settings.patch_file {
            Some(patch) => {
                let patch = fs::read_to_string(folder.join(patch)).unwrap();
                migrate_schema::apply_patch(&printed.text, &patch).unwrap()
            }
            None => printed.text,
        };
    }
    (text, refused)
}

/// Where not all is certain: the keys of the parts of a divided table have names that are not followed.
const UNCERTAIN: [&str; 1] = ["parts"];

/// Compares with what was recorded under this name; what differs.
fn differs(schema: &Schema, config: &str, recorded: &Path) -> Option<String> {
    let (settings, problems) = read_print_schemas(config);
    assert_eq!(problems, [], "{}", recorded.display());
    let (text, mut refused) = printed(schema, &settings, recorded.parent().unwrap());
    let name = recorded.file_name().unwrap().to_string_lossy();
    if UNCERTAIN.contains(&&*name) {
        assert!(!refused.is_empty());
        refused.retain(|kind| !kind.is_uncertain());
    }
    let named = |extension: &str| {
        let mut path = recorded.as_os_str().to_owned();
        path.push(extension);
        PathBuf::from(path)
    };
    match fs::read_to_string(named(".rs")) {
        Ok(expected) if expected == text && refused.is_empty() => None,
        Ok(expected) => {
            let mut lines: Vec<String> = vec![format!("== {name}: {refused:?}")];
            let (ours, theirs): (Vec<_>, Vec<_>) = (text.lines().collect(), expected.lines().collect());
            lines.extend(ours.iter().filter(|line| !theirs.contains(line)).map(|line| format!("+{line}")));
            lines.extend(theirs.iter().filter(|line| !ours.contains(line)).map(|line| format!("-{line}")));
            Some(lines.join("\n"))
        }
        // diesel's command fails there.
        Err(_) => {
            fs::read_to_string(named(".error")).unwrap_or_else(|_| panic!("{name} was not recorded"));
            refused.is_empty().then(|| format!("== {name}: not refused\n{text}"))
        }
    }
}

fn check(dialect: Dialect) {
    let folder = fixtures().join("print_schema").join(dialect.name());
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let with = |extension: &'static str| {
        files.iter().filter(move |file| file.extension().is_some_and(|found| found == extension))
    };
    for sql in with("sql") {
        let schema = schema(dialect, &fs::read_to_string(sql).unwrap());
        let stem = sql.file_stem().unwrap().to_str().unwrap();
        wrong.extend(differs(&schema, "", &folder.join(stem)));
        for config in with("toml") {
            let name = config.file_stem().unwrap().to_str().unwrap();
            if name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.')) {
                wrong.extend(differs(&schema, &fs::read_to_string(config).unwrap(), &folder.join(name)));
            }
        }
    }
    let schemas = fs::read_to_string(fixtures().join(format!("schemas/{}.sql", dialect.name()))).unwrap();
    for (number, sql) in schemas.split("-- next\n").enumerate() {
        wrong.extend(differs(&schema(dialect, sql), "", &folder.join(format!("schemas-{number}"))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn postgres() {
    check(Dialect::Postgres);
}

#[test]
fn mysql() {
    check(Dialect::Mysql);
}

#[test]
fn sqlite() {
    check(Dialect::Sqlite);
}

#[test]
fn types_of_extensions_are_where_their_extension_was_put() {
    let check = |sql: &str, wanted: Result<Option<&str>, ()>| {
        let sql = format!("CREATE SCHEMA ext; {sql}");
        let (settings, _) = read_print_schemas("");
        let (text, refused) = printed(&schema(Dialect::Postgres, &sql), &settings, Path::new("."));
        match wanted {
            Err(()) => assert!(
                matches!(&refused[..], [RefusedKind::UnknownType { column, .. }] if column == "b"),
                "{sql}: {refused:?}"
            ),
            Ok(wanted) => {
                assert_eq!(refused, [], "{sql}");
                let placed = text.lines().find_map(|line| line.split_once(", schema = "));
                assert_eq!(
                    placed.map(|(_, rest)| rest),
                    wanted.map(|name| format!("\"{name}\"))]")).as_deref(),
                    "{text}"
                );
            }
        }
    };
    let table = |of: &str| format!("CREATE TABLE t (a INT PRIMARY KEY, b {of} NOT NULL);");
    check(&format!("CREATE EXTENSION hstore; {}", table("hstore")), Ok(None));
    check(&format!("CREATE EXTENSION hstore SCHEMA ext; {}", table("ext.hstore")), Ok(Some("ext")));
    check(
        &format!(
            "SET search_path = ext, public; CREATE EXTENSION hstore; {}",
            table("hstore").replace(" t ", " public.t ")
        ),
        Ok(Some("ext")),
    );
    check(
        &format!("CREATE EXTENSION hstore; ALTER EXTENSION hstore SET SCHEMA ext; {}", table("ext.hstore")),
        Ok(Some("ext")),
    );
    check(
        &format!(
            "CREATE EXTENSION hstore SCHEMA ext; ALTER SCHEMA ext RENAME TO other; {}",
            table("other.hstore")
        ),
        Ok(Some("other")),
    );
    // What it brings nobody knows, but there is no other.
    check(&format!("CREATE EXTENSION postgis WITH SCHEMA ext; {}", table("ext.geometry")), Ok(Some("ext")));
    check(
        &format!("CREATE EXTENSION hstore; CREATE EXTENSION postgis WITH SCHEMA ext; {}", table("hstore")),
        Ok(None),
    );
    check(
        &format!(
            "CREATE EXTENSION timescale; CREATE EXTENSION postgis WITH SCHEMA ext; {}",
            table("geometry")
        ),
        Err(()),
    );
}
