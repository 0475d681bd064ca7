//! An application that embeds a history, built with plain `cargo build`.
//!
//! It is a member of a workspace of its own, has a library, a binary and an integration test, and knows the facade by another
//! name: what the macro must cope with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct Application {
    folder: tempfile::TempDir,
    target: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

/// The applications share what is built of their dependencies, and so the place of their binaries.
static ALONE: Mutex<()> = Mutex::new(());

pub(crate) const LIBRARY: &str = r#"
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
    pub(crate) fn new(build_script: bool) -> Self {
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

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn revision(&self, id: &str, revises: &str, sql: &str) {
        let text = format!(
            "-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:upgrade\n{sql}\n\n-- migrate:downgrade\n"
        );
        self.write(&format!("app/migrations/{id}_it.sql"), &text);
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Cargo in the application's folder, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            .env_remove("MIGRATE_PLAIN_ERRORS")
            // Set for tests by the outer cargo, and taken for the sign of a build script by the macro.
            .env_remove("OUT_DIR");
        command
    }

    /// Builds and runs; what the binary prints is the SQL that it embeds.
    pub(crate) fn embedded(&self) -> String {
        let output = self.cargo(&["run"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
