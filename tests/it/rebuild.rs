//! Adding, removing and editing a revision file rebuild the crate that embeds it, with plain `cargo build`.
//!
//! The application is a member of a workspace of its own, has a library, a binary and an integration test, and knows the
//! facade by another name: what the macro must cope with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

struct Application {
    folder: tempfile::TempDir,
    target: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

/// The applications share what is built of their dependencies, and so the place of their binaries.
static ALONE: Mutex<()> = Mutex::new(());

const LIBRARY: &str = r#"
mig::embed_migrations!(
    /// Our history.
    pub mod migrations in "migrations"
);

pub const MIGRATIONS: mig::Migrations = mig::embed_migrations!("migrations");

pub fn sql() -> String {
    let revisions = migrations::MIGRATIONS.history().revisions();
    assert_eq!(revisions, MIGRATIONS.history().revisions());
    revisions.iter().flat_map(|revision| &revision.sections).map(|section| &*section.text).collect()
}
"#;

impl Application {
    fn new(build_script: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let app = Self { folder, target: root.join("target/tests/rebuild"), _alone: alone };
        app.write("Cargo.toml", "[workspace]\nmembers = [\"app\"]\nresolver = \"3\"\n");
        // The versions that this workspace was built with are the ones at hand without a network.
        fs::copy(root.join("Cargo.lock"), app.path("Cargo.lock")).unwrap();
        app.write(
            "app/Cargo.toml",
            &format!(
                "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nmig = {{ package = \"diesel-migrate\", path = {root:?} }}\n"
            ),
        );
        app.write("app/src/lib.rs", LIBRARY);
        app.write("app/src/main.rs", "fn main() {\n    println!(\"{}\", app::sql());\n}\n");
        app.write(
            "app/tests/it.rs",
            "mig::embed_migrations!(mod embedded in \"migrations\");\n\n#[test]\nfn same() {\n    \
             assert_eq!(embedded::MIGRATIONS.history().revisions().len(), app::MIGRATIONS.history().revisions().len());\n}\n",
        );
        if build_script {
            app.write(
                "app/build.rs",
                "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n}\n",
            );
        }
        app.revision("a1", "<base>", "CREATE TABLE one (id INTEGER);");
        app
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn revision(&self, id: &str, revises: &str, sql: &str) {
        let text = format!(
            "-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:upgrade\n{sql}\n\n-- migrate:downgrade\n"
        );
        self.write(&format!("app/migrations/{id}_it.sql"), &text);
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            // Set for tests by the outer cargo, and taken for the sign of a build script by the macro.
            .env_remove("OUT_DIR")
            .output()
            .unwrap()
    }

    /// Builds and runs; what the binary prints is the SQL that it embeds.
    fn embedded(&self) -> String {
        let output = self.cargo(&["run"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn every_change_of_the_directory_is_noticed() {
    let app = Application::new(true);
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n");

    app.revision("a2", "a1", "CREATE TABLE two (id INTEGER);");
    assert_eq!(
        app.embedded(),
        "CREATE TABLE one (id INTEGER);CREATE TABLE two (id INTEGER);\n",
        "a file was added"
    );

    app.revision("a2", "a1", "CREATE TABLE deux (id INTEGER);");
    assert_eq!(
        app.embedded(),
        "CREATE TABLE one (id INTEGER);CREATE TABLE deux (id INTEGER);\n",
        "a file was edited"
    );

    app.revision("deep/down/a3", "a2", "CREATE TABLE three (id INTEGER);");
    fs::rename(
        app.path("app/migrations/deep/down/a3_it.sql"),
        app.path("app/migrations/deep/down/a4_it.sql"),
    )
    .unwrap();
    let text = fs::read_to_string(app.path("app/migrations/deep/down/a4_it.sql")).unwrap();
    fs::write(app.path("app/migrations/deep/down/a4_it.sql"), text.replace("deep/down/a3", "a4")).unwrap();
    assert!(
        app.embedded().ends_with("CREATE TABLE three (id INTEGER);\n"),
        "a file was added in a new sub-folder"
    );

    fs::remove_dir_all(app.path("app/migrations/deep")).unwrap();
    fs::remove_file(app.path("app/migrations/a2_it.sql")).unwrap();
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n", "files were removed");

    app.revision("a2", "missing", "");
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && message.contains("revises `missing`"), "{message}");
    app.revision("a2", "a1", "CREATE TABLE two (id INTEGER);");

    let output = app.cargo(&["test"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_build_without_a_build_script_warns_and_still_notices_edits() {
    let app = Application::new(false);
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    assert!(message.contains("cargo will not notice new files in `migrations`"), "{message}");

    app.revision("a1", "<base>", "CREATE TABLE uno (id INTEGER);");
    assert_eq!(app.embedded(), "CREATE TABLE uno (id INTEGER);\n");
}

#[test]
fn every_directory_of_a_list_is_watched() {
    let app = Application::new(true);
    let list = r#"["migrations", "billing/migrations"]"#;
    app.write("app/src/lib.rs", &LIBRARY.replace("\"migrations\"", list));
    app.write("app/tests/it.rs", "");
    let invoice = |sql: &str| {
        let text = format!(
            "-- b1\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:upgrade\n{sql}\n\n-- migrate:downgrade\n"
        );
        app.write("app/billing/migrations/b1.sql", &text);
    };
    invoice("CREATE TABLE invoices (id INTEGER);");
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("cargo will not notice new files in `billing/migrations`"), "{message}");
    assert!(message.contains("rerun-if-changed=billing/migrations"), "{message}");

    app.write(
        "app/build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n    \
         println!(\"cargo::rerun-if-changed=billing/migrations\");\n}\n",
    );
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !message.contains("will not notice"), "{message}");

    invoice("CREATE TABLE bills (id INTEGER);");
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);CREATE TABLE bills (id INTEGER);\n");
    fs::remove_file(app.path("app/billing/migrations/b1.sql")).unwrap();
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n", "a file was removed");
}

#[test]
fn declarations_and_what_is_said_about_them_are_watched() {
    let app = Application::new(true);
    let manifest = fs::read_to_string(app.path("app/Cargo.toml")).unwrap();
    app.write("app/Cargo.toml", &manifest.replace(" }\n", ", features = [\"mysql\"] }\n"));
    app.write(
        "app/src/lib.rs",
        &LIBRARY.replace(
            "pub mod migrations in \"migrations\"",
            "pub mod migrations in \"migrations\", schema = \"src/schema.rs\"",
        ),
    );
    app.write("app/tests/it.rs", "");
    app.write(
        "app/migrations/a1_it.sql",
        "-- a1\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
         CREATE TABLE one (id INT PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE two (id INT PRIMARY KEY);\n\n\
         -- migrate:downgrade\nDROP TABLE two;\nDROP TABLE one;\n",
    );
    let declared = |name: &str| {
        let table = format!(
            "table! {{\n    one (id) {{\n        id -> Integer,\n        name -> {name},\n    }}\n}}\n"
        );
        app.write("app/src/schema.rs", &table);
    };
    let config = |filter: &str| {
        app.write("diesel.toml", &format!("[print_schema]\nfile = \"app/src/schema.rs\"\n{filter}"));
    };
    let build = || {
        let output = app.cargo(&["build"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    declared("Text");
    config("");
    let (succeeds, message) = build();
    assert!(succeeds && message.contains("the table `two`, which is declared nowhere"), "{message}");

    config("filter = { only_tables = [\"one\"] }\n");
    assert_eq!(build(), (true, String::new()), "diesel.toml was edited");

    declared("Nullable<Text>");
    let (succeeds, message) = build();
    assert!(
        !succeeds && message.contains("app/src/schema.rs:4:17"),
        "the declarations were edited: {message}"
    );

    config("filter = { only_tables = [\"one\"] }\npatch_file = \"own.patch\"\n");
    let patch = "@@ -3,2 +3,2 @@\n         id -> Integer,\n-        name -> Text,\n+        name -> Nullable<Text>,\n";
    app.write("own.patch", patch);
    assert_eq!(build(), (true, String::new()), "a patch says that it is meant so");

    app.write("own.patch", "");
    let (succeeds, message) = build();
    assert!(!succeeds && message.contains("model-nullability"), "the patch was edited: {message}");
}
