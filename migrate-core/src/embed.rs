//! A history as two constants: one text that holds every piece of text, and an index that says where each begins.
//!
//! The macro writes them into the binary and the runtime reads them back, borrowing the text. One literal instead of
//! thousands is what keeps a build with 10,000 revisions short.
//!
//! The index is a sequence of numbers in LEB128 (seven bits a byte, low ones first) and of digests as 32 bytes. It begins
//! with [`FORMAT`] and the number of revisions; then, for each revision in load order: the lengths of its texts and the
//! places of its parents, in the order in which `encode` writes them; at last what the squashed ones replace.

use crate::dialect::{Dialect, DialectSet};
use crate::digest::Digest;
use crate::history::History;
use crate::revision::{Direction, Format, Proof, Replaced, Revision, RevisionId, Section, Text};

/// The version of this layout; macro and runtime must agree on it.
pub const FORMAT: u32 = 2;

/// Writes a history as text and index.
///
/// The digests for these dialects go along; others are reckoned at run time if somebody asks.
pub fn encode(history: &History, dialects: DialectSet) -> (String, Vec<u8>) {
    let mut out = Writer::default();
    out.number(FORMAT);
    out.number(u32::from(dialects.bits()));
    out.count(history.revisions().len());
    for (index, revision) in history.revisions().iter().enumerate() {
        out.text(revision.id.as_str());
        out.text(&revision.message);
        out.text(&revision.path);
        out.optional(revision.create_date.as_deref());
        out.optional(revision.irreversible.as_deref());
        out.number(match revision.format {
            Format::Native => 0,
            Format::Diesel => 1,
        });
        let parents = history.graph().parents(index);
        out.count(parents.len());
        parents.iter().for_each(|parent| out.count(*parent));
        out.texts(&revision.depends_on);
        out.texts(&revision.labels);
        out.count(revision.sections.len());
        for section in &revision.sections {
            let downgrade = u32::from(section.direction == Direction::Downgrade);
            out.number(
                downgrade
                    | u32::from(section.transactional) << 1
                    | u32::from(section.foreign_keys) << 2
                    | u32::from(section.dialects.bits()) << 3,
            );
            out.number(section.first_line);
            out.text(&section.text);
        }
        for dialect in dialects.iter() {
            out.digest(&history.handed(index, dialect));
        }
    }
    out.count(history.squashed().len());
    for (place, &index) in history.squashed().iter().enumerate() {
        out.count(index);
        out.replaced(history.revision(index).replaces.as_deref());
        for dialect in dialects.iter() {
            let own = history.own(place, dialect);
            out.number(u32::from(own.is_some()));
            own.iter().for_each(|own| out.digest(own));
        }
    }
    (out.text, out.index)
}

#[derive(Default)]
struct Writer {
    text: String,
    index: Vec<u8>,
}

impl Writer {
    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.index.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.index.push(number as u8);
    }

    fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).expect("a history is smaller than 4 GiB"));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.text.push_str(text);
    }

    /// Nothing is 0, a text is its length and 1.
    fn optional(&mut self, text: Option<&str>) {
        self.count(text.map_or(0, |text| text.len() + 1));
        self.text.push_str(text.unwrap_or_default());
    }

    fn digest(&mut self, digest: &Digest) {
        self.index.extend_from_slice(digest.as_bytes());
    }

    fn replaced(&mut self, replaced: Option<&Replaced>) {
        let none = Replaced::default();
        let Replaced { ids, proofs } = replaced.unwrap_or(&none);
        self.count(ids.len());
        ids.iter().for_each(|id| self.text(id.as_str()));
        self.count(proofs.len());
        for proof in proofs {
            self.number(proof.dialect as u32);
            self.digest(&proof.before);
            self.digest(&proof.after);
            self.count(proof.squashed.len());
            for (id, own) in &proof.squashed {
                self.text(id.as_str());
                self.digest(own);
            }
        }
    }

    fn texts(&mut self, texts: &[Text]) {
        self.count(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }
}

/// Why text and index are not a history: they were not written by this version of the macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch;

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the embedded history was written by another version of the macro")
    }
}

impl std::error::Error for Mismatch {}

/// Reads back what [`encode`] wrote.
///
/// # Errors
///
/// - Text and index do not belong together, or another version wrote them.
pub fn decode(text: &'static str, index: &'static [u8]) -> Result<History, Mismatch> {
    let mut input = Reader { text, index };
    if input.number()? != FORMAT {
        return Err(Mismatch);
    }
    let dialects = DialectSet::from_bits(u8::try_from(input.number()?).map_err(|_| Mismatch)?);
    let count = input.count()?;
    // No revision takes less than a byte, so a wrong count cannot ask for much memory.
    let capacity = count.min(index.len());
    let mut revisions = Vec::with_capacity(capacity);
    let mut parents: Vec<Vec<usize>> = Vec::with_capacity(capacity);
    let mut digests: Vec<(Dialect, Vec<Digest>)> =
        dialects.iter().map(|dialect| (dialect, Vec::with_capacity(capacity))).collect();
    for _ in 0..count {
        let (revision, places) = input.revision()?;
        revisions.push(revision);
        parents.push(places);
        for (_, digests) in &mut digests {
            digests.push(input.digest()?);
        }
    }
    let ids: Vec<RevisionId> = revisions.iter().map(|revision: &Revision| revision.id.clone()).collect();
    for (revision, places) in revisions.iter_mut().zip(parents) {
        revision.parents =
            places.into_iter().map(|place| ids.get(place).cloned()).collect::<Option<_>>().ok_or(Mismatch)?;
    }
    let n_squashed = input.count()?;
    let mut own: Vec<Vec<Option<Digest>>> = vec![vec![]; digests.len()];
    for _ in 0..n_squashed {
        let index = input.count()?;
        let replaces = Some(Box::new(input.replaced()?));
        *revisions.get_mut(index).ok_or(Mismatch)? = Revision { replaces, ..revisions[index].clone() };
        for own in &mut own {
            own.push(match input.number()? {
                0 => None,
                _ => Some(input.digest()?),
            });
        }
    }
    let history = History::from_revisions(revisions).map_err(|_| Mismatch)?;
    if history.squashed().len() != n_squashed {
        return Err(Mismatch);
    }
    Ok(digests
        .into_iter()
        .zip(own)
        .fold(history, |history, ((dialect, digests), own)| history.with_digests(dialect, digests, own)))
}

struct Reader {
    text: &'static str,
    index: &'static [u8],
}

impl Reader {
    fn number(&mut self) -> Result<u32, Mismatch> {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.index.split_first().ok_or(Mismatch)?;
            self.index = rest;
            number |= u32::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Mismatch)
    }

    fn count(&mut self) -> Result<usize, Mismatch> {
        Ok(self.number()? as usize)
    }

    fn take(&mut self, length: usize) -> Result<Text, Mismatch> {
        let (text, rest) = self.text.split_at_checked(length).ok_or(Mismatch)?;
        self.text = rest;
        Ok(text.into())
    }

    fn text(&mut self) -> Result<Text, Mismatch> {
        let length = self.count()?;
        self.take(length)
    }

    fn optional(&mut self) -> Result<Option<Text>, Mismatch> {
        match self.count()? {
            0 => Ok(None),
            length => self.take(length - 1).map(Some),
        }
    }

    fn texts(&mut self) -> Result<Vec<Text>, Mismatch> {
        let count = self.count()?;
        (0..count).map(|_| self.text()).collect()
    }

    fn digest(&mut self) -> Result<Digest, Mismatch> {
        let (bytes, rest) = self.index.split_first_chunk::<32>().ok_or(Mismatch)?;
        self.index = rest;
        Ok(Digest::from_bytes(*bytes))
    }

    fn id(&mut self) -> Result<RevisionId, Mismatch> {
        RevisionId::new(self.text()?).map_err(|_| Mismatch)
    }

    fn replaced(&mut self) -> Result<Replaced, Mismatch> {
        let ids = (0..self.count()?).map(|_| self.id()).collect::<Result<_, _>>()?;
        let proofs = (0..self.count()?).map(|_| self.proof()).collect::<Result<_, _>>()?;
        Ok(Replaced { ids, proofs })
    }

    fn proof(&mut self) -> Result<Proof, Mismatch> {
        let number = self.number()?;
        let dialect = Dialect::ALL.into_iter().find(|dialect| *dialect as u32 == number).ok_or(Mismatch)?;
        let (before, after) = (self.digest()?, self.digest()?);
        let squashed =
            (0..self.count()?).map(|_| Ok((self.id()?, self.digest()?))).collect::<Result<_, _>>()?;
        Ok(Proof { dialect, before, after, squashed })
    }

    fn revision(&mut self) -> Result<(Revision, Vec<usize>), Mismatch> {
        let id = self.id()?;
        let (message, path) = (self.text()?, self.text()?);
        let (create_date, irreversible) = (self.optional()?, self.optional()?);
        let format = match self.number()? {
            0 => Format::Native,
            1 => Format::Diesel,
            _ => return Err(Mismatch),
        };
        let parents = (0..self.count()?).map(|_| self.count()).collect::<Result<_, _>>()?;
        let (depends_on, labels) = (self.texts()?, self.texts()?);
        let sections = (0..self.count()?).map(|_| self.section()).collect::<Result<_, _>>()?;
        let revision = Revision {
            id,
            message,
            parents: vec![],
            depends_on,
            labels,
            create_date,
            path,
            format,
            sections,
            irreversible,
            replaces: None,
        };
        Ok((revision, parents))
    }

    fn section(&mut self) -> Result<Section, Mismatch> {
        let bits = self.number()?;
        Ok(Section {
            direction: if bits & 1 == 0 { Direction::Upgrade } else { Direction::Downgrade },
            transactional: bits & 2 != 0,
            foreign_keys: bits & 4 != 0,
            dialects: DialectSet::from_bits((bits >> 3) as u8),
            first_line: self.number()?,
            text: self.text()?,
        })
    }
}
