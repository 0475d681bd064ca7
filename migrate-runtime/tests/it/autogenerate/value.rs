//! The values of a row: the same in all columns of a kind, so that foreign keys fit, and other ones in each row.

pub(super) fn number(row: usize) -> String {
    (row + 1).to_string()
}

pub(super) fn text(row: usize) -> String {
    format!("'row {row}'")
}

pub(super) fn fraction(row: usize) -> String {
    format!("{row}.25")
}

pub(super) fn bytes(row: usize) -> String {
    format!("x'{row:02x}00ff'")
}

pub(super) fn truth(row: usize) -> String {
    (row % 2).to_string()
}
