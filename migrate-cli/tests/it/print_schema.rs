//! `print-schema`: what goes where, and what is refused. What is printed is tested where it is made.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

fn project() -> Project {
    Project::empty()
        .file("migrate.toml", "dialects = [\"sqlite\"]\n")
        .file(
            "migrations/a1_users.sql",
            "-- users\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n\
             -- migrate:upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);\n\n\
             -- migrate:downgrade\nDROP TABLE users;\n",
        )
        .file(
            "migrations/a2_posts.sql",
            "-- posts\n--\n-- Revision ID: a2\n-- Revises: a1\n\n\
             -- migrate:upgrade\nCREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id));\n\n\
             -- migrate:downgrade\nDROP TABLE posts;\n",
        )
}

#[test]
fn to_standard_output() {
    assert_data_eq!(
        project().story(&[
            "print-schema",
            "print-schema --at a1",
            "print-schema --only-tables ^post",
            "print-schema users",
            "print-schema --check",
        ]),
        str![[r#"
$ migrate print-schema
exit 0
--- stdout
// @generated automatically by Diesel CLI.

diesel::table! {
    posts (id) {
        id -> Nullable<Integer>,
        author -> Integer,
    }
}

diesel::table! {
    users (id) {
        id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::joinable!(posts -> users (author));

diesel::allow_tables_to_appear_in_same_query!(posts, users,);
$ migrate print-schema --at a1
exit 0
--- stdout
// @generated automatically by Diesel CLI.

diesel::table! {
    users (id) {
        id -> Nullable<Integer>,
        name -> Text,
    }
}
$ migrate print-schema --only-tables ^post
exit 0
--- stdout
// @generated automatically by Diesel CLI.

diesel::table! {
    posts (id) {
        id -> Nullable<Integer>,
        author -> Integer,
    }
}
$ migrate print-schema users
exit 2
--- stderr
error[usage]: patterns of tables need `--only-tables` or `--except-tables`
$ migrate print-schema --check
exit 2
--- stderr
error[usage]: no file is named
 = help: name it with `-o src/schema.rs`, or with `file = "src/schema.rs"` in `[print_schema]` of diesel.toml

"#]]
    );
}

#[test]
fn to_a_file_and_compared_with_it() {
    let project = project();
    assert_data_eq!(
        project.story(&[
            "print-schema --check -o src/schema.rs",
            "print-schema --at a1 -o src/schema.rs",
            "print-schema --at a1 --output src/schema.rs",
            "print-schema -o src/schema.rs --check",
        ]),
        str![[r#"
$ migrate print-schema --check -o src/schema.rs
exit 1
--- stdout
--- src/schema.rs
+++ src/schema.rs (from the migrations)
@@ -0,0 +1,19 @@
+// @generated automatically by Diesel CLI.
+
+diesel::table! {
+    posts (id) {
+        id -> Nullable<Integer>,
+        author -> Integer,
+    }
+}
+
+diesel::table! {
+    users (id) {
+        id -> Nullable<Integer>,
+        name -> Text,
+    }
+}
+
+diesel::joinable!(posts -> users (author));
+
+diesel::allow_tables_to_appear_in_same_query!(posts, users,);
--- stderr
error[schema-outdated]: there is no file `src/schema.rs`
 = help: `migrate print-schema -o src/schema.rs` writes it
$ migrate print-schema --at a1 -o src/schema.rs
exit 0
--- stderr
       Wrote src/schema.rs
$ migrate print-schema --at a1 --output src/schema.rs
exit 0
--- stderr
   Unchanged src/schema.rs
$ migrate print-schema -o src/schema.rs --check
exit 1
--- stdout
--- src/schema.rs
+++ src/schema.rs (from the migrations)
@@ -1,8 +1,19 @@
 // @generated automatically by Diesel CLI.
 
 diesel::table! {
+    posts (id) {
+        id -> Nullable<Integer>,
+        author -> Integer,
+    }
+}
+
+diesel::table! {
     users (id) {
         id -> Nullable<Integer>,
         name -> Text,
     }
 }
+
+diesel::joinable!(posts -> users (author));
+
+diesel::allow_tables_to_appear_in_same_query!(posts, users,);
--- stderr
error[schema-outdated]: `src/schema.rs` is not what the migrations make
 = help: `migrate print-schema -o src/schema.rs` writes it

"#]]
    );
    // Another system's line breaks are no difference.
    let text = project.read("src/schema.rs").replace('\n', "\r\n");
    let project = project.file("src/schema.rs", &text);
    project.ok(&["print-schema", "--at", "a1", "--check", "-o", "src/schema.rs"]);
}

#[test]
fn several_files_as_diesel_toml_says() {
    let project = project()
        .file(
            "diesel.toml",
            "[print_schema]\nfile = \"src/all.rs\"\n[print_schema.users]\nfile = \"src/users.rs\"\nfilter = { only_tables = [\"users\"] }\n\
             patch_file = \"users.patch\"\n[print_schema.none]\n",
        )
        .file("users.patch", "@@ -4,4 +4,4 @@\n     users (id) {\n-        id -> Nullable<Integer>,\n+        id -> Integer,\n         name -> Text,\n     }\n");
    assert_data_eq!(
        project.story(&[
            "print-schema --write",
            "print-schema --write --schema-key users",
            "print-schema --check",
            "print-schema --schema-key users",
            "print-schema --schema-key none --check",
            "print-schema --schema-key nobody",
            "print-schema -o src/schema.rs",
            "print-schema --check --json --schema-key users",
        ]),
        str![[r#"
$ migrate print-schema --write
exit 0
--- stderr
       Wrote src/all.rs
       Wrote src/users.rs
$ migrate print-schema --write --schema-key users
exit 0
--- stderr
   Unchanged src/users.rs
$ migrate print-schema --check
exit 0
--- stderr
     Checked src/all.rs is what the migrations make
     Checked src/users.rs is what the migrations make
$ migrate print-schema --schema-key users
exit 0
--- stdout
// @generated automatically by Diesel CLI.

diesel::table! {
    users (id) {
        id -> Integer,
        name -> Text,
    }
}
$ migrate print-schema --schema-key none --check
exit 2
--- stderr
error[usage]: no file is named
 = help: name it with `-o src/schema.rs`, or with `file = "src/schema.rs"` in `[print_schema]` of diesel.toml
$ migrate print-schema --schema-key nobody
exit 2
--- stderr
error[unknown-schema-key]: diesel.toml has no `[print_schema.nobody]`
 = help: it has `default`, `none`, `users`
$ migrate print-schema -o src/schema.rs
exit 2
--- stderr
error[usage]: diesel.toml describes several files, and one is named
 = help: say which is meant with `--schema-key`
$ migrate print-schema --check --json --schema-key users
exit 0
--- stdout
{"type":"begin","format":1,"command":"print-schema"}
{"type":"printed-schema","key":"users","file":"src/users.rs","is_same":true,"text":"// @generated automatically by Diesel CLI./n/ndiesel::table! {/n    users (id) {/n        id -> Integer,/n        name -> Text,/n    }/n}/n"}
{"type":"end","ok":true,"exit":0}

"#]]
    );
    let project = project.file("users.patch", "@@ -4 +4 @@\n-        id -> Text,\n+        id -> Integer,\n");
    assert_data_eq!(
        project.run(&["print-schema", "--write"]),
        str![[r#"
exit 3
--- stderr
error[patch]: the patch `users.patch` does not apply
 --> users.patch:1:1
  |
1 | @@ -4 +4 @@
  | ^^^^^^^^^^^ this part fits nowhere: there is no line `id -> Text,`
  |
  = help: print the schema without the patch, change it as wanted, and make the patch anew: `diff -u`

"#]]
    );
    let project =
        project.file("diesel.toml", "[print_schema]\npatch_file = \"lost.patch\"\nwith_doc = true\n");
    assert_data_eq!(
        project.run(&["print-schema"]),
        str![[r#"
exit 2
--- stderr
error[diesel-config]: diesel's configuration is not understood
 --> diesel.toml:3:1
  |
3 | with_doc = true
  | ^^^^^^^^ `with_doc` is no key of `[print_schema]`: the nearest is `with_docs`
error[diesel-config]: there is no file `lost.patch`
 = note: `patch_file` in `diesel.toml` names it
 = help: paths in diesel.toml begin at its folder

"#]]
    );
}

#[test]
fn what_is_not_known_is_refused() {
    let project = project().file(
        "migrations/a3_more.sql",
        "-- more\n--\n-- Revision ID: a3\n-- Revises: a2\n\n\
         -- migrate:upgrade\nCREATE TABLE IF NOT EXISTS places (spot GEOGRAPHY PRIMARY KEY);\n-- migrate:opaque\nALTER TABLE users DROP COLUMN name;\n\
         CREATE VIRTUAL TABLE words USING fts5 (word);\n\n-- migrate:downgrade\nDROP TABLE places;\n",
    );
    assert_data_eq!(
        project.run(&["print-schema"]),
        str![[r#"
exit 3
--- stderr
error[print-uncertain]: there may be tables that nobody knows of
 = note: since `a3`, migrations/a3_more.sql:9: its statement 2 is not understood, `ALTER TABLE users DROP COLUMN name`
 = help: `-- migrate:effect` above a statement that is not understood says what it does
error[print-schema]: diesel has no type for column `spot` of table `places`, which is `geography`
 = help: leave it out with `filter = { except_tables = ["..."] }` in `[print_schema]` of diesel.toml
error[print-schema]: `words` is a virtual table: its columns, and the tables beside it, are the business of `fts5`
 = help: leave it out with `filter = { except_tables = ["..."] }` in `[print_schema]` of diesel.toml
error[print-uncertain]: not all is known of table `users`
 = note: since `a3`, migrations/a3_more.sql:9: its statement 2 is not understood, `ALTER TABLE users DROP COLUMN name`
 = help: `-- migrate:effect` above a statement that is not understood says what it does

"#]]
    );
    let known = ["print-schema", "--allow-uncertain", "--except-tables", "places", "words"];
    assert_eq!(project.ok(&known), project.ok(&["print-schema", "--at", "a2"]));
}

/// What rustfmt makes of the project's own settings is in the file that diesel writes, too.
#[test]
fn a_rustfmt_toml_is_heeded() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let rustup = std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{}/.rustup", variable("HOME")));
    let project = project()
        .file("rustfmt.toml", "max_width = 55\n")
        .variable("PATH", &variable("PATH"))
        .variable("RUSTUP_HOME", &rustup)
        .variable("RUSTUP_TOOLCHAIN", &variable("RUSTUP_TOOLCHAIN"));
    let is_there = std::process::Command::new("rustfmt").arg("--version").output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        return;
    }
    let text = project.ok(&["print-schema"]);
    assert!(text.contains("appear_in_same_query!(\n    posts, users,\n);"), "{text}");
}
