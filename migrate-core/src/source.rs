//! Source files and places in them.
//!
//! A file is text once it has been read: a byte order mark is gone and line endings are `\n`, so that every later
//! stage, and the database, sees the same text whatever a checkout did to it. What is not text (other encodings, NUL) is
//! a finding, and the file is still there to point into.

use crate::diagnostic::{Code, Diagnostic};

/// The place of a file in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The place of the file among the others, from 0.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of a file, as byte offsets into its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The place, as a person counts, of a byte offset in a text.
///
/// An offset past the end, or inside a character, stands for the nearest earlier character.
pub fn position(text: &str, offset: usize) -> Position {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let count =
        |bytes: &[u8], wanted: fn(&u8) -> bool| bytes.iter().filter(|byte| wanted(byte)).count() as u32;
    Position {
        line: count(before, |byte| *byte == b'\n') + 1,
        // Every byte but UTF-8's continuation bytes begins a character.
        column: count(&before[line_start..], |byte| byte & 0xC0 != 0x80) + 1,
    }
}

/// A file's text and the path to show for it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as a person should see it.
    pub path: String,
    /// The text, without byte order mark and with `\n` line endings.
    pub text: String,
}

/// Why bytes are not the text of a revision file, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// They are not UTF-8 from here on.
    NotUtf8(usize),
    /// They are UTF-16, by their byte order mark.
    Utf16,
    /// A NUL stands here.
    Nul(usize),
}

impl Flaw {
    fn describe(self, file: FileId) -> Diagnostic {
        let not_utf8 = |message: &str, at| {
            Diagnostic::error(Code("invalid-utf8"), message)
                .label(Span::new(file, at, at), "this byte is not part of a character")
                .help("save the file as UTF-8")
        };
        match self {
            Self::NotUtf8(at) => not_utf8("the file is not valid UTF-8", at),
            Self::Utf16 => not_utf8("the file is UTF-16, not UTF-8", 0),
            Self::Nul(at) => Diagnostic::error(Code("nul"), "the file contains a NUL character")
                .label(Span::new(file, at, at + 1), "here")
                .help("remove it: database drivers take it for the end of the text"),
        }
    }
}

impl SourceFile {
    /// Turns bytes into text, and says what is wrong with them:
    ///
    /// - They are not UTF-8; a byte order mark of UTF-16 is named as such.
    /// - They hold a NUL, which C drivers take for the end of the statement.
    ///
    /// Of text without flaws only what `keep` chooses, a beginning of it, is kept.
    pub fn read(path: String, bytes: &[u8], keep: impl Fn(&str) -> &str) -> (Self, Vec<Flaw>) {
        let mut flaws = Vec::new();
        let utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        let text = match str::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => normalize(text),
            Ok(text) => normalize(keep(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))),
            Err(error) => {
                let text = String::from_utf8_lossy(bytes);
                // The offset of the first bad byte is the same in the lossy text, but for what `normalize` removes.
                let at = normalize(&text[..error.valid_up_to()]).len();
                flaws.push(if utf16 { Flaw::Utf16 } else { Flaw::NotUtf8(at) });
                normalize(&text)
            }
        };
        if let Some(at) = text.find('\0').filter(|_| !utf16) {
            flaws.push(Flaw::Nul(at));
        }
        (Self { path, text }, flaws)
    }
}

/// All files that findings can point into.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<SourceFile>);

impl Sources {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a file as it was read, with what is wrong with its bytes.
    ///
    /// # Errors in the findings
    ///
    /// As [`SourceFile::read`].
    pub fn add(&mut self, path: String, bytes: Vec<u8>, findings: &mut Vec<Diagnostic>) -> FileId {
        let (source, flaws) = SourceFile::read(path, &bytes, |text| text);
        self.push(source, &flaws, findings)
    }

    /// Takes in a file, with what was found to be wrong with its bytes.
    pub fn push(&mut self, source: SourceFile, flaws: &[Flaw], findings: &mut Vec<Diagnostic>) -> FileId {
        let file = FileId(u32::try_from(self.0.len()).expect("fewer than 2^32 files"));
        self.0.push(source);
        findings.extend(flaws.iter().map(|flaw| flaw.describe(file)));
        file
    }

    /// The places of all files, with the files.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.0.iter().enumerate().map(|(place, file)| (FileId(place as u32), file))
    }

    /// All files, in the order in which they were taken in.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &SourceFile> {
        self.0.iter()
    }

    /// The file.
    pub fn get(&self, file: FileId) -> &SourceFile {
        &self.0[file.0 as usize]
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &str {
        &self.get(span.file).text[span.start as usize..span.end as usize]
    }

    /// `path:line:column` of a span's start.
    pub fn locate(&self, span: Span) -> String {
        let file = self.get(span.file);
        let Position { line, column } = position(&file.text, span.start as usize);
        format!("{}:{line}:{column}", file.path)
    }
}

impl Span {
    /// The stretch from `start` up to `end` of a file.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: start as u32, end: end as u32 }
    }
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

fn normalize(text: &str) -> String {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Sources, FileId, Vec<String>) {
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let file = sources.add("a.sql".to_owned(), bytes.to_vec(), &mut findings);
        let findings =
            findings.iter().map(|f| format!("{} {}", f.code, sources.locate(f.labels[0].span))).collect();
        (sources, file, findings)
    }

    #[test]
    fn line_endings_and_byte_order_mark_do_not_matter() {
        let (sources, file, findings) = read(b"\xEF\xBB\xBFSELECT 1;\r\nSELECT 2;\r\n");
        assert_eq!(sources.get(file).text, "SELECT 1;\nSELECT 2;\n");
        assert!(findings.is_empty());
    }

    #[test]
    fn what_is_not_text_is_found_where_it_stands() {
        assert_eq!(read(b"a\r\n\xC3\xA9\xFF").2, ["invalid-utf8 a.sql:2:2"]);
        assert_eq!(read(b"\xFF\xFEa\0").2, ["invalid-utf8 a.sql:1:1"]);
        assert_eq!(read(b"a\n\0").2, ["nul a.sql:2:1"]);
    }
}
