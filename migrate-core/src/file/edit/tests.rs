use proptest::prelude::*;

use super::with_parents;
use crate::file::{self, Dialects};
use crate::source::Sources;

fn check(text: &str, parents: &[&str], expected: &str) {
    let got = with_parents(text.as_bytes(), parents).map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(got.as_deref(), Some(expected));
}

#[test]
fn only_the_value_changes() {
    check(
        "-- x\n-- Revision ID: b\n-- Revises: a\n-- y",
        &["c"],
        "-- x\n-- Revision ID: b\n-- Revises: c\n-- y",
    );
    check(
        "--Revision ID: b\r\n--  revises :a , a2 \r\n\r\n-- Revises: z\r\n",
        &["c"],
        "--Revision ID: b\r\n--  revises :c \r\n\r\n-- Revises: z\r\n",
    );
    check(
        "\u{FEFF}-- Revises: <base>\n-- Revision ID: b\n",
        &["c", "d"],
        "\u{FEFF}-- Revises: c, d\n-- Revision ID: b\n",
    );
    check("-- Revision ID: b\n-- Revises: a\n", &[], "-- Revision ID: b\n-- Revises: <base>\n");
    check("-- Revision ID: b\n-- Revises:\n\nx", &["c"], "-- Revision ID: b\n-- Revises: c\n\nx");
    check("-- Revision ID: b\n-- Revises:  \n\nx", &["c"], "-- Revision ID: b\n-- Revises: c  \n\nx");
}

#[test]
fn a_missing_line_is_written_like_the_id() {
    check(
        "-- x\n  --Revision ID: b\n-- Create Date: y\n",
        &["c"],
        "-- x\n  --Revision ID: b\n  --Revises: c\n-- Create Date: y\n",
    );
    check("\u{FEFF}-- Revision ID: b\r\n\r\n", &["c"], "\u{FEFF}-- Revision ID: b\r\n-- Revises: c\r\n\r\n");
    check("-- x\r\n-- Revision ID: b", &["c"], "-- x\r\n-- Revision ID: b\r\n-- Revises: c");
    check("-- Revision ID: b", &["c"], "-- Revision ID: b\n-- Revises: c");
}

#[test]
fn what_is_no_revision_stays_alone() {
    for bytes in
        [&b""[..], b"SELECT 1;\n", b"-- Revises: a\n", b"-- Revision ID: a b\n", b"-- Revision ID: a\n\xFF"]
    {
        assert_eq!(with_parents(bytes, &["c"]), None);
    }
}

proptest! {
    /// Whatever a file looks like: it reads as before but for its parents, and outside one line nothing changed.
    #[test]
    fn the_rest_of_a_file_stays(
        bom in any::<bool>(),
        crlf in any::<bool>(),
        message in "[ a-zé-]{0,12}",
        revises in proptest::option::of(" {0,2}(<base>|[a-f]{1,3}( ?, ?[g-k]{1,3})?)? {0,2}"),
        above in any::<bool>(),
        body in "(\n[ -~é]{0,10}){0,6}",
        parents in proptest::collection::vec("[l-z]{1,4}", 0..3),
    ) {
        let line = revises.map(|value| format!("-- Revises:{value}\n")).unwrap_or_default();
        let id = "-- Revision ID: id1\n";
        let header = if above { format!("{line}{id}") } else { format!("{id}{line}") };
        let mut text = format!("-- {message}\n{header}\n-- migrate:upgrade\n{body}");
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if bom {
            text.insert(0, '\u{FEFF}');
        }
        let names: Vec<&str> = parents.iter().map(String::as_str).collect();
        let after = with_parents(text.as_bytes(), &names).expect("it says which revision it is");
        let after = String::from_utf8(after).expect("text stays text");

        let other_lines = |text: &str| {
            text.split_inclusive('\n').filter(|line| !line.contains("-- Revises:")).map(str::to_owned).collect::<Vec<_>>()
        };
        prop_assert_eq!(other_lines(&text), other_lines(&after));
        let read = |text: &str| {
            let (mut sources, mut findings): (Sources, _) = Default::default();
            let file = sources.add("a.sql".to_owned(), text.as_bytes().to_vec(), &mut findings);
            let read = file::parse(&sources, file, None::<Dialects>, &mut findings);
            (read.revision.expect("it says which revision it is"), findings.len())
        };
        let ((before, n_before), (mut after, n_after)) = (read(&text), read(&after));
        prop_assert_eq!(after.parents.iter().map(|id| id.as_str()).collect::<Vec<_>>(), names);
        prop_assert_eq!(n_before, n_after);
        for section in &mut after.sections {
            section.first_line -= u32::from(line.is_empty());
        }
        after.parents.clone_from(&before.parents);
        prop_assert_eq!(before, after);
    }
}

#[test]
fn a_dependency_gets_another_name_and_nothing_else_changes() {
    let text = "-- about\r\n-- Revision ID: a\n-- Depends On: x,  y , z\n\n-- migrate:upgrade\nSELECT 'y';\n";
    let changed = |old, new| {
        super::with_dependency(text.as_bytes(), old, new).map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(changed("y", "squashed"), Some(text.replacen("y ,", "squashed ,", 1)));
    assert_eq!(changed("a", "b"), None);
}
