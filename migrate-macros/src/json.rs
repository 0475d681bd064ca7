//! Compiler messages in the JSON that rustc writes to cargo ("JSON Output" in the rustc book).

use migrate_core::diagnostic::{Diagnostic, Level};
use migrate_core::source::{Sources, Span, position};

/// One line that cargo, editors and test tools take for a message of the compiler.
///
/// The primary span is the macro call: editors drop messages whose primary file they do not know, and they do not know
/// `.sql`. The places in the SQL go along as secondary spans, and `rendered` shows them as they are.
pub(crate) fn line(
    finding: &Diagnostic,
    sources: &Sources,
    call: proc_macro2::Span,
    rendered: &str,
) -> String {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let mut spans = vec![call_span(call)];
    spans.extend(finding.labels.iter().map(|label| sql_span(sources, label.span, &label.text)));
    let children: Vec<String> = finding
        .notes
        .iter()
        .map(|note| ("note", note))
        .chain(finding.helps.iter().map(|help| ("help", help)))
        .map(|(level, text)| {
            format!(
                r#"{{"message":{},"code":null,"level":"{level}","spans":[],"children":[],"rendered":null}}"#,
                string(text)
            )
        })
        .collect();
    format!(
        r#"{{"$message_type":"diagnostic","message":{},"code":{{"code":{},"explanation":null}},"level":"{level}","spans":[{}],"children":[{}],"rendered":{}}}"#,
        string(&finding.message),
        string(&format!("migrate::{}", finding.code)),
        spans.join(","),
        children.join(","),
        string(&format!("{rendered}\n\n")),
    )
}

fn call_span(call: proc_macro2::Span) -> String {
    let span = call.unwrap();
    let (start, end) = (span.start(), span.end());
    // Byte offsets of a call are not to be had on stable; readers go by line and column.
    json_span(&span.file(), (0, 0), [(start.line(), start.column()), (end.line(), end.column())], true, None)
}

fn sql_span(sources: &Sources, span: Span, label: &str) -> String {
    let file = sources.get(span.file);
    let place = |offset: u32| {
        let at = position(&file.text, offset as usize);
        (at.line as usize, at.column as usize)
    };
    let bytes = (span.start as usize, span.end as usize);
    json_span(&file.path, bytes, [place(span.start), place(span.end)], false, Some(label))
}

fn json_span(
    file: &str,
    (byte_start, byte_end): (usize, usize),
    [start, end]: [(usize, usize); 2],
    primary: bool,
    label: Option<&str>,
) -> String {
    format!(
        r#"{{"file_name":{},"byte_start":{byte_start},"byte_end":{byte_end},"line_start":{},"line_end":{},"column_start":{},"column_end":{},"is_primary":{primary},"text":[],"label":{},"suggested_replacement":null,"suggestion_applicability":null,"expansion":null}}"#,
        string(file),
        start.0,
        end.0,
        start.1,
        end.1,
        label.map_or("null".to_owned(), string),
    )
}

/// A JSON string.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
