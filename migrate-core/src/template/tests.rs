use super::*;
use crate::dialect::Dialect;
use crate::file::{self, Dialects};

fn template(text: &str) -> (Template, Vec<String>) {
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.add("x.sql".to_owned(), text.as_bytes().to_vec(), &mut findings);
    let template = Template::read(&sources, file, &mut findings);
    let findings = findings.iter().map(|finding| {
        format!(
            "{}: {}; {}",
            sources.locate(finding.labels[0].span),
            finding.message,
            finding.helps.join("; ")
        )
    });
    (template, findings.collect())
}

fn new() -> NewRevision {
    NewRevision {
        id: "6a1f02c4b7e9".to_owned(),
        message: "add users\n\nfor a reason\n".to_owned(),
        parents: vec!["6a1e88d00c3f".to_owned(), "69f0aa17c2d4".to_owned()],
        created: Utc::from_unix(1_795_220_730),
        upgrade: vec![NewSection::new("CREATE TABLE users (\n    id BIGINT\n);\n")],
        ..NewRevision::default()
    }
}

fn render(text: &str, new: &NewRevision) -> String {
    let (template, findings) = template(text);
    assert_eq!(findings, [""; 0]);
    template.render(new, DialectSet::EMPTY.with(Dialect::Postgres).with(Dialect::Sqlite))
}

#[test]
fn the_default_has_all_that_is_known_and_no_empty_lines_of_the_header() {
    let text = render(BUILT_IN[0].text, &new());
    assert_eq!(
        text,
        "-- add users\n--\n-- for a reason\n--\n-- Revision ID: 6a1f02c4b7e9\n-- Revises: 6a1e88d00c3f, 69f0aa17c2d4\n\
         -- Create Date: 2026-11-21 00:25:30 UTC\n\n-- migrate:upgrade\nCREATE TABLE users (\n    id BIGINT\n);\n\n\
         -- migrate:downgrade\n"
    );
    let base = NewRevision {
        parents: vec![],
        labels: vec!["a".to_owned(), "b".to_owned()],
        message: String::new(),
        ..new()
    };
    let text = render(BUILT_IN[0].text, &base);
    assert!(text.starts_with("-- empty message\n--\n"), "{text}");
    assert!(text.contains("-- Revises: <base>\n") && text.contains("-- Branch Labels: a, b\n"), "{text}");
}

#[test]
fn every_built_in_template_gives_a_valid_revision() {
    for built_in in BUILT_IN {
        assert!(!description(built_in.text).is_empty(), "{}", built_in.name);
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let text = render(built_in.text, &new());
        let file = sources.add("x.sql".to_owned(), text.clone().into_bytes(), &mut findings);
        let read = file::parse(&sources, file, Dialects::UNKNOWN, &mut findings);
        assert!(findings.is_empty(), "{findings:?}\n{text}");
        let revision = read.revision.expect("an id");
        assert_eq!(revision.message, "add users\n\nfor a reason");
        assert_eq!(revision.parents.len(), 2);
        assert_eq!(revision.create_date.as_deref(), Some("2026-11-21 00:25:30 UTC"));
        assert!(revision.sections[0].text.contains("CREATE TABLE users (\n    id BIGINT\n);"), "{text}");
    }
}

#[test]
fn paragraphs_with_a_dialect_stand_for_each() {
    assert_eq!(
        render("-- a {dialect}\nx\n\n\n-- b\n{upgrade}\n\nz {downgrade}\n\n\n-- c {dialect}", &new()),
        "-- a postgres\nx\n\n-- a sqlite\nx\n\n\n-- b\nCREATE TABLE users (\n    id BIGINT\n);\n\n-- c postgres\n\n-- c sqlite\n"
    );
}

#[test]
fn the_description_is_not_part_of_the_file() {
    let (template, _) = template("--  template: for views \n-- {message}\n");
    assert_eq!(template.description, "for views");
    assert!(template.render(&new(), DialectSet::EMPTY).starts_with("-- add users\n"));
    assert_eq!(description("-- {message}"), "");
}

#[test]
fn unknown_placeholders_are_found_where_they_stand() {
    let (_, findings) = template("-- {message}\n-- {down_revision}\nSELECT '{1}', '{{revision}}';\n-- {x}\n");
    assert_eq!(
        findings,
        [
            "x.sql:2:4: `{down_revision}` is not a placeholder; the nearest is `{revises}`; \
             `{{down_revision}}` stands for the text itself",
            "x.sql:4:4: `{x}` is not a placeholder; the placeholders are `{message}`, `{revision}`, `{revises}`, \
             `{create_date}`, `{branch_labels}`, `{depends_on}`, `{upgrade}`, `{downgrade}`, `{dialect}`; \
             `{{x}}` stands for the text itself",
        ]
    );
}

/// A revision whose SQL a command brings, for two databases.
fn brought() -> NewRevision {
    let section = |dialect: Dialect, options, text: &str| NewSection {
        dialects: dialect.into(),
        options,
        text: text.to_owned(),
    };
    NewRevision {
        upgrade: vec![
            section(Dialect::Postgres, vec!["transaction=false"], "CREATE a;\n\n-- why\nCREATE b;\n"),
            section(Dialect::Sqlite, vec![], "CREATE c;"),
        ],
        downgrade: vec![section(Dialect::Postgres, vec![], "DROP a;")],
        irreversible: Some("nobody\nknows".to_owned()),
        ..new()
    }
}

#[test]
fn what_a_command_brings_has_a_section_for_each_database() {
    let body = |text: String| text[text.find("-- migrate:").unwrap()..].to_owned();
    let wanted = "-- migrate:upgrade postgres transaction=false\nCREATE a;\n\n-- why\nCREATE b;\n\n\
                  -- migrate:upgrade sqlite\nCREATE c;\n\n-- migrate:downgrade postgres\nDROP a;\n\n\
                  -- migrate:irreversible nobody knows\n";
    assert_eq!(body(render(BUILT_IN[0].text, &brought())), wanted);
    assert_eq!(body(render(BUILT_IN[1].text, &brought())), wanted);
    assert_eq!(
        body(render(
            "-- {message}\n-- migrate:upgrade sqlite transaction=false\n-- head\n\n{upgrade}\n-- tail {dialect}\n-- migrate:irreversible so it is\n-- end",
            &brought()
        )),
        "-- migrate:upgrade postgres transaction=false\n-- head\n\nCREATE a;\n\n-- why\nCREATE b;\n-- tail postgres\n\n\
         -- migrate:upgrade sqlite transaction=false\n-- head\n\nCREATE c;\n-- tail sqlite\n\n\
         -- migrate:irreversible so it is\n-- end\n"
    );
}

#[test]
fn a_template_may_have_no_place_for_what_a_command_brings() {
    let places = |text: &str| {
        let (template, _) = template(text);
        [Direction::Upgrade, Direction::Downgrade].map(|direction| template.has_place(direction))
    };
    for built_in in BUILT_IN {
        assert_eq!(places(built_in.text), [true, true], "{}", built_in.name);
    }
    assert_eq!(places("-- migrate:upgrade\n{upgrade}\n-- migrate:downgrade\n"), [true, false]);
    assert_eq!(places("-- migrate:upgrade\n-- migrate:irreversible x\n"), [false, true]);
}
